"""Changes as CSV: a line for each column or file that is other than before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC
from typing import Any, BinaryIO

from zenodo_harvest.catalog.change import Change
from zenodo_harvest.catalog.change_words import value_text
from zenodo_harvest.export import CsvWriter, Field, Scalar, Table

COLUMNS = {
    "found_at": "When the catalogue was synced that saw it (UTC).",
    "kind": "added, new-version, metadata, files, left or deleted.",
    "id": "Id of the record.",
    "doi": "Its DOI.",
    "title": "Its title, as far as it is known.",
    "url": "Address of its web page.",
    "previous_id": "With new-version, the record that it follows.",
    "community": "With added and left, the community, where the catalogue has several.",
    "field": "With metadata, the column; with files, the name of the file.",
    "before": "What it was. Where order means nothing, only what went.",
    "after": "What it is. Where order means nothing, only what came.",
    "reason": "With deleted, why, as far as the site says.",
}
"""The columns of ``changes.csv`` and what they mean."""


def write_changes_csv(stream: BinaryIO, changes: Iterable[Change]) -> None:
    """Write changes to a binary stream as CSV, without cells that a spreadsheet would run.

    A change without fields is one line; else each of its fields is one. The stream stays open.
    """
    fields = tuple(Field(name, Scalar("string"), text) for name, text in COLUMNS.items())
    writer = CsvWriter(stream, Table("changes", fields, _columns))
    for change in changes:
        writer.write(_lines(change))


def _lines(change: Change) -> list[tuple[str | None, ...]]:
    found_at = change.found_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    known = (change.id, change.doi, change.title, change.url, change.previous_id, change.community)
    fields: list[tuple[str | None, ...]]
    fields = [(field.name, value_text(field.before), value_text(field.after)) for field in change.fields]
    return [
        (found_at, change.kind, *known, *field, change.reason) for field in fields or [(None, None, None)]
    ]


def _columns(lines: Sequence[tuple[str | None, ...]]) -> list[Sequence[Any]]:
    return list(zip(*lines, strict=True))
