"""`Exchange`: one request and what it cost; `Usage`: all of them, counted."""

from __future__ import annotations

from dataclasses import dataclass

from zenodo_harvest.sites import Bucket


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request that was answered, or was not.

    Attributes:
        method: The HTTP method.
        url: The address, secrets removed.
        status: The HTTP status; None when no answer came.
        bucket: The budget it was taken from.
        limit: Requests that the server allows in a window, as its headers say.
        remaining: How many of them are left.
        waited_s: Seconds waited for the budget before it was sent.
        elapsed_s: Seconds from sending to the last byte.
        size_bytes: Length of the answer.
        attempt: 1 for the first try.
    """

    method: str
    url: str
    status: int | None
    bucket: Bucket
    limit: int | None
    remaining: int | None
    waited_s: float
    elapsed_s: float
    size_bytes: int
    attempt: int

    def __str__(self) -> str:
        left = f"{self.remaining} of {self.limit} left" if self.limit is not None else "no limit told"
        waited = f", waited {self.waited_s:.1f} s" if self.waited_s >= 0.05 else ""
        again = f", attempt {self.attempt}" if self.attempt > 1 else ""
        cost = f"{self.size_bytes:,} bytes in {self.elapsed_s:.2f} s; {self.bucket} budget: {left}"
        return f"{self.method} {self.url} → {self.status or 'no answer'} ({cost}{waited}{again})"


@dataclass(frozen=True, slots=True)
class Usage:
    """What a transport has used so far."""

    requests: int = 0
    search_requests: int = 0
    retries: int = 0
    refused: int = 0
    """Requests that the server answered with 429."""
    waited_s: float = 0.0
    elsewhere: tuple[str, ...] = ()
    """Other origins that the server has sent us to."""
