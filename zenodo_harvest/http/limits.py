"""`Budget`: one allowance of requests per machine, steered by the server's own headers.

The server counts requests in a moving window, by User-Agent and address (zenodo-api.md §6.2, read
2026-08-20), so all processes of a user draw from one budget, kept in one small SQLite file.
"""

from __future__ import annotations

import math
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self, TypeVar

from zenodo_harvest.http.allowance import (
    LONGEST_WINDOW_S,
    MOST_REQUESTS,
    Allowance,
    window_from_reset,
)
from zenodo_harvest.http.clock import Clock, SystemClock
from zenodo_harvest.progress import NoProgress, Progress
from zenodo_harvest.sites import Bucket, Rate

_T = TypeVar("_T")
_Run = Callable[..., sqlite3.Cursor]

MARGIN_S = 0.002
"""Kept between the end of a window and the next request, for clocks that round."""
ABANDONED_S = 300.0
"""A request that was never settled stops counting after this: its process died."""
FORGOTTEN_S = 7 * 86_400.0
"""Servers not asked for this long are forgotten."""
POLL_S = 0.02
"""Wait when all that fills the window are requests still on their way."""
_USED = """
SELECT (SELECT count(*) FROM slot WHERE origin = :origin AND bucket = :bucket
            AND (NOT is_settled OR at > :over_at))
    + (SELECT coalesce(sum(requests), 0) FROM others WHERE origin = :origin AND bucket = :bucket
            AND at > :over_at)
"""
_SWEEP = (
    (
        "UPDATE slot SET at = ? WHERE origin = ? AND bucket = ? AND at > ?",
        "DELETE FROM slot WHERE origin = ? AND bucket = ? AND at <= ?",
    ),
    (
        "UPDATE others SET at = ? WHERE origin = ? AND bucket = ? AND at > ?",
        "DELETE FROM others WHERE origin = ? AND bucket = ? AND at <= ?",
    ),
)
_FREEING = """
SELECT at, 1 FROM slot WHERE origin = :origin AND bucket = :bucket AND is_settled AND at > :over_at
UNION ALL SELECT at, requests FROM others WHERE origin = :origin AND bucket = :bucket AND at > :over_at
ORDER BY at
"""
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


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to send one request now; `waited_s` is what it took to get it."""

    slot: int
    origin: str
    bucket: Bucket
    sent_at: float
    waited_s: float


class Budget(Protocol):
    """Decides when the next request may go."""

    def acquire(self, origin: str, bucket: Bucket, start: Rate) -> Lease:
        """Return when a request may be sent; `start` holds until the server has told its own rate."""

    def settle(self, lease: Lease, allowance: Allowance | None, retry_after_s: float | None) -> None:
        """Tell how the request ended: what the server allows, and what a 429 asked us to wait."""


class SharedBudget:
    """A budget that all processes of the user share through one file.

    Where the file cannot be used the process limits itself alone, and says so once.

    Args:
        path: The file; its folder is made. None keeps the budget in memory.
        clock: Tells the time and waits.
        progress: Is told of waits longer than a second.
    """

    def __init__(
        self, path: Path | None, *, clock: Clock | None = None, progress: Progress | None = None
    ) -> None:
        self._clock = clock or SystemClock()
        self._progress: Progress = progress or NoProgress()
        self._mutex = threading.Lock()
        try:
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
            self._database = _open_sound(path)
        except (OSError, sqlite3.Error) as error:
            self._limit_alone(error)

    def acquire(self, origin: str, bucket: Bucket, start: Rate) -> Lease:
        """Return when a request may be sent, after waiting for it."""
        asked_at = self._clock.now()
        told = False
        while True:
            lease, wait_s, rate = self._safely(lambda: self._take(origin, bucket, start))
            if lease is not None:
                sent_at = self._clock.now()
                return Lease(lease, origin, bucket, sent_at, max(0.0, sent_at - asked_at))
            if wait_s > 1 and not told:
                told = True
                self._progress.note(
                    f"Waiting {math.ceil(wait_s)} s: the server allows {rate.requests} requests "
                    f"in {rate.window_s:.0f} s."
                )
            self._clock.sleep(wait_s)

    def settle(self, lease: Lease, allowance: Allowance | None, retry_after_s: float | None) -> None:
        """Count the request as ended now, and believe what the server says about the rest."""
        self._safely(lambda: self._settle(lease, allowance, retry_after_s))

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _take(self, origin: str, bucket: Bucket, start: Rate) -> tuple[int | None, float, Rate]:
        """Return a slot, or how long to wait for one, and the rate it follows."""
        key = (origin, bucket)
        with self._transaction() as run:
            # Read only now, so that no slot that others settled while we waited lies ahead of it.
            now = self._clock.now()
            rate, fastest_s = self._rate(run, key, start)
            over_at = _counted_after(now, rate, fastest_s)
            window = {"origin": origin, "bucket": bucket, "over_at": over_at}
            for put_back, drop in _SWEEP:
                # A clock that was set back would else hold everybody until it has caught up.
                run(put_back, (now, *key, now))
                run(drop, (*key, over_at - ABANDONED_S))
            excess = run(_USED, window).fetchone()[0] + 1 - rate.requests
            if excess <= 0:
                slot = run(
                    "INSERT INTO slot (origin, bucket, at, is_settled) VALUES (?, ?, ?, 0)", (*key, now)
                ).lastrowid
                return slot, 0.0, rate
            for freeing_at, requests in run(_FREEING, window):
                excess -= requests
                if excess <= 0:
                    return None, max(0.0, freeing_at - over_at), rate
        return None, POLL_S, rate

    def _settle(self, lease: Lease, allowance: Allowance | None, retry_after_s: float | None) -> None:
        now = self._clock.now()
        key = (lease.origin, lease.bucket)
        with self._transaction() as run:
            run("UPDATE slot SET at = ?, is_settled = 1 WHERE id = ?", (now, lease.slot))
            if allowance is None:
                return
            rate = self._learn(run, key, allowance, lease.sent_at, now)
            # What has left the window only since the request was sent may still be in the server's count.
            over_at = lease.sent_at - rate.window_s - MARGIN_S
            window = {"origin": lease.origin, "bucket": lease.bucket, "over_at": over_at}
            known = run(_USED, window).fetchone()[0]
            ends_at = (
                now if retry_after_s is None else now - rate.window_s + min(retry_after_s, rate.window_s)
            )
            others = allowance.limit - allowance.remaining - known
            if others > 0:
                run("INSERT INTO others VALUES (?, ?, ?, ?)", (*key, ends_at, others))

    def _rate(self, run: _Run, key: tuple[str, str], start: Rate) -> tuple[Rate, float]:
        """Return the rate that holds, and the time of the fastest answer so far."""
        row = run(
            "SELECT requests, window_s, fastest_s FROM rate WHERE origin = ? AND bucket = ?", key
        ).fetchone()
        return _believed(row, start) if row else (start, 0.0)

    def _learn(
        self, run: _Run, key: tuple[str, str], allowance: Allowance, sent_at: float, now: float
    ) -> Rate:
        """Store and return the rate that the headers show; remember the time of the fastest answer."""
        row = run("SELECT window_s, fastest_s FROM rate WHERE origin = ? AND bucket = ?", key).fetchone()
        usual = Rate(allowance.limit)
        known, fastest_s = _believed((None, *row), usual) if row else (usual, now - sent_at)
        fastest_s = max(0.0, min(fastest_s, now - sent_at))
        window_s = known.window_s
        told = window_from_reset(allowance, sent_at, now)
        # A window that was learnt stays where the answer leaves a choice; a usual one is but a guess.
        if told and not (row and told[0] <= window_s <= told[1]):
            window_s = told[1]
        run(
            "INSERT OR REPLACE INTO rate VALUES (?, ?, ?, ?, ?, ?)",
            (*key, allowance.limit, window_s, fastest_s, now),
        )
        if row is None:
            run("DELETE FROM rate WHERE told_at < ?", (now - FORGOTTEN_S,))
            run("DELETE FROM slot WHERE at < ?", (now - FORGOTTEN_S,))
            run("DELETE FROM others WHERE at < ?", (now - FORGOTTEN_S,))
        return Rate(allowance.limit, window_s)

    @contextmanager
    def _transaction(self) -> Iterator[_Run]:
        """Give the right to read and write alone, over threads and processes."""
        with self._mutex:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database.execute
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")

    def _safely(self, work: Callable[[], _T]) -> _T:
        """Do `work`; if the file fails, do it in memory from now on."""
        database = self._database
        try:
            return work()
        except sqlite3.Error as error:
            with self._mutex:
                # Another thread may have left the same file already.
                if database is self._database:
                    database.close()
                    self._limit_alone(error)
            return work()

    def _limit_alone(self, error: Exception) -> None:
        self._database = _open(None)
        self._progress.note(
            f"The budget of requests cannot be shared with other processes ({error}); this one limits itself."
        )


class LocalBudget(SharedBudget):
    """A budget of this process alone."""

    def __init__(self, *, clock: Clock | None = None, progress: Progress | None = None) -> None:
        super().__init__(None, clock=clock, progress=progress)


def _counted_after(now: float, rate: Rate, fastest_s: float) -> float:
    """Return when an answer must have come for its request to be still in the server's count.

    The server counts a request before it works on it, so at least half of the time of the fastest answer
    ever lies between the count and any answer.
    """
    return now - rate.window_s - MARGIN_S + fastest_s / 2


def _believed(row: tuple[object, object, object], start: Rate) -> tuple[Rate, float]:
    """Return a stored rate and the fastest answer; what makes no sense is as if it had not been stored."""
    requests, window_s, fastest_s = row
    rate = Rate(
        min(requests, MOST_REQUESTS) if isinstance(requests, int) and requests > 0 else start.requests,
        window_s if isinstance(window_s, float) and 0 < window_s <= LONGEST_WINDOW_S else start.window_s,
    )
    # No more than half of a window is ever taken off for the time of an answer.
    return rate, min(max(0.0, fastest_s), rate.window_s) if isinstance(fastest_s, float) else 0.0


def _open_sound(path: Path | None) -> sqlite3.Connection:
    """Open the budget; a file that is none is put aside, or no two processes would ever share again."""
    try:
        return _open(path)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        if path is None:
            raise
        path.replace(path.with_name(f"{path.name}.broken"))
        return _open(path)


def _open(path: Path | None) -> sqlite3.Connection:
    database = sqlite3.connect(path or ":memory:", timeout=10, isolation_level=None, check_same_thread=False)
    try:
        # A budget lost in a power cut costs nothing: the window is over before the machine is up again.
        database.execute("PRAGMA synchronous = OFF")
        database.executescript(_SCHEMA)
    except sqlite3.Error:
        database.close()
        raise
    return database
