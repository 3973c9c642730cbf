"""The dictionary of a catalogue: what each column of its tables means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zenodo_harvest.catalog.changes_csv import COLUMNS
from zenodo_harvest.catalog.checks.told import CHECKS_FIELDS
from zenodo_harvest.catalog.columns import CATALOG_COLUMNS, MEMBERSHIPS, MEMBERSHIPS_MEAN
from zenodo_harvest.export import column_markdown, dictionary_rows

_HEAD = """\
# Data dictionary

Types are Arrow types; times are UTC; ids are text. `records.parquet` and `records.jsonl` have lists and parts
as they are. In `records.csv` lists are joined by `; ` and the parts of a struct are columns of their own. In
all CSV files text that a spreadsheet would run as a formula begins with an apostrophe. Views and downloads
stand in the catalogue's history alone.
"""

Entry = Mapping[str, Any]
"""A column as `zenodo_harvest.export.dictionary_rows` has it."""


def _entries(group: str, *columns: tuple[str, str, str]) -> tuple[Entry, ...]:
    return tuple(
        {"name": name, "type": kind, "group": group, "description": description, "fields": ()}
        for name, kind, description in columns
    )


def record_entries() -> tuple[Entry, ...]:
    """Return the columns of the catalogue's records, in the order of the table."""
    known = {entry["name"]: entry for entry in dictionary_rows()}
    memberships = (MEMBERSHIPS, "list<string>", MEMBERSHIPS_MEAN)
    return (*(known[name] for name in CATALOG_COLUMNS), *_entries("where", memberships))


def change_entries() -> tuple[Entry, ...]:
    """Return the columns of ``changes.csv``, in their order."""
    kinds = {"found_at": "timestamp"}
    columns = ((name, kinds.get(name, "string"), text) for name, text in COLUMNS.items())
    return _entries("changes", *columns)


def check_entries() -> tuple[Entry, ...]:
    """Return the columns of ``checks.csv``, in their order."""
    return _entries("checks", *((field.name, "string", field.description) for field in CHECKS_FIELDS))


def catalog_dictionary() -> str:
    """Return the dictionary as Markdown: the columns of records, changes and checks."""
    sections = (
        _section("records", "One row for each record.", record_entries()),
        _section("changes.csv", "One row for each field or file that changed.", change_entries()),
        _section("checks.csv", "One row for each thing that a curator would mend.", check_entries()),
    )
    return "\n".join((_HEAD, *sections))


def _section(title: str, meaning: str, entries: Sequence[Entry]) -> str:
    return f"## {title}\n\n{meaning}\n\n{column_markdown(entries)}"
