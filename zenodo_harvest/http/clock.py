"""`Clock`: the time and how to wait, passed in so that tests need neither; times that others write."""

from __future__ import annotations

import re
import time
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Protocol

_WHOLE = re.compile(r"[+-]?[0-9]+")
_HUGE = 10**15
"""No time and no number of requests comes near it, and a float still holds it exactly."""


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


def moment_of(text: str) -> float | None:
    """Return the seconds since 1970 of a date in a header; None where it is none, however odd."""
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def whole_number(text: str) -> int | None:
    """Return the whole number of a header, cut to a thousand million million; None where it is none."""
    text = text.strip()
    if not _WHOLE.fullmatch(text):
        return None
    size = text.lstrip("+-0")
    number = int(size or "0") if len(size) <= len(str(_HUGE)) else _HUGE
    return min(number, _HUGE) * (-1 if text.startswith("-") else 1)
