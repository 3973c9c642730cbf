"""`Taker`: takes values out of a JSON object, so that what is left over is what no column holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Raw, Struct
from msgspec.json import decode
from msgspec.structs import asdict

NAMES = {str: "text", int: "a whole number", float: "a number", bool: "true or false", dict: "an object"}
NAMES[list] = "a list"
NAMES[type(None)] = "null"
_LEAVES = frozenset((str, int, float, bool))
NOT_DATA = frozenset(("links", "ui", "expanded"))
"""Parts of an answer that say where to go or how to show it, not what the record is."""
BEYOND = 2**63
"""The first number that a column of 64 bits cannot hold."""
EXACT = 2**53
"""Up to here every whole number is a float as well."""


class Taker:
    """Reads one JSON object and removes what it has read.

    A value of another type than expected stays where it is and is reported in `problems`. The object is
    changed in place.

    Args:
        value: The object.
        problems: Takes the reports.
        parent: The taker of the object that it stands in.
        key: Where it stands there.
        number: Its place in the list at `key`, if that is a list.
    """

    __slots__ = ("_key", "_number", "_parent", "problems", "value")

    def __init__(
        self,
        value: dict[str, Any],
        problems: list[str],
        parent: Taker | None = None,
        key: str = "",
        number: int | None = None,
    ) -> None:
        self.value = value
        self.problems = problems
        self._parent = parent
        self._key = key
        self._number = number

    @property
    def path(self) -> str:
        """Where the object stands in the record, with a dot at its end; made only for reports."""
        if self._parent is None:
            return ""
        place = "" if self._number is None else f"{self._number}."
        return f"{self._parent.path}{self._key}.{place}"

    def text(self, key: str) -> str | None:
        """Take a text."""
        value = self.value.get(key)
        if type(value) is str:
            del self.value[key]
            return value
        self._odd(key, value, str)
        return None

    def number(self, key: str) -> int | None:
        """Take a whole number, also when it is written as a float such as ``3.0``."""
        value = self.value.get(key)
        if type(value) is int or (type(value) is float and value.is_integer()):
            if -BEYOND <= value < BEYOND:
                del self.value[key]
                return int(value)
            self.problems.append(f"{self.path}{key}: a number of more than 64 bits")
            return None
        self._odd(key, value, int)
        return None

    def fraction(self, key: str) -> float | None:
        """Take a number."""
        value = self.value.get(key)
        if type(value) is float or (type(value) is int and abs(value) <= EXACT):
            del self.value[key]
            return float(value)
        self._odd(key, value, float)
        return None

    def flag(self, key: str) -> bool | None:
        """Take a truth value."""
        value = self.value.get(key)
        if type(value) is bool:
            del self.value[key]
            return value
        self._odd(key, value, bool)
        return None

    def identifier(self, key: str) -> str | None:
        """Take an id, a text or a whole number, as text."""
        value = self.value.get(key)
        if type(value) is int:
            del self.value[key]
            return str(value)
        return self.text(key)

    def mapped(self, key: str, change: Callable[[str], str]) -> str | None:
        """Return the text at `key` changed; the original stays unless it is the same."""
        value = self.value.get(key)
        if type(value) is not str:
            self._odd(key, value, str)
            return None
        changed = change(value)
        if changed == value:
            del self.value[key]
        return changed

    def inside(self, key: str) -> Taker:
        """Return the taker of the object at `key`; an empty one if there is none."""
        value = self.value.get(key)
        if type(value) is dict:
            return Taker(value, self.problems, self, key)
        if value is not None:
            self._report(key, value, dict)
        return Taker({}, self.problems)

    def each(self, key: str) -> Sequence[Taker]:
        """Return the taker of each object in the list at `key`."""
        if self.value.get(key) is None:
            return ()
        takers = []
        for number, value in enumerate(self._list(key)):
            if type(value) is dict:
                takers.append(Taker(value, self.problems, self, key, number))
            else:
                self._report(f"{key}.{number}", value, dict)
        return takers

    def texts(self, key: str) -> tuple[str, ...]:
        """Take the texts of the list at `key`."""
        values = self._list(key)
        if values and all(type(value) is str for value in values):
            del self.value[key]
            return tuple(values)
        for number, value in enumerate(values):
            if type(value) is not str:
                self._report(f"{key}.{number}", value, str)
        return tuple(value for value in values if type(value) is str)

    def _list(self, key: str) -> list[Any]:
        value = self.value.get(key)
        if type(value) is list:
            return value
        self._odd(key, value, list)
        return []

    def _odd(self, key: str, value: Any, expected: type) -> None:
        if value is not None:
            self._report(key, value, expected)

    def _report(self, key: str, value: Any, expected: type) -> None:
        self.problems.append(f"{self.path}{key}: {NAMES[expected]} was expected, found {NAMES[type(value)]}")


def left_over(value: Any, without: frozenset[str] = frozenset()) -> Any:
    """Return what is left of `value`, without nulls and without what is empty; None if that is nothing.

    Items of a list keep their places: an empty one stays as long as another one holds something.

    Args:
        value: Any JSON value, or a struct of such values.
        without: Keys that are left out wherever they stand.
    """
    if isinstance(value, Struct):
        value = asdict(value)
    if type(value) is Raw:
        value = decode(value) if value else None
    if type(value) is dict:
        kept = {}
        for key, item in value.items():
            if item is not None and key not in without:
                rest = item if type(item) in _LEAVES else left_over(item, without)
                if rest is not None:
                    kept[key] = rest
        return kept or None
    if type(value) is list:
        rests = [item if type(item) in _LEAVES else left_over(item, without) for item in value]
        return rests if any(rest is not None for rest in rests) else None
    return value
