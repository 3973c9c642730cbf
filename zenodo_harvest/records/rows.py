"""Rows: records as plain tuples, which is what tables are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, get_args, get_origin, get_type_hints, overload

from msgspec import Struct
from msgspec.structs import astuple

from zenodo_harvest.records.record import Record

Row = tuple[Any, ...]
"""The fields of a `Record`, in order. Each part in it, such as a `Person`, is a tuple of its own fields;
`extra` may be UTF-8, which spares a table the way to text and back."""

_PART_BYTES = 200
_EXTRA, _PROBLEMS = (Record.__struct_fields__.index(name) for name in ("extra", "problems"))


def _parts() -> Iterator[tuple[int, type[Struct], bool]]:
    """Yield the place and the class of the parts of a record, and whether there is a list of them."""
    hints = get_type_hints(Record)
    for place, name in enumerate(Record.__struct_fields__):
        for kind in (hints[name], *get_args(hints[name])):
            if isinstance(kind, type) and issubclass(kind, Struct):
                yield place, kind, get_origin(hints[name]) is tuple


_LISTS = tuple((place, kind) for place, kind, is_list in _parts() if is_list)
_SINGLE = tuple((place, kind) for place, kind, is_list in _parts() if not is_list)


def record_of(row: Row) -> Record:
    """Return the record of a row."""
    values = list(row)
    for place, kind in _LISTS:
        if values[place]:
            values[place] = tuple([kind(*part) for part in values[place]])
    for place, kind in _SINGLE:
        if values[place] is not None:
            values[place] = kind(*values[place])
    if isinstance(extra := values[_EXTRA], bytes):
        values[_EXTRA] = extra.decode()
    return Record(*values)


def row_of(record: Record) -> Row:
    """Return the row of a record."""
    values = list(astuple(record))
    for place, _ in _LISTS:
        if values[place]:
            values[place] = tuple([astuple(part) for part in values[place]])
    for place, _ in _SINGLE:
        if values[place] is not None:
            values[place] = astuple(values[place])
    return tuple(values)


class Records(Sequence[Record]):
    """Some records, as rows or as `Record`s: each form is made when it is first asked for.

    Args:
        records: The records.
        rows: Or their rows.
    """

    def __init__(self, records: Iterable[Record] | None = None, *, rows: Iterable[Row] | None = None) -> None:
        self._records = None if records is None else list(records)
        self._rows = None if rows is None else list(rows)

    @property
    def rows(self) -> list[Row]:
        """The records as rows."""
        if self._rows is None:
            self._rows = [row_of(record) for record in self._records or ()]
        return self._rows

    @property
    def records(self) -> list[Record]:
        """The records themselves."""
        if self._records is None:
            self._records = [record_of(row) for row in self._rows or ()]
        return self._records

    def __len__(self) -> int:
        return len(self.rows if self._records is None else self._records)

    @overload
    def __getitem__(self, place: int) -> Record: ...
    @overload
    def __getitem__(self, place: slice) -> list[Record]: ...
    def __getitem__(self, place: int | slice) -> Record | list[Record]:
        return self.records[place]

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records)


def size_of(record: Record | Row) -> int:
    """Return about how many bytes a record takes, judged by its texts and the length of its lists."""
    size_bytes = 0
    for value in astuple(record) if isinstance(record, Record) else record:
        if type(value) is str or type(value) is bytes:
            size_bytes += len(value)
        elif type(value) is tuple:
            size_bytes += _PART_BYTES * len(value)
    return size_bytes


def problems_in(records: Records) -> int:
    """Count the records that name problems."""
    return sum(1 for row in records.rows if row[_PROBLEMS])


def rows_of(records: Iterable[Record]) -> list[Row]:
    """Return the rows of records."""
    return records.rows if isinstance(records, Records) else [row_of(record) for record in records]
