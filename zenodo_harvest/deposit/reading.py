"""Parts of JSON whose shape is not to be relied on."""

from __future__ import annotations

from typing import Any


def object_in(value: Any, name: str) -> dict[str, Any]:
    """Return the object that a member of an object is, an empty one where there is none."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def list_in(value: Any, name: str) -> list[Any]:
    """Return the list that a member of an object is, an empty one where there is none."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, list) else []


def text_in(value: Any, name: str) -> str | None:
    """Return a member of an object as text, None where there is none."""
    found = value.get(name) if isinstance(value, dict) else None
    return None if found is None else str(found)
