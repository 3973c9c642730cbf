"""Times as the server writes them, no two alike."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from threading import Lock

_STEP = timedelta(microseconds=1)


class Moments:
    """Gives each event a later time than the one before, also where the clock stands still."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._last: datetime | None = None
        self._lock = Lock()

    def stamp(self) -> str:
        """Return the time of a new event."""
        with self._lock:
            now = self._now()
            if self._last is not None and now <= self._last:
                now = self._last + _STEP
            self._last = now
        return now.isoformat(timespec="microseconds")

    def today(self) -> date:
        """Return the day."""
        return self._now().date()
