"""The server's refusals: one exception that carries the status and the exact body."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

_TEXTS = {
    400: "The browser (or proxy) sent a request that this server could not understand.",
    404: "The requested URL was not found on the server. "
    "If you entered the URL manually please check your spelling and try again.",
    405: "The method is not allowed for the requested URL.",
    413: "The data value transmitted exceeds the capacity limit.",
    500: "The server encountered an internal error and was unable to complete your request. "
    "Either the server is overloaded or there is an error in the application.",
}

_PAGES = {
    429: (
        "Too many requests",
        "You have made too many consecutive requests, please try again later.",
    ),
    500: ("Internal server error", ""),
}
_PAGE = """<!DOCTYPE html>
<html lang="en">
  <head><meta charset="utf-8"><title>{title} | Zenodo</title></head>
  <body><main id="main">
    <h1>{title}</h1>
    <p>{text}</p>
  </main></body>
</html>
"""


class Problem(Exception):
    """An answer that is not a 2xx, with the server's body (zenodo-api.md §1.4, §4.2, read 2026-08-20)."""

    content_type = "application/json"

    def __init__(self, status: int, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = json.dumps({"status": status, "message": message, **more})


class PlainProblem(Problem):
    """The same from the web framework below the API, which writes its JSON another way."""

    def __init__(self, status: int, message: str = "") -> None:
        super().__init__(status, message)
        text = message or _TEXTS[status]
        self.body = json.dumps({"message": text, "status": status}, separators=(",", ":")) + "\n"


class PageProblem(Problem):
    """The 429 or 500 of an address outside the API: a web page, here without the theme around it."""

    content_type = "text/html; charset=utf-8"

    def __init__(self, status: int = 429) -> None:
        title, text = _PAGES[status]
        super().__init__(status, title)
        self.body = _PAGE.format(title=title, text=text)


def invalid(errors: Sequence[tuple[str, str]]) -> Problem:
    """Return the 400 for bad arguments, one (field, message) each."""
    listed = [{"field": field, "messages": [message]} for field, message in errors]
    return Problem(400, "A validation error occurred.", errors=listed)


def bad_window() -> Problem:
    """Return the 400 for a page that starts at or after result 10,000, and for ``suggest``."""
    return Problem(400, "Invalid querystring parameters.")


def unknown_pid() -> Problem:
    """Return the 404 for an id, slug or UUID that nothing has."""
    return Problem(404, "The persistent identifier does not exist.")


def unregistered_pid() -> Problem:
    """Return the 404 for the id of a draft that was never published."""
    return Problem(404, "The persistent identifier is not registered.")


def not_found() -> Problem:
    """Return the other 404, for a sub-resource that is not there."""
    return Problem(404, "Not found.")


def no_such_file(record_id: str, key: str) -> Problem:
    """Return the 404 for a file name the record does not have."""
    return Problem(404, f"Record '{record_id}' has no file '{key}'.")


def denied() -> Problem:
    """Return the 403 for a caller without the right."""
    return Problem(403, "Permission denied.")


def deleted(tombstone: Mapping[str, Any]) -> Problem:
    """Return the 410 with the tombstone, or the 404 for one that is hidden (spam)."""
    if not tombstone.get("is_visible", True):
        return Problem(404, "Record not found")
    return Problem(410, "Record deleted", tombstone=dict(tombstone))


def not_acceptable(offered: Sequence[str]) -> Problem:
    """Return the 406, which lists what the endpoint offers."""
    return Problem(406, f"Invalid 'Accept' header. Expected one of: {', '.join(offered)}")
