"""Dates as Zenodo writes them: EDTF level 0 for people's dates, ISO 8601 for the server's own."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache

_PART = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?)?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Span:
    """The first and the last day that a date means."""

    start: date
    end: date


@lru_cache(maxsize=4096)
def read_edtf(text: str) -> Span | None:
    """Return the days that an EDTF level 0 date means, None where it is none or no day exists.

    ``YYYY``, ``YYYY-MM``, ``YYYY-MM-DD`` and ``a/b`` of these (zenodo-api.md §3.3, read 2026-08-20). Of a
    time, which old records have, it is the day.
    """
    first, slash, last = text.strip().partition("/")
    start = _days(first)
    end = _days(last) if slash else start
    if start is None or end is None or end.end < start.start:
        return None
    return Span(start.start, end.end)


def _days(text: str) -> Span | None:
    match = _PART.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups()[:3])
    if match[4] and read_time(match[0]) is None:
        return None
    try:
        if year is None or not 1 <= year <= 9999:
            return None
        if month is None:
            return Span(date(year, 1, 1), date(year, 12, 31))
        if day is None:
            return Span(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))
        return Span(date(year, month, day), date(year, month, day))
    except (ValueError, calendar.IllegalMonthError):
        return None


def read_time(text: str) -> datetime | None:
    """Return an ISO 8601 time in UTC, None where it is none; a time without a zone is UTC."""
    try:
        time = datetime.fromisoformat(text)
        if time.tzinfo is UTC:
            return time
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def read_day(text: str) -> date | None:
    """Return the day of an ISO 8601 date or time, None where it is none."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
