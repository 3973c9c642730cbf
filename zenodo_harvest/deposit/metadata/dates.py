"""Dates as Zenodo takes them: EDTF level 0."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:Z|[-+]\d{2}:\d{2})?", re.ASCII)


def is_edtf(text: str, *, times: bool = False) -> bool:
    """Tell whether this is a date, or an interval that does not run backwards.

    EDTF level 0 is what the server takes (zenodo-api.md §3.4, read 2026-08-20).

    Args:
        text: ``YYYY``, ``YYYY-MM``, ``YYYY-MM-DD`` or two of them with a slash between.
        times: Whether a time of day is allowed as well.
    """
    if times and _TIME.fullmatch(text):
        try:
            datetime.fromisoformat(text)
        except ValueError:
            return False
        return True
    start, slash, end = text.partition("/")
    first = _days(start)
    last = _days(end) if slash else first
    return first is not None and last is not None and first[0] <= last[1]


def day_of(text: str) -> date | None:
    """Return the day that ``YYYY-MM-DD`` names, or None."""
    found = _DATE.fullmatch(text)
    days = _days(text) if found and found[3] else None
    return days[0] if days else None


def _days(text: str) -> tuple[date, date] | None:
    """Return the first and the last day of a date, or None if it is none."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
        last_month = month or 12
        last = date(year or 0, last_month, day or monthrange(year or 1, last_month)[1])
    except ValueError:
        return None
    return first, last
