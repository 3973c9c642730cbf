"""Lists that OAI-PMH walks: the records of a selection, frozen when the walk begins."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from zenodo_harvest.emulator.defaults import Json, is_deleted
from zenodo_harvest.emulator.state import State


@dataclass(frozen=True, slots=True)
class Header:
    """What OAI-PMH says about a record: identifier, datestamp, the sets it is in."""

    identifier: str
    datestamp: str
    sets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A header with what gives the record as it was when the list was made."""

    header: Header
    record: Callable[[], Json]


@dataclass(slots=True)
class Scroll:
    """A list under way; it only goes forward, whichever token asks (zenodo-api.md §7, read 2026-08-20)."""

    items: list[Item]
    expires_s: float
    position: int = 0

    def take(self, count: int) -> list[Item]:
        """Return the next items."""
        start, self.position = self.position, self.position + count
        return self.items[start : start + count]


class Shelf:
    """The headers of all records that OAI-PMH shows: public, not deleted, every version."""

    def __init__(self, state: State) -> None:
        self._state, self._prefix = state, state.flavour.set_prefix
        self._lock = Lock()
        self._headers: dict[str, Header] | None = None
        self._known = 0

    def refresh(self, *, is_stale: bool) -> None:
        """Take note of what came, changed or went, unless the caller is to see an older state."""
        with self._lock:
            changes = self._state.changes()
            if self._headers is None:
                found = ((record["id"], header(record, self._prefix)) for record in self._state.records())
                self._headers = {record_id: shown for record_id, shown in found if shown}
            elif is_stale:
                return
            for record_id in dict.fromkeys(changes[self._known :]):
                record = self._state.record(record_id)
                shown = header(record, self._prefix) if record else None
                self._headers.pop(record_id, None)
                self._headers |= {record_id: shown} if shown else {}
            self._known = len(changes)

    def select(self, first: str | None, last: str | None, spec: str | None) -> list[Item]:
        """Return the items of a set with a datestamp from `first` to `last`, in no useful order.

        Both ends are included; None is no limit, and no set is all records.
        """
        with self._lock:
            found = [
                (record_id, shown)
                for record_id, shown in (self._headers or {}).items()
                if (first is None or first <= shown.datestamp)
                and (last is None or shown.datestamp <= last)
                and (spec is None or spec in shown.sets)
            ]
        found.sort(key=lambda pair: zlib.crc32(pair[0].encode()))
        return [Item(shown, self._state.frozen(record_id)) for record_id, shown in found]


def header(record: Json, prefix: str) -> Header | None:
    """Return the header of a record, its sets with their prefix; None if OAI-PMH does not show it."""
    if is_deleted(record) or record["access"]["record"] != "public" or "oai" not in record["pids"]:
        return None
    entries = record["parent"]["communities"].get("entries", ())
    return Header(
        record["pids"]["oai"]["identifier"],
        f"{record['updated'][:19]}Z",
        tuple(f"{prefix}{entry['slug']}" for entry in entries),
    )
