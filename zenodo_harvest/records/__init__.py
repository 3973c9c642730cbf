"""Readers: the JSON of any dialect becomes one `Record`. The room is pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zenodo_harvest.records.documents import read_documents as read_documents
    from zenodo_harvest.records.provenance import Provenance as Provenance
    from zenodo_harvest.records.reader import read_record as read_record
    from zenodo_harvest.records.record import Record as Record
    from zenodo_harvest.records.schema import CHILD_TABLES as CHILD_TABLES
    from zenodo_harvest.records.schema import COLUMNS as COLUMNS
    from zenodo_harvest.records.schema import SCHEMA_VERSION as SCHEMA_VERSION
    from zenodo_harvest.records.schema import Column as Column
    from zenodo_harvest.records.text import text_of as text_of

_HOMES = {
    "CHILD_TABLES": "schema",
    "COLUMNS": "schema",
    "SCHEMA_VERSION": "schema",
    "Column": "schema",
    "Provenance": "provenance",
    "Record": "record",
    "read_documents": "documents",
    "read_record": "reader",
    "text_of": "text",
}

__all__ = [
    "CHILD_TABLES",
    "COLUMNS",
    "SCHEMA_VERSION",
    "Column",
    "Provenance",
    "Record",
    "read_documents",
    "read_record",
    "text_of",
]


def __getattr__(name: str) -> Any:
    """Import a public name from its module when it is first asked for."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return value
