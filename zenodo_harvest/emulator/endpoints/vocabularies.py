"""The reference lists, thin: the items that the records here use, under the server's names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import chain
from typing import Any

from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from zenodo_harvest.emulator.answers.lists import envelope
from zenodo_harvest.emulator.endpoints.call import Call, answer_json
from zenodo_harvest.emulator.negotiation import COMMUNITY_TYPES, JSON_ONLY
from zenodo_harvest.emulator.params import VOCABULARY_SORTS, search_arguments
from zenodo_harvest.emulator.problems import PlainProblem, unknown_pid
from zenodo_harvest.emulator.shape import Json
from zenodo_harvest.emulator.state import State

# the list, the repeated field of the metadata its items stand in, and the part of each
_PLACES = (
    ("contributorsroles", "contributors", "role"),
    ("creatorsroles", "creators", "role"),
    ("datetypes", "dates", "type"),
    ("descriptiontypes", "additional_descriptions", "type"),
    ("relationtypes", "related_identifiers", "relation_type"),
    ("titletypes", "additional_titles", "type"),
)
_KINDS = ("communitytypes", "languages", "licenses", "resourcetypes", *(kind for kind, *_ in _PLACES))
_MADE = "2024-01-01T00:00:00+00:00"


class Vocabularies:
    """Look-ups in the reference lists (zenodo-api.md §5, read 2026-08-20)."""

    def __init__(self, state: State) -> None:
        self._state = state

    @cached_property
    def _items(self) -> dict[str, dict[str, Json]]:
        """The items by list and id, collected when somebody first asks."""
        items: dict[str, dict[str, Json]] = {kind: {} for kind in _KINDS}
        made = {"created": _MADE, "updated": _MADE, "revision_id": 1, "tags": [], "props": {}}
        used = (pair for record in self._state.records() for pair in _used(record["metadata"]))
        kinds = (item["metadata"].get("type", {}) for item in self._state.communities())
        for kind, item in chain(used, (("communitytypes", item) for item in kinds)):
            if "id" in item:
                items[kind].setdefault(item["id"], {**made, **item, "type": kind})
        return items

    def search(self, call: Call, kind: str) -> Response:
        """List the items whose id or title holds ``q``, by title."""
        mimetype = call.accepts(COMMUNITY_TYPES)
        asked = search_arguments(call.request.args, facets=(), sorts=VOCABULARY_SORTS, cap=None)
        if kind not in self._items:
            raise PlainProblem(404)
        wanted = (asked.q or "").lower()
        items = sorted(self._items[kind].values(), key=_title)
        found = [item for item in items if wanted in f"{item['id']} {_title(item)}".lower()]
        page, size = asked.paging.page, asked.paging.size
        shown = [_linked(call, item) for item in found[(page - 1) * size : page * size]]
        sort = asked.sort or ("bestmatch" if asked.q else "title")
        body = envelope(shown, url=call.url, paging=asked.paging, total=len(found), sort=sort)
        return answer_json({**body, "sortBy": sort, "page": page}, mimetype)

    def one(self, call: Call, kind: str, item_id: str) -> Response:
        """Answer one item."""
        mimetype = call.accepts(COMMUNITY_TYPES)
        item = self._items.get(kind, {}).get(item_id)
        if item is None:
            raise unknown_pid()
        answer = answer_json(_linked(call, item), mimetype)
        answer.headers["ETag"] = f'"{item["revision_id"]}"'
        return answer

    def redirect_licenses(self, call: Call) -> Response:
        """Send the old address of the licenses on (zenodo-api.md §1.6)."""
        call.accepts(JSON_ONLY)
        return redirect("/api/vocabularies/licenses", 301)


def _title(item: Mapping[str, Any]) -> str:
    return str(item.get("title", {}).get("en", item["id"]))


def _linked(call: Call, item: Json) -> Json:
    return {**item, "links": {"self": f"{call.base}/api/vocabularies/{item['type']}/{item['id']}"}}


def _used(metadata: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield "resourcetypes", metadata.get("resource_type", {})
    yield from (("languages", item) for item in metadata.get("languages", ()))
    yield from (("licenses", item) for item in metadata.get("rights", ()))
    for kind, field, part in _PLACES:
        yield from ((kind, item.get(part) or {}) for item in metadata.get(field, ()))
