"""Rules about dates: a month or a year must mean all of it, and dates must exist."""

from __future__ import annotations

import re

from luqum.tree import From, Fuzzy, Proximity, Range, Regex, SearchField, To

from zenodo_harvest.query.dates import Moment, NotADate, read_moment, suggest
from zenodo_harvest.query.findings import Notes
from zenodo_harvest.query.parser import Bound, Leaf, ParsedQuery
from zenodo_harvest.query.quoting import unescape

RANGE_FIELDS = {
    "metadata.publication_date": "metadata.publication_date_range",
    "metadata.dates.date": "metadata.dates.date_range",
}
"""Fields that hold dates as text, and the fields that hold the same as spans of time."""

_PARTIAL_WILDCARD = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?-?\*")
_AS_TEXT = "dates are compared as text there, which loses months, days and spans of time"
_WHOLE = "a month or a year would mean its first day"
_EMPTY = "a day that does not include itself is empty"


def check_dates(query: ParsedQuery, notes: Notes) -> None:
    """Note dates that do not exist, and those the server would take for less than they say.

    As the upper bound of a range a month or a year means its first day, a range from a day up to, but
    without, the same day is empty (zenodo-api.md §11 and §13); what is no date makes the server fail.
    """
    for use in query.uses:
        new = RANGE_FIELDS.get(use.native)
        if new is None or isinstance(use.node.expr, SearchField):
            continue
        if any(_is_span(leaf) for leaf in query.leaves if leaf.use is use):
            notes.edit(use.start, use.end, new, _AS_TEXT)
    for leaf in query.leaves:
        if leaf.use and leaf.use.field and leaf.use.field.kind in ("date", "date_range"):
            _Period(leaf, notes, closed=leaf.use.field.kind == "date_range").check()


def _beyond(moment: Moment) -> str:
    """Return the first day after a period, or its last where the calendar ends."""
    return moment.last if moment.after == "*" else moment.after


def _is_span(leaf: Leaf) -> bool:
    if leaf.is_word:
        return bool(re.fullmatch(r"[0-9]{4}(?:-[0-9]{2})?", leaf.raw))
    return isinstance(leaf.node, (Range, From, To)) and any(bound.value != "*" for bound in leaf.bounds)


class _Period:
    """One date or range of a query; `closed` ranges are written with their last day, others half-open."""

    def __init__(self, leaf: Leaf, notes: Notes, *, closed: bool) -> None:
        self.leaf = leaf
        self.notes = notes
        self.closed = closed

    def check(self) -> None:
        node = self.leaf.node
        if isinstance(node, (Regex, Fuzzy, Proximity)):
            self._refuse(
                self.leaf.start, self.leaf.end, "a date cannot be matched like text", "write a range"
            )
        elif self.leaf.is_word and self.leaf.has_wildcard:
            self._wildcard()
        elif self.leaf.is_word or self.leaf.is_phrase:
            self._single()
        elif isinstance(node, Range):
            self._range(node)
        else:
            self._comparison(node)

    def _wildcard(self) -> None:
        leaf = self.leaf
        if leaf.raw == "*":
            return
        if found := _PARTIAL_WILDCARD.fullmatch(leaf.raw):
            moment = self._read("-".join(part for part in found.groups() if part), leaf.start, leaf.end)
            if moment:
                self._replace(moment.first, moment, "dates take no wildcards")
        else:
            fix = "write a range such as [2024-01-01 TO 2024-12-31]"
            self._refuse(leaf.start, leaf.end, "dates take no wildcards, the server refuses them", fix)

    def _single(self) -> None:
        leaf = self.leaf
        moment = self._read(leaf.value, leaf.start, leaf.end)
        if moment is None:
            return
        if moment.is_partial:
            self._replace(moment.first, moment, _WHOLE)
        elif leaf.is_word and moment.grain == "time" and ":" in leaf.raw:
            self.notes.edit(leaf.start, leaf.end, f'"{leaf.value}"', "the colon of a time breaks the query")

    def _range(self, node: Range) -> None:
        low, high = map(self._bound, self.leaf.bounds)
        if low is None or high is None:
            return
        (low_text, low_moment), (high_text, high_moment) = low, high
        same = bool(low_moment and high_moment and low_moment.text == high_moment.text)
        is_empty = same and node.include_low and not node.include_high and low_moment is not None
        is_empty = is_empty and low_moment is not None and low_moment.grain in ("year", "month", "day")
        changes_low = low_moment is not None and low_moment.is_partial
        changes_high = high_moment is not None and high_moment.is_partial
        if is_empty and high_moment:
            self._replace(high_moment.first, high_moment, _EMPTY)
        elif (changes_low and not node.include_low) or (changes_high and node.include_high):
            first, open_sign = low_text, "[" if node.include_low else "{"
            if low_moment and low_moment.is_partial:
                first, open_sign = (low_moment.first if node.include_low else _beyond(low_moment)), "["
            last, close_sign = high_text, "]" if node.include_high else "}"
            if high_moment and high_moment.is_partial:
                last, close_sign = self._end(high_moment, include=node.include_high)
            if first == last and close_sign == "}":
                self._refuse(self.leaf.start, self.leaf.end, "there is nothing in that range", "widen it")
            else:
                self._write(f"{open_sign}{first} TO {last}{close_sign}", _WHOLE)
        elif (
            low_moment
            and high_moment
            and low_moment.day
            and high_moment.day
            and low_moment.day > high_moment.day
        ):
            reason = "the range ends before it begins and finds nothing"
            self.notes.warn(self.leaf.start, self.leaf.end, reason, "write the earlier date first")

    def _comparison(self, node: From | To) -> None:
        found = self._bound(self.leaf.bounds[0])
        if found is None:
            return
        text, moment = found
        is_from, closed = isinstance(node, From), bool(node.include)
        if moment is not None and moment.is_partial:
            if is_from and not closed:
                self._write(f">={_beyond(moment)}", _WHOLE)
            elif closed and not is_from:
                self._write(f"<={moment.last}" if moment.after == "*" else f"<{moment.after}", _WHOLE)
            return
        if moment is None or (moment.grain != "time" and not text.startswith('"')):
            return
        if is_from:
            self._write(f"{'[' if closed else '{'}{text} TO *]", "a time in a comparison breaks the query")
        else:
            self._write(f"[* TO {text}{']' if closed else '}'}", "a time in a comparison breaks the query")

    def _bound(self, bound: Bound) -> tuple[str, Moment | None] | None:
        """Return a bound as it stands and what it means, None for ``*``; None for what is no date."""
        text = bound.text
        if text == "*":
            return text, None
        value = text[1:-1] if text.startswith('"') else text
        moment = self._read(unescape(value), bound.start, bound.end)
        return None if moment is None else (text, moment)

    def _replace(self, first: str, period: Moment, reason: str) -> None:
        last, sign = self._end(period, include=True)
        self._write(f"[{first} TO {last}{sign}", reason)

    def _end(self, moment: Moment, *, include: bool) -> tuple[str, str]:
        """Return the upper bound of a range that ends with a month, year or day, and its bracket."""
        if not include:
            return moment.first, "}"
        if self.closed or moment.after == "*":
            return moment.last, "]"
        return moment.after, "}"

    def _read(self, text: str, start: int, end: int) -> Moment | None:
        try:
            return read_moment(text)
        except NotADate as error:
            fix = f"write {suggest(text)}"
            self._refuse(start, end, f"{error}, the server fails on it", fix)
            return None

    def _write(self, new: str, reason: str) -> None:
        self.notes.edit(self.leaf.start, self.leaf.end, new, reason)

    def _refuse(self, start: int, end: int, reason: str, fix: str) -> None:
        self.notes.error(start, end, reason, fix)
