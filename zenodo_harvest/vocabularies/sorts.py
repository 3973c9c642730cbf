"""The orders the server knows, all of them, and those that only look as if it did."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from zenodo_harvest.errors import UsageError

SORTS: Mapping[str, str] = {
    "bestmatch": "best match first",
    "newest": "added last first",
    "oldest": "added first first",
    "mostrecent": "added last first",
    "-mostrecent": "added first first",
    "updated-desc": "edited last first",
    "updated-asc": "edited first first",
    "publication-desc": "latest publication date first",
    "publication-asc": "earliest publication date first",
    "publication_date": "latest publication date first",
    "-publication_date": "earliest publication date first",
    "version": "highest version number first",
    "-version": "lowest version number first",
    "mostviewed": "most viewed first",
    "-mostviewed": "least viewed first",
    "mostdownloaded": "most downloaded first",
    "-mostdownloaded": "least downloaded first",
    "journal-desc": "latest publication date first, then journal volume, issue and pages",
    "journal": "latest publication date first, then journal volume, issue and pages",
    "-journal": "earliest publication date first, then journal volume, issue and pages",
    "conference-desc": "last conference session first",
    "conference_session": "last conference session first",
    "-conference_session": "first conference session first",
}
"""Each order by its name (zenodo-api.md §1.3, read 2026-08-20).

Publication dates sort as text. Outside a single community the server puts records of verified owners
first, whatever the order. Nothing breaks ties.
"""

DEFAULT_SORT = "bestmatch with a query, otherwise newest"
"""What the server does when no order is given (zenodo-api.md §1.1, read 2026-08-20)."""

REFUSED_SORTS: Mapping[str, str] = {
    "-bestmatch": "the server fails on it (500)",
    "newestactivity": "records have no such date, the server refuses it (400)",
    "oldestactivity": "records have no such date, the server refuses it (400)",
}
"""Orders the server lists and cannot do (zenodo-api.md §1.3, read 2026-08-20)."""

_MEANT: Mapping[str, str] = {
    "-newest": "oldest",
    "-oldest": "newest",
    "created": "newest",
    "-created": "newest",
    "date": "newest",
    "recent": "newest",
    "relevance": "bestmatch",
    "score": "bestmatch",
    "updated": "updated-desc",
    "-updated": "updated-desc",
    "-updated-desc": "updated-asc",
    "-updated-asc": "updated-desc",
    "views": "mostviewed",
    "downloads": "mostdownloaded",
    "published": "publication-desc",
    "-bestmatch": "bestmatch",
    "newestactivity": "updated-desc",
    "oldestactivity": "updated-asc",
}


def check_sort(name: str, sorts: Mapping[str, str] = SORTS) -> str:
    """Return `name` if it is one of the `sorts` of the server.

    Raises:
        UsageError: It cannot; the hint names the nearest order.
    """
    if name in sorts:
        return name
    reason = REFUSED_SORTS.get(name, "the server has no such order")
    meant = _MEANT.get(name.lower(), name)
    near = [one for one in sorts if one == meant or sorts[one] == SORTS.get(meant)][:1]
    if not near and name not in SORTS:
        near = get_close_matches(name.lower(), sorts, 1, 0.5)
    hint = f"Did you mean {near[0]} ({sorts[near[0]]})?" if near else f"Orders are {', '.join(sorts)}."
    raise UsageError(f"Records cannot be sorted by {name!r}: {reason}.", hint=hint)
