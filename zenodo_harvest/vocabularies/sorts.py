"""The orders the server knows, all of them, and those that only look as if it did."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from zenodo_harvest.errors import UsageError
from zenodo_harvest.vocabularies.pairs import read_pairs

SORTS = read_pairs("sorts.csv")
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

_MEANT = read_pairs("expected_sorts.csv")


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
