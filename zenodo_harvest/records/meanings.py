"""What the compiled reader asks for: parts that many records repeat, and parts that few have.

It knows the shape of a record and no more; vocabularies, dates and HTML are known in Python alone. An answer
of None, like an exception, leaves the whole record to the reader in Python.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from html import unescape
from typing import Any, NamedTuple

from zenodo_harvest.records import metadata as said
from zenodo_harvest.records import native
from zenodo_harvest.records.datacite_terms import (
    ACCESS,
    SCHEMES,
    TEXT_TYPES,
    is_marked_up,
    type_of,
    type_of_general,
)
from zenodo_harvest.records.dates import read_edtf
from zenodo_harvest.records.rows import Row
from zenodo_harvest.records.text import instead_of, text_of
from zenodo_harvest.vocabularies.licenses import spdx


class Meaning(NamedTuple):
    """What a part of a record means."""

    texts: tuple[str | None, ...] = ()
    lists: tuple[tuple[str, ...], ...] = ()
    numbers: tuple[int | None, ...] = ()
    rest: bytes = b""
    """As JSON, what no column holds."""


class Span(NamedTuple):
    """What a date means: its year, and its first and its last day, counted from 1970."""

    year: int
    start: int
    end: int


__all__ = [
    "access",
    "general_type",
    "is_marked_up",
    "license_id",
    "markup",
    "part",
    "resource_type",
    "scheme",
    "span",
    "text_of",
    "text_type",
]

access = ACCESS.get
scheme = SCHEMES.get
text_type = TEXT_TYPES.get
general_type = type_of_general
license_id = spdx

_EPOCH = date(1970, 1, 1)


def _access(read: Row) -> Meaning | None:
    *texts, until, problems = read
    day = None if until is None else (until - _EPOCH).days
    return None if problems else Meaning(tuple(texts), numbers=(day,))


_PARTS: dict[str, tuple[Any, Callable[[Any], Meaning | None]]] = {
    "access": (native.ACCESS, _access),
    "community": (native.COMMUNITY, Meaning),
    "deletion_status": (native.DELETION_STATUS, lambda _: Meaning()),
    "languages": (said.LANGUAGES, lambda read: Meaning(lists=(read,))),
    "media_files": (native.MEDIA_FILES, lambda _: Meaning()),
    "related_type": (said.TYPE, lambda read: Meaning((read,))),
    "relation": (said.RELATION, lambda read: Meaning((read,))),
    "resource_type": (said.RESOURCE_TYPE, Meaning),
    "rights": (said.RIGHTS, lambda read: Meaning(lists=read)),
    "role": (said.ROLE, lambda read: Meaning((read,))),
    "term": (said.TERM, lambda read: Meaning((read,))),
    "versions": (native.VERSIONS, lambda read: Meaning(numbers=read)),
}


def part(kind: str, content: bytes) -> Meaning | None:
    """Return what a part means that many records repeat.

    Raises:
        MsgspecError: It is not of the foreseen shape.
    """
    known, meaning_of = _PARTS[kind]
    read, rest = known[content]
    meaning = meaning_of(read)
    return None if meaning is None else meaning._replace(rest=bytes(rest))


def span(text: str) -> Span | None:
    """Return what a publication date means."""
    found = read_edtf(text)
    if found is None:
        return None
    return Span(found.start.year, (found.start - _EPOCH).days, (found.end - _EPOCH).days)


def markup(piece: str) -> str:
    """Return what stands in text for an HTML tag or for a reference such as ``&amp;``."""
    return instead_of(piece) if piece.startswith("<") else unescape(piece)


def resource_type(lines: str) -> str | None:
    """Return the resource type that DataCite's general type and the text on the next line mean."""
    general, _, text = lines.partition("\n")
    return type_of(general, text)
