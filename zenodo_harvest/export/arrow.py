"""Arrow: the schema of a table, and records as columns, fast."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
from itertools import accumulate, chain
from typing import Any

import pyarrow as pa

from zenodo_harvest._version import __version__
from zenodo_harvest.export.batches import in_batches, size_of
from zenodo_harvest.export.column_types import ListOf, Scalar, Shape
from zenodo_harvest.export.dictionary import dictionary_version
from zenodo_harvest.export.tables import Table, records_table
from zenodo_harvest.export.text import clean_text
from zenodo_harvest.records import SCHEMA_VERSION, Record

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SCALAR_TYPES = {
    "string": pa.string(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "bool": pa.bool_(),
    "timestamp": pa.timestamp("us", "UTC"),
    "date": pa.date32(),
}


_PANDAS_TIME = {"pandas_type": "datetimetz", "numpy_type": "datetime64[us, UTC]"}
_PANDAS_TYPES = {
    "string": {"pandas_type": "unicode", "numpy_type": "string"},
    "int64": {"pandas_type": "int64", "numpy_type": "Int64"},
    "float64": {"pandas_type": "float64", "numpy_type": "Float64"},
    "bool": {"pandas_type": "bool", "numpy_type": "boolean"},
    "timestamp": _PANDAS_TIME,
    "date": _PANDAS_TIME,
}
"""What pandas makes of single values, here and in `pd.read_parquet`: integers beside missing ones stay
integers, and a date is a time, since only a time is compared, shifted and drawn."""


@cache
def arrow_type(shape: Shape) -> Any:
    """Return the Arrow type of a shape; a list's items are called ``element``, as Parquet calls them."""
    if isinstance(shape, Scalar):
        return _SCALAR_TYPES[shape.name]
    if isinstance(shape, ListOf):
        return pa.list_(pa.field("element", arrow_type(shape.item)))
    return pa.struct([pa.field(name, arrow_type(inner)) for name, inner in shape.fields])


def table_schema(table: Table) -> Any:
    """Return the Arrow schema of a table, described in its metadata.

    Each field has its ``description``; the schema has ``table``, ``schema_version``,
    ``dictionary_version``, ``created_by`` and, in ``pandas``, the types that pandas is to use.
    """
    fields = [
        pa.field(field.name, arrow_type(field.shape), metadata={"description": field.description})
        for field in table.fields
    ]
    about = {
        "table": table.name,
        "schema_version": SCHEMA_VERSION,
        "dictionary_version": dictionary_version(),
        "created_by": f"zenodo-harvest {__version__}",
        "pandas": json.dumps(_pandas_metadata(table)),
    }
    return pa.schema(fields, metadata=about)


def _pandas_metadata(table: Table) -> dict[str, Any]:
    """Return what `pandas.DataFrame.to_parquet` writes about the types of a frame."""
    columns = [
        {"name": field.name, "field_name": field.name, "metadata": None, **_PANDAS_TYPES[field.shape.name]}
        for field in table.fields
        if isinstance(field.shape, Scalar)
    ]
    return {"index_columns": [], "column_indexes": [], "columns": columns, "pandas_version": "2.2.0"}


def arrow_schema(columns: Sequence[str] | None = None, *, raw: bool = False) -> Any:
    """Return the Arrow schema of the records table, or of the columns asked for.

    Args:
        columns: Names of columns in the order wanted; None means all.
        raw: Add the column ``raw``, the server's JSON as text.

    Raises:
        UsageError: A name is no column.
    """
    return table_schema(records_table(columns, raw=raw))


def to_batch(records: Sequence[Record], schema: Any = None) -> Any:
    """Return records as one Arrow batch with the columns of `schema` (from `arrow_schema`).

    Lists are never null, structs and single values are null where the record has none. Text that is not
    valid Unicode is mended with U+FFFD and a number beyond 64 bits becomes null, so that a strange record
    costs a value and never the batch.
    """
    schema = arrow_schema() if schema is None else schema
    return table_to_batch(_table(tuple(schema.names)), records, schema)


@lru_cache(maxsize=64)
def _table(names: tuple[str, ...]) -> Table:
    return records_table(names)


def to_table(records: Iterable[Record], columns: Sequence[str] | None = None, *, raw: bool = False) -> Any:
    """Return all records as one Arrow table.

    Raises:
        UsageError: A name is no column.
    """
    table = records_table(columns, raw=raw)
    schema = table_schema(table)
    batches = (table_to_batch(table, rows, schema) for rows in in_batches(records, size_of))
    return pa.Table.from_batches(batches, schema)


def table_to_batch(table: Table, records: Sequence[Any], schema: Any) -> Any:
    """Return what records, or rows of another table, make in `table` as one Arrow batch."""
    columns = zip(table.columns(records), table.fields, strict=True)
    return pa.RecordBatch.from_arrays(
        [_array(values, field.shape) for values, field in columns], schema=schema
    )


def _array(values: Sequence[Any], shape: Shape) -> Any:
    """Build one array level by level, without a Python container for a row: those cost more than the rest."""
    if not values:
        return pa.array([], arrow_type(shape))
    if isinstance(shape, Scalar):
        return _scalars(values, shape)
    if isinstance(shape, ListOf):
        offsets = pa.array([0, *accumulate(map(len, values))], pa.int32())
        items = _array(list(chain.from_iterable(values)), shape.item)
        return pa.ListArray.from_arrays(offsets, items, type=arrow_type(shape))
    is_missing = [value is None for value in values]
    if all(is_missing):
        return pa.nulls(len(values), arrow_type(shape))
    mask = pa.array(is_missing, pa.bool_()) if any(is_missing) else None
    leaves = [_array(_part(values, name, part), part) for name, part in shape.fields]
    return pa.StructArray.from_arrays(leaves, fields=list(arrow_type(shape)), mask=mask)


def _part(values: Sequence[Any], name: str, shape: Shape) -> list[Any]:
    """Return one field of each struct, and what stands there where there is no struct."""
    blank = () if isinstance(shape, ListOf) else None
    return [getattr(value, name, blank) for value in values]


def _scalars(values: Sequence[Any], shape: Scalar) -> Any:
    if shape.name == "timestamp":
        since = [None if value is None else value - _EPOCH for value in values]
        return pa.array(since, pa.duration("us")).cast(pa.int64()).cast(arrow_type(shape))
    try:
        return pa.array(values, arrow_type(shape))
    except UnicodeEncodeError:
        return pa.array([None if text is None else clean_text(text) for text in values], arrow_type(shape))
    except OverflowError:
        return pa.array([_int64(number) for number in values], arrow_type(shape))


def _int64(number: int | None) -> int | None:
    return number if number is not None and -(2**63) <= number < 2**63 else None
