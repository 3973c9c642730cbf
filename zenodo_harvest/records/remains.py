"""What remains of the objects of a record once their columns are taken."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from msgspec import Struct

_Shape = TypeVar("_Shape", bound=Struct)


def kept(shape: _Shape) -> _Shape | None:
    """Return an object, None if nothing remains of it."""
    return None if shape == _blank(shape.__class__) else shape


def settled(items: list[Any]) -> list[Any]:
    """Return what remains of the items of a list: each keeps its place as long as one holds something."""
    rest = [None if each is None or each == _blank(each.__class__) else each for each in items]
    return rest if any(rest) else []


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
