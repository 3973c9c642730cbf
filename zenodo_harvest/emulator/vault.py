"""What outlives a request: documents of the writes and the bytes of uploads, in a folder or for a while."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import Any, Final

import msgspec

from zenodo_harvest.emulator.defaults import Json
from zenodo_harvest.errors import LocalError, UsageError

FORMAT: Final = "1"
"""The version of what is kept; a state of another is refused."""
_DATABASE, _FILES = "state.sqlite", "files"
_PATIENCE_S = 60
_ABANDONED_S = 86_400
INCOMING: Final = "incoming-"
"""What the names of uploads under way begin with."""
_TABLES = """
    CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT);
    CREATE TABLE IF NOT EXISTS documents (
        kind TEXT, id TEXT, body BLOB, sequence INTEGER, PRIMARY KEY (kind, id)
    );
    CREATE INDEX IF NOT EXISTS by_sequence ON documents (sequence);
"""


class Vault:
    """Documents by kind and id, and a folder for the bytes of files.

    Several processes may use one folder at once: writes wait for each other, and `since` tells what others
    wrote.

    Args:
        folder: Where to keep everything; None keeps documents in memory and files in a folder of the
            system, which is removed at the end.
        seed: What the repository starts with; a state that was written over another seed is refused.

    Raises:
        LocalError: The folder cannot be used, or holds a state that is not ours.
        UsageError: The state belongs to another seed.
    """

    def __init__(self, folder: Path | None, seed: str = "sample") -> None:
        self._folder = folder
        self._facts = {"format": FORMAT, "seed": seed}
        self._lock = RLock()
        self._depth = 0
        self._opened: sqlite3.Connection | None = None
        if self._is_there:
            self._open()

    @property
    def _is_there(self) -> bool:
        """Whether anything was ever written; nothing is before the first write."""
        return self._folder is None or (self._folder / _DATABASE).exists()

    def _open(self) -> sqlite3.Connection:
        """Return the database, made if need be."""
        if self._opened is not None:
            return self._opened
        folder = self._folder
        try:
            if folder is not None:
                folder.mkdir(parents=True, exist_ok=True)
            name = ":memory:" if folder is None else str(folder / _DATABASE)
            connection = sqlite3.connect(
                name, timeout=_PATIENCE_S, isolation_level=None, check_same_thread=False
            )
            try:
                self._prepare(connection)
            except BaseException:
                connection.close()
                raise
        except (OSError, sqlite3.Error) as error:
            raise LocalError(
                f"The emulator's state in {str(folder)!r} cannot be used: {error}.",
                hint="Run zenodo-harvest emulator reset, or name another folder.",
            ) from error
        weakref.finalize(self, connection.close)
        self._opened = connection
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA synchronous = OFF")
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'facts'").fetchone():
            with _transaction(connection):
                for statement in _TABLES.split(";"):
                    connection.execute(statement)
                for row in self._facts.items():
                    connection.execute("INSERT OR IGNORE INTO facts VALUES (?, ?)", row)
        known = dict(connection.execute("SELECT name, value FROM facts"))
        for fact, value in self._facts.items():
            _check_fact(self._folder, fact, str(known.get(fact)), value)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep the other threads of this process from reading and writing."""
        with self._lock:
            yield

    @contextmanager
    def work(self) -> Iterator[None]:
        """Do several things as one, alone: other writers wait, also those of other processes."""
        with self._lock:
            if self._depth:
                yield
                return
            self._depth += 1
            try:
                with _transaction(self._open()):
                    yield
            finally:
                self._depth -= 1

    def get(self, kind: str, id_: str) -> Json | None:
        """Return a document, or None."""
        rows = self._rows("SELECT body FROM documents WHERE kind = ? AND id = ?", kind, id_)
        return _decoded(rows[0][0]) if rows else None

    def all(self, kind: str) -> list[Json]:
        """Return the documents of a kind in the order in which they were last written."""
        rows = self._rows("SELECT body FROM documents WHERE kind = ? ORDER BY sequence", kind)
        return [found for (body,) in rows if (found := _decoded(body)) is not None]

    def since(self, sequence: int, *kinds: str) -> list[tuple[int, str, str, Json | None]]:
        """Return what was written after `sequence`: number, kind, id and document, None for a dropped one."""
        marks = ", ".join("?" * len(kinds))
        rows = self._rows(
            f"SELECT sequence, kind, id, body FROM documents WHERE sequence > ? AND kind IN ({marks}) "  # noqa: S608
            "ORDER BY sequence",
            sequence,
            *kinds,
        )
        return [(number, kind, id_, _decoded(body)) for number, kind, id_, body in rows]

    def put(self, kind: str, id_: str, document: Json) -> None:
        """Keep a document in place of the one with its id."""
        self._write(kind, id_, msgspec.json.encode(document))

    def drop(self, kind: str, id_: str) -> None:
        """Forget a document."""
        self._write(kind, id_, None)

    def next_number(self, name: str, first: int) -> int:
        """Return `first`, then one more each time it is asked under this name."""
        with self.work():
            rows = self._rows("SELECT value FROM facts WHERE name = ?", name)
            number = int(rows[0][0]) + 1 if rows else first
            self._rows("INSERT OR REPLACE INTO facts VALUES (?, ?)", name, str(number))
        return number

    @cached_property
    def files(self) -> Path:
        """The folder for the bytes of files."""
        if self._folder is None:
            made = Path(tempfile.mkdtemp(prefix="zenodo-emulator-"))
            weakref.finalize(self, shutil.rmtree, made, ignore_errors=True)
            return made
        folder = self._folder / _FILES
        folder.mkdir(exist_ok=True)
        for path in folder.glob(f"{INCOMING}*"):
            with suppress(OSError):
                if path.stat().st_mtime < time.time() - _ABANDONED_S:
                    path.unlink()
        return folder

    def close(self) -> None:
        """Remove the files of a state that is not kept; what was kept stays, and may be read again."""
        if self._folder is None and "files" in self.__dict__:
            shutil.rmtree(self.__dict__.pop("files"), ignore_errors=True)

    def _write(self, kind: str, id_: str, body: bytes | None) -> None:
        with self.work():
            self._rows(
                "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, "
                "(SELECT coalesce(max(sequence), 0) + 1 FROM documents))",
                kind,
                id_,
                body,
            )

    def _rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._lock:
            if self._opened is None and not self._is_there:
                return []
            return self._open().execute(statement, values).fetchall()


def reset(folder: Path) -> bool:
    """Remove a kept state, of whatever version; tell whether there was one.

    Raises:
        LocalError: It cannot be removed.
    """
    found = list(folder.glob(f"{_DATABASE}*"))
    files = folder / _FILES
    try:
        for path in found:
            path.unlink()
        if files.is_dir():
            shutil.rmtree(files)
    except OSError as error:
        raise LocalError(
            f"The emulator's state in {str(folder)!r} cannot be removed: {error}.",
            hint="Stop what uses it, and check the permissions of the folder.",
        ) from error
    return bool(found)


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _decoded(body: bytes | None) -> Json | None:
    found: Json | None = None if body is None else msgspec.json.decode(body)
    return found


def _check_fact(folder: Path | None, fact: str, found: str, wanted: str) -> None:
    if found == wanted:
        return
    if fact == "seed":
        raise UsageError(
            f"The state in {str(folder)!r} was written over other records than these.",
            hint="Give the seed it was written with, or name another folder.",
        )
    raise LocalError(
        f"The state in {str(folder)!r} was written by another version of the emulator.",
        hint="Run zenodo-harvest emulator reset, or name another folder.",
    )
