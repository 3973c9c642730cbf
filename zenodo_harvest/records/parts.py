"""Columns that dialects share: publication dates, descriptions, pages, addresses, files and use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec

from zenodo_harvest.records.dates import read_edtf
from zenodo_harvest.records.record import File
from zenodo_harvest.records.taker import BEYOND, Taker
from zenodo_harvest.records.text import text_of

_USES = ("views", "unique_views", "downloads", "unique_downloads", "data_volume_bytes")
_COUNTS = {prefix: tuple(prefix + use for use in _USES) for prefix in ("", "all_versions_")}
_LINKS = ("self", "self_html", "html", "record_html")
_PLAIN = re.compile(r"[A-Za-z0-9_.~-]+").fullmatch
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}").fullmatch
_Part = TypeVar("_Part", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a record is found: its web page, and its address in the API."""

    page: str | None
    api: str | None

    def file(self, key: str | None) -> str | None:
        """Return where today's site serves a file; names may hold anything (zenodo-api.md §11 #37)."""
        if not self.api or not key:
            return None
        return f"{self.api}/files/{key if _PLAIN(key) else quote(key, safe='')}/content"


def addresses(record: Mapping[str, Any], base_url: str) -> Addresses:
    """Return the addresses of a record from its links, or made of its id where the server is known."""
    links, id_ = record.get("links"), record.get("id")
    found = links if isinstance(links, dict) else {}
    said = [link if isinstance(link := found.get(name), str) else "" for name in _LINKS]
    page, api = said[1] or said[2] or said[3] or None, said[0] or None
    if base_url and id_.__class__ in (str, int):
        return Addresses(page or f"{base_url}/records/{id_}", f"{base_url}/api/records/{id_}")
    return Addresses(page, api)


def check_id(id_: str | None, problems: list[str]) -> None:
    """Report an id that no record can have: it is asked for, quoted and joined by."""
    if not id_:
        problems.append("id: none")
    elif not _ID(id_):
        problems.append("id: not that of a record")


def publication(text: str | None, problems: list[str]) -> dict[str, Any]:
    """Return a publication date as typed, its year, its first and its last day."""
    span = read_edtf(text) if text else None
    if text and span is None:
        problems.append("metadata.publication_date: no EDTF level 0 date of a day that exists")
    return {
        "publication_date": text,
        "publication_year": span and span.start.year,
        "publication_start": span and span.start,
        "publication_end": span and span.end,
    }


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


def by_key(file: File) -> str:
    """Return what files are sorted by: neither dialect promises an order, one of them has an object."""
    return file.key or ""


def total_bytes(files: list[File]) -> int | None:
    """Return the size of all files, None where there are none or where 64 bits cannot hold it."""
    total = sum(file.size_bytes or 0 for file in files)
    return total if files and total < BEYOND else None


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
