"""`Head`: which record a piece of JSON is, and from when, as far as it tells; whatever else is in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import msgspec

from zenodo_harvest.json_text import cut
from zenodo_harvest.json_values import decode
from zenodo_harvest.raw_records import text_name
from zenodo_harvest.records.dates import read_time


@dataclass(frozen=True, slots=True)
class Head:
    """What the JSON of a record says of itself, None for what it does not.

    Attributes:
        name: Its id, or where it tells none a name made of its text: the same wherever the row is met.
        id: Its id.
        created: When it was created (UTC).
        updated: When it was last edited (UTC).
        dialect: Which JSON it is.
    """

    name: str
    id: str | None
    created: datetime | None
    updated: datetime | None
    dialect: Literal["native", "legacy"] | None


class _Members(msgspec.Struct):
    id: Any = None
    created: Any = None
    updated: Any = None
    parent: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    conceptrecid: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


_MEMBERS = msgspec.json.Decoder(_Members)


def read_head(row: bytes) -> Head:
    """Return the head of a record's JSON; nothing in it is too odd."""
    try:
        found = _MEMBERS.decode(row)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        found = _with_care(row)
    known = isinstance(found.id, str | int) and not isinstance(found.id, bool)
    id_ = str(found.id) if known else None
    dialect: Literal["native", "legacy"] | None = None
    if found.parent is not msgspec.UNSET:
        dialect = "native"
    elif found.conceptrecid is not msgspec.UNSET:
        dialect = "legacy"
    return Head(
        id_ or text_name(row),
        id_ or None,
        moment(found.created),
        moment(found.updated),
        dialect,
    )


def moment(text: Any) -> datetime | None:
    """Return an ISO time in UTC, None for everything that is none."""
    return read_time(text) if isinstance(text, str) else None


def _with_care(row: bytes) -> _Members:
    """Return the members of an object of which others cannot be decoded."""
    found = _Members()
    try:
        for name, value in _members(row):
            if name in ("parent", "conceptrecid"):
                setattr(found, name, msgspec.Raw(value))
            else:
                setattr(found, name, decode(value, []))
    except (ValueError, RecursionError):
        """What was found until then is all that it tells."""
    return found


def _members(row: bytes) -> Iterator[tuple[str, bytes]]:
    text = cut(row)
    for key in text.names():
        value = text.value()
        if (name := key.strip(b'"').decode("utf-8", "replace")) in _Members.__struct_fields__:
            yield name, value
