"""`Clock`: the time and how to wait, passed in so that tests need neither."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Tells the time and waits."""

    def now(self) -> float:
        """Return the time in seconds since 1970 (UTC)."""

    def sleep(self, wait_s: float) -> None:
        """Return after `wait_s` seconds."""


class SystemClock:
    """The clock of this machine."""

    def now(self) -> float:
        """Return the time in seconds since 1970 (UTC)."""
        return time.time()

    def sleep(self, wait_s: float) -> None:
        """Return after `wait_s` seconds."""
        time.sleep(wait_s)
