"""Some members of an archive become a piece of the table: the work that is shared between processes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from zenodo_harvest import __version__
from zenodo_harvest.dumps.archive import Member
from zenodo_harvest.errors import LocalError
from zenodo_harvest.export import arrow_schema, read_batch, to_batch
from zenodo_harvest.records import Provenance, Record, Records, Row, read_records

NO_YEAR = 0
"""The year of rows that have none. Hive has a word for null there, which Dask cannot read."""

_ID, _EXTRA, _PROBLEMS = (Record.__struct_fields__.index(name) for name in ("id", "extra", "problems"))


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is to be made of members; it travels to the process that does it.

    Attributes:
        provenance: Where the records come from.
        columns: The columns wanted; None means all.
        by_year: Whether rows of different years go to different places.
        version: The version of this package that wrote the recipe.
    """

    provenance: Provenance
    columns: tuple[str, ...] | None = None
    by_year: bool = False
    version: str = __version__


@dataclass(frozen=True, slots=True)
class Piece:
    """Some rows of the table. Between processes it travels as Arrow IPC messages.

    Attributes:
        recipe: What it was made by.
        batches: The rows as Arrow batches, one for each year, with that year; all of them in one where
            years do not matter.
        rows: How many rows there are.
        rows_with_problems: How many of them name problems.
        ids: The ids of the rows, in the order of the members.
    """

    recipe: Recipe
    batches: tuple[tuple[int, Any], ...]
    rows: int
    rows_with_problems: int
    ids: tuple[str, ...]

    def __reduce__(self) -> tuple[Any, ...]:
        messages = [(year, batch.serialize().to_pybytes()) for year, batch in self.batches]
        return _unpacked, (self.recipe, messages, self.rows, self.rows_with_problems, self.ids)


def _unpacked(
    recipe: Recipe,
    messages: list[tuple[int, bytes]],
    rows: int,
    rows_with_problems: int,
    ids: tuple[str, ...],
) -> Piece:
    schema = schema_of(recipe)
    batches = [(year, pa.ipc.read_record_batch(pa.py_buffer(message), schema)) for year, message in messages]
    return Piece(recipe, tuple(batches), rows, rows_with_problems, ids)


def schema_of(recipe: Recipe) -> Any:
    """Return the Arrow schema of the table that a recipe makes."""
    return _schema(recipe.columns, recipe.provenance.keep_raw)


def make_piece(recipe: Recipe, members: Sequence[Member]) -> Piece:
    """Return the rows that members make; in the order of the members within each year.

    Raises:
        LocalError: This process runs another version of the package than the one that asks.
    """
    if recipe.version != __version__:
        raise LocalError(
            f"A worker runs zenodo-harvest {__version__}, not {recipe.version}.",
            hint="Install the same version on every machine.",
        )
    whole = _batch(members, recipe.provenance)
    years = _by_year(whole) if recipe.by_year else [(NO_YEAR, whole)]
    names = schema_of(recipe).names
    batches = tuple((year, batch.select(names)) for year, batch in years)
    return Piece(recipe, batches, len(members), _count_problems(whole), tuple(whole["id"].to_pylist()))


def read_members(members: Sequence[Member], provenance: Provenance) -> Records:
    """Return the records of members; one that names no id is called as its member."""
    records = read_records((member.content for member in members), provenance)
    if all(row[_ID] for row in records.rows):
        return records
    return Records(rows=[_with_id(row, member) for row, member in zip(records.rows, members, strict=True)])


def problems_in(records: Records) -> int:
    """Count the records that name problems."""
    return sum(1 for row in records.rows if row[_PROBLEMS])


def ids_in(records: Records) -> list[str]:
    """Return the ids of the records."""
    return [row[_ID] for row in records.rows]


def _with_id(row: Row, member: Member) -> Row:
    if row[_ID]:
        return row
    values = list(row)
    if member.problem:
        values[_EXTRA], values[_PROBLEMS] = None, (member.problem,)
    values[_ID] = member.name.rpartition("/")[2].partition(".")[0] or None
    values[_PROBLEMS] = (*values[_PROBLEMS], "id: taken from the name of the file in the dump")
    return tuple(values)


def _batch(members: Sequence[Member], provenance: Provenance) -> Any:
    """Return what `read_members` returns as an Arrow batch of all columns."""
    batch = read_batch([member.content for member in members], provenance)
    if pc.all(pc.not_equal(batch["id"], ""), skip_nulls=False).as_py():
        return batch
    return to_batch(read_members(members, provenance), batch.schema)


def _count_problems(batch: Any) -> int:
    count: int = pc.sum(pc.greater(pc.list_value_length(batch["problems"]), 0)).as_py() or 0
    return count


def _by_year(batch: Any) -> Iterator[tuple[int, Any]]:
    """Yield the rows of each year, in the order they came: of `created`, or of the publication.

    DataCite XML does not tell the former.
    """
    years = pc.coalesce(pc.year(batch["created"]), batch["publication_year"], pa.scalar(NO_YEAR, pa.int64()))
    sorted_rows = batch.take(pc.sort_indices(years))
    start = 0
    for year, count in sorted(Counter(years.to_pylist()).items()):
        yield year, sorted_rows.slice(start, count)
        start += count


@cache
def _schema(columns: tuple[str, ...] | None, raw: bool) -> Any:
    return arrow_schema(columns, raw=raw)
