"""Dates in queries and in records: what the engine makes of partial dates, date math and EDTF."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta, timezone

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DATE = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)(?P<time>T"
    r"(?:(?P<hour>\d\d)(?::(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?)?)?"
    r"(?P<zone>Z|[+-]\d\d(?::?\d\d)?)?)?)?)?",
    re.ASCII,
)
_MILLIS = re.compile(r"-?\d{1,15}(?:\.\d+)?", re.ASCII)
_STEP = re.compile(r"([+-])(\d{0,6})([yMwdhHms])|/([yMwdhHms])", re.ASCII)
_SPANS = {"w": "weeks", "d": "days", "h": "hours", "H": "hours", "m": "minutes", "s": "seconds"}


def millis(moment: datetime) -> int:
    """Return the milliseconds since 1970, which is how finely the engine keeps time."""
    return (moment - EPOCH) // timedelta(milliseconds=1)


def parse(text: str, now: datetime, *, round_up: bool = False) -> int:
    """Return the moment a date or date math stands for, in milliseconds.

    What is missing is the least, or with `round_up` the last hour, minute, second and millisecond; a missing
    month or day is the first in both cases (zenodo-api.md §11 no. 23, read 2026-08-20).

    Raises:
        ValueError: It is no date.
    """
    try:
        if text.startswith("now"):
            moment, math = now, text[3:]
        else:
            anchor, _, math = text.partition("||")
            moment = _moment(anchor, round_up=round_up and not math)
        return millis(_computed(moment, math, round_up=round_up))
    except OverflowError as error:
        raise ValueError(text) from error


def span(text: str) -> tuple[int, int] | None:
    """Return first and last millisecond of an EDTF date or interval, None for anything else."""
    first, _, last = text.partition("/")
    try:
        return _bounds(first)[0], _bounds(last or first)[1]
    except (ValueError, OverflowError):
        return None


def year(moment: int) -> int:
    """Return the year of a moment in milliseconds."""
    return (EPOCH + timedelta(milliseconds=moment)).year


def _bounds(text: str) -> tuple[int, int]:
    found = _DATE.fullmatch(text)
    if not found:
        raise ValueError(text)
    first = _moment(text, round_up=False)
    unit = "d" if found["day"] else "M" if found["month"] else "y"
    last = first if found["hour"] else _next(first, unit) - timedelta(milliseconds=1)
    return millis(first), millis(last)


def _moment(text: str, *, round_up: bool) -> datetime:
    found = _DATE.fullmatch(text)
    if not found:
        if _MILLIS.fullmatch(text):
            return EPOCH + timedelta(milliseconds=int(float(text)))
        raise ValueError(text)
    rest = (23, 59, 59) if round_up else (0, 0, 0)
    hour, minute, second = (
        int(found[name] or least) for name, least in zip(("hour", "minute", "second"), rest, strict=True)
    )
    fraction = found["fraction"] or ("999" if round_up and not found["second"] else "0")
    moment = datetime(int(found["year"]), int(found["month"] or 1), int(found["day"] or 1), tzinfo=UTC)
    moment = moment.replace(hour=hour, minute=minute, second=second, tzinfo=_zone(found["zone"]))
    return (moment + timedelta(microseconds=int(fraction[:6].ljust(6, "0")))).astimezone(UTC)


def _zone(text: str | None) -> timezone:
    if text is None or text == "Z":
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)


def _computed(moment: datetime, math: str, *, round_up: bool) -> datetime:
    at = 0
    while at < len(math):
        step = _STEP.match(math, at)
        if not step:
            raise ValueError(math)
        at = step.end()
        if step[4]:
            moment = _floor(moment, step[4])
            if round_up:
                moment = _next(moment, step[4]) - timedelta(milliseconds=1)
        else:
            moment = _moved(moment, int(step[1] + (step[2] or "1")), step[3])
    return moment


def _moved(moment: datetime, number: int, unit: str) -> datetime:
    if unit in _SPANS:
        return moment + timedelta(**{_SPANS[unit]: number})
    months = moment.year * 12 + moment.month - 1 + (number * 12 if unit == "y" else number)
    year, month = divmod(months, 12)
    if not 1 <= year <= 9999:
        raise ValueError(str(year))
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


def _floor(moment: datetime, unit: str) -> datetime:
    if unit == "w":
        moment -= timedelta(days=moment.weekday())
    moment = moment.replace(microsecond=0, second=moment.second if unit == "s" else 0)
    if unit in "sm":
        return moment
    moment = moment.replace(minute=0)
    if unit in "hH":
        return moment
    moment = moment.replace(hour=0)
    if unit in "dw":
        return moment
    return moment.replace(day=1, month=moment.month if unit == "M" else 1)


def _next(moment: datetime, unit: str) -> datetime:
    return _moved(moment, 1, unit)
