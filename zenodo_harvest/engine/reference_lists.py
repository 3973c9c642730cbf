"""Lists of references: read from plain text, CSV or TSV."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass

from zenodo_harvest.errors import UsageError
from zenodo_harvest.ids import RecordRef, RefusedRef, parse_record_ref, shown

_BETWEEN = re.compile(r"[\s;,]+")
_NAMED_ID = re.compile(r"(?i)(zenodo|record)?[ _.-]*(rec)?_?id|recid|records?")


@dataclass(frozen=True, slots=True)
class Listed:
    """References read from a text.

    Attributes:
        refs: The references as they stand there, in order; also those that will be refused in words.
        skipped: Values of the column that are no reference, as they may be shown.
    """

    refs: tuple[str, ...]
    skipped: tuple[str, ...] = ()


def read_refs(text: str) -> Listed:
    """Return the references in a text: one a line, or the column of a CSV or TSV that holds them.

    The column with the most DOIs or URLs is taken; without any, the one with the most record ids, where a
    name such as ``id`` or ``recid`` counts more than numbers alone. Blank cells and lines that start with
    ``#`` are passed over. Where every cell is a DOI or URL, all are taken.

    Raises:
        UsageError: There is no reference in it.
    """
    cells = _strong_alone(text) or _cells(_table(text))
    if not cells:
        raise UsageError(
            "There is no record id, DOI or record URL in the list.",
            hint="Write one a line, or a CSV with a column of them.",
        )
    if not _is_ref(cells[0]):
        del cells[0]
    refs = tuple(cell for cell in cells if _is_ref(cell))
    return Listed(refs, tuple(shown(cell) for cell in cells if not _is_ref(cell)))


def _strong_alone(text: str) -> list[str]:
    """Return what a text of nothing but DOIs and URLs holds, however many stand on a line; else nothing."""
    lines = [line for line in text.lstrip("\ufeff").splitlines() if not line.startswith("#")]
    pieces = [piece.strip('"') for line in lines for piece in _BETWEEN.split(line) if piece]
    return pieces if all(map(_is_strong, pieces)) else []


def _table(text: str) -> list[list[str]]:
    """Return the cells of a text, row by row; one without separators has one column."""
    lines = [line for line in text.lstrip("\ufeff").splitlines() if line.strip() and not line.startswith("#")]
    sign = next((sign for sign in "\t;," if lines and sign in lines[0]), ",")
    try:
        rows = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=sign, skipinitialspace=True))
    except csv.Error as error:
        raise UsageError(
            f"The list cannot be read as a table: {error}.", hint="Write one reference a line."
        ) from error
    return [[cell.strip() for cell in row] for row in rows]


def _cells(rows: list[list[str]]) -> list[str]:
    """Return the cells that are, or should be, references, with the name of their column."""
    everything = [cell for row in rows for cell in row if cell]
    if all(_is_strong(cell) for cell in everything):
        return everything
    column = _column(rows)
    return [] if column is None else [row[column] for row in rows if column < len(row) and row[column]]


def _column(rows: list[list[str]]) -> int | None:
    """Return the column that holds the references, None if none does."""
    width = max((len(row) for row in rows), default=0)
    columns = [[row[place] for row in rows if place < len(row)] for place in range(width)]
    # of two columns alike, the one with fewer values that will be refused
    strong = [(sum(map(_is_strong, cells)), -sum(map(_is_refused, cells))) for cells in columns]
    if any(count for count, _ in strong):
        return strong.index(max(strong))
    weak = [sum(_is_ref(cell) for cell in cells) for cells in columns]
    named = [bool(cells and _NAMED_ID.fullmatch(cells[0])) for cells in columns]
    ranks = [(count > 0 and name, count) for count, name in zip(weak, named, strict=True)]
    return ranks.index(max(ranks)) if any(weak) else None


def _ref(cell: str) -> RecordRef | RefusedRef | None:
    """Return what a value names, or why that is refused; None if it names nothing."""
    try:
        return parse_record_ref(cell)
    except RefusedRef as refused:
        return refused
    except UsageError:
        return None


def _is_ref(cell: str) -> bool:
    return _ref(cell) is not None


def _is_refused(cell: str) -> bool:
    return isinstance(_ref(cell), RefusedRef)


def _is_strong(cell: str) -> bool:
    """Tell whether a value is more than a number that may be an id."""
    ref = _ref(cell)
    if isinstance(ref, RecordRef):
        return "/" in cell or ref.kind == "doi" or bool(ref.doi or ref.host)
    return ref is not None
