"""Readers: the JSON of any dialect becomes one `Record`. The room is pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zenodo_harvest.records.compiled import compiled_reader as compiled_reader
    from zenodo_harvest.records.decoding import decode as decode
    from zenodo_harvest.records.head import Head as Head
    from zenodo_harvest.records.head import moment as moment
    from zenodo_harvest.records.head import read_head as read_head
    from zenodo_harvest.records.reader import read_record as read_record
    from zenodo_harvest.records.reader import read_records as read_records
    from zenodo_harvest.records.record import Alternate as Alternate
    from zenodo_harvest.records.record import Description as Description
    from zenodo_harvest.records.record import File as File
    from zenodo_harvest.records.record import Funding as Funding
    from zenodo_harvest.records.record import Imprint as Imprint
    from zenodo_harvest.records.record import Journal as Journal
    from zenodo_harvest.records.record import Location as Location
    from zenodo_harvest.records.record import Meeting as Meeting
    from zenodo_harvest.records.record import Person as Person
    from zenodo_harvest.records.record import Provenance as Provenance
    from zenodo_harvest.records.record import Record as Record
    from zenodo_harvest.records.record import RecordDate as RecordDate
    from zenodo_harvest.records.record import Related as Related
    from zenodo_harvest.records.record import Subject as Subject
    from zenodo_harvest.records.record import Title as Title
    from zenodo_harvest.records.schema import CHILD_TABLES as CHILD_TABLES
    from zenodo_harvest.records.schema import COLUMNS as COLUMNS
    from zenodo_harvest.records.schema import SCHEMA_VERSION as SCHEMA_VERSION
    from zenodo_harvest.records.schema import Column as Column
    from zenodo_harvest.records.text import text_of as text_of

_HOMES = {
    "decode": "decoding",
    "read_head": "head",
    "moment": "head",
    "Head": "head",
    "CHILD_TABLES": "schema",
    "COLUMNS": "schema",
    "SCHEMA_VERSION": "schema",
    "Column": "schema",
    "Provenance": "record",
    "Alternate": "record",
    "Description": "record",
    "File": "record",
    "Funding": "record",
    "Imprint": "record",
    "Journal": "record",
    "Location": "record",
    "Meeting": "record",
    "Person": "record",
    "RecordDate": "record",
    "Related": "record",
    "Subject": "record",
    "Title": "record",
    "Record": "record",
    "compiled_reader": "compiled",
    "read_record": "reader",
    "read_records": "reader",
    "text_of": "text",
}

__all__ = [
    "CHILD_TABLES",
    "COLUMNS",
    "SCHEMA_VERSION",
    "Alternate",
    "Column",
    "Description",
    "File",
    "Funding",
    "Head",
    "Imprint",
    "Journal",
    "Location",
    "Meeting",
    "Person",
    "Provenance",
    "Record",
    "RecordDate",
    "Related",
    "Subject",
    "Title",
    "compiled_reader",
    "decode",
    "moment",
    "read_head",
    "read_record",
    "read_records",
    "text_of",
]


def __getattr__(name: str) -> Any:
    """Import a public name from its module when it is first asked for."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return value
