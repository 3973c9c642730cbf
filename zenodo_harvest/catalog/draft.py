"""`Draft`: the rows of a new state of a catalogue while they come, held against the last state."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from msgspec.structs import replace

from zenodo_harvest.catalog.change import Change
from zenodo_harvest.catalog.columns import MEMBERSHIPS, CatalogRow
from zenodo_harvest.catalog.differences import changes_between, in_parts
from zenodo_harvest.catalog.history import statistics_of
from zenodo_harvest.catalog.latest import CSV, LATEST, LINES, ROWS
from zenodo_harvest.catalog.rows import Lines, as_record, catalog_table
from zenodo_harvest.catalog.snapshots import Held, Snapshot, Snapshots, write_snapshot
from zenodo_harvest.export import CsvWriter, child_tables, sink_of
from zenodo_harvest.harvest import Gone
from zenodo_harvest.records import SCHEMA_VERSION, Record


class Draft:
    """Writes the rows of a new state, and those that differ from the last one apart.

    Used as a context manager while the rows come; afterwards it tells what changed.

    Args:
        room: The hidden folder in which everything is made.
        snapshots: The snapshots before.
        slugs: The slugs of the communities, sorted.
        is_walked: Whether the statistics of all records are to be taken.
        superseded: The names of records that say to be the latest version and no longer are.
    """

    def __init__(
        self,
        room: Path,
        snapshots: Snapshots,
        slugs: tuple[str, ...],
        *,
        is_walked: bool = False,
        superseded: Collection[str] = (),
    ) -> None:
        self._room = room
        self._snapshots = snapshots
        self._slugs = slugs
        self._superseded = superseded
        self.is_walked = is_walked
        """Whether the statistics of all records are taken."""
        self._former = snapshots.state()
        self._is_base = snapshots.must_begin(SCHEMA_VERSION)
        self.latest = room / LATEST
        """The folder of all rows."""
        self.part = room / "snapshot"
        """The folder of the rows that the snapshot holds."""
        self.statistics: list[tuple[Any, ...]] = []
        """What the history takes of all records."""
        self.members: Counter[str] = Counter()
        """How many records each community holds, by its slug."""
        self._latest: dict[str, str] = {}
        self._rivals: dict[str, list[str]] = {}
        self._held: dict[str, Held] = {}
        self._table = catalog_table(slugs)
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        for folder in (self._room, self.latest, self.part):
            folder.mkdir(exist_ok=True)
        every = {self.latest / ROWS[0]: self._table}
        own = {self.part / f"{table.name}.parquet": table for table in child_tables()}
        if self._is_base:  # it has all rows, so that their table is copied instead of being made twice
            every |= own
        else:
            own[self.part / ROWS[0]] = self._table
        with ExitStack() as stack:
            self._lines = Lines(self._table, stack.enter_context((self.latest / LINES).open("wb")))
            self._csv = stack.enter_context((self.latest / CSV).open("wb"))
            CsvWriter(self._csv, self._table)  # writes the names of the columns
            self._every = stack.enter_context(sink_of(every))
            self._own = None if self._is_base else stack.enter_context(sink_of(own))
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)
        if self._is_base and error is None:
            shutil.copyfile(self.latest / ROWS[0], self.part / ROWS[0])

    def keep(self, latest: Path) -> None:
        """Take all rows of the last state as they are, instead of writing any.

        Args:
            latest: The folder that holds them.
        """
        import pyarrow.parquet as pq

        self.latest.mkdir(parents=True)
        for name in ROWS:
            shutil.copyfile(latest / name, self.latest / name)
        memberships = pq.read_table(latest / ROWS[0], columns=[MEMBERSHIPS])[MEMBERSHIPS].to_pylist()
        self.members.update(chain.from_iterable(memberships))
        self._held = dict(self._former.held)

    def take(self, records: Sequence[Record]) -> bytes:
        """Write the next records, but for their CSV; return them as JSON Lines."""
        if self._superseded:
            records = [self._as_it_is(record) for record in records]
        digests, lines = self._lines.take(records)
        self._every.write(records)
        if self.is_walked:
            self.statistics.extend(statistics_of(records))
        own = []
        for (name, digest), record in zip(digests, records, strict=True):
            self.members.update(set(self._slugs).intersection(record.communities))
            if record.is_latest and record.concept_id:
                first = self._latest.setdefault(record.concept_id, name)
                if first != name:
                    self._rivals.setdefault(record.concept_id, [first]).append(name)
            self._held[name] = Held(digest, record.concept_id, record.version_index, "")
            if self._own and self._differs(name):
                own.append(record)
        if self._own:
            self._own.write(own)
        return lines

    def take_csv(self, csv: bytes) -> None:
        """Write the CSV of the next records."""
        self._csv.write(csv)

    def carried_over(self, names: Collection[str]) -> Iterator[list[Record]]:
        """Yield records as they were in the last state, some at a time."""
        for some in in_parts(sorted(names)):
            yield [as_record(row) for row in self._former.rows(some).values()]

    @property
    def records(self) -> int:
        """How many records there are."""
        return len(self._held)

    @property
    def missing(self) -> set[str]:
        """The names of records that the last state held and this one does not."""
        return self._former.held.keys() - self._held.keys()

    @property
    def outdated(self) -> set[str]:
        """The names of records that say to be the latest version, while a later one says so as well.

        A record is not dated anew when another takes its place (zenodo-api.md §13), so that it may have been
        read before that.
        """
        found: set[str] = set()
        for names in self._rivals.values():
            index = {name: self._held[name].version_index or 0 for name in names}
            last = max(index.values())
            found.update(name for name in names if index[name] < last)
        return found

    @property
    def superseded(self) -> set[str]:
        """The names of missing records of which there is a later version."""
        latest: dict[str, int] = {}
        for held in self._held.values():
            if held.concept_id:
                latest[held.concept_id] = max(latest.get(held.concept_id, 0), held.version_index or 0)
        former = {name: self._former.held[name] for name in self.missing}
        return {
            name
            for name, held in former.items()
            if latest.get(held.concept_id or "", -1) > (held.version_index or 0)
        }

    @property
    def is_new(self) -> bool:
        """Whether there is a row that the last state has not, or has otherwise, or one fewer."""
        return self._former.snapshot is None or bool(self.missing) or any(map(self._differs, self._held))

    @property
    def held(self) -> Mapping[str, Held]:
        """What is known of each row, by the name of the record."""
        return self._held

    def rows(self, names: Collection[str]) -> dict[str, CatalogRow]:
        """Return rows by the names of their records."""
        return self._lines.rows(self.latest / LINES, names)

    def changes(self, gone: Mapping[str, Gone], found_at: datetime) -> tuple[Change, ...]:
        """Return what changed since the last state; nothing in the first.

        Args:
            gone: What is known of the missing records.
            found_at: When this was seen.
        """
        last = self._former.snapshot
        if last is None:
            return ()
        return changes_between(
            self._former,
            self,
            gone=gone,
            communities=self._slugs,
            found_at=found_at,
            is_same_schema=last.schema_version == SCHEMA_VERSION,
        )

    def snapshot(self, changes: Sequence[Change], at: datetime) -> Snapshot:
        """Write what the snapshot has besides its tables; return it, or the last one where nothing is new."""
        if self._former.snapshot and not self.is_new:
            return self._former.snapshot
        name = self._snapshots.next_name(at)
        own = {name: held for name, held in self._held.items() if self._is_base or self._differs(name)}
        made = Snapshot(
            name=name,
            taken_at=at,
            is_base=self._is_base,
            records=len(self._held),
            rows=len(own),
            removed=() if self._is_base else tuple(sorted(self.missing)),
            slugs=self._slugs,
            schema_version=SCHEMA_VERSION,
            changes=len(changes),
        )
        write_snapshot(self.part, made, own, changes)
        return made

    def _as_it_is(self, record: Record) -> Record:
        return replace(record, is_latest=False) if record.id in self._superseded else record

    def _differs(self, name: str) -> bool:
        former = self._former.held.get(name)
        return former is None or former.digest != self._held[name].digest
