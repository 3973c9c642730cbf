"""The tables a set of records makes: the wide one, and one child table for each list worth joining."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from itertools import chain
from operator import attrgetter
from typing import Any

from zenodo_harvest.errors import UsageError
from zenodo_harvest.export.column_types import ListOf, Scalar, Shape, StructOf, shapes_of
from zenodo_harvest.records import CHILD_TABLES, COLUMNS, Record

Column = Sequence[Any]

RAW = "raw"
_RAW_DESCRIPTION = "The server's JSON as it came, as text."


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a table."""

    name: str
    shape: Shape
    description: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table by `name`.

    Attributes:
        name: Its name.
        fields: Its columns.
        columns: Makes the values of each field from what the rows are made of: records, mostly.
    """

    name: str
    fields: tuple[Field, ...]
    columns: Callable[[Sequence[Any]], list[Column]]


def check_columns(columns: Sequence[str] | None, *, raw: bool = False) -> tuple[str, ...]:
    """Return the columns asked for in the order asked for; None means all of them.

    Args:
        columns: Names of columns; ``raw`` may be one of them.
        raw: Add the column ``raw`` at the end.

    Raises:
        UsageError: A name is no column, is given twice, or there is none at all.
    """
    known = [column.name for column in COLUMNS]
    names = known if columns is None else [columns] if isinstance(columns, str) else list(columns)
    for name in names:
        if name not in known and name != RAW:
            near = get_close_matches(name.lower(), [*known, RAW], n=3, cutoff=0.5)
            ask = f"Did you mean {' or '.join(near)}?" if near else "The command `schema` lists all columns."
            raise UsageError(f"There is no column {name!r}.", hint=ask)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(f"The column {twice[0]!r} is asked for twice.", hint="Name each column once.")
    if not names:
        raise UsageError("No column is asked for.", hint="Name at least one column, or none to get all.")
    return (*names, RAW) if raw and RAW not in names else tuple(names)


@cache
def record_fields() -> dict[str, Field]:
    """Return every column of the records table by name, ``raw`` last."""
    described = {column.name: column.description for column in COLUMNS}
    described[RAW] = _RAW_DESCRIPTION
    shapes = dict(shapes_of(Record))
    return {name: Field(name, shapes[name], text) for name, text in described.items()}


def records_table(columns: Sequence[str] | None = None, *, raw: bool = False) -> Table:
    """Return the wide table with one row a record.

    Raises:
        UsageError: As `check_columns`.
    """
    names = check_columns(columns, raw=raw)
    getters = [attrgetter(name) for name in names]

    def values(records: Sequence[Record]) -> list[Column]:
        return [list(map(getter, records)) for getter in getters]

    return Table("records", tuple(record_fields()[name] for name in names), values)


def child_tables() -> tuple[Table, ...]:
    """Return the child tables: one row for each item of a list.

    Each row begins with the record's `id` and the item's `position` in the list, counted from 1. An item
    of plain text is one column (``keyword``); the fields of a struct are columns of their own.
    """
    return tuple(_child_table(name, column) for name, column in CHILD_TABLES.items())


def _child_table(name: str, column: str) -> Table:
    shape = record_fields()[column].shape
    if not isinstance(shape, ListOf):
        raise TypeError(f"The column {column!r} is no list, so it has no child table.")
    one = "community" if name == "communities" else name.removesuffix("s")
    head = (
        Field("id", Scalar("string"), "The record's id, as in the records table."),
        Field("position", Scalar("int64"), f"The place in the record's `{column}`, counted from 1."),
    )
    items: tuple[Field, ...]
    if isinstance(shape.item, StructOf):
        items = tuple(Field(field, inner, f"`{field}` of the {one}.") for field, inner in shape.item.fields)
    else:
        items = (Field(one, shape.item, f"One of the record's `{column}`."),)
    parts = [attrgetter(field) for field, _ in shape.item.fields] if isinstance(shape.item, StructOf) else []

    def values(records: Sequence[Record]) -> list[Column]:
        lists = [getattr(record, column) for record in records]
        ids = [record.id for record, items in zip(records, lists, strict=True) for _ in items]
        positions = [position for items in lists for position in range(1, len(items) + 1)]
        flat = list(chain.from_iterable(lists))
        return [ids, positions, *([list(map(part, flat)) for part in parts] if parts else [flat])]

    return Table(name, head + items, values)
