"""Requests and comments on them."""

from __future__ import annotations

from collections.abc import Sequence

from zenodo_harvest.emulator.defaults import Json
from zenodo_harvest.emulator.deposits.requests import is_closed, is_open

_PARTS = ("comments", "timeline", "timeline_focused", "lock", "unlock")
_LABELS = {
    "community-inclusion": "Community inclusion",
    "community-submission": "Community submission",
    "record-deletion": "Record deletion",
    "file-modification": "File modification",
    "quota-increase": "Quota increase",
}


def write(request: Json, base: str, actions: Sequence[str], *, with_next: bool = False) -> Json:
    """Return a request as somebody sees it who may do `actions` (zenodo-api.md §13)."""
    url = f"{base}/api/requests/{request['id']}"
    page = f"{base}/me/requests/{request['id']}"
    links = {"self": url, "self_html": page}
    links |= {name: f"{url}/{name}" for name in _PARTS}
    written = {name: value for name, value in request.items() if name != "comments"}
    return {
        **written,
        "links": {
            **links,
            "actions": {name: f"{url}/actions/{name}" for name in actions},
            **({"next_html": page} if with_next else {}),
        },
        "is_closed": is_closed(request),
        "is_open": is_open(request),
        "is_expired": False,
        "files": {"enabled": True},
        "is_locked": False,
    }


def comment(request_id: str, event: Json, base: str) -> Json:
    """Return a comment."""
    url = f"{base}/api/requests/{request_id}/comments/{event['id']}"
    return {**event, "links": {"self": url}, "permissions": {}}


def aggregations(requests: Sequence[Json], chosen: Sequence[str] = ()) -> Json:
    """Count requests by type and status."""
    return {
        name: {
            "buckets": [
                {
                    "key": key,
                    "doc_count": sum(one[name] == key for one in requests),
                    "label": _LABELS.get(key, key.capitalize()),
                    "is_selected": key in chosen,
                }
                for key in dict.fromkeys(one[name] for one in requests)
            ],
            "label": name.capitalize(),
        }
        for name in ("type", "status")
    }
