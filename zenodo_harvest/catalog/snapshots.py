"""`Snapshots`: the states of a catalogue over time, each a base or the rows that changed since the last."""

from __future__ import annotations

import gzip
import shutil
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from gzip import GzipFile
from pathlib import Path
from typing import Any

import msgspec

from zenodo_harvest.catalog.change import Change
from zenodo_harvest.catalog.change_log import read_changes, write_changes
from zenodo_harvest.catalog.columns import CatalogRow
from zenodo_harvest.catalog.rows import as_json
from zenodo_harvest.durable import EARLIER, exchange, local_errors, restore, room_in
from zenodo_harvest.errors import LocalError

_ABOUT, _CHANGES = "snapshot.json", "changes.jsonl.gz"
_DIGESTS, _RECORDS = "digests.parquet", "records.parquet"


class Snapshot(msgspec.Struct, frozen=True):
    """One state of a catalogue.

    Attributes:
        name: Its name, which is that of its folder: when it was taken, to the second (UTC).
        taken_at: When it was taken.
        is_base: Whether it holds all rows, or those that changed since the snapshot before.
        records: How many records the catalogue held.
        rows: How many rows it holds itself.
        removed: The names of records that the snapshot before had and this one has not.
        slugs: The slugs of the communities.
        schema_version: The version of the schema of its rows.
        changes: How many changes it brought.
        is_oldest: Whether those before it were thinned out, and their changes are its own.
    """

    name: str
    taken_at: datetime
    is_base: bool
    records: int
    rows: int
    removed: tuple[str, ...] = ()
    slugs: tuple[str, ...] = ()
    schema_version: str = ""
    changes: int = 0
    is_oldest: bool = False


class Held(msgspec.Struct, frozen=True, gc=False):
    """What is known of a row without reading it: its digest, concept, version, and the snapshot with it."""

    digest: bytes
    concept_id: str | None
    version_index: int | None
    snapshot: str


class State:
    """All rows of a catalogue as a snapshot left them.

    Args:
        folder: Where the snapshots are.
        snapshot: The snapshot.
        held: What is known of each row, by the name of the record.
    """

    def __init__(self, folder: Path, snapshot: Snapshot | None, held: Mapping[str, Held]) -> None:
        self.folder = folder
        self.snapshot = snapshot
        self.held = held

    def known_concepts(self) -> dict[str, str]:
        """Return the latest record of each concept."""
        latest: dict[str, str] = {}
        for name, held in self.held.items():
            concept = held.concept_id
            if concept and (
                concept not in latest
                or (held.version_index or 0) >= (self.held[latest[concept]].version_index or 0)
            ):
                latest[concept] = name
        return latest

    def rows(self, names: Collection[str]) -> dict[str, CatalogRow]:
        """Return rows by the names of their records.

        Raises:
            LocalError: A snapshot cannot be read.
        """
        wanted: dict[str, set[str]] = {}
        for name in names:
            wanted.setdefault(self.held[name].snapshot, set()).add(name)
        found: dict[str, CatalogRow] = {}
        for snapshot, here in wanted.items():
            with _readable(self.folder / snapshot):
                ids = [name for name in here if not name.startswith("?")]
                for table in _of_records(self.folder / snapshot / _RECORDS, ids):
                    found |= {row["id"]: as_json(row) for row in table.to_pylist()}
        return found


class Snapshots:
    """The snapshots of a catalogue, in a folder of their own.

    Args:
        folder: The folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def all(self) -> list[Snapshot]:
        """Return all snapshots, the oldest first.

        Raises:
            LocalError: One cannot be read.
        """
        found = [read_snapshot(path.parent) for path in sorted(self.folder.glob(f"[0-9]*Z/{_ABOUT}"))]
        return found[max((number for number, one in enumerate(found) if one.is_oldest), default=0) :]

    def add(self, made: Path, snapshot: Snapshot) -> None:
        """Bring a snapshot that was made elsewhere to the disk, and to its place.

        Raises:
            LocalError: The disk does not allow it.
        """
        with local_errors(self.folder):
            self.folder.mkdir(exist_ok=True)
        exchange(made, self.folder / snapshot.name)

    def restore(self) -> None:
        """End what a killed process had begun to put into the place of a snapshot.

        Raises:
            LocalError: The disk does not allow it.
        """
        for path in self.folder.glob(f"[0-9]*Z{EARLIER}"):
            restore(path.with_name(path.name.removesuffix(EARLIER)))

    def state(self, snapshot: Snapshot | None = None) -> State:
        """Return the state that a snapshot left, that of the last one if none is given.

        Raises:
            LocalError: A snapshot cannot be read.
        """
        chain = self.all()
        last = snapshot or (chain[-1] if chain else None)
        if last is None:
            return State(self.folder, None, {})
        held: dict[str, Held] = {}
        for one in _from_base(one for one in chain if one.name <= last.name):
            for name in one.removed:
                held.pop(name, None)
            held.update(_digests(self.folder / one.name, one.name))
        return State(self.folder, last, held)

    def must_begin(self, schema_version: str) -> bool:
        """Tell whether the next snapshot is a base: the schema is another, or twice as many rows came."""
        chain = self.all()
        if not chain or chain[-1].schema_version != schema_version:
            return True
        base, *later = _from_base(chain)
        return sum(one.rows for one in later) > 2 * base.rows

    def next_name(self, at: datetime) -> str:
        """Return the name of a snapshot that is taken at a time and comes after all others."""
        last = self.all()[-1:]
        if last:
            at = max(at, last[0].taken_at + timedelta(seconds=1))
        return f"{at.astimezone(UTC):%Y-%m-%dT%H-%M-%SZ}"

    def changes(self) -> list[Change]:
        """Return all changes, the newest first.

        Raises:
            LocalError: A snapshot cannot be read.
        """
        found = [change for one in self.all() for change in self.changes_of(one)]
        return sorted(found, key=lambda change: change.found_at, reverse=True)

    def thin(self, keep: int) -> None:
        """Keep so many of the newest; the oldest of those becomes a base, and has the changes of all before.

        Raises:
            LocalError: The disk does not allow it.
        """
        chain = self.all()
        with local_errors(self.folder), room_in(self.folder) as room:
            if len(chain) > keep:
                self._make_base(chain[-keep], chain[:-keep], room)
            oldest = self.all()[0].name
            for path in self.folder.glob(f"[0-9]*Z/{_ABOUT}"):
                if path.parent.name < oldest:
                    path.parent.rename(room / path.parent.name)  # goes with the room

    def _make_base(self, snapshot: Snapshot, before: Sequence[Snapshot], room: Path) -> None:
        """Put a snapshot that holds all rows in the place of one that holds those that changed."""
        import pyarrow.parquet as pq

        state, place, made = self.state(snapshot), self.folder / snapshot.name, room / "base"
        shutil.copytree(place, made)
        if not snapshot.is_base:
            by_snapshot: dict[str, list[str]] = {}
            for name, held in state.held.items():
                by_snapshot.setdefault(held.snapshot, []).append(name)
            for table in made.glob("*.parquet"):
                if table.name == _DIGESTS:
                    continue
                with pq.ParquetWriter(table, pq.read_schema(table), compression="zstd") as writer:
                    for name, ids in sorted(by_snapshot.items()):
                        for rows in _of_records(self.folder / name / table.name, ids):
                            writer.write_table(rows)
        earlier = [change for one in before for change in self.changes_of(one)]
        base = msgspec.structs.replace(
            snapshot, is_base=True, is_oldest=True, rows=len(state.held), removed=()
        )
        write_snapshot(made, base, state.held, [*earlier, *self.changes_of(snapshot)])
        exchange(made, place)

    def changes_of(self, snapshot: Snapshot) -> list[Change]:
        """Return the changes that a snapshot keeps: its own, and those of thinned ones before it.

        Raises:
            LocalError: They cannot be read.
        """
        path = self.folder / snapshot.name / _CHANGES
        with _readable(path.parent), gzip.open(path) as lines:
            return list(read_changes(lines))


def _from_base(snapshots: Iterable[Snapshot]) -> list[Snapshot]:
    """Return the last base of snapshots in order, and those after it."""
    chain = list(snapshots)
    return chain[max((number for number, one in enumerate(chain) if one.is_base), default=0) :]


def write_snapshot(
    folder: Path, snapshot: Snapshot, held: Mapping[str, Held], changes: Sequence[Change]
) -> None:
    """Write what a snapshot has besides its tables into its folder.

    Args:
        folder: The folder, which nobody reads yet.
        snapshot: What it is.
        held: What is known of each of its rows.
        changes: What it brought.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table(
        {
            "name": pa.array(held, pa.string()),
            "concept_id": pa.array([one.concept_id for one in held.values()], pa.string()),
            "version_index": pa.array([one.version_index for one in held.values()], pa.int64()),
            "digest": pa.array([one.digest for one in held.values()], pa.binary()),
        }
    )
    with local_errors(folder):
        pq.write_table(table, folder / _DIGESTS, compression="zstd")
        with (folder / _CHANGES).open("wb") as file, GzipFile("", "wb", fileobj=file, mtime=0) as stream:
            write_changes(stream, changes)
        (folder / _ABOUT).write_bytes(msgspec.json.format(msgspec.json.encode(snapshot)) + b"\n")


def read_snapshot(folder: Path) -> Snapshot:
    """Return what the snapshot in a folder is.

    Raises:
        LocalError: It cannot be read.
    """
    with _readable(folder):
        return msgspec.json.decode((folder / _ABOUT).read_bytes(), type=Snapshot)


def _digests(folder: Path, name: str) -> Iterator[tuple[str, Held]]:
    import pyarrow.parquet as pq

    with _readable(folder):
        columns = pq.read_table(folder / _DIGESTS).to_pydict()
    rows = zip(
        columns["name"], columns["digest"], columns["concept_id"], columns["version_index"], strict=True
    )
    for record, digest, concept_id, version_index in rows:
        yield record, Held(digest, concept_id, version_index, name)


def _of_records(path: Path, ids: Sequence[str]) -> Iterator[Any]:
    """Yield the rows that a Parquet file has of records as Arrow tables, a row group at a time."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    wanted = pa.array(ids, pa.string())
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            is_wanted = pc.is_in(file.read_row_group(group, ["id"])["id"], wanted)
            if pc.any(is_wanted).as_py():
                yield file.read_row_group(group).filter(is_wanted)


@contextmanager
def _readable(folder: Path) -> Iterator[None]:
    """Turn what is wrong with a snapshot into a `LocalError` with a hint."""
    import pyarrow as pa

    try:
        yield
    except (OSError, EOFError, zlib.error, msgspec.MsgspecError, pa.ArrowException, KeyError) as error:
        raise LocalError(
            f"The snapshot {str(folder)!r} cannot be read: {error}.",
            hint="Restore it, or remove it and all later ones: the next sync compares with what is left.",
        ) from error
