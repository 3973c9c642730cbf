"""`Store`: the small SQLite file that processes share, which may be lost or broken at any time."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import TypeVar
from weakref import WeakSet

from zenodo_harvest.http.clock import Clock
from zenodo_harvest.progress import Progress

Run = Callable[..., sqlite3.Cursor]
_T = TypeVar("_T")
_Identity = tuple[int, int]

LOCKED_S = 30.0
"""A file that another process holds for longer is not waited for."""
_FORK_S = 1.0
"""A transaction that takes longer is not waited for before a fork."""
TOLD_S = 1.0
"""A wait is told of once it takes this long."""
MOST_BYTES = 64 * 2**20
"""A larger file holds more requests than any server allows, and is begun anew."""
_SHORTEST_PAUSE_S, _LONGEST_PAUSE_S = 0.001, 0.02
_TRIES = 9
"""Tries to use a file that others replace meanwhile."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS rate (
    origin TEXT, bucket TEXT, requests INTEGER, window_s REAL, fastest_s REAL, told_at REAL,
    PRIMARY KEY (origin, bucket)
);
CREATE TABLE IF NOT EXISTS slot (
    id INTEGER PRIMARY KEY, origin TEXT, bucket TEXT, at REAL, is_settled INTEGER
);
CREATE INDEX IF NOT EXISTS slot_of ON slot (origin, bucket, at);
CREATE TABLE IF NOT EXISTS others (origin TEXT, bucket TEXT, at REAL, requests INTEGER);
"""
_PROBE = (
    "SELECT origin, bucket, requests, window_s, fastest_s, told_at FROM rate LIMIT 1",
    "SELECT id, origin, bucket, at, is_settled FROM slot LIMIT 1",
    "SELECT origin, bucket, at, requests FROM others LIMIT 1",
)
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_OF_PARENTS: list[sqlite3.Connection] = []
"""Connections that were open at a fork: closing one here could undo what the parent is writing."""
_UNSOUND = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_ERROR)


class _Unsound(sqlite3.DatabaseError):
    """The file is a database, but not one of ours that can be used."""


class _Busy(sqlite3.OperationalError):
    """Another process is putting the file aside."""


class _Moved(sqlite3.DatabaseError):
    """The file that is open is not the one at its path any more."""


class Store:
    """One SQLite file that processes write to in turn; memory where it cannot be used.

    Args:
        path: The file; its folder is made. None keeps all in memory.
        clock: Tells the time and waits.
        progress: Is told of waits longer than a second, and of a file that is lost or cannot be used.
        after_loss: Is called in the first transaction after what was stored has been lost.
    """

    _database: sqlite3.Connection

    def __init__(
        self, path: Path | None, *, clock: Clock, progress: Progress, after_loss: Callable[[Run], None]
    ) -> None:
        self._path = path
        self._clock = clock
        self._progress = progress
        self._after_loss = after_loss
        self._mutex = threading.Lock()
        self._process = os.getpid()
        self._identity: _Identity | None = None
        self._is_lost = self._is_closed = False
        self._patience_s = LOCKED_S
        _STORES.add(self)
        with self._mutex:
            self._open_or_limit_alone()

    def transact(self, work: Callable[[Run], _T]) -> _T:
        """Do `work` alone over threads and processes, all of it or nothing; it may be begun several times."""
        self._open_in_child()
        for tries_left in reversed(range(_TRIES)):
            database = self._database
            try:
                return self._in_turn(lambda: self._alone(work))
            except sqlite3.Error as error:
                with self._mutex:
                    # Another thread may have left the same file already.
                    if database is self._database:
                        self._renew(error, is_shared=tries_left > 0)
                # What fails while others mend the file may succeed a moment later.
                self._clock.sleep(_SHORTEST_PAUSE_S * (_TRIES - 1 - tries_left))
        return self._in_turn(lambda: self._alone(work))

    def close(self) -> None:
        """Close the file, which after a fork is the parent's; what is still settled then is dropped."""
        if self._process == os.getpid():
            with self._mutex:
                self._database.close()
                self._is_closed = True

    def __del__(self) -> None:
        # a budget that nobody closed is no reason to warn; in a child the connection is the parent's
        if getattr(self, "_database", None) is not None and self._process == os.getpid():
            self._database.close()

    def hold(self) -> bool:
        """Keep transactions from beginning, once the one under way has ended; tell whether it has."""
        return self._mutex.acquire(timeout=_FORK_S)

    def let_go(self) -> None:
        """Let transactions begin again."""
        self._mutex.release()

    def begin_in_child(self, *, is_whole: bool) -> None:
        """Begin anew after a fork.

        Args:
            is_whole: Whether no transaction was under way. Else this process may find the file held for ever.
        """
        self._mutex = threading.Lock()
        if not is_whole:
            self._patience_s = _FORK_S

    def _open_in_child(self) -> None:
        """Open the file anew after a fork: no connection is for two, and a lock may never be let go."""
        if self._process == os.getpid():
            return
        with self._mutex:
            if self._process == os.getpid():
                return
            _OF_PARENTS.append(self._database)
            self._open_or_limit_alone()
            self._is_lost = self._is_lost or self._path is None
            self._process = os.getpid()

    def _alone(self, work: Callable[[Run], _T]) -> _T:
        with self._mutex:
            if self._is_closed:
                return _forgotten(work)
            database = self._database
            database.execute("BEGIN IMMEDIATE")
            try:
                self._check_is_in_place()
                if self._is_lost:
                    self._after_loss(database.execute)
                result = work(database.execute)
                database.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    database.execute("ROLLBACK")
                raise
            self._is_lost = False
            return result

    def _check_is_in_place(self) -> None:
        if self._path is not None and _identity(self._path) != self._identity:
            raise _Moved("the file was moved, deleted or replaced")

    def _in_turn(self, work: Callable[[], _T]) -> _T:
        """Do `work` once no other process holds the file."""
        asked_at = self._clock.now()
        told, pause_s = False, _SHORTEST_PAUSE_S
        while True:
            try:
                return work()
            except sqlite3.Error as error:
                waited_s = self._clock.now() - asked_at
                if not _is_busy(error) or not 0 <= waited_s < self._patience_s:
                    raise
            if waited_s >= TOLD_S and not told:
                told = True
                self._progress.note(
                    f"Waiting at most {LOCKED_S:.0f} s: another process holds the budget of requests."
                )
            self._clock.sleep(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

    def _renew(self, error: sqlite3.Error, *, is_shared: bool) -> None:
        """Open the file again, or go on in memory."""
        self._database.close()
        if self._path is None or not is_shared or _is_busy(error):
            self._limit_alone(error)
            return
        try:
            # Tables made anew in the same file could pass for those that other processes still hold.
            self._open(left=self._identity if _code(error) in _UNSOUND else None)
        except (OSError, sqlite3.Error) as again:
            self._limit_alone(again)
        else:
            if not self._is_lost:
                self._progress.note(f"The shared budget of requests was lost ({error}); it is begun anew.")
            self._is_lost = True

    def _open_or_limit_alone(self) -> None:
        try:
            self._open()
        except (OSError, sqlite3.Error) as error:
            self._limit_alone(error)

    def _open(self, left: _Identity | None = None) -> None:
        """Open the file, but not the one that was `left`; one that is replaced meanwhile is opened anew."""
        path = self._path
        if path is None:
            self._database = _connect(None)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        for tries_left in reversed(range(_TRIES)):
            found = _identity(path)
            try:
                database = self._in_turn(lambda: _sound(path, left))
            except sqlite3.Error as error:
                # What fails while another process replaces the file may succeed a moment later.
                if _is_busy(error) or not tries_left:
                    raise
                self._clock.sleep(_LONGEST_PAUSE_S)
                continue
            if found == _identity(path):
                self._database, self._identity = database, found
                return
            database.close()
        raise _Moved("the file is replaced again and again")

    def _limit_alone(self, error: Exception) -> None:
        self._path, self._is_lost = None, True
        self._database = _connect(None)
        self._progress.note(
            f"The budget of requests cannot be shared with other processes ({error}); this one limits itself."
        )


_STORES: WeakSet[Store] = WeakSet()
_AT_FORK = threading.local()


def _before_fork() -> None:
    """Let transactions end first: SQLite in the child would take one that is open for open for ever."""
    _AT_FORK.held = [store for store in tuple(_STORES) if store.hold()]


def _after_fork_in_parent() -> None:
    for store in _AT_FORK.held:
        store.let_go()


def _after_fork_in_child() -> None:
    for store in tuple(_STORES):
        store.begin_in_child(is_whole=store in _AT_FORK.held)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork, after_in_parent=_after_fork_in_parent, after_in_child=_after_fork_in_child
    )


def _forgotten(work: Callable[[Run], _T]) -> _T:
    """Do `work` on tables that nobody will see."""
    with closing(_connect(None)) as database:
        return work(database.execute)


def _identity(path: Path) -> _Identity | None:
    """Return what tells the file at `path` from any other, None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _code(error: sqlite3.Error) -> int | None:
    """Return SQLite's primary code of an error."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def _is_busy(error: sqlite3.Error) -> bool:
    return isinstance(error, _Busy) or _code(error) in _BUSY


def _is_too_large(path: Path) -> bool:
    with suppress(OSError):
        return path.stat().st_size > MOST_BYTES
    return False


def _check_is_sound(database: sqlite3.Connection) -> None:
    for probe in _PROBE:
        database.execute(probe).fetchall()
    if database.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        raise _Unsound("the file is damaged")


def _sound(path: Path, left: _Identity | None) -> sqlite3.Connection:
    """Open the budget; a file that is none is put aside, or no two processes would ever share again."""
    from filelock import FileLock, Timeout

    with suppress(_Unsound):
        return _connect_unless(path, left)
    # Only one process may put it aside: the next would put aside what the first has made.
    try:
        with FileLock(f"{path}.lock", timeout=0):
            with suppress(_Unsound):
                return _connect_unless(path, left)
            with suppress(FileNotFoundError):
                if _is_too_large(path):
                    path.unlink()
                else:
                    path.replace(path.with_name(f"{path.name}.broken"))
            return _connect(path)
    except Timeout as held:
        raise _Busy("another process is mending the file") from held


def _connect_unless(path: Path, left: _Identity | None) -> sqlite3.Connection:
    """Open the budget.

    Raises:
        _Unsound: It is damaged, too large, not ours, or the file that was left.
        sqlite3.Error: It cannot be opened, or is held by another process.
    """
    if left is not None and _identity(path) == left:
        raise _Unsound("the file was left")
    try:
        return _connect(path)
    except sqlite3.Error as error:
        if _code(error) in _UNSOUND:
            raise _Unsound(str(error)) from error
        raise


def _connect(path: Path | None) -> sqlite3.Connection:
    """Open a file or memory, with all tables in it.

    Raises:
        sqlite3.Error: It cannot be opened, is held by another process or is unsound.
    """
    if path is not None and _is_too_large(path):
        raise _Unsound("the file is too large")
    database = sqlite3.connect(path or ":memory:", timeout=0, isolation_level=None, check_same_thread=False)
    try:
        # A budget lost in a power cut costs nothing: the window is over before the machine is up again.
        database.execute("PRAGMA synchronous = OFF")
        database.executescript(_SCHEMA)
        _check_is_sound(database)
    except BaseException:
        database.close()
        raise
    return database
