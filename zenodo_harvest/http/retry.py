"""`RetryPolicy`: when and how long to wait before the same request is sent again."""

from __future__ import annotations

from dataclasses import dataclass

RETRIED = frozenset({429, 500, 502, 503, 504})
"""Statuses after which a GET may be sent again."""
_DOUBLINGS = 30
"""Any wait is the longest one before it has been doubled as often."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How patient a transport is.

    Attributes:
        attempts: Tries in all; 1 never tries again.
        refused_attempts: Tries in all of what is refused with a 429: nothing was done, and it passes. Without
            ``Retry-After`` they take about ten minutes.
        base_wait_s: Wait before the second try; doubled each time.
        max_wait_s: Longest wait between two tries.
        connect_timeout_s: Longest wait for a connection.
        read_timeout_s: Longest silence while an answer comes; a whole transfer has no limit.
        write_timeout_s: Longest silence of a request that changes something: publishing takes a server long.
        told_after_s: A wait for an answer that is told.
    """

    attempts: int = 5
    refused_attempts: int = 12
    base_wait_s: float = 1.0
    max_wait_s: float = 120.0
    connect_timeout_s: float = 15.0
    read_timeout_s: float = 60.0
    write_timeout_s: float = 300.0
    told_after_s: float = 3.0

    def tries(self, status: int | None) -> int:
        """Return how often in all a request is tried that failed with `status`, None if without one."""
        if status == 429 and self.attempts > 1:
            return max(self.attempts, self.refused_attempts)
        return self.attempts

    def wait_s(self, attempt: int, asked_s: float | None, chance: float) -> float:
        """Return the seconds to wait after try number `attempt` failed.

        Args:
            attempt: The try that failed, from 1.
            asked_s: What ``Retry-After`` of a 429 or 503 asked for, if anything.
            chance: A number from 0 to 1 that spreads the clients of one outage.
        """
        if asked_s is not None:
            return min(max(asked_s, self.base_wait_s), self.max_wait_s)
        return min(self.base_wait_s * 2.0 ** min(attempt - 1, _DOUBLINGS), self.max_wait_s) * (
            0.5 + chance / 2
        )
