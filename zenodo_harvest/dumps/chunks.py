"""Some members of an archive become a chunk of the table: the work that is shared between processes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from msgspec.structs import replace

from zenodo_harvest._version import __version__
from zenodo_harvest.dumps.archive import Member
from zenodo_harvest.errors import LocalError
from zenodo_harvest.export import arrow_schema, count_problems, read_batch, to_batch
from zenodo_harvest.ids import is_record_id
from zenodo_harvest.records import Provenance, Record, read_records

NO_YEAR = 0
"""The year of rows that have none. Hive has a word for null there, which Dask cannot read."""


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
class Chunk:
    """Some rows of the table. Between processes it travels as Arrow IPC messages.

    Attributes:
        recipe: What it was made by.
        batches: The rows as Arrow batches, one for each year, with that year; all of them in one where
            years do not matter.
        rows: How many rows there are.
        rows_with_problems: How many of them name problems.
        ids: The ids of the rows, in the order of the members.
        left_to_python: How many of them the compiled reader left to the reader in Python; None where it is
            not installed.
    """

    recipe: Recipe
    batches: tuple[tuple[int, Any], ...]
    rows: int
    rows_with_problems: int
    ids: tuple[str, ...]
    left_to_python: int | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        messages = [(year, batch.serialize().to_pybytes()) for year, batch in self.batches]
        counted = self.rows, self.rows_with_problems, self.ids, self.left_to_python
        return _unpacked, (self.recipe, messages, *counted)


def _unpacked(
    recipe: Recipe,
    messages: list[tuple[int, bytes]],
    rows: int,
    rows_with_problems: int,
    ids: tuple[str, ...],
    left_to_python: int | None,
) -> Chunk:
    schema = schema_of(recipe)
    batches = [(year, pa.ipc.read_record_batch(pa.py_buffer(message), schema)) for year, message in messages]
    return Chunk(recipe, tuple(batches), rows, rows_with_problems, ids, left_to_python)


@lru_cache(maxsize=8)
def schema_of(recipe: Recipe) -> Any:
    """Return the Arrow schema of the table that a recipe makes."""
    return arrow_schema(recipe.columns, raw=recipe.provenance.keep_raw)


def make_chunk(recipe: Recipe, members: Sequence[Member]) -> Chunk:
    """Return the rows that members make; in the order of the members within each year.

    Raises:
        LocalError: This process runs another version of the package than the one that asks.
    """
    if recipe.version != __version__:
        raise LocalError(
            f"A worker runs zenodo-harvest {__version__}, not {recipe.version}.",
            hint="Install the same version on every machine.",
        )
    whole, ids, left_to_python = _batch(members, recipe.provenance)
    years = _by_year(whole) if recipe.by_year else [(NO_YEAR, whole)]
    names = schema_of(recipe).names
    batches = tuple((year, batch.select(names)) for year, batch in years)
    return Chunk(recipe, batches, len(members), count_problems(whole), tuple(ids), left_to_python)


def read_members(members: Sequence[Member], provenance: Provenance) -> list[Record]:
    """Return the records of members; one that names no id is called as its member, where that is an id.

    One that names another id than its member keeps it, and names both in its problems: a server has written
    the record before in place of one that it could not (zenodo-api.md §8, read 2026-08-20).
    """
    records = read_records((member.content for member in members), provenance)
    for place, name in _different([record.id for record in records], members).items():
        records[place] = _with_name(records[place], members[place], name)
    return records


def _different(ids: Sequence[str | None], members: Sequence[Member]) -> dict[int, str]:
    """Return the places of members that are not called as their ids, with the ids of their names."""
    names = [member.name for member in members]
    # nearly always all agree, and whole lists are compared in a fifth of the time
    if all(ids) and any(names == [id_ + ending for id_ in ids if id_] for ending in (".json", ".xml")):
        return {}
    different = {}
    for place, (id_, whole) in enumerate(zip(ids, names, strict=True)):
        # an archive cuts off a name that is too long for it, and with it the ending
        name, has_ending, _ = whole.rpartition("/")[2].partition(".")
        if not id_ or (name != id_ and name and has_ending):
            different[place] = name
    return different


def _with_name(record: Record, member: Member, name: str) -> Record:
    """Return a record that takes its id from the name of its member, or says that the two are different."""
    if record.id:
        return replace(record, problems=(*record.problems, _said(record.id, name)))
    if member.problem:
        record = replace(record, extra=None, problems=(member.problem,))
    id_ = name if is_record_id(name) else None
    taken = "taken from" if id_ else "none in the record, nor in"
    said = f"id: {taken} the name of the file in the dump"
    return replace(record, id=id_, problems=(*record.problems, said))


def _said(id_: str, name: str) -> str:
    return f"id: {id_} in the record, {name} in the name of the file in the dump"


def _batch(members: Sequence[Member], provenance: Provenance) -> tuple[Any, list[Any], int | None]:
    """Return what `read_members` returns as a batch of all columns, its ids, and how many took long."""
    read = read_batch([member.content for member in members], provenance)
    batch, left_to_python = read.batch, read.left_to_python
    ids: list[Any] = batch["id"].to_pylist()
    if not all(ids):
        batch = to_batch(read_members(members, provenance), batch.schema)
        return batch, batch["id"].to_pylist(), left_to_python
    if different := _different(ids, members):
        problems = batch["problems"].to_pylist()
        for place, name in different.items():
            problems[place] = [*(problems[place] or ()), _said(ids[place], name)]
        field = batch.schema.field("problems")
        batch = batch.set_column(
            batch.schema.get_field_index("problems"), field, pa.array(problems, field.type)
        )
    return batch, ids, left_to_python


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
