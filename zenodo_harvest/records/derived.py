"""Columns that follow from others, in whichever dialect those were read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from msgspec.structs import replace

from zenodo_harvest.errors import UsageError
from zenodo_harvest.html_text import text_of
from zenodo_harvest.origins import Origin
from zenodo_harvest.records.dates import read_edtf
from zenodo_harvest.records.fields import BEYOND
from zenodo_harvest.records.record import File, Person
from zenodo_harvest.sites import ZENODO, find_site
from zenodo_harvest.vocabularies.code_hosts import linked_repository

_LINKS = ("self", "self_html", "html", "record_html")
_PLAIN = re.compile(r"[A-Za-z0-9_.~-]+").fullmatch
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}").fullmatch


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a record is found: its web page, and its address in the API."""

    page: str | None
    api: str | None

    def file(self, key: str | None) -> str | None:
        """Return where today's site serves a file; names may hold anything (zenodo-api.md §11 #37)."""
        if not self.api or not key or "/deposit/" in self.api:
            return None
        return f"{self.api}/files/{key if _PLAIN(key) else quote(key, safe='')}/content"


def addresses(record: Mapping[str, Any], base_url: str) -> Addresses:
    """Return the addresses of a record from its links, or made of its id where the server is known."""
    links, id_ = record.get("links"), record.get("id")
    found = links if isinstance(links, dict) else {}
    api, *pages = (link if isinstance(link := found.get(name), str) else None for name in _LINKS)
    page = next(filter(None, pages), None)
    if base_url and id_.__class__ in (str, int):
        return Addresses(page or f"{base_url}/records/{id_}", f"{base_url}/api/records/{id_}")
    return Addresses(page, api)


def site_of(found: Addresses) -> str | None:
    """Return the name of the site that the addresses of a record are of, None where they tell none."""
    address = found.api or found.page or ""
    if address.startswith(f"{ZENODO.url}/"):
        return ZENODO.name
    with suppress(UsageError, ValueError):
        return find_site(str(Origin.of(address))).name
    return None


def derive(columns: dict[str, Any], found: Addresses, problems: list[str]) -> None:
    """Fill in the columns of a record in JSON that follow from others."""
    complete(columns, problems)
    if (markup := columns.get("description_html")) is not None:
        columns["description_text"] = text_of(markup)
    columns["url"] = found.page
    files = (
        file if file.file_url else replace(file, file_url=found.file(file.key))
        for file in columns.get("files", ())
    )
    columns["files"] = tuple(sorted(files, key=_by_key))
    columns["file_types"] = tuple(sorted(set(columns.get("file_types", ())) - {""}))
    for name in ("communities", "community_ids"):
        columns[name] = tuple(sorted(columns.get(name, ())))


def total_of(files: Iterable[File]) -> int | None:
    """Return the size of all files, None where there is none or one is not known."""
    total, listed = 0, tuple(files)
    for file in listed:
        if file.size_bytes is None:
            return None
        total += file.size_bytes
    return total if listed and total < BEYOND else None


def _by_key(file: File) -> str:
    """Return what files are sorted by: no dialect promises an order, one has them in an object."""
    return file.key or ""


def check_id(id_: str | None, problems: list[str]) -> None:
    """Report an id that no record can have: it is asked for, quoted and joined by."""
    if not id_:
        problems.append("id: none")
    elif not _ID(id_):
        problems.append("id: not that of a record")


def _named(person: Person) -> Person:
    """Return a person with the name that the family and the given name make, where there is none."""
    made = ", ".join(part for part in (person.family_name, person.given_name) if part)
    return replace(person, name=made) if person.name is None and made else person


def complete(columns: dict[str, Any], problems: list[str]) -> None:
    """Fill in the columns that follow from others in every dialect."""
    check_id(columns["id"], problems)
    for column in ("creators", "contributors"):
        if any(person.name is None for person in columns.get(column, ())):
            columns[column] = tuple(map(_named, columns[column]))
    if type_id := columns.get("resource_type"):
        columns["resource_type_general"] = type_id.partition("-")[0]
    if not columns.get("code_repository"):
        columns["code_repository"] = linked_repository(columns.get("related", ()))
    text = columns.get("publication_date")
    span = read_edtf(text) if text else None
    if text and span is None:
        problems.append("metadata.publication_date: no EDTF level 0 date of a day that exists")
    columns["publication_year"] = span and span.start.year
    columns["publication_start"] = span and span.start
    columns["publication_end"] = span and span.end
