"""`Journal`: rows and how far the work is, in one file that survives a kill at any moment."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, Self

from zenodo_harvest.durable.local import keep_private, local_errors, narrow
from zenodo_harvest.errors import LocalError

FORMAT = 1
_DIGEST_BYTES = 16
_TABLES = """
CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE part (key TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE row (id TEXT PRIMARY KEY, place TEXT NOT NULL, content BLOB NOT NULL);
CREATE INDEX row_place ON row (place, id);
"""
_MADE = "CREATE TABLE IF NOT EXISTS made (id TEXT PRIMARY KEY, mark BLOB NOT NULL, content BLOB NOT NULL)"
"""Journals of earlier versions lack it, and those versions leave it alone."""

_SIDES = ("-journal", "-wal", "-shm")
"""What the database keeps beside its file, with the permissions of that when it makes them."""

Connect = Callable[[Path], sqlite3.Connection]


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its id, where it stands among all (compared as text), and its content as it came."""

    id: str
    place: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Made:
    """What was made of a row, or where that is not there its content.

    Attributes:
        id: The id of the row.
        content: What it was made of; None where what was made is there.
        made: What was made of it.
    """

    id: str
    content: bytes | None
    made: bytes | None


class Journal:
    """The memory of a long task: named facts, parts with a state, and rows.

    What is written inside one `writing` block becomes durable together, or not at all, whatever kills the
    process or the machine. Facts and states are anything JSON can hold. Rows are kept compressed, each id
    once; writing one again replaces it.

    Args:
        path: The file; it is made if it is missing.
        connect: Opens the database.
        mode: Its permissions, less the umask; it loses those that it has beyond them.

    Raises:
        LocalError: The file cannot be used, or is no journal.
    """

    def __init__(self, path: Path, *, connect: Connect = sqlite3.connect, mode: int = 0o666) -> None:
        self.path = path
        with local_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists() and not path.is_file():
                raise LocalError(f"{str(path)!r} is no file.", hint="Remove it, or write elsewhere.")
        keep_private(path, mode)
        for side in _SIDES:
            with suppress(FileNotFoundError):
                narrow(path.with_name(f"{path.name}{side}"), mode)
        with self._sound():
            self._database = connect(path)
            try:
                self._database.isolation_level = None
                self._database.execute("PRAGMA synchronous = FULL")
                self._prepare()
            except BaseException:
                self._database.close()
                raise

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Make everything written in the block durable at its end, or nothing of it."""
        with self._sound():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._database.execute("COMMIT")
            except BaseException:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise

    def fact(self, name: str) -> Any:
        """Return a fact, None if it was never written."""
        found = self._found("SELECT value FROM fact WHERE name = ?", name)
        return json.loads(found[0][0]) if found else None

    def facts(self, prefix: str) -> dict[str, Any]:
        """Return the facts whose names begin with `prefix`, by the rest of their names."""
        query = "SELECT name, value FROM fact WHERE name >= ? AND name < ? ORDER BY name"
        found = self._found(query, prefix, _after(prefix))
        return {name.removeprefix(prefix): json.loads(value) for name, value in found}

    def keep_facts(self, facts: Mapping[str, Any]) -> None:
        """Write facts, replacing those of the same name."""
        rows = [(name, json.dumps(value)) for name, value in facts.items()]
        self._database.executemany("INSERT OR REPLACE INTO fact VALUES (?, ?)", rows)

    def drop_facts(self, prefix: str) -> None:
        """Forget the facts whose names begin with `prefix`."""
        query = "DELETE FROM fact WHERE name >= ? AND name < ?"
        self._database.execute(query, (prefix, _after(prefix)))

    def parts(self) -> dict[str, Any]:
        """Return the state of every part, by key and in the order of keys."""
        found = self._found("SELECT key, state FROM part ORDER BY key")
        return {key: json.loads(state) for key, state in found}

    def keep_part(self, key: str, state: Any) -> None:
        """Write the state of a part."""
        self._database.execute("INSERT OR REPLACE INTO part VALUES (?, ?)", (key, json.dumps(state)))

    def drop_part(self, key: str) -> None:
        """Forget a part."""
        self._database.execute("DELETE FROM part WHERE key = ?", (key,))

    def keep_rows(self, rows: Iterable[Row]) -> None:
        """Write rows."""
        packed = ((row.id, row.place, zlib.compress(row.content, 1)) for row in rows)
        self._database.executemany("INSERT OR REPLACE INTO row VALUES (?, ?, ?)", packed)

    def drop_rows(self, ids: Iterable[str]) -> None:
        """Forget rows, and what was made of them."""
        for id_ in ids:
            self._database.execute("DELETE FROM row WHERE id = ?", (id_,))
            self._database.execute("DELETE FROM made WHERE id = ?", (id_,))

    def ids(self, first_place: str, end_place: str) -> list[str]:
        """Return the ids of the rows from one place up to, but without, another, in order."""
        query = "SELECT id FROM row WHERE place >= ? AND place < ? ORDER BY place, id"
        return [id_ for (id_,) in self._found(query, first_place, end_place)]

    def holds(self, record_id: str) -> bool:
        """Tell whether there is a row of this id."""
        return bool(self._found("SELECT 1 FROM row WHERE id = ?", record_id))

    def content(self, record_id: str) -> bytes | None:
        """Return the content of one row, None if there is no such row."""
        found = self._found("SELECT content FROM row WHERE id = ?", record_id)
        return zlib.decompress(found[0][0]) if found else None

    def count(self) -> int:
        """Return how many rows there are."""
        return int(self._found("SELECT count(*) FROM row")[0][0])

    def contents(self) -> Iterator[bytes]:
        """Yield the content of every row by place, then id; few are held in memory at a time."""
        return map(zlib.decompress, self._packed())

    def digest(self, first: bytes) -> str:
        """Return a digest of a text and of every row as it is kept, by place, then id."""
        digest = blake2b(first, digest_size=_DIGEST_BYTES)
        for packed in self._packed():
            digest.update(blake2b(packed, digest_size=_DIGEST_BYTES).digest())
        return digest.hexdigest()

    def keep_made(self, made: Mapping[str, bytes], by: str) -> None:
        """Write what somebody made of rows, by their ids; it holds until a row gets another content.

        Args:
            made: What was made.
            by: Who made it, whose next version may make something else.
        """
        for id_, content in made.items():
            ((packed,),) = self._found("SELECT content FROM row WHERE id = ?", id_)
            kept = id_, _mark(packed, by), zlib.compress(content, 1)
            self._database.execute("INSERT OR REPLACE INTO made VALUES (?, ?, ?)", kept)

    def made(self, by: str) -> Iterator[Made]:
        """Yield what was made of every row by place, then id; few are held in memory at a time."""
        query = (
            "SELECT row.id, row.content, made.mark, made.content FROM row LEFT JOIN made ON made.id = row.id "
            "ORDER BY row.place, row.id"
        )
        with self._sound():
            for id_, packed, mark, made in self._database.execute(query):
                if mark == _mark(packed, by):
                    yield Made(id_, None, zlib.decompress(made))
                else:
                    yield Made(id_, zlib.decompress(packed), None)

    def clear(self) -> None:
        """Forget everything."""
        with self.writing():
            for statement in ("DELETE FROM fact", "DELETE FROM part", "DELETE FROM row", "DELETE FROM made"):
                self._database.execute(statement)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _prepare(self) -> None:
        (version,) = self._database.execute("PRAGMA user_version").fetchone()
        if version == FORMAT:
            self._database.execute(_MADE)
            return
        (tables,) = self._database.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if version or tables:
            raise LocalError(
                f"{str(self.path)!r} is a journal of another version of this tool, or of another tool.",
                hint="Finish it with that version, or remove the file and start anew.",
            )
        self._database.executescript(
            f"BEGIN IMMEDIATE; {_TABLES} {_MADE}; PRAGMA user_version = {FORMAT}; COMMIT;"
        )

    def _packed(self) -> Iterator[bytes]:
        """Yield the content of every row as it is kept, by place, then id."""
        with self._sound():
            for (packed,) in self._database.execute("SELECT content FROM row ORDER BY place, id"):
                yield packed

    def _found(self, query: str, *values: str) -> list[Any]:
        with self._sound():
            return self._database.execute(query, values).fetchall()

    @contextmanager
    def _sound(self) -> Iterator[None]:
        """Turn what the database says into a `LocalError` with a hint."""
        try:
            yield
        except sqlite3.Error as error:
            is_damaged = type(error) is sqlite3.DatabaseError  # what else goes wrong has a class of its own
            raise LocalError(
                f"The journal {str(self.path)!r} cannot be used: {error}.",
                hint="Remove it: the next run asks for everything again."
                if is_damaged
                else "Look for space and permissions there; the same command goes on where it stopped.",
            ) from error


def _mark(packed: bytes, by: str) -> bytes:
    """Return what tells that something was made of this content, and by whom."""
    return blake2b(packed + by.encode(), digest_size=_DIGEST_BYTES).digest()


def _after(prefix: str) -> str:
    """Return the first text that comes after all that begin with `prefix`."""
    return prefix[:-1] + chr(ord(prefix[-1]) + 1)
