"""The dictionary of a catalogue: what each column of its tables means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

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


_CHANGES = _entries(
    "changes",
    ("found_at", "timestamp", "When the catalogue was synced that saw it (UTC)."),
    ("kind", "string", "added, new-version, metadata, files, left or deleted."),
    ("id", "string", "Id of the record."),
    ("doi", "string", "Its DOI."),
    ("title", "string", "Its title, as far as it is known."),
    ("url", "string", "Address of its web page."),
    ("previous_id", "string", "With new-version, the record that it follows."),
    ("community", "string", "With added and left, the community, where the catalogue has several."),
    ("field", "string", "With metadata, the column; with files, the name of the file."),
    ("before", "string", "What it was. Where order means nothing, only what went."),
    ("after", "string", "What it is. Where order means nothing, only what came."),
    ("reason", "string", "With deleted, why, as far as the site says."),
)
_CHECKS = _entries(
    "checks",
    ("level", "string", "error, warning or note."),
    ("rule", "string", "Id of the rule; catalog.toml can switch it off."),
    ("id", "string", "Id of the record."),
    ("title", "string", "Its title."),
    ("url", "string", "Address of its web page."),
    ("detail", "string", "What exactly was found."),
)


def record_entries() -> tuple[Entry, ...]:
    """Return the columns of the catalogue's records, in the order of the table."""
    known = {entry["name"]: entry for entry in dictionary_rows()}
    memberships = (MEMBERSHIPS, "list<string>", MEMBERSHIPS_MEAN)
    return (*(known[name] for name in CATALOG_COLUMNS), *_entries("where", memberships))


def change_entries() -> tuple[Entry, ...]:
    """Return the columns of ``changes.csv``, in their order."""
    return _CHANGES


def check_entries() -> tuple[Entry, ...]:
    """Return the columns of ``checks.csv``, in their order."""
    return _CHECKS


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
