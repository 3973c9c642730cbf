"""Communities: search, single, featured, children, those of a record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from werkzeug.wrappers import Response

from zenodo_harvest.emulator.answers import communities
from zenodo_harvest.emulator.answers.lists import envelope
from zenodo_harvest.emulator.defaults import Json
from zenodo_harvest.emulator.endpoints.call import Call, answer_json
from zenodo_harvest.emulator.index import CommunityIndex, EngineError
from zenodo_harvest.emulator.negotiation import COMMUNITY_TYPES, JSON_ONLY, NATIVE
from zenodo_harvest.emulator.params import COMMUNITY_FACETS, COMMUNITY_SORTS, Paging, search_arguments
from zenodo_harvest.emulator.problems import Problem, denied, invalid, unknown_pid
from zenodo_harvest.emulator.state import State


class Communities:
    """Communities by slug or UUID (zenodo-api.md §5, read 2026-08-20)."""

    def __init__(self, state: State, now: Callable[[], datetime]) -> None:
        self._state = state
        self._now = now
        self._index = CommunityIndex(state.communities(), now=now)

    def search(self, call: Call) -> Response:
        """List communities; pages have no cap."""
        return self._hits(call, self._index)

    def featured(self, call: Call) -> Response:
        """List the featured communities: there are none."""
        return self._hits(call, self._index_of(()), sort="featured")

    def of_user(self, call: Call) -> Response:
        """List the communities that the caller owns."""
        if call.user is None:
            raise denied()
        items = self._state.communities()
        return self._hits(
            call, self._index_of([one for one in items if self._state.curates(call.user, one["id"])])
        )

    def children(self, call: Call, ref: str) -> Response:
        """List the sub-communities."""
        parent = self._community(ref)
        items = self._state.communities()
        children = [item for item in items if item.get("parent", {}).get("id") == parent["id"]]
        return self._hits(call, self._index_of(children), echoed={"expand": "False"})

    def of_record(self, call: Call, record_id: str) -> Response:
        """List the communities of a record; the links are those of a search for communities."""
        ids = call.record(self._state, record_id)["parent"]["communities"].get("ids", ())
        found = [item for id_ in ids if (item := self._state.community(id_))]
        return self._hits(call, self._index_of(found), url=f"{call.base}/api/communities")

    def one(self, call: Call, ref: str) -> Response:
        """Answer one community."""
        mimetype = call.accepts(COMMUNITY_TYPES)
        community = self._community(ref)
        if community["deletion_status"]["is_deleted"]:
            raise Problem(410, "The record has been deleted.")
        body = communities.write(community, base=call.base, with_ui=mimetype == NATIVE)
        answer = answer_json(body, mimetype)
        answer.headers["ETag"] = f'"{community["revision_id"]}"'
        return answer

    def members(self, call: Call, ref: str) -> Response:
        """List the public members of a community named by UUID: nobody."""
        call.accepts(JSON_ONLY)
        try:
            UUID(ref)
        except ValueError:
            raise invalid([("pid_value", "Not a valid UUID.")]) from None
        return answer_json({"hits": {"hits": [], "total": 0}})

    def _community(self, ref: str) -> Json:
        community = self._state.community(ref)
        if community is None:
            raise unknown_pid()
        return community

    def _index_of(self, items: Iterable[Json]) -> CommunityIndex:
        return CommunityIndex(items, now=self._now)

    def _hits(
        self,
        call: Call,
        index: CommunityIndex,
        *,
        url: str = "",
        sort: str = "",
        echoed: Mapping[str, str] | None = None,
    ) -> Response:
        mimetype = call.accepts(COMMUNITY_TYPES)
        asked = search_arguments(call.request.args, facets=COMMUNITY_FACETS, sorts=COMMUNITY_SORTS, cap=None)
        page, size = asked.paging.page, asked.paging.size
        try:
            hits = index.search(asked.q, sort=asked.sort, page=page, size=size, facets=asked.facets)
        except EngineError as error:
            raise Problem(error.status, error.message) from None
        found = (self._state.community(id_) for id_ in hits.ids)
        written = [
            communities.write(item, base=call.base, with_ui=mimetype == NATIVE) for item in found if item
        ]
        body = envelope(
            written,
            url=url or call.url,
            paging=Paging(page, size, {**asked.paging.echoed, **(echoed or {})}),
            total=hits.total,
            sort=sort or hits.sort,
            aggregations=hits.aggregations,
        )
        return answer_json({**body, "sortBy": sort or hits.sort, "page": page}, mimetype)
