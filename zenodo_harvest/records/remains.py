"""What remains of the objects of a record once their columns are taken."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from msgspec import Struct


def settled(items: list[Any]) -> list[Any]:
    """Return what remains of the items of a list: each keeps its place as long as one holds something."""
    rest = [None if each is None or each == _blank(each.__class__) else each for each in items]
    return placed(rest)


def placed(rests: list[Any]) -> list[Any]:
    """Return what remains of the items of a list, an empty list if that is nothing.

    An item is None or an absent part where nothing remains of it.
    """
    return [rest or None for rest in rests] if any(rests) else []


def renamed(term: Any, change: Callable[[str], str]) -> str | None:
    """Return the id of a term changed; the original stays unless it is the same."""
    if (id_ := term.id) is None:
        return None
    changed = change(id_)
    if changed == id_:
        term.id = None
    return changed


@cache
def _blank(kind: type[Struct]) -> Struct:
    return kind()
