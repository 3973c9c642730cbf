"""`Budget`: one allowance of requests per machine, steered by the server's own headers.

The server counts requests in a moving window, by User-Agent and address (zenodo-api.md §6.2, read
2026-08-20), so all processes of a user draw from one budget, kept in one small SQLite file.
"""

from __future__ import annotations

import math
import secrets
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

from zenodo_harvest.errors import unpicklable
from zenodo_harvest.http.allowance import (
    LONGEST_WINDOW_S,
    MOST_REQUESTS,
    Allowance,
    window_from_reset,
)
from zenodo_harvest.http.clock import Clock, SystemClock
from zenodo_harvest.http.store import TOLD_S, Run, Store
from zenodo_harvest.progress import NoProgress, Progress, Wait
from zenodo_harvest.sites import Bucket, Rate

MARGIN_S = 0.002
"""Kept between the end of a window and the next request, for clocks that round."""
ABANDONED_S = 300.0
"""A request that was never settled stops counting after this: its process died."""
FORGOTTEN_S = 7 * 86_400.0
"""Servers not asked for this long are forgotten."""
POLL_S = 0.02
"""Shortest wait when all that fills the window are requests still on their way."""
LONGEST_POLL_S = 0.5
"""Longest such wait; between the two it is a fiftieth of what was waited already."""
LONGEST_DOUBTED_S = 120.0
"""After this long without a request, one is tried where it is the server's word alone that forbids it."""
_USED = """
SELECT (SELECT count(*) FROM slot WHERE origin = :origin AND bucket = :bucket
            AND (NOT is_settled OR at > :over_at))
    + (SELECT coalesce(sum(requests), 0) FROM others WHERE origin = :origin AND bucket = :bucket
            AND at > :over_at)
"""
_ON_THEIR_WAY = "SELECT min(at) FROM slot WHERE origin = ? AND bucket = ? AND NOT is_settled"
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
_LATEST = """
SELECT max(at) FROM (SELECT max(at) AS at FROM slot WHERE origin = :origin AND bucket = :bucket
    UNION ALL SELECT max(at) FROM others WHERE origin = :origin AND bucket = :bucket)
"""
_OURS = "SELECT count(*) FROM slot WHERE origin = :origin AND bucket = :bucket AND at > :over_at"


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to send one request now; `waited_s` is what it took to get it.

    With `is_trial` the server's own word forbids it, and its answer tells whether that still holds.
    """

    slot: int
    origin: str
    bucket: Bucket
    sent_at: float
    waited_s: float
    is_trial: bool = False


@dataclass(frozen=True, slots=True)
class _Slot:
    """A place in the window."""

    id: int
    is_trial: bool = False


@dataclass(frozen=True, slots=True)
class _Wait:
    """Why no request may be sent now, and how long that lasts at most."""

    rate: Rate
    wait_s: float
    is_on_its_way: bool = False

    @property
    def said(self) -> str:
        allowed = f"{self.rate.requests} requests in {self.rate.window_s:.0f} s"
        if self.is_on_its_way:
            return (
                f"Waiting at most {math.ceil(self.wait_s)} s: the server allows {allowed}, and as many are "
                "on their way or were when their program was ended."
            )
        return Wait(lambda left_s: f"Waiting {left_s} s: the server allows {allowed}.", self.wait_s)


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
        self._known: dict[tuple[str, str], tuple[Rate, float]] = {}
        self._seen_at = -math.inf
        self._store = Store(
            path, clock=self._clock, progress=self._progress, after_loss=self._begin_with_full_windows
        )

    def __reduce__(self) -> tuple[Any, ...]:
        raise unpicklable("A budget")

    def acquire(self, origin: str, bucket: Bucket, start: Rate) -> Lease:
        """Return when a request may be sent, after waiting for it."""
        asked_at = self._clock.now()
        told = False
        while True:
            taken = self._store.transact(lambda run: self._take(run, origin, bucket, start))
            now = self._clock.now()
            waited_s = max(0.0, now - asked_at)
            if isinstance(taken, _Slot):
                return Lease(taken.id, origin, bucket, now, waited_s, taken.is_trial)
            wait_s = taken.wait_s
            if taken.is_on_its_way:
                wait_s = min(max(POLL_S, waited_s / 50), LONGEST_POLL_S)
            if not told and (wait_s > TOLD_S or waited_s >= TOLD_S):
                told = True
                self._progress.note(taken.said)
            self._clock.sleep(wait_s)

    def settle(self, lease: Lease, allowance: Allowance | None, retry_after_s: float | None) -> None:
        """Count the request as ended now, and believe what the server says about the rest."""
        self._store.transact(lambda run: self._settle(run, lease, allowance, retry_after_s))

    def close(self) -> None:
        """Close the file."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _take(self, run: Run, origin: str, bucket: Bucket, start: Rate) -> _Slot | _Wait:
        """Return a slot, or how long to wait for one."""
        key = (origin, bucket)
        # Read only now, so that no slot that others settled while we waited lies ahead of it.
        now = self._clock.now()
        rate, fastest_s = self._rate(run, key, start)
        over_at = _counted_after(now, rate, fastest_s)
        window = {"origin": origin, "bucket": bucket, "over_at": over_at}
        for put_back, drop in _SWEEP:
            # A clock that was set back would else hold everybody until it has caught up.
            run(put_back, (now, *key, now))
            run(drop, (*key, over_at - ABANDONED_S))
        taken = _place(run, window, rate, now)
        self._remember(key, rate, fastest_s, now)
        return taken

    def _settle(
        self, run: Run, lease: Lease, allowance: Allowance | None, retry_after_s: float | None
    ) -> None:
        now = self._clock.now()
        key = (lease.origin, lease.bucket)
        run("INSERT OR REPLACE INTO slot VALUES (?, ?, ?, ?, 1)", (lease.slot, *key, now))
        if lease.is_trial:  # what the server said before counts no longer, it has answered anew
            run("DELETE FROM others WHERE origin = ? AND bucket = ?", key)
            run("DELETE FROM rate WHERE origin = ? AND bucket = ?", key)
            self._known.pop(key, None)
        if allowance is None:
            return
        rate, fastest_s = self._learn(run, key, allowance, lease.sent_at, now)
        self._remember(key, rate, fastest_s, now)
        # What has left the window only since the request was sent may still be in the server's count.
        over_at = lease.sent_at - rate.window_s - MARGIN_S
        window = {"origin": lease.origin, "bucket": lease.bucket, "over_at": over_at}
        known = _number(run(_USED, window).fetchone()[0])
        ends_at = now if retry_after_s is None else now - rate.window_s + min(retry_after_s, rate.window_s)
        others = allowance.limit - allowance.remaining - known
        if others > 0:
            run("INSERT INTO others VALUES (?, ?, ?, ?)", (*key, ends_at, others))

    def _remember(self, key: tuple[str, str], rate: Rate, fastest_s: float, now: float) -> None:
        """Keep what is needed should the file be lost."""
        self._known[key] = rate, fastest_s
        self._seen_at = now

    def _begin_with_full_windows(self, run: Run) -> None:
        """Count all that others may have used as used, unless one of them has gone on in the same file."""
        now = self._clock.now()
        for key, (rate, fastest_s) in self._known.items():
            row = run("SELECT told_at FROM rate WHERE origin = ? AND bucket = ?", key).fetchone()
            if row and isinstance(row[0], float) and self._seen_at <= row[0] <= now:
                continue
            run(
                "INSERT OR REPLACE INTO rate VALUES (?, ?, ?, ?, ?, ?)",
                (*key, rate.requests, rate.window_s, fastest_s, now),
            )
            run("INSERT INTO others VALUES (?, ?, ?, ?)", (*key, now, rate.requests))

    def _rate(self, run: Run, key: tuple[str, str], start: Rate) -> tuple[Rate, float]:
        """Return the rate that holds, and the time of the fastest answer so far."""
        row = run(
            "SELECT requests, window_s, fastest_s FROM rate WHERE origin = ? AND bucket = ?", key
        ).fetchone()
        return _believed(row, start) if row else (start, 0.0)

    def _learn(
        self, run: Run, key: tuple[str, str], allowance: Allowance, sent_at: float, now: float
    ) -> tuple[Rate, float]:
        """Store and return the rate that the headers show, and the time of the fastest answer so far."""
        row = run("SELECT window_s, fastest_s FROM rate WHERE origin = ? AND bucket = ?", key).fetchone()
        start = self._known.get(key)
        usual = Rate(allowance.limit, start[0].window_s) if start else Rate(allowance.limit)
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
        return Rate(allowance.limit, window_s), fastest_s


class LocalBudget(SharedBudget):
    """A budget of this process alone."""

    def __init__(self, *, clock: Clock | None = None, progress: Progress | None = None) -> None:
        super().__init__(None, clock=clock, progress=progress)


def _place(run: Run, window: dict[str, Any], rate: Rate, now: float) -> _Slot | _Wait:
    """Return a slot, or how long to wait for one at most."""
    excess = _number(run(_USED, window).fetchone()[0]) + 1 - rate.requests
    if excess <= 0:
        return _slot(run, window, now)
    for freeing_at, requests in run(_FREEING, window):
        excess -= _number(requests)
        if excess <= 0:
            wait_s = max(0.0, _number(freeing_at) - window["over_at"])
            return _wait_or_try(run, window, _Wait(rate, wait_s), now)
    (oldest_at,) = run(_ON_THEIR_WAY, (window["origin"], window["bucket"])).fetchone()
    wait_s = max(0.0, _number(oldest_at) + ABANDONED_S - window["over_at"])
    return _Wait(rate, wait_s, is_on_its_way=True)


def _wait_or_try(run: Run, window: dict[str, Any], wait: _Wait, now: float) -> _Slot | _Wait:
    """Return the wait, or now and then a slot where the window is full by the server's word alone.

    A site that says ``1 per 60 minute`` once must not be silent for an hour, and in later runs as well.
    """
    rate = wait.rate
    ours = run(_OURS, window).fetchone()[0]
    is_doubted = ours < rate.requests or rate.window_s > LONGEST_DOUBTED_S * rate.requests
    if wait.wait_s <= LONGEST_DOUBTED_S or not is_doubted:
        return wait
    trial_at = _number(run(_LATEST, window).fetchone()[0]) + LONGEST_DOUBTED_S
    if now < trial_at:
        return _Wait(rate, min(wait.wait_s, trial_at - now))
    return _slot(run, window, now, is_trial=True)


def _slot(run: Run, window: dict[str, Any], now: float, *, is_trial: bool = False) -> _Slot:
    # A number that nobody gives twice, as the file may be another one when the slot is settled.
    slot = _Slot(secrets.randbits(62), is_trial)
    run("INSERT INTO slot VALUES (?, ?, ?, ?, 0)", (slot.id, window["origin"], window["bucket"], now))
    return slot


def _number(value: object) -> float:
    """Return a number of the file, which anybody may have written to.

    Raises:
        sqlite3.DatabaseError: It is none; the file is begun anew, as any that is damaged.
    """
    if isinstance(value, int | float) and math.isfinite(value):
        return value
    error = sqlite3.DatabaseError(f"it holds {str(value)[:20]!r} in place of a number")
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    raise error


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
