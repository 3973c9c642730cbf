"""`Portion`: some rows of a catalogue, and what is made of them besides tables, in whichever process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path

import msgspec

from zenodo_harvest.catalog.checks import Checks, Findings, Looked
from zenodo_harvest.catalog.columns import CatalogRow
from zenodo_harvest.catalog.page import PagePart, Use, page_part
from zenodo_harvest.catalog.rows import as_record, catalog_table
from zenodo_harvest.export import CsvWriter, in_batches
from zenodo_harvest.pool import cores, in_order, processes

_PORTION_ROWS = 250
_FEW = 2_000
"""So many rows are done before other processes would have started."""


@dataclass(frozen=True, slots=True)
class Portion:
    """Some rows.

    Attributes:
        lines: The rows as JSON Lines.
        use: Their latest statistics, by the id of the record.
    """

    lines: bytes
    use: Mapping[str, Use]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is to be made of portions.

    Attributes:
        checks: Look at the rows.
        slugs: The slugs of the communities.
        with_csv: Whether the rows are needed as CSV.
    """

    checks: Checks
    slugs: tuple[str, ...]
    with_csv: bool


@dataclass(frozen=True, slots=True)
class Made:
    """What was made of a portion.

    Attributes:
        csv: Its rows as CSV without a head; empty where they are not needed.
        looked: What the checks saw.
        page: What the page shows of it.
    """

    csv: bytes
    looked: Looked
    page: PagePart


class Overview:
    """What all portions come to.

    Args:
        checks: Have looked at them.
    """

    def __init__(self, checks: Checks) -> None:
        self.findings = Findings(checks)
        """What the checks found."""
        self.page = PagePart()
        """What the page shows."""

    def take(self, made: Made) -> None:
        """Take what was made of the next portion."""
        self.findings.take(made.looked)
        self.page.take(made.page)


def make(recipe: Recipe, portion: Portion) -> Made:
    """Return what is made of a portion."""
    rows = list(map(msgspec.json.Decoder().decode, portion.lines.split(b"\n")[:-1]))
    csv = _csv(rows, recipe.slugs) if recipe.with_csv else b""
    return Made(csv, recipe.checks.look(rows), page_part(rows, portion.use))


def _csv(rows: Sequence[CatalogRow], slugs: tuple[str, ...]) -> bytes:
    stream = BytesIO()
    writer = CsvWriter(stream, catalog_table(slugs))
    head_bytes = stream.tell()
    writer.write(list(map(as_record, rows)))
    return stream.getvalue()[head_bytes:]


def made_of(portions: Iterable[Portion], recipe: Recipe, rows: int) -> Iterator[Made]:
    """Yield what is made of each portion, in order.

    Args:
        portions: The portions, which are taken while work is under way.
        recipe: What is to be made.
        rows: How many rows there are, about. Where they are many, other processes share the work.

    Raises:
        LocalError: One of the processes was ended from outside.
    """
    work = partial(make, recipe)
    if rows < _FEW or cores() == 1:
        yield from map(work, portions)
        return
    workers = 1 if recipe.with_csv else 2  # where tables are written, this process works as much as one
    with processes(workers, __name__) as executor:
        yield from in_order(work, portions, executor, workers)


def read_portions(path: Path, use: Mapping[str, Use]) -> Iterator[Portion]:
    """Yield the rows of a file of JSON Lines, some at a time.

    Args:
        path: The file.
        use: The latest statistics of all its records, by id.
    """
    id_of = msgspec.json.Decoder(_Named).decode
    with path.open("rb") as stream:
        for lines in in_batches(stream, len, rows=_PORTION_ROWS):
            ids = [id_of(line).id or "" for line in lines] if use else ()
            yield Portion(b"".join(lines), {id_: use[id_] for id_ in ids if id_ in use})


class _Named(msgspec.Struct):
    id: str | None
