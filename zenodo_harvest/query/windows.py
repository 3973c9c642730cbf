"""`Window`: a span of time, and at one instant of ids, small enough for the server to page through."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from zenodo_harvest.errors import BadAnswer
from zenodo_harvest.query.compile import Query, grouped

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""Where time begins for a repository: no record is older."""
_TICKS = {"created": timedelta(milliseconds=1), "updated": timedelta(seconds=1)}
"""The engine keeps milliseconds (recordings, read 2026-11-23), OAI-PMH seconds (zenodo-api.md §7)."""
_LETTERS = "-0123456789abcdefghijklmnopqrstuvwxyz"
_ID_LENGTH = 24
_DEAF = 0.75
"""A server that counts more than so much of a time in either half of it does not heed the time."""
_BEYOND_IDS = len(_LETTERS) ** _ID_LENGTH


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """The records whose time lies from `start` up to, but without, `end`; their ids likewise.

    Attributes:
        start: First moment (UTC, a whole millisecond; of `updated` a whole second).
        end: The moment after the last, likewise.
        first_id: Ids come from here on, compared as text; empty means all from the beginning.
        end_id: Ids come before this; empty means all to the end.
        field: The field that holds the time.
    """

    start: datetime
    end: datetime
    first_id: str = ""
    end_id: str = ""
    field: Literal["created", "updated"] = "created"

    @property
    def clause(self) -> str:
        """The condition for the query string: closed at the start, open at the end.

        Offsets need quotes, else the server falls back to a bag of words (zenodo-api.md §13 Search, read
        2026-08-20).
        """
        time = f'{self.field}:["{_text(self.start)}" TO "{_text(self.end)}"}}'
        if not self.first_id and not self.end_id:
            return time
        first, end = (f'"{text}"' if text else "*" for text in (self.first_id, self.end_id))
        return f"{time} AND id:[{first} TO {end}{'}' if self.end_id else ']'}"

    def holds(self, moment: datetime, record_id: str) -> bool:
        """Tell whether a record belongs here."""
        return self.start <= moment < self.end and self.holds_id(record_id)

    def holds_id(self, record_id: str) -> bool:
        """Tell whether an id belongs here."""
        return self.first_id <= record_id and (not self.end_id or record_id < self.end_id)

    def halves(self) -> tuple[Window, Window] | None:
        """Return two windows that make up this one without overlap, or None if it cannot be divided.

        Time is halved down to the millisecond (of `updated`: the second), then its ids as text.
        """
        tick = _TICKS[self.field]
        if ticks := (self.end - self.start) // tick // 2:
            middle = self.start + ticks * tick
            return replace(self, end=middle), replace(self, start=middle)
        low = _number(self.first_id)
        high = _number(self.end_id) if self.end_id else _BEYOND_IDS
        between = _id((low + high) // 2)
        if not self.first_id < between or (self.end_id and not between < self.end_id):
            return None
        return replace(self, end_id=between), replace(self, first_id=between)

    def __str__(self) -> str:
        ids = f", ids {self.first_id or 'first'}..{self.end_id or 'last'}" if self.has_ids else ""
        return f"{self.field} {_text(self.start)}..{_text(self.end)}{ids}"

    @property
    def is_moment(self) -> bool:
        """Whether its time cannot be halved, and its ids were not."""
        return not self.has_ids and self.end - self.start <= _TICKS[self.field]

    @property
    def has_ids(self) -> bool:
        """Whether it holds only some ids of its time."""
        return bool(self.first_id or self.end_id)


@dataclass(frozen=True, slots=True)
class Counted:
    """A window and how many records the server counts in it; `is_gap` if they are too many and stay so."""

    window: Window
    total: int
    is_gap: bool = False


def within(query: Query, window: Window) -> Query:
    """Return the query confined to a window."""
    q = f"{grouped(query.q)} AND {window.clause}" if query.q.strip() else window.clause
    return replace(query, q=q, params=(("q", q), *(pair for pair in query.params if pair[0] != "q")))


def divide(
    whole: Counted, count: Callable[[Window], int], *, cap: int, by_ids: bool = True
) -> Iterator[Counted]:
    """Yield windows in order that make up `whole` without overlap, each of at most `cap` records.

    One count is asked for each division: the other half holds the rest. Neighbours that fit together are
    one window. A window that cannot be divided and stays too large is yielded as a gap, never left out;
    without `by_ids` no moment can be.

    Raises:
        BadAnswer: The server counts about as much in either half of a time as in all of it.
    """
    held: Counted | None = None
    for part in _leaves(whole, count, cap, by_ids):
        both = joined(held, part, cap) if held else part
        if both is None and held is not None:
            yield held
        held = both or part
    if held is not None:
        yield held


def _leaves(whole: Counted, count: Callable[[Window], int], cap: int, by_ids: bool) -> Iterator[Counted]:
    waiting, is_heard = [whole], False
    while waiting:
        part = waiting.pop()
        if part.total > cap and part.window.is_moment:
            # a total that is what another left over may be of records that have gone meanwhile
            part = Counted(part.window, count(part.window))
        if part.total <= cap:
            yield part
        elif part.window.is_moment and not by_ids:
            yield replace(part, is_gap=True)
        elif (halves := part.window.halves()) and not _is_deaf(part, halves, count):
            left = Counted(halves[0], min(part.total, count(halves[0])))
            # A total that moves by a little is still the same whole; one of less than half of it is another.
            if 2 * left.total > part.total and not is_heard:
                _check_hearing(part, left.total, count(halves[1]))
            is_heard = is_heard or 0 < 2 * left.total <= part.total
            waiting += [Counted(halves[1], part.total - left.total), left]
        else:
            yield replace(part, is_gap=True)


def _check_hearing(part: Counted, *halves: int) -> None:
    """Refuse a server that counts about everything in both halves of a time: it would do so for ever."""
    if _are_deaf(part, halves):
        first, second = halves
        raise deaf(
            f"The server counts {first:,} and {second:,} of {part.total:,} records "
            f"in the halves of {part.window}"
        )


def _are_deaf(part: Counted, halves: Iterable[int]) -> bool:
    """Tell whether either half counts about as much as the whole, which may move a little meanwhile."""
    return all(half > _DEAF * part.total for half in halves)


def deaf(sign: str) -> BadAnswer:
    """Return the error that says by which sign a server was found to take no notice of the query."""
    return BadAnswer(
        f"{sign}: it takes no notice of what is asked.",
        hint="A cache or a proxy before it may drop the query. Ask the operators of the site.",
    )


def _is_deaf(part: Counted, halves: tuple[Window, Window], count: Callable[[Window], int]) -> bool:
    """Tell whether the server takes no notice of ids: then either half of a moment counts about as much."""
    return part.window.is_moment and _are_deaf(part, map(count, halves))


def joined(left: Counted, right: Counted, cap: int) -> Counted | None:
    """Return two neighbours as one window, or None if they do not fit."""
    first, second = left.window, right.window
    total = left.total + right.total
    if left.is_gap or right.is_gap or total > cap or first.field != second.field:
        return None
    if first.end_id and (first.start, first.end) == (second.start, second.end):
        return Counted(replace(first, end_id=second.end_id), total)
    if first.first_id or first.end_id or second.first_id or second.end_id:
        return None
    return Counted(replace(first, end=second.end), total)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _number(record_id: str) -> int:
    """Return the place of an id among all, as a number; letters no id has count as the nearest below."""
    place = 0
    for letter in record_id.ljust(_ID_LENGTH, _LETTERS[0])[:_ID_LENGTH]:
        place = place * len(_LETTERS) + max(0, _LETTERS.find(letter))
    return place


def _id(place: int) -> str:
    """Return the id at a place, as short as it can be."""
    letters = []
    for _ in range(_ID_LENGTH):
        place, digit = divmod(place, len(_LETTERS))
        letters.append(_LETTERS[digit])
    return "".join(reversed(letters)).rstrip(_LETTERS[0])
