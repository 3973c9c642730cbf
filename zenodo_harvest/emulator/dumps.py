"""The dumps a server offers: all records as JSON and as XML, the deleted ones as CSV, one community."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import tarfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Final
from uuid import NAMESPACE_URL, uuid5

import msgspec
from lxml import etree

from zenodo_harvest.emulator.answers import native
from zenodo_harvest.emulator.answers.oai import datacite
from zenodo_harvest.emulator.defaults import Json, is_deleted
from zenodo_harvest.emulator.state import State
from zenodo_harvest.errors import UsageError

DUMPS: Final = (
    "records-json.tar.gz",
    "records-xml.tar.gz",
    "records-deleted.csv.gz",
    "enes-data-space/records-json.tar.gz",
    "enes-data-space/records-deleted.csv.gz",
)
"""The dumps of the recorded server; others offer fewer (zenodo-api.md §8, read 2026-08-20)."""

_KEPT = 3
_COLUMNS = (
    *("record_id", "doi", "parent_id", "parent_doi"),
    *("removal_note", "removal_reason", "removal_date", "citation_text"),
)


@dataclass(frozen=True, slots=True)
class Dump:
    """One version of a dump."""

    version_id: str
    created: datetime
    data: bytes
    md5: str


class Dumps:
    """The dumps, made from the state when they are first listed and again after it has changed.

    As on the real server a dump is older than the state once that moves on, and at most three versions are
    kept. The bytes depend on nothing but the state.

    Args:
        state: What the repository holds.
        now: When a dump is made.
        keys: The dumps there are: those in `DUMPS`, or of another community.

    Raises:
        UsageError: There is no such dump.
    """

    def __init__(self, state: State, now: Callable[[], datetime], keys: Iterable[str]) -> None:
        self._state, self._now, self._keys = state, now, sorted(keys)
        self._made: dict[str, list[Dump]] = {}
        self._made_of: int | None = None
        self._lock = Lock()
        if unknown := [key for key in self._keys if key.rpartition("/")[2] not in _WRITERS]:
            raise UsageError(f"{unknown[0]!r} is not a dump.", hint=f"There are {', '.join(_WRITERS)}.")

    def listing(self, base: str) -> dict[str, list[Dump]]:
        """Return the versions by key, the newest first."""
        self._make(base, again=True)
        return self._made

    def find(self, key: str, version_id: str | None, base: str) -> Dump | None:
        """Return one version of a dump, or the newest."""
        self._make(base, again=False)
        versions = self._made.get(key, ())
        return next((one for one in versions if version_id in (None, one.version_id)), None)

    def _make(self, base: str, *, again: bool) -> None:
        with self._lock:
            known = len(self._state.changes())
            if self._made_of is not None and not (again and known != self._made_of):
                return
            self._made_of = known
            made = {}
            for key in self._keys:
                found, older = self._version(key, base), self._made.get(key, [])
                made[key] = [found, *(one for one in older if one != found)][:_KEPT]
            self._made = made

    def _version(self, key: str, base: str) -> Dump:
        slug, _, name = key.rpartition("/")
        records = (record for record in self._state.records() if not slug or slug in _slugs(record))
        made = self._now()
        data = _WRITERS[name](records, base)
        md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
        return Dump(str(uuid5(NAMESPACE_URL, f"{key}/{made}/{md5}")), made, data, md5)


def _slugs(record: Json) -> list[str]:
    return [entry["slug"] for entry in record["parent"]["communities"].get("entries", ())]


def _shown(records: Iterable[Json]) -> Iterator[Json]:
    """Yield what a guest may read."""
    return (one for one in records if not is_deleted(one) and one["access"]["record"] == "public")


def _as_json(records: Iterable[Json], base: str) -> bytes:
    view = native.View(base, "/exporter", None, is_single=False, community=lambda _: None)
    written = (
        (record["id"], msgspec.json.encode(native.write_bare(record, view))) for record in _shown(records)
    )
    return _archive((f"{record_id}.json", data) for record_id, data in written)


def _as_xml(records: Iterable[Json], base: str) -> bytes:
    written = (
        (record["id"], datacite.wrapped(datacite.write(record, base, with_address=True)))
        for record in _shown(records)
    )
    return _archive(
        (f"{record_id}.xml", etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
        for record_id, root in written
    )


def _archive(members: Iterable[tuple[str, bytes]]) -> bytes:
    """Return a packed tar whose members have neither date nor owner."""
    buffer = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=1, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive,
    ):
        for name, data in members:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def _as_csv(records: Iterable[Json], _: str) -> bytes:
    buffer = io.StringIO()
    rows = csv.writer(buffer)
    rows.writerow(_COLUMNS)
    for record in records:
        if is_deleted(record):
            rows.writerow(_row(record))
    return gzip.compress(buffer.getvalue().encode(), mtime=0)


def _row(record: Json) -> tuple[str, ...]:
    """Return a deletion; the citation of spam, whose tombstone is hidden, is left blank."""
    stone, parent = record.get("tombstone", {}), record["parent"]
    return (
        record["id"],
        record["pids"].get("doi", {}).get("identifier", ""),
        parent["id"],
        parent["pids"].get("doi", {}).get("identifier", ""),
        stone.get("note", ""),
        stone.get("removal_reason", {}).get("id", ""),
        stone.get("removal_date", "")[:10],
        stone.get("citation_text", "") if stone.get("is_visible", True) else "",
    )


_WRITERS: dict[str, Callable[[Iterable[Json], str], bytes]] = {
    "records-json.tar.gz": _as_json,
    "records-xml.tar.gz": _as_xml,
    "records-deleted.csv.gz": _as_csv,
}
