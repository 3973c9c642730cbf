"""Parts that the dialects share: people, dates, pages and the list of what is left over."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec

from zenodo_harvest.records.dates import read_day, read_edtf, read_time
from zenodo_harvest.records.decoding import encode
from zenodo_harvest.records.provenance import Provenance
from zenodo_harvest.records.record import File
from zenodo_harvest.records.shapes import Links
from zenodo_harvest.records.taking import BEYOND, EXACT, Taker, left_over
from zenodo_harvest.records.text import text_of

_PUBLISHED = ("publication_date", "publication_year", "publication_start", "publication_end")
_USES = ("views", "unique_views", "downloads", "unique_downloads", "data_volume_bytes")
_COUNTS = {prefix: tuple(prefix + use for use in _USES) for prefix in ("", "all_versions_")}
_PLAIN = re.compile(r"[A-Za-z0-9_.~-]+").fullmatch
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}").fullmatch
_Part = TypeVar("_Part", bound=msgspec.Struct)


def as_json(value: Any, without: frozenset[str] = frozenset()) -> str | None:
    """Return what is left of a value as compact JSON with sorted keys, None for nothing."""
    if not without:
        text = encode(value)
        if b"null" not in text and b"{}" not in text and b"[]" not in text:
            return text.decode()
    rest = left_over(value, without)
    return None if rest is None else encode(rest).decode()


def json_of(shape: msgspec.Struct) -> bytes | str | None:
    """Return what is left of an object that the fast decoder made, as `as_json` would, perhaps as UTF-8."""
    text = encode(shape)
    return as_json(shape) if b"{}" in text else text


def check_id(id_: str | None, problems: list[str]) -> None:
    """Report an id that no record can have: it is asked for, quoted and joined by."""
    if not id_:
        problems.append("id: none")
    elif not _ID(id_):
        problems.append("id: not that of a record")


def time_at(taker: Taker, key: str) -> datetime | None:
    """Take a time of the server."""
    text = taker.value.get(key)
    if type(text) is str and (time := read_time(text)) is not None:
        del taker.value[key]
        return time
    if text is not None:
        taker.problems.append(f"{taker.path}{key}: no ISO 8601 time")
    return None


def time_of(text: str | None, path: str, problems: list[str]) -> tuple[datetime | None, str | None]:
    """Return a time of the server, and the text again if it is none."""
    if text is None or (time := read_time(text)) is not None:
        return (time if text is not None else None), None
    problems.append(f"{path}: no ISO 8601 time")
    return None, text


def day_of(text: str | None, path: str, problems: list[str]) -> tuple[date | None, str | None]:
    """Return a day, and the text again if it says more or is none."""
    if text is None:
        return None, None
    if (day := read_day(text)) is None:
        problems.append(f"{path}: no ISO 8601 date")
    return day, None if day is not None and text == day.isoformat() else text


def day_at(taker: Taker, key: str) -> date | None:
    """Take a day."""
    text = taker.value.get(key)
    if type(text) is str and (day := read_day(text)) is not None:
        if text == day.isoformat():
            del taker.value[key]
        return day
    if text is not None:
        taker.problems.append(f"{taker.path}{key}: no ISO 8601 date")
    return None


def publication(text: str | None, problems: list[str]) -> dict[str, Any]:
    """Return the four columns of a publication date."""
    return dict(zip(_PUBLISHED, published(text, problems), strict=True))


def published(
    text: str | None, problems: list[str]
) -> tuple[str | None, int | None, date | None, date | None]:
    """Return a publication date as typed, its year, its first and its last day."""
    span = read_edtf(text) if text else None
    if span is None:
        if text:
            problems.append("metadata.publication_date: no EDTF level 0 date of a day that exists")
        return text, None, None, None
    return text, span.start.year, span.start, span.end


def text_columns(markup: str | None) -> dict[str, str | None]:
    """Return a description as HTML and as text."""
    return {"description_html": markup, "description_text": text_of(markup) if markup is not None else None}


def first_text(*places: tuple[Taker, str]) -> str | None:
    """Take the text at the first of some places that has the key; the others keep theirs."""
    for taker, key in places:
        if taker.value.get(key) is not None:
            return taker.text(key)
    return None


def filled(kind: type[_Part], *places: tuple[Taker, str]) -> _Part | None:
    """Take an object of texts, such as a journal, from places that name its keys with a prefix each."""
    values: dict[str, str | None] = {}
    for taker, prefix in places:
        if not taker.value:
            continue
        for key in kind.__struct_fields__:
            if values.get(key) is None and taker.value.get(prefix + key) is not None:
                values[key] = taker.text(prefix + key)
    return kind(**values) if values else None


def is_number(*values: Any) -> bool:
    """Return whether all values are numbers that a float can hold as they are."""
    return all(type(value) is float or (type(value) is int and abs(value) <= EXACT) for value in values)


def by_key(file: File) -> str:
    """Return what files are sorted by: neither dialect promises an order, one of them has an object."""
    return file.key or ""


def total_bytes(files: list[File]) -> int | None:
    """Return the size of all files, None where there are none or where 64 bits cannot hold it."""
    total = sum(file.size_bytes or 0 for file in files)
    return total if files and total < BEYOND else None


def record_url(links: Links, provenance: Provenance, id_: Any) -> str | None:
    """Return the record's address in the API."""
    if provenance.base_url and id_ is not None:
        return f"{provenance.base_url}/api/records/{id_}"
    return links.self_


def page_url(links: Links, provenance: Provenance, id_: Any) -> str | None:
    """Return the address of the record's web page."""
    if page := links.self_html or links.html or links.record_html:
        return page
    return f"{provenance.base_url}/records/{id_}" if provenance.base_url and id_ is not None else None


def file_url(record_url: str | None, key: str | None) -> str | None:
    """Return where today's site serves a file; names may hold anything (zenodo-api.md §11 #37)."""
    if not record_url or not key:
        return None
    return f"{record_url}/files/{key if _PLAIN(key) else key.translate(_QUOTED)}/content"


class _Quoted(dict[int, str]):
    """Maps a character to how it is written in a URL."""

    def __missing__(self, character: int) -> str:
        quoted = self[character] = quote(chr(character), safe="")
        return quoted


_QUOTED = _Quoted()


def file_types(extensions: set[str]) -> tuple[str, ...]:
    """Return the distinct extensions, sorted."""
    return tuple(sorted(extensions - {""}))


def extension_of(key: str) -> str:
    """Return the extension of a file's name in lower case, empty if it has none."""
    stem, dot, extension = key.rpartition("/")[2].rpartition(".")
    return extension.lower() if stem.strip(".") and dot else ""


def counts(prefix: str, numbers: Iterable[int | None]) -> dict[str, int | None]:
    """Return the columns of use: views, unique views, downloads, unique downloads and bytes."""
    return dict(zip(_COUNTS[prefix], numbers, strict=True))
