"""The record searches: the whole repository, one community, the versions of one concept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, partial
from threading import Lock
from typing import Any

from werkzeug.wrappers import Response

from zenodo_harvest.emulator.answers.lists import envelope
from zenodo_harvest.emulator.answers.writers import writer
from zenodo_harvest.emulator.endpoints.call import STALE, Call, answer_json, record_arguments
from zenodo_harvest.emulator.index import EngineError, Filters, Hits, Index
from zenodo_harvest.emulator.negotiation import NATIVE, RECORD_TYPES
from zenodo_harvest.emulator.params import SearchArguments
from zenodo_harvest.emulator.problems import PlainProblem, Problem, not_found, unknown_pid, unregistered_pid
from zenodo_harvest.emulator.state import State


class Searches:
    """Searches over one index; closed file names are not in it (zenodo-api.md §13 Records)."""

    def __init__(self, state: State, now: Callable[[], datetime]) -> None:
        self._state = state
        self._index = _shared_index(state.origin).begin(now) if state.origin else _index(state, now)
        self._known = 0 if state.origin else len(state.changes())
        self._lock = Lock()

    def records(self, call: Call) -> Response:
        """List records of the whole repository, verified owners first; unknown communities are dropped."""
        mimetype = call.accepts(RECORD_TYPES)
        asked = _asked(call)
        found = (self._state.community(ref) for ref in asked.communities)
        filters = Filters(
            type=asked.type,
            subtype=asked.subtype,
            facets=asked.facets,
            communities=tuple(item["id"] for item in found if item),
            all_versions=asked.all_versions,
        )
        return self._hits(call, mimetype, asked, filters, verified_first=self._state.flavour.is_zenodo)

    def community_records(self, call: Call, ref: str) -> Response:
        """List the records of one community in true order; ``communities`` and ``type`` are idle here."""
        mimetype = call.accepts(RECORD_TYPES)
        asked = _asked(call)
        community = self._state.community(ref)
        if community is None:
            raise unknown_pid()
        ids = (community["id"],)
        filters = Filters(facets=asked.facets, communities=ids, all_versions=asked.all_versions)
        return self._hits(call, mimetype, asked, filters, verified_first=False)

    def versions(self, call: Call, record_id: str) -> Response:
        """List all versions of a record's concept, the newest first; a concept id is not found."""
        mimetype = call.accepts(RECORD_TYPES)
        asked = _asked(call, default_sort="version")
        record = self._state.record(record_id)
        if record is None:
            if self._state.is_reserved(record_id):
                raise unregistered_pid()
            raise not_found() if self._state.is_concept(record_id) else unknown_pid()
        filters = Filters(facets=asked.facets, concept=record["parent"]["id"], all_versions=True)
        return self._hits(call, mimetype, asked, filters, verified_first=False, with_aggregations=False)

    def _hits(
        self,
        call: Call,
        mimetype: str,
        asked: SearchArguments,
        filters: Filters,
        *,
        verified_first: bool,
        with_aggregations: bool = True,
    ) -> Response:
        if asked.sort == "-bestmatch":
            raise PlainProblem(500)
        if STALE not in call.request.environ:
            self._index_new()
        paging = asked.paging
        try:
            hits = self._index.search(
                asked.q,
                sort=asked.sort,
                page=paging.page,
                size=paging.size,
                filters=replace(filters, visible_to=call.user.id if call.user else None),
                verified_first=verified_first,
                with_aggregations=with_aggregations,
            )
        except EngineError as error:
            raise Problem(error.status, error.message) from None
        write = writer(mimetype, call.request.args.get("style"))
        view = call.view(self._state, is_single=False)
        found = (self._state.record(id_) for id_ in hits.ids)
        body = envelope(
            [write(record, view) for record in found if record],
            url=call.url,
            paging=paging,
            total=hits.total,
            sort=hits.sort,
            aggregations=_counted(hits, call) if with_aggregations else None,
        )
        if mimetype == NATIVE:
            body["sortBy"] = hits.sort
        return answer_json(body, mimetype)

    def _index_new(self) -> None:
        """Index the records that came, changed or went since the last search."""
        with self._lock:
            changes = self._state.changes()
            changed = dict.fromkeys(changes[self._known :])
            for community in self._state.communities() if changed else ():
                self._index.add_community(community)
            for record_id in changed:
                if record := self._state.record(record_id):
                    self._index.add(record)
            self._known = len(changes)


def _index(state: State, now: Callable[[], datetime]) -> Index:
    return Index(
        state.records(),
        state.communities(),
        verified_owners=state.verified_owners(),
        has_old_names=state.flavour.is_zenodo,
        now=now,
    )


@cache
def _shared_index(origin: State) -> Index:
    """Return the index of what states begin as, which a process makes once."""
    return _index(origin, partial(datetime.now, UTC))


def _asked(call: Call, default_sort: str | None = None) -> SearchArguments:
    return record_arguments(call, is_user=call.user is not None, default_sort=default_sort)


def _counted(hits: Hits, call: Call) -> dict[str, Any]:
    return {name: counts for name, counts in hits.aggregations.items() if name in call.flavour.facets}
