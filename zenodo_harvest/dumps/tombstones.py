"""The rows of the dump of deleted records."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from zenodo_harvest.bounds import Bounds
from zenodo_harvest.dumps.archive import read_lines
from zenodo_harvest.errors import LocalError, UsageError
from zenodo_harvest.export import Field, ListOf, Scalar
from zenodo_harvest.records import Provenance

_TEXT, _DATE, _TIME = Scalar("string"), Scalar("date"), Scalar("timestamp")
FIELDS = (
    Field("id", _TEXT, "Id of the deleted version, as in the records table."),
    Field("doi", _TEXT, "DOI of this version."),
    Field("concept_id", _TEXT, "Id of the concept, as in the records table."),
    Field("concept_doi", _TEXT, "DOI of the concept."),
    Field("removal_note", _TEXT, "What was said about the removal in public."),
    Field("removal_reason", _TEXT, "Id of the reason: spam, test-record, retracted…"),
    Field("removal_date", _DATE, "Day of the removal."),
    Field("citation_text", _TEXT, "How the record was to be cited; blank for spam."),
    Field("extra", _TEXT, "All else that the row says, as JSON."),
    Field("problems", ListOf(_TEXT), "What in the row was not as it should be; its values are in extra."),
    Field("site", _TEXT, "Name of the site."),
    Field("retrieved_at", _TIME, "When the dump was fetched (UTC)."),
)
"""The columns: those of the server, called as in the records table, then ours."""
_OURS = {"record_id": "id", "parent_id": "concept_id", "parent_doi": "concept_doi"}
"""What the server calls otherwise (zenodo-api.md §8, read 2026-08-20)."""
_OF_SERVER = tuple(field.name for field in FIELDS[:8])


def fields_of(columns: Sequence[str] | None) -> tuple[Field, ...]:
    """Return the columns asked for, None meaning all.

    Raises:
        UsageError: A name is no column of this table.
    """
    known = {field.name: field for field in FIELDS}
    names = list(known) if columns is None else list(columns)
    for name in names:
        if name not in known:
            raise UsageError(
                f"Deleted records have no column {name!r}.", hint=f"There are {', '.join(known)}."
            )
    return tuple(known[name] for name in names)


def size_of(row: Mapping[str, Any]) -> int:
    """Return about how many bytes a row takes."""
    return sum(len(value) for value in row.values() if isinstance(value, str))


def read_tombstones(
    source: Path, provenance: Provenance, bounds: Bounds | None = None
) -> Iterator[dict[str, Any]]:
    """Yield the rows of a dump of deleted records, all columns by name.

    Raises:
        LocalError: The dump is cut short or damaged.
    """
    most = (bounds or Bounds()).record_bytes
    lines = _Lines(read_lines(source, bounds), source, most)
    usual = csv.field_size_limit(most)
    try:
        yield from _read(csv.reader(lines), lines, provenance)
    except csv.Error as error:
        raise LocalError(f"{str(source)!r} is damaged: {error}.", hint="Fetch the dump again.") from error
    finally:
        csv.field_size_limit(usual)


def _read(table: Iterator[list[str]], lines: _Lines, provenance: Provenance) -> Iterator[dict[str, Any]]:
    names = next(table)
    for cells in table:
        lines.start_row()
        if cells:
            yield {
                **read_tombstone(names, cells),
                "site": provenance.site,
                "retrieved_at": provenance.retrieved_at,
            }


class _Lines:
    """Lines of a file, of which no more make up one row than a record may have letters.

    A row goes on over many lines where its text holds line ends.
    """

    def __init__(self, lines: Iterator[str], source: Path, most: int) -> None:
        self._lines = lines
        self._source = source
        self._most = most
        self._letters = 0

    def start_row(self) -> None:
        self._letters = 0

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self._letters += len(line)
            if self._letters > self._most:
                raise LocalError(
                    f"{str(self._source)!r} has a row of more than {self._most:,} letters.",
                    hint="Fetch the dump again.",
                )
            yield line


def read_tombstone(names: Iterable[str], cells: Sequence[str]) -> dict[str, Any]:
    """Return the columns that one row of the server makes."""
    names = list(names)
    problems: list[str] = []
    given = {_OURS.get(name, name): text for name, text in zip(names, cells, strict=False) if text}
    row: dict[str, Any] = {name: given.pop(name, None) for name in _OF_SERVER}
    extra: dict[str, Any] = given
    if len(cells) != len(names):
        problems.append(f"the row has {len(cells)} cells instead of {len(names)}")
        extra["cells"] = list(cells)
    if text := row["removal_date"]:
        try:
            row["removal_date"] = date.fromisoformat(text[:10])
        except ValueError:
            problems.append("removal_date: no date")
            row["removal_date"], extra["removal_date"] = None, text
    row["extra"] = json.dumps(extra, ensure_ascii=False) if extra else None
    row["problems"] = tuple(problems)
    return row
