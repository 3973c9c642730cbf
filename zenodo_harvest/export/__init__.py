"""Rows out: Parquet, CSV, JSON Lines, data frames, child tables and the data dictionary.

The room knows no network. Importing it imports neither pandas, pyarrow nor msgspec; writing CSV and
JSON Lines never needs pandas or pyarrow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zenodo_harvest.export.arrow import arrow_schema as arrow_schema
    from zenodo_harvest.export.arrow import to_batch as to_batch
    from zenodo_harvest.export.arrow import to_table as to_table
    from zenodo_harvest.export.batches import BATCH_BYTES as BATCH_BYTES
    from zenodo_harvest.export.batches import document_size as document_size
    from zenodo_harvest.export.batches import in_batches as in_batches
    from zenodo_harvest.export.batches import size_of as size_of
    from zenodo_harvest.export.csv import join_list as join_list
    from zenodo_harvest.export.csv import split_list as split_list
    from zenodo_harvest.export.csv import unguard as unguard
    from zenodo_harvest.export.csv import write_csv as write_csv
    from zenodo_harvest.export.dictionary import data_dictionary as data_dictionary
    from zenodo_harvest.export.dictionary import dictionary_rows as dictionary_rows
    from zenodo_harvest.export.frame import RecordFrame as RecordFrame
    from zenodo_harvest.export.frame import to_frame as to_frame
    from zenodo_harvest.export.jsonl import write_jsonl as write_jsonl
    from zenodo_harvest.export.outputs import Output as Output
    from zenodo_harvest.export.outputs import describe_output as describe_output
    from zenodo_harvest.export.reading import read_batch as read_batch
    from zenodo_harvest.export.reading import read_documents as read_documents
    from zenodo_harvest.export.reading import reads_in_threads as reads_in_threads
    from zenodo_harvest.export.rows import RowSink as RowSink
    from zenodo_harvest.export.rows import open_rows as open_rows
    from zenodo_harvest.export.shape import ListOf as ListOf
    from zenodo_harvest.export.shape import Scalar as Scalar
    from zenodo_harvest.export.sink import EXTENSIONS as EXTENSIONS
    from zenodo_harvest.export.sink import Sink as Sink
    from zenodo_harvest.export.sink import open_sink as open_sink
    from zenodo_harvest.export.sink import open_sinks as open_sinks
    from zenodo_harvest.export.tables import Field as Field
    from zenodo_harvest.export.tables import check_columns as check_columns

_HOMES = {
    "BATCH_BYTES": "batches",
    "document_size": "batches",
    "in_batches": "batches",
    "size_of": "batches",
    "Field": "tables",
    "ListOf": "shape",
    "Output": "outputs",
    "RecordFrame": "frame",
    "RowSink": "rows",
    "Scalar": "shape",
    "EXTENSIONS": "sink",
    "Sink": "sink",
    "arrow_schema": "arrow",
    "check_columns": "tables",
    "data_dictionary": "dictionary",
    "describe_output": "outputs",
    "dictionary_rows": "dictionary",
    "join_list": "csv",
    "open_rows": "rows",
    "open_sink": "sink",
    "open_sinks": "sink",
    "read_batch": "reading",
    "read_documents": "reading",
    "reads_in_threads": "reading",
    "split_list": "csv",
    "to_batch": "arrow",
    "to_frame": "frame",
    "to_table": "arrow",
    "unguard": "csv",
    "write_csv": "csv",
    "write_jsonl": "jsonl",
}

__all__ = [
    "BATCH_BYTES",
    "EXTENSIONS",
    "Field",
    "ListOf",
    "Output",
    "RecordFrame",
    "RowSink",
    "Scalar",
    "Sink",
    "arrow_schema",
    "check_columns",
    "data_dictionary",
    "describe_output",
    "dictionary_rows",
    "document_size",
    "in_batches",
    "join_list",
    "open_rows",
    "open_sink",
    "open_sinks",
    "size_of",
    "split_list",
    "to_batch",
    "to_frame",
    "to_table",
    "unguard",
    "write_csv",
    "write_jsonl",
]


def __getattr__(name: str) -> Any:
    """Import a public name from its module when it is first asked for."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return value
