"""What a user has: own drafts and records, and those of curated communities, as two lists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from threading import Lock

from werkzeug.wrappers import Response

from zenodo_harvest.emulator.answers.draft import legacy_draft
from zenodo_harvest.emulator.answers.lists import envelope
from zenodo_harvest.emulator.answers.writers import writer
from zenodo_harvest.emulator.defaults import Json, is_deleted, owner_of
from zenodo_harvest.emulator.deposits.desk import Desk
from zenodo_harvest.emulator.endpoints.call import STALE, Call, answer_json, record_arguments
from zenodo_harvest.emulator.endpoints.deposits import signed_in
from zenodo_harvest.emulator.endpoints.views import Views
from zenodo_harvest.emulator.index import EngineError, Filters, Index
from zenodo_harvest.emulator.index.engine import Hits
from zenodo_harvest.emulator.negotiation import JSON_ONLY, NATIVE, RECORD_TYPES
from zenodo_harvest.emulator.params import SearchArguments
from zenodo_harvest.emulator.problems import PlainProblem, Problem
from zenodo_harvest.emulator.state import User

_FALSE = ("false", "0", "f", "no", "n", "off")


class UserRecords:
    """Searches over drafts and records together; an open draft stands for its record.

    Without ``all_versions`` one item of a concept is listed, the newest (zenodo-api.md §9.2, §13 Deposits).
    """

    def __init__(self, desk: Desk, now: Callable[[], datetime]) -> None:
        self._desk = desk
        self._views = Views(desk)
        self._now = now
        self._index: Index | None = None
        self._items: dict[str, Json] = {}
        self._known = 0
        self._read = 0
        self._lock = Lock()

    def deposits(self, call: Call) -> Response:
        """List deposits as a plain array in classic JSON."""
        call.accepts(JSON_ONLY)
        hits, _ = self._search(call, signed_in(call))
        return answer_json([self._as_deposit(id_, call.base) for id_ in hits.ids])

    def records(self, call: Call) -> Response:
        """List drafts and records in an envelope."""
        mimetype = call.accepts(RECORD_TYPES)
        hits, asked = self._search(call, signed_in(call))
        body = envelope(
            [self._as_record(id_, call, mimetype) for id_ in hits.ids],
            url=call.url,
            paging=asked.paging,
            total=hits.total,
            sort=hits.sort,
            aggregations=hits.aggregations,
        )
        if mimetype == NATIVE:
            body["sortBy"] = hits.sort
        return answer_json(body, mimetype)

    def _search(self, call: Call, user: User) -> tuple[Hits, SearchArguments]:
        asked = record_arguments(call, is_user=True)
        if asked.sort == "-bestmatch":
            raise PlainProblem(500)
        index = self._refreshed(is_stale=STALE in call.request.environ)
        shared = call.request.args.get("shared_with_me")
        filters = Filters(
            facets=asked.facets,
            all_versions=True,
            ids=self._visible(user, shared, all_versions=asked.all_versions),
            visible_to=user.id,
        )
        try:
            hits = index.search(
                asked.q,
                sort=asked.sort,
                page=asked.paging.page,
                size=asked.paging.size,
                filters=filters,
                verified_first=False,
            )
        except EngineError as error:
            raise Problem(error.status, error.message) from None
        return hits, asked

    def _visible(self, user: User, shared: str | None, *, all_versions: bool) -> frozenset[str]:
        """Return the ids of what a user has: own, or without a wish those of curated communities as well."""
        if shared is not None and shared.lower() not in _FALSE:
            return frozenset()
        return frozenset(
            id_
            for id_, item in self._items.items()
            if self._is_theirs(item, user, is_own_only=shared is not None)
            and (all_versions or self._views.is_latest_draft(id_, item["parent"]["id"]))
        )

    def _is_anybodys(self, item: Json) -> bool:
        """Tell whether a user who can sign in has this."""
        users = (user for user in self._desk.state.users() if user.token)
        return any(self._is_theirs(item, user, is_own_only=False) for user in users)

    def _is_theirs(self, item: Json, user: User, *, is_own_only: bool) -> bool:
        if owner_of(item) == user.id:
            return True
        if is_own_only or item["is_draft"]:
            return False
        ids = item["parent"]["communities"].get("ids", ())
        return any(self._desk.state.curates(user, id_) for id_ in ids)

    def _refreshed(self, *, is_stale: bool) -> Index:
        """Return the index with everything that came, changed or went since the last time."""
        state = self._desk.state
        with self._lock:
            changes = state.changes()
            if self._index is None:
                self._index = Index(
                    (),
                    state.communities(),
                    verified_owners=state.verified_owners(),
                    has_old_names=state.flavour.is_zenodo,
                    now=self._now,
                )
                changed = dict.fromkeys(state.ids())
            elif is_stale:
                return self._index
            else:
                changed = dict.fromkeys(changes[self._known :])
                for community in state.communities() if changed else ():
                    self._index.add_community(community)
            self._known = len(changes)
            for sequence, _, record_id, _ in self._desk.store.since(self._read):
                self._read = sequence
                changed[record_id] = None
            for record_id in changed:
                self._reindex(self._index, record_id)
            return self._index

    def _reindex(self, index: Index, record_id: str) -> None:
        item = self._item(record_id)
        if item is None or not self._is_anybodys(item):
            self._items.pop(record_id, None)
            index.remove(record_id)
            return
        kept = ("id", "is_draft", "parent")
        self._items[record_id] = {name: item[name] for name in kept}
        index.add(item)

    def _item(self, record_id: str) -> Json | None:
        """Return what stands for a record in the lists: its open draft, else itself if it is there."""
        if deposit := self._desk.store.draft(record_id):
            item = self._views.draft(deposit, "", with_ui=False)
            review = self._desk.requests.find(deposit["draft"].get("review") or "")
            if review:
                shown = {"id": review["id"], "status": review["status"]}
                item["parent"] = {**item["parent"], "review": shown}
            item["expires_at"] = item["expires_at"].replace(" ", "T")
            return {**item, "files": {**item["files"], "entries": {}}}
        record = self._desk.state.record(record_id)
        return None if record is None or is_deleted(record) else record

    def _as_deposit(self, record_id: str, base: str) -> Json:
        if deposit := self._desk.store.draft(record_id):
            return self._views.draft_as_deposit(deposit, base, is_listed=True)
        record = self._desk.state.record(record_id) or {}
        return self._views.record_as_deposit(record, base, is_listed=True)

    def _as_record(self, record_id: str, call: Call, mimetype: str) -> Json:
        view = call.view(self._desk.state, is_single=False)
        if deposit := self._desk.store.draft(record_id):
            written = self._views.draft(deposit, call.base)
            return written if mimetype == NATIVE else legacy_draft(written, view)
        record = self._desk.state.record(record_id) or {}
        return writer(mimetype)(record, view)
