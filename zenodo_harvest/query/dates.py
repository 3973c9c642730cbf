"""Dates as people write them, down to the day, month or year; and as the server reads them."""

from __future__ import annotations

import re
from calendar import monthrange
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from zenodo_harvest.errors import UsageError

Grain = Literal["year", "month", "day", "time", "math"]

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T([0-9]{2})(?::([0-9]{2})(?::([0-9]{2})(?:\.[0-9]{1,9})?)?)?"
    r"(?:Z|[+-]([0-9]{2}):?([0-9]{2})?)?"
)
_STEPS = r"(?:[+-][0-9]+[yMwdhHms])*(?:/[yMwdhHms])?"
_MATH = re.compile(rf"now{_STEPS}")
_DATE_MATH = re.compile(rf"(.+)\|\|{_STEPS}")
_MILLISECONDS = re.compile(r"[0-9]{12,13}")
ISO_WITH_OFFSET = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}(?::[0-9]{2}){0,2}(?:\.[0-9]+)?[+-][0-9]{2}:?(?:[0-9]{2})?"
)

_TWO_DATES = re.compile(
    r"([0-9]{4}(?:-[0-9]{2}){0,2})\s*(?:/|\.\.|[-\u2010-\u2015]|to|until)\s*([0-9]{4}(?:-[0-9]{2}){0,2})"
)
_BRACKETS = re.compile(r"\[\s*([0-9][0-9-]*|\*)\s+(?:TO|to)\s+([0-9][0-9-]*|\*)\s*\]")
_ONE_SIDED = re.compile(r"([<>]=?|since|from|after|until|to|before)\s*([0-9]{4}(?:-[0-9]{2}){0,2})")
_MONTH = re.compile(r"([a-z]{3,9})\.?,?\s+([0-9]{4})")
_MONTHS = "january february march april may june july august september october november december".split()
_RANGE_HINT = (
    "Write 2024, 2024-05, 2024-05-03, 2020..2024-06, 2024-01-01.. or ..2020; "
    "now-30d.. is the last thirty days."
)


class NotADate(ValueError):
    """The text is no date, or one that no calendar has; the message says which, as a clause."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A date as written: `text`, how exact it is, and its first day."""

    text: str
    grain: Grain
    day: date | None = None

    @property
    def is_partial(self) -> bool:
        """Whether it is a whole month or year."""
        return self.grain in ("year", "month")

    @property
    def first(self) -> str:
        """The first day of it; a time stays as it is."""
        return self.text if self.day is None or self.grain == "time" else self.day.isoformat()

    @property
    def last(self) -> str:
        """The last day of it; a time stays as it is."""
        if self.day is None or self.grain in ("day", "time"):
            return self.first
        if self.grain == "year":
            return f"{self.day.year:04}-12-31"
        return self.day.replace(day=monthrange(self.day.year, self.day.month)[1]).isoformat()

    @property
    def after(self) -> str:
        """The first day after it; ``*`` where the calendar ends, a time stays as it is."""
        if self.day is None or self.grain == "time":
            return self.text
        last = date.fromisoformat(self.last)
        return "*" if last == date.max else (last + timedelta(days=1)).isoformat()


def read_moment(text: str) -> Moment:
    """Read ``2024``, ``2024-05``, ``2024-05-03``, a time of ISO 8601, or the engine's date arithmetic.

    The engine's own format is stricter than ISO 8601: two digits for month and day, ``T`` before a time
    (zenodo-api.md §13: what it cannot read it answers with 500).

    Raises:
        NotADate: It is none of these.
    """
    if _MATH.fullmatch(text) or _MILLISECONDS.fullmatch(text):
        return Moment(text, "math")
    if math := _DATE_MATH.fullmatch(text):
        read_moment(math[1])
        return Moment(text, "math")
    if found := _DATE.fullmatch(text):
        year, month, day = found.groups()
        first = _day(text, int(year), int(month or 1), int(day or 1))
        return Moment(text, "day" if day else "month" if month else "year", first)
    if found := _TIME.fullmatch(text):
        first = _day(text, int(text[:4]), int(text[5:7]), int(text[8:10]))
        hour, minute, second, _, _ = (int(part or 0) for part in found.groups())
        try:
            datetime(first.year, first.month, first.day, hour, minute, second)  # noqa: DTZ001 -- only checked
        except ValueError:
            raise NotADate(f"there is no time {text}") from None
        return Moment(text, "time", first)
    raise NotADate(f"{text!r} is not a date")


def read_range(text: str) -> tuple[Moment | None, Moment | None]:
    """Read ``2024``, ``2020..2024-06``, ``2024-01-01..`` or ``..2020``; None where it is open.

    Both ends are included, down to what they say: ``..2020`` ends with 2020. Times are half-open.

    Raises:
        UsageError: It is none of these, or ends before it begins.
    """
    first, dots, last = (part.strip() for part in text.partition(".."))
    if not dots:
        last = first
    try:
        low = read_moment(_with_t(first)) if first and first != "*" else None
        high = read_moment(_with_t(last)) if last and last != "*" else None
    except NotADate as error:
        wrong = first if _with_t(first) in str(error) else last
        reason = str(error)
        meant = _range_meant(text) or suggest(wrong)
        hint = f"Write {meant.removesuffix('.')}." if meant.strip(".")[:1].isdigit() else _RANGE_HINT
        where = "" if wrong == text else f" (in {text!r})"
        raise UsageError(f"{reason[:1].upper()}{reason[1:]}{where}.", hint=hint) from None
    if low is None and high is None:
        raise UsageError(f"{text!r} is no range of dates.", hint=_RANGE_HINT)
    if not dots and low and low.grain in ("time", "math"):
        raise UsageError(
            f"{text!r} is one moment.", hint="Write a range such as 2024-05-01T10:00Z..2024-05-01T11:00Z."
        )
    if low and high and low.day and high.day and low.day > high.day:
        raise UsageError(f"The range {text!r} ends before it begins.", hint="Write the earlier date first.")
    return low, high


def _with_t(text: str) -> str:
    """Return a date and a time with ``T`` between them, anything else as it is."""
    return re.sub(r"(?<=[0-9]-[0-9]{2}) (?=[0-9])", "T", text)


def _range_meant(text: str) -> str:
    """Return how to write what others write as ``>2020``, ``[2020 TO 2024]`` or ``May 2024``."""
    if found := _BRACKETS.fullmatch(text):
        low, high = (edge.strip("*") for edge in found.groups())
        return f"{low}..{high}" if low or high else ""
    if found := _MONTH.fullmatch(text.lower()):
        for number, name in enumerate(_MONTHS, 1):
            if name.startswith(found[1]):
                return f"{found[2]}-{number:02}"
    if found := _ONE_SIDED.fullmatch(text.lower()):
        with suppress(NotADate, OverflowError):
            sign, moment = found[1], read_moment(found[2])
            if sign in (">", "after"):
                return f"{moment.after}.."
            if sign in ("<", "before"):
                return f"..{date.fromisoformat(moment.first) - timedelta(days=1)}"
            return f"..{moment.text}" if sign in ("<=", "until", "to") else f"{moment.text}.."
    return ""


def suggest(text: str, span: str = "{}..{}") -> str:
    """Return the nearest thing to `text` that is a date, or a `span` of two, or an example."""
    if found := _TWO_DATES.fullmatch(text):
        return span.format(*found.groups())
    if found := re.fullmatch(r"([0-9]{4})[-/.]?([0-9]{1,2})(?:[-/.]?([0-9]{1,2}))?(?:[T ].*)?", text):
        year, month, day = int(found[1]), min(max(int(found[2]), 1), 12), int(found[3] or 0)
        if year:
            last = monthrange(year, month)[1]
            return f"{year:04}-{month:02}" + (f"-{min(max(day, 1), last):02}" if found[3] else "")
    if found := re.fullmatch(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})", text):
        return f"{found[3]}-MM-DD, the year first"
    return "a date such as 2024-05-03"


def _day(text: str, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise NotADate(f"there is no date {text}") from None
