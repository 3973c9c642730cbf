"""`Taker`: takes values out of a JSON object by name, so that what is left over is what no column holds."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from datetime import date, datetime
from typing import Any

from zenodo_harvest.records.dates import read_day, read_time
from zenodo_harvest.records.decoding import encode

NAMES = {str: "text", int: "a whole number", float: "a number", bool: "true or false", dict: "an object"}
NAMES[list] = "a list"
NAMES[type(None)] = "null"
BEYOND = 2**63
"""The first number that a column of 64 bits cannot hold."""
EXACT = 2**53
"""Up to here every whole number is a float as well."""
NOT_DATA = frozenset(("links", "ui", "expanded"))
"""Parts of an answer that say where to go or how to show it, not what the record is."""
_CONTAINERS = frozenset((dict, list))
_NAMES = "entries"
"""The names below are those of files, which may be called like anything."""


class Taker:
    """Reads one JSON object and removes what it has read.

    A value of another type than expected stays where it is and is reported in `problems`. The object is
    changed in place.

    Args:
        value: The object.
        problems: Takes the reports.
        parent: The taker of the object that it stands in.
        key: Where it stands there; in a list with the number of its place.
    """

    __slots__ = ("_key", "_parent", "problems", "value")

    def __init__(
        self,
        value: dict[str, Any],
        problems: list[str],
        parent: Taker | None = None,
        key: str | tuple[str, int] = "",
    ) -> None:
        self.value = value
        self.problems = problems
        self._parent = parent
        self._key = key

    def path(self, key: str = "") -> str:
        """Return where a value stands in the record, as reports name it."""
        if self._parent is None:
            return key
        mine = self._key if isinstance(self._key, str) else f"{self._key[0]}.{self._key[1]}"
        return self._parent.path(f"{mine}.{key}" if key else mine)

    def text(self, key: str) -> str | None:
        """Take a text."""
        value = self.value.pop(key, None)
        if value.__class__ is str or value is None:
            return value
        self._odd(key, value, str)
        return None

    def look(self, key: str) -> str | None:
        """Return a text and leave it where it is."""
        value = self.value.get(key)
        if value.__class__ is str:
            return value
        self._check(key, value, str)
        return None

    def number(self, key: str) -> int | None:
        """Take a whole number, also when it is written as a float such as ``3.0``."""
        value = self.value.pop(key, None)
        if value.__class__ is int or (value.__class__ is float and value.is_integer()):
            if -BEYOND <= value < BEYOND:
                return int(value)
            self.leave(key, value, "a number of more than 64 bits")
        elif value is not None:
            self._odd(key, value, int)
        return None

    def fraction(self, key: str) -> float | None:
        """Take a number."""
        value = self.value.pop(key, None)
        if is_number(value):
            return float(value)
        if value is not None:
            self._odd(key, value, float)
        return None

    def flag(self, key: str) -> bool | None:
        """Take a truth value."""
        value = self.value.pop(key, None)
        if value.__class__ is bool or value is None:
            return value
        self._odd(key, value, bool)
        return None

    def identifier(self, key: str) -> str | None:
        """Take an id, a text or a whole number, as text."""
        if self.value.get(key).__class__ is int:
            return str(self.value.pop(key))
        return self.text(key)

    def time(self, key: str) -> datetime | None:
        """Take a time of the server, in UTC."""
        text = self.text(key)
        if text is None or (time := read_time(text)) is not None:
            return None if text is None else time
        self.leave(key, text, "no ISO 8601 time")
        return None

    def day(self, key: str) -> date | None:
        """Take a day; a text that says more than the day stays."""
        text = self.text(key)
        if text is None:
            return None
        day = read_day(text)
        if day is None:
            self.leave(key, text, "no ISO 8601 date")
        elif text != day.isoformat():
            self.value[key] = text
        return day

    def mapped(self, key: str, change: Callable[[str], str]) -> str | None:
        """Return the text at `key` changed; the original stays unless it is the same."""
        text = self.text(key)
        if text is None:
            return None
        changed = change(text)
        if changed != text:
            self.value[key] = text
        return changed

    def term(self, key: str, change: Callable[[str], str] = str) -> str | None:
        """Take the id of the term of a vocabulary, changed as `mapped` does."""
        return self.inside(key).mapped("id", change) if key in self.value else None

    def inside(self, key: str) -> Taker:
        """Return the taker of the object at `key`; an empty one if there is none."""
        value = self.value.get(key)
        if value.__class__ is dict:
            return Taker(value, self.problems, self, key)
        self._check(key, value, dict)
        return _NOTHING

    def each(self, key: str) -> Iterable[Taker]:
        """Return the takers of the objects in the list at `key`."""
        return self._each(key) if key in self.value else ()

    def _each(self, key: str) -> Iterator[Taker]:
        for number, value in enumerate(self._list(key)):
            if value.__class__ is dict:
                yield Taker(value, self.problems, self, (key, number))
            else:
                self._check(f"{key}.{number}", value, dict)

    def named(self) -> Iterator[tuple[str, Taker]]:
        """Yield each name in the object with the taker of the object that it names."""
        for name, value in self.value.items():
            if value.__class__ is dict:
                yield name, Taker(value, self.problems, self, name)
            else:
                self._check(name, value, dict)

    def texts(self, key: str) -> tuple[str, ...]:
        """Take the texts of the list at `key`; an item that is none keeps its place."""
        found: list[str] = []
        left: list[Any] = []
        for number, value in enumerate(self._list(key)):
            if value.__class__ is str:
                found.append(value)
                left.append(None)
            else:
                self._check(f"{key}.{number}", value, str)
                left.append(value)
        if found:
            self.value[key] = left
        return tuple(found)

    def leave(self, key: str, value: Any, why: str) -> None:
        """Put back what was taken, and report why no column holds it."""
        self.value[key] = value
        self.problems.append(f"{self.path(key)}: {why}")

    def _list(self, key: str) -> list[Any]:
        value = self.value.get(key)
        if value.__class__ is list:
            return value or []
        self._check(key, value, list)
        return []

    def _odd(self, key: str, value: Any, expected: type) -> None:
        """Put back a value that is not of the type expected, and report it."""
        self.value[key] = value
        self._check(key, value, expected)

    def _check(self, key: str, value: Any, expected: type) -> None:
        """Report a value that is not of the type expected; null is of any."""
        if value is not None and value.__class__ is not expected:
            said = f"{NAMES[expected]} was expected, found {NAMES[value.__class__]}"
            self.problems.append(f"{self.path(key)}: {said}")


_NOTHING = Taker({}, [])


def is_number(*values: Any) -> bool:
    """Return whether all values are numbers that a float can hold as they are."""
    return all(
        value.__class__ is float or (value.__class__ is int and abs(value) <= EXACT) for value in values
    )


def left_over(value: Any, without: Container[str] = NOT_DATA) -> Any:
    """Return what is left of `value`, without nulls and without what is empty; None if that is nothing.

    Items of a list keep their places: an empty one stays as long as another one holds something.

    Args:
        value: Any JSON value.
        without: Keys that are left out wherever they stand, save as names of files.
    """
    if value.__class__ is dict:
        kept = {}
        for key, item in value.items():
            if item is None or key in without:
                continue
            if item.__class__ not in _CONTAINERS:
                kept[key] = item
            elif item and (rest := (_named if key == _NAMES else left_over)(item, without)) is not None:
                kept[key] = rest
        return kept or None
    if value.__class__ is list:
        rests = [left_over(item, without) if item.__class__ in _CONTAINERS else item for item in value]
        return rests if any(rest is not None for rest in rests) else None
    return value


def _named(value: Any, without: Container[str]) -> Any:
    """Return what is left of an object of files by name, or of a list."""
    if value.__class__ is not dict:
        return left_over(value, without)
    rests = {name: left_over(item, without) for name, item in value.items()}
    return {name: rest for name, rest in rests.items() if rest is not None} or None


def as_json(value: Any, without: Container[str] = NOT_DATA) -> str | None:
    """Return what is left of a value as compact JSON with sorted keys, None for nothing."""
    rest = left_over(value, without)
    return None if rest is None else encode(rest).decode()
