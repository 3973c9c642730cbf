"""What is left of a JSON value once its columns are taken."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from zenodo_harvest.json_values import encode

NOT_DATA = frozenset(("links", "ui", "expanded"))
"""Parts of an answer that say where to go or how to show it, not what the record is."""
_CONTAINERS = frozenset((dict, list))
_NAMES = "entries"
"""The names below are those of files, which may be called like anything."""


def left_over(value: Any, without: Container[str] = NOT_DATA) -> Any:
    """Return what is left of `value`, without nulls and without what is empty; None if that is nothing.

    Items of a list keep their places: an empty one stays as long as another one holds something.

    Args:
        value: Any JSON value.
        without: Keys that are left out wherever they stand, save as names of files.
    """
    if value.__class__ is dict:
        kept = {}
        for key, item in value.items():
            if item is None or key in without:
                continue
            if item.__class__ not in _CONTAINERS:
                kept[key] = item
            elif item and (rest := (_named if key == _NAMES else left_over)(item, without)) is not None:
                kept[key] = rest
        return kept or None
    if value.__class__ is list:
        rests = [left_over(item, without) if item.__class__ in _CONTAINERS else item for item in value]
        return rests if any(rest is not None for rest in rests) else None
    return value


def _named(value: Any, without: Container[str]) -> Any:
    """Return what is left of an object of files by name, or of a list."""
    if value.__class__ is not dict:
        return left_over(value, without)
    rests = {name: left_over(item, without) for name, item in value.items()}
    return {name: rest for name, rest in rests.items() if rest is not None} or None


def as_json(value: Any, without: Container[str] = NOT_DATA) -> str | None:
    """Return what is left of a value as compact JSON with sorted keys, None for nothing."""
    rest = left_over(value, without)
    return None if rest is None else encode(rest).decode()
