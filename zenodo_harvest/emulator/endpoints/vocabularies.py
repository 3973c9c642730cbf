"""The reference lists under the server's names: searches and single items."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import cached_property

from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from zenodo_harvest.emulator.answers.lists import envelope
from zenodo_harvest.emulator.defaults import Json
from zenodo_harvest.emulator.endpoints.call import Call, answer_json
from zenodo_harvest.emulator.index import EngineError, ItemIndex
from zenodo_harvest.emulator.negotiation import COMMUNITY_TYPES, JSON_ONLY
from zenodo_harvest.emulator.params import search_arguments
from zenodo_harvest.emulator.problems import PlainProblem, Problem, denied, unknown_pid
from zenodo_harvest.emulator.reference import OWN_ADDRESS, reference_lists, title
from zenodo_harvest.emulator.state import State

# the order without a query, where it is not by title
_ORDERS = {
    "affiliations": "name",
    "awards": "newest",
    "funders": "name",
    "names": "name",
    "subjects": "subject",
}


class Vocabularies:
    """Look-ups in the reference lists (zenodo-api.md §5, read 2026-08-20)."""

    def __init__(self, state: State, now: Callable[[], datetime]) -> None:
        self._state, self._now = state, now
        self._indexes: dict[str, ItemIndex] = {}

    @cached_property
    def _lists(self) -> dict[str, dict[str, Json]]:
        """The items by list and id, collected when somebody first asks."""
        return reference_lists(self._state.records(), self._state.communities())

    def search(self, call: Call, kind: str) -> Response:
        """List the items that ``q`` finds; pages have no cap."""
        mimetype = call.accepts(COMMUNITY_TYPES)
        by_default = _ORDERS.get(kind, "title")
        facets = ("funders",) if kind == "awards" else ()
        sorts = frozenset(("bestmatch", "newest", "oldest", by_default))
        asked = search_arguments(call.request.args, facets=facets, sorts=sorts, cap=None)
        items = self._items(call, kind)
        if items is None:
            raise PlainProblem(404)
        sort = by_default if not asked.q and asked.sort in (None, "bestmatch") else asked.sort or "bestmatch"
        paging, tags = asked.paging, tuple(call.request.args.getlist("tags"))
        try:
            hits = self._index(kind, facets).search(
                asked.q, sort=sort, page=paging.page, size=paging.size, facets=asked.facets, tags=tags
            )
        except EngineError as error:
            raise Problem(error.status, error.message) from None
        body = envelope(
            [_linked(call, kind, items[id_]) for id_ in hits.ids],
            url=call.url,
            paging=replace(paging, echoed={**paging.echoed, "tags": list(tags)}) if tags else paging,
            total=hits.total,
            sort=sort,
            aggregations=hits.aggregations or None,
        )
        return answer_json({**body, "sortBy": sort, "page": paging.page}, mimetype)

    def one(self, call: Call, kind: str, item_id: str) -> Response:
        """Answer one item."""
        mimetype = call.accepts(COMMUNITY_TYPES)
        item = (self._items(call, kind) or {}).get(item_id)
        if item is None:
            raise unknown_pid()
        answer = answer_json(_linked(call, kind, item), mimetype)
        answer.headers["ETag"] = f'"{item["revision_id"]}"'
        return answer

    def redirect_licenses(self, call: Call) -> Response:
        """Send the old address of the licenses on (zenodo-api.md §1.6)."""
        call.accepts(JSON_ONLY)
        return redirect("/api/vocabularies/licenses", 301)

    def _items(self, call: Call, kind: str) -> dict[str, Json] | None:
        """Return the items of a list, None for one that is not at this address; guests see no names."""
        is_own = not call.request.path.startswith("/api/vocabularies/")
        if is_own is not (kind in OWN_ADDRESS):
            return None
        if kind == "names" and call.user is None:
            raise denied()
        return self._lists.get(kind)

    def _index(self, kind: str, facets: tuple[str, ...]) -> ItemIndex:
        if kind not in self._indexes:
            funders = self._lists["funders"]
            labels = {id_: f"{title(item)} ({item.get('country')})" for id_, item in funders.items()}
            documents = ({**item, "label": title(item)} for item in self._lists[kind].values())
            self._indexes[kind] = ItemIndex(documents, facets=facets, labels=labels, now=self._now)
        return self._indexes[kind]


def _linked(call: Call, kind: str, item: Json) -> Json:
    place = kind if kind in OWN_ADDRESS else f"vocabularies/{kind}"
    return {**item, "links": {"self": f"{call.base}/api/{place}/{item['id']}"}}
