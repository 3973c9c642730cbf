"""Fields: how a value is taken out of a JSON object by name; what is left in the object has no column.

A reader of a dialect is made of these: each returns what takes one value or fills in several columns. A
value of another type than expected stays where it is, and is reported with its path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import msgspec

from zenodo_harvest.records.dates import read_day, read_time

Json = dict[str, Any]
Where = tuple[Any, Any]
"""Where an object stands: the place of the one around it and its key there; at the top the problems."""
Take = Callable[[Json, Where], Any]
"""Takes a value out of an object."""
Fill = Callable[[Json, Where, dict[str, Any]], None]
"""Takes several values out of an object, into columns."""

NAMES = {str: "text", int: "a whole number", float: "a number", bool: "true or false", dict: "an object"}
NAMES[list] = "a list"
NAMES[type(None)] = "null"
BEYOND = 2**63
"""The first number that a column of 64 bits cannot hold."""
EXACT = 2**53
"""Up to here every whole number is a float as well."""
_COUNTS = ("views", "unique_views", "downloads", "unique_downloads")
_Part = TypeVar("_Part", bound=msgspec.Struct)


def report(where: Where, key: str | int, why: str) -> None:
    """Report a value by its path in the record."""
    place, names = where, [str(key)]
    while isinstance(place[0], tuple):
        names.append(str(place[1]))
        place = place[0]
    place[0].append(f"{'.'.join(reversed(names))}: {why}")


def check(value: Any, expected: type, where: Where, key: str | int) -> None:
    """Report a value that is not of the type expected; null is of any."""
    if value is not None and value.__class__ is not expected:
        is_nan = value in ("NaN", "Infinity", "-Infinity") and expected in (int, float)
        found = f"{value}, which is no number" if is_nan else NAMES[value.__class__]
        report(where, key, f"{NAMES[expected]} was expected, found {found}")


def text(key: str) -> Take:
    """Take a text."""

    def take(value: Json, where: Where) -> str | None:
        found = value.pop(key, None)
        if found.__class__ is str or found is None:
            return found
        value[key] = found
        check(found, str, where, key)
        return None

    return take


def text_or_name(key: str) -> Take:
    """Take a text, or the name that the object has in the one around it."""
    as_text = text(key)
    return lambda value, where: as_text(value, where) or where[1]


def flag(key: str) -> Take:
    """Take a truth value."""

    def take(value: Json, where: Where) -> bool | None:
        found = value.get(key)
        if found.__class__ is bool:
            del value[key]
            return found
        check(found, bool, where, key)
        return None

    return take


def number(key: str, wanted: str = "") -> Take:
    """Take a whole number, also when it is written as a float such as ``3.0``.

    Args:
        key: Its name.
        wanted: What a report says of another number.
    """

    def take(value: Json, where: Where) -> int | None:
        found = value.get(key)
        if found is None:
            return None
        is_whole = found.__class__ is int or (found.__class__ is float and found.is_integer())
        if is_whole and -BEYOND <= found < BEYOND:
            del value[key]
            return int(found)
        if wanted and found.__class__ in (int, float):
            report(where, key, wanted)
        elif is_whole:
            report(where, key, "a number of more than 64 bits")
        else:
            check(found, int, where, key)
        return None

    return take


def identifier(key: str) -> Take:
    """Take an id, a text or a whole number, as text."""
    as_text = text(key)

    def take(value: Json, where: Where) -> Any:
        return str(value.pop(key)) if value.get(key).__class__ is int else as_text(value, where)

    return take


def time(key: str) -> Take:
    """Take a time of the server, in UTC."""
    as_text = text(key)

    def take(value: Json, where: Where) -> Any:
        found = as_text(value, where)
        if found is None or (moment := read_time(found)) is not None:
            return found and moment
        value[key] = found
        report(where, key, "no ISO 8601 time")
        return None

    return take


def day(key: str) -> Take:
    """Take a day; a text that says more than the day stays."""
    as_text = text(key)

    def take(value: Json, where: Where) -> Any:
        found = as_text(value, where)
        if found is None:
            return None
        if (date := read_day(found)) is None:
            report(where, key, "no ISO 8601 date")
        if date is None or found != date.isoformat():
            value[key] = found
        return date

    return take


def mapped(key: str, change: Callable[[str], str]) -> Take:
    """Take a text changed; the original stays unless it is the same."""

    def take(value: Json, where: Where) -> str | None:
        found = value.get(key)
        if found.__class__ is not str:
            check(found, str, where, key)
            return None
        changed = change(found)
        if changed == found:
            del value[key]
        return changed

    return take


def texts(key: str) -> Take:
    """Take the texts of a list; an item that is none keeps its place."""

    def take(value: Json, where: Where) -> tuple[str, ...]:
        items = value.get(key)
        if items.__class__ is not list:
            check(items, list, where, key)
            return ()
        found = tuple(item for item in items if item.__class__ is str)
        if len(found) < len(items):
            value[key] = [None if item.__class__ is str else item for item in items]
            for place, item in enumerate(items):
                check(item, str, (where, key), place)
        else:
            del value[key]
        return found

    return take


def first(*takes: Take) -> Take:
    """Take the first value of some that is there; the others stay."""

    def take(value: Json, where: Where) -> Any:
        for one in takes:
            if (found := one(value, where)) is not None:
                return found
        return None

    return take


def within(key: str, take: Take) -> Take:
    """Take a value out of the object at `key`."""

    def take_within(value: Json, where: Where) -> Any:
        inner = value.get(key)
        if inner.__class__ is not dict:
            check(inner, dict, where, key)
            return None
        found = take(inner, (where, key))
        if not inner:
            del value[key]
        return found

    return take_within


def having(key: str, take: Take) -> Take:
    """Take a value out of an object that has a text at `key`."""

    def take_if(value: Json, where: Where) -> Any:
        found = value.get(key)
        if found.__class__ is str:
            return take(value, where)
        check(found, str, where, key)
        return None

    return take_if


def term(key: str, change: Callable[[str], str] | None = None) -> Take:
    """Take the id of the term of a vocabulary, changed as by `mapped`."""
    return within(key, text("id") if change is None else mapped("id", change))


def words(key: str) -> Take:
    """Take the English one of a text in several languages, or the first where there is none."""
    return within(
        key,
        lambda value, where: text("en" if "en" in value else next(iter(value), "en"))(value, where),
    )


def each(key: str, take: Take) -> Take:
    """Take a value out of each object of a list, where it has one."""

    def take_each(value: Json, where: Where) -> tuple[Any, ...]:
        found = [take(item, here) for item, here in _objects(value, where, key)]
        return tuple([one for one in found if one is not None])

    return take_each


def gather(key: str, kind: type[list[Any]] | type[Json] = list, /, **takes: Take) -> Fill:
    """Take values out of each object of a list into columns that are lists.

    Args:
        key: Where the list is.
        kind: What it is: a list, or an object of objects by name.
        takes: What is taken, by column.
    """

    def fill(value: Json, where: Where, columns: dict[str, Any]) -> None:
        found: dict[str, list[Any]] = {column: [] for column in takes}
        for item, here in _objects(value, where, key, kind):
            for column, take in takes.items():
                if (one := take(item, here)) is not None:
                    found[column].append(one)
        for column, ones in found.items():
            columns[column] = tuple(ones)

    return fill


def aligned(key: str, leading: tuple[str, Take], beside: tuple[str, Take]) -> Fill:
    """Take two values of each object of a list into two columns; the second stands in for a missing first."""
    (name, take), (name_beside, take_beside) = leading, beside

    def fill(value: Json, where: Where, columns: dict[str, Any]) -> None:
        ones, others = [], []
        for item, here in _objects(value, where, key):
            one, other = take(item, here), take_beside(item, here)
            if (one if one is not None else other) is not None:
                ones.append(other if one is None else one)
                others.append(other)
        columns[name], columns[name_beside] = tuple(ones), tuple(others)

    return fill


def _objects(value: Json, where: Where, key: str, kind: type[Any] = list) -> Iterator[tuple[Json, Where]]:
    """Yield the objects of a list, or of an object of them by name, with where each stands."""
    items: Any = value.get(key)
    if items.__class__ is not kind:
        check(items, kind, where, key)
        return
    here = where, key
    for place, item in enumerate(items) if kind is list else items.items():
        if item.__class__ is dict:
            yield item, (here, place)
        else:
            check(item, dict, here, place)


def inside(key: str, *fills: Fill, **takes: Take) -> Fill:
    """Fill in columns from the object at `key`."""
    fill = columns_of(*fills, **takes)

    def fill_inside(value: Json, where: Where, columns: dict[str, Any]) -> None:
        inner = value.get(key)
        if inner.__class__ is not dict:
            check(inner, dict, where, key)
        elif inner:
            fill(inner, (where, key), columns)

    return fill_inside


def columns_of(*fills: Fill, **takes: Take) -> Fill:
    """Fill in columns from an object: those of `takes` by name, and what `fills` fill in."""

    def fill(value: Json, where: Where, columns: dict[str, Any]) -> None:
        for name, take in takes.items():
            columns[name] = take(value, where)
        for one in fills:
            one(value, where, columns)

    return fill


def part(kind: type[_Part], *fills: Fill, **takes: Take) -> Take:
    """Take a part of a record, such as a person, out of an object."""
    fill = columns_of(*fills, **takes)

    def take(value: Json, where: Where) -> _Part:
        columns: dict[str, Any] = {}
        fill(value, where, columns)
        return kind(**columns)

    return take


def spread(kind: type[_Part], *places: str) -> Fill:
    """Fill in an object of texts from several places; the column is called as the object, its parts begin so.

    Args:
        kind: What it is, such as a journal.
        places: In order, the objects that may hold it, or, with ``_`` at the end, how its names begin.
    """
    column = kind.__name__.lower()

    def fill(value: Json, where: Where, columns: dict[str, Any]) -> None:
        found: dict[str, str | None] = {}
        for place in places:
            inner, prefix, here = value, place, where
            if not place.endswith("_"):
                inner, prefix, here = value.get(place) or {}, "", (where, place)
                check(inner, dict, where, place)
            for name in kind.__struct_fields__ if inner.__class__ is dict else ():
                key = prefix + name.removeprefix(f"{column}_")
                if found.get(name) is None and inner.get(key) is not None:
                    found[name] = text(key)(inner, here)
        columns[column] = kind(**found) if found else None

    return fill


def by_scheme(key: str, schemes: Iterable[str]) -> Fill:
    """Fill in the identifier of each scheme; the scheme itself stays, as does a second one."""
    known = frozenset(schemes)
    take = text("identifier")

    def fill(value: Json, where: Where, columns: dict[str, Any]) -> None:
        for item, here in _objects(value, where, key):
            scheme = item.get("scheme")
            check(scheme, str, here, "scheme")
            if scheme.__class__ is str and scheme in known and scheme not in columns:
                columns[scheme] = take(item, here)

    return fill


def use(columns: str, keys: str, volume: Take) -> dict[str, Take]:
    """Return what takes the views and downloads of one version or of all, by column.

    Args:
        columns: How the columns begin.
        keys: How the names of the counts begin.
        volume: Takes the bytes.
    """
    counts = {f"{columns}{name}": number(f"{keys}{name}") for name in _COUNTS}
    return {**counts, f"{columns}data_volume_bytes": volume}


def is_number(*values: Any) -> bool:
    """Return whether all values are numbers that a float can hold as they are."""
    return all(
        value.__class__ is float or (value.__class__ is int and abs(value) <= EXACT) for value in values
    )
