"""Records and communities under search: filters, query, order, page and counts brought together."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from threading import RLock
from typing import TYPE_CHECKING, Any

from zenodo_harvest.emulator.index import lucene
from zenodo_harvest.emulator.index.documents import (
    Json,
    community_schema,
    item_document,
    item_schema,
    record_document,
    record_schema,
)
from zenodo_harvest.emulator.index.evaluate import Evaluator
from zenodo_harvest.emulator.index.facets import COMMUNITY_FACETS, RECORD_FACETS, Facets
from zenodo_harvest.emulator.index.legacy import rewritten
from zenodo_harvest.emulator.index.postings import Docs, Store
from zenodo_harvest.emulator.index.refusals import engine_failure
from zenodo_harvest.emulator.index.sorts import (
    COMMUNITY_SORTS,
    ITEM_SORTS,
    RECORD_SORTS,
    applied_sort,
    ordered,
    sort_fields,
)

if TYPE_CHECKING:
    from typing import Self

_REMEMBERED = 8
_HELD = ("_store", "_numbers", "_ids", "_alive", "_titles", "_slugs", "_remembered")
_LABELS = {
    "open": "Open",
    "embargoed": "Embargoed",
    "restricted": "Restricted",
    "metadata-only": "Metadata-only",
    "physicalobject": "Physical object",
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a search beside its text.

    Attributes:
        communities: UUIDs, any of which will do; none means no filter.
        type: The id of a resource type, such as ``publication``.
        subtype: The rest of the id, such as ``article``; idle without a type.
        facets: Chosen values by facet; any of one facet will do.
        all_versions: Whether old versions count as well.
        concept: The id of the concept that all hits belong to.
        ids: The only records that may be found.
        visible_to: The id of the user who asks, to whom the own restricted records show.
    """

    communities: tuple[str, ...] = ()
    type: str | None = None
    subtype: str | None = None
    facets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    all_versions: bool = False
    concept: str | None = None
    ids: frozenset[str] | None = None
    visible_to: str | None = None


@dataclass(frozen=True, slots=True)
class Hits:
    """One page of ids, the total, the aggregations as the server's JSON and the sort that was applied."""

    ids: list[str]
    total: int
    aggregations: dict[str, Any]
    sort: str


@dataclass(frozen=True, slots=True)
class _Found:
    """What a search finds before it is cut into pages."""

    rows: list[int]
    aggregations: dict[str, Any]
    sort: str


class _Engine:
    """What both indexes share: numbered documents and the way from text to a page of them.

    The last few searches are remembered until a document changes, so that a walk over pages searches once.
    """

    _has_old_names = True

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store, self._now = store, now
        self._lock = RLock()
        self._numbers: dict[str, int] = {}
        self._ids: list[str] = []
        self._alive: Docs = set()
        self._titles: dict[str, str] = {}
        self._slugs: dict[str, str] = {}
        self._remembered: dict[str, _Found] = {}
        self._is_shared = False

    def begin(self, now: Callable[[], datetime]) -> Self:
        """Return an index with a clock of its own that begins as this one is; a change copies first."""
        with self._lock:
            self._is_shared = True
            other = copy(self)
        vars(other)["_now"] = now
        return other

    def _own(self) -> None:
        """Copy what is shared, as it is about to change; the lock stays that of all."""
        if self._is_shared:
            held = {name: getattr(self, name) for name in _HELD}
            vars(self).update(pickle.loads(pickle.dumps(held)), _is_shared=False)  # noqa: S301 - a fast copy

    def remove(self, id_: str) -> None:
        """Forget a document."""
        with self._lock:
            self._own()
            self._remembered.clear()
            self._alive.discard(self._numbers.pop(id_, -1))

    def _put(self, id_: str, document: Json) -> None:
        with self._lock:
            self.remove(id_)
            number = self._store.add(document)
            self._numbers[id_] = number
            self._ids.append(id_)
            self._alive.add(number)

    def _hits(self, key: str, find: Callable[[], _Found], page: int, size: int) -> Hits:
        """Return one page of a search; one that may read the clock is done anew each time."""
        with self._lock:
            found = self._remembered.pop(key, None) or find()
            if "now" not in key:
                self._remembered[key] = found
            if len(self._remembered) > _REMEMBERED:
                del self._remembered[next(iter(self._remembered))]
            shown = [self._ids[number] for number in found.rows[(page - 1) * size : page * size]]
        return Hits(shown, len(found.rows), found.aggregations, found.sort)

    def _matching(self, q: str | None, slugs: Mapping[str, str]) -> tuple[Docs, Mapping[int, int]]:
        """Return what the text finds, with scores.

        A text that the server's parser cannot read is a bag of words (zenodo-api.md §2.1, read 2026-08-20).
        """
        if not q:
            return self._alive, {}
        evaluator = Evaluator(self._store, self._alive, self._now())
        try:
            text = rewritten(q, slugs, has_old_names=self._has_old_names)
            node = lucene.Leaf(None, "term", q) if text is None else lucene.parse(text)
        except RecursionError:
            raise engine_failure() from None
        return evaluator.matching(node), evaluator.scores

    def _label(self, key: str) -> str:
        return _LABELS.get(key) or self._titles.get(key) or key.capitalize()

    def _note_title(self, item: Any) -> None:
        if isinstance(item, Mapping) and isinstance(item.get("title"), Mapping) and "en" in item["title"]:
            self._titles[str(item.get("id"))] = str(item["title"]["en"])


class Index(_Engine):
    """The records of a repository under search.

    Args:
        records: Native records; deleted ones are left out.
        communities: All communities, whose slugs a query may name.
        verified_owners: Users whose records come first.
        has_old_names: Whether queries may use the field names of old Zenodo.
        now: The clock that ``now`` in a query reads.
    """

    def __init__(
        self,
        records: Iterable[Json],
        communities: Iterable[Json],
        *,
        verified_owners: frozenset[str],
        has_old_names: bool = True,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(Store(record_schema()), now)
        self._verified, self._has_old_names = verified_owners, has_old_names
        for community in communities:
            self.add_community(community)
        for record in records:
            self.add(record)

    def add_community(self, community: Json) -> None:
        """Let queries name a community by its slug."""
        with self._lock:
            self._own()
            self._remembered.clear()
            self._slugs[str(community.get("slug"))] = str(community["id"])

    def add(self, record: Json) -> None:
        """Index a record, in place of what was indexed under its id; a deleted one is only forgotten."""
        id_ = str(record["id"])
        if (record.get("deletion_status") or {}).get("is_deleted"):
            self.remove(id_)
            return
        owner = ((record.get("parent") or {}).get("access") or {}).get("owned_by") or {}
        with self._lock:
            self._own()
            self._note_title(record["metadata"].get("resource_type"))
            self._put(id_, record_document(record, is_verified=str(owner.get("user")) in self._verified))

    def search(
        self,
        q: str | None,
        *,
        sort: str | None,
        page: int,
        size: int,
        filters: Filters,
        verified_first: bool,
        with_aggregations: bool = True,
    ) -> Hits:
        """Return one page of what a search finds.

        Args:
            q: The text as sent; nothing finds everything.
            sort: The name of the order, by default the best match, or the newest without a text.
            page: The number of the page, from 1.
            size: How many a page holds.
            filters: What narrows the search beside its text.
            verified_first: Whether records of verified owners precede all others, as on ``/api/records``.
            with_aggregations: Whether to count by facet.

        Raises:
            EngineError: The engine refuses the search.
        """
        key = repr((q, sort, filters, verified_first, with_aggregations))

        def find() -> _Found:
            applied = applied_sort(sort, q)
            fields = sort_fields(RECORD_SORTS, applied)
            matching, scores = self._matching(q, self._slugs)
            facets = Facets(self._store, RECORD_FACETS, filters.facets, self._label, self._now())
            found = facets.before(self._admitted(matching, filters))
            rows = ordered(self._store, facets.after(found), fields, scores)
            if verified_first:
                verified = self._store.keys("parent.is_verified")
                rows.sort(key=lambda number: -verified[number])
            return _Found(rows, facets.counts(found) if with_aggregations else {}, applied)

        return self._hits(key, find, page, size)

    def _admitted(self, found: Docs, filters: Filters) -> Docs:
        """Return those documents that the filters leave."""
        store = self._store
        if not filters.all_versions:
            latest = store.keys("versions.is_latest")
            found = {number for number in found if latest.get(number)}
        if filters.communities:
            found = found & store.terms("parent.communities.ids").docs(filters.communities)
        if filters.type is not None:
            found = found & store.terms("metadata.resource_type.props.type").docs((filters.type,))
            if filters.subtype is not None:
                subtype = f"{filters.type}-{filters.subtype}"
                found = found & store.terms("metadata.resource_type.props.subtype").docs((subtype,))
        if filters.concept is not None:
            found = found & store.terms("parent.id").docs((filters.concept,))
        if filters.ids is not None:
            found = found & {self._numbers[id_] for id_ in filters.ids if id_ in self._numbers}
        hidden = store.terms("access.record").docs(("restricted",))
        if filters.visible_to is not None:
            hidden -= store.terms("parent.access.owned_by.user").docs((filters.visible_to,))
        return found - hidden


class CommunityIndex(_Engine):
    """The communities of a repository under search.

    Args:
        communities: The communities; deleted ones are left out.
        now: The clock that ``now`` in a query reads.
    """

    def __init__(self, communities: Iterable[Json], *, now: Callable[[], datetime]) -> None:
        super().__init__(Store(community_schema()), now)
        for community in communities:
            self.add(community)

    def add(self, community: Json) -> None:
        """Index a community, in place of what was indexed under its id; a deleted one is only forgotten."""
        id_ = str(community["id"])
        if (community.get("deletion_status") or {}).get("is_deleted"):
            self.remove(id_)
            return
        with self._lock:
            self._own()
            self._note_title(community["metadata"].get("type"))
            self._put(id_, {**community, "is_deleted": False})

    def search(
        self,
        q: str | None,
        *,
        sort: str | None,
        page: int,
        size: int,
        facets: Mapping[str, Sequence[str]] | None = None,
    ) -> Hits:
        """Return one page of the communities a search finds.

        Args:
            q: The text as sent; nothing finds everything.
            sort: The name of the order, by default the best match, or the newest without a text.
            page: The number of the page, from 1.
            size: How many a page holds.
            facets: Chosen values by facet.

        Raises:
            EngineError: The engine refuses the search.
        """

        def find() -> _Found:
            applied = applied_sort(sort, q)
            fields = sort_fields(COMMUNITY_SORTS, applied)
            found, scores = self._matching(q, {})
            asked = Facets(self._store, COMMUNITY_FACETS, facets or {}, self._label, self._now())
            rows = ordered(self._store, asked.after(found), fields, scores)
            return _Found(rows, asked.counts(found), applied)

        return self._hits(repr((q, sort, facets)), find, page, size)


class ItemIndex(_Engine):
    """The items of a reference list under search.

    Args:
        items: The items, each with the ``label`` it is sorted by.
        facets: The facets that the list has.
        labels: What to call the values of the facets.
        now: The clock that ``now`` in a query reads.
    """

    def __init__(
        self,
        items: Iterable[Json],
        *,
        facets: tuple[str, ...],
        labels: Mapping[str, str],
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(Store(item_schema()), now)
        self._facets = facets
        self._titles.update(labels)
        for item in items:
            self._put(str(item["id"]), item_document(item))

    def search(
        self,
        q: str | None,
        *,
        sort: str,
        page: int,
        size: int,
        facets: Mapping[str, Sequence[str]],
        tags: tuple[str, ...] = (),
    ) -> Hits:
        """Return one page of the items a search finds.

        Args:
            q: The text as sent; nothing finds everything.
            sort: The name of the order.
            page: The number of the page, from 1.
            size: How many a page holds.
            facets: Chosen values by facet.
            tags: Tags, any of which will do; none means no filter.

        Raises:
            EngineError: The engine refuses the search.
        """

        def find() -> _Found:
            found, scores = self._matching(q, {})
            if tags:
                found = found & self._store.terms("tags").docs(tags)
            asked = Facets(self._store, self._facets, facets, self._label, self._now())
            rows = ordered(self._store, asked.after(found), sort_fields(ITEM_SORTS, sort), scores)
            return _Found(rows, asked.counts(found), sort)

        return self._hits(repr((q, sort, facets, tags)), find, page, size)
