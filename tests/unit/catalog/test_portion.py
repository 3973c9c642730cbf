"""What is made of the rows of a catalogue is the same in portions as of the whole, wherever it is made."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest

from zenodo_harvest.catalog import check
from zenodo_harvest.catalog.checks import Checks
from zenodo_harvest.catalog.page import page_part
from zenodo_harvest.catalog.portion import Overview, Portion, Recipe, made_of, read_portions
from zenodo_harvest.catalog.rows import Lines, catalog_table, read_rows
from zenodo_harvest.export import CsvWriter
from zenodo_harvest.records import Provenance, Record, read_records

RECORDINGS = Path(__file__).parents[2] / "data" / "recordings"
FROM = Provenance("zenodo", "search", datetime(2026, 11, 1, tzinfo=UTC), "https://zenodo.org")
SLUGS = ("enes-data-space",)
TABLE = catalog_table(SLUGS)
SETTINGS = {"doi_prefix": None, "site_url": "https://zenodo.org", "today": date(2026, 11, 1)}
RECIPE = Recipe(Checks(**SETTINGS), SLUGS, with_csv=True)
MANY, FEW = 10_000, 10


@pytest.fixture(scope="module")
def records() -> list[Record]:
    with gzip.open(RECORDINGS / "records-native.jsonl.gz") as lines:
        return read_records(list(lines), FROM)


@pytest.fixture
def path(records: Sequence[Record], tmp_path: Path) -> Path:
    with (tmp_path / "records.jsonl").open("wb") as stream:
        Lines(TABLE, stream).take(records)
    return tmp_path / "records.jsonl"


def portions(path: Path) -> Iterator[Portion]:
    lines = path.read_bytes().splitlines(keepends=True)
    for start in range(0, len(lines), 70):
        yield Portion(b"".join(lines[start : start + 70]), {})


@pytest.mark.parametrize("rows", [FEW, MANY])
def test_portions_come_to_what_all_rows_come_to(records: Sequence[Record], path: Path, rows: int) -> None:
    overview, csv = Overview(RECIPE.checks), BytesIO()
    CsvWriter(csv, TABLE)
    for made in made_of(portions(path), RECIPE, rows):
        overview.take(made)
        csv.write(made.csv)
    whole = BytesIO()
    CsvWriter(whole, TABLE).write(records)
    assert csv.getvalue() == whole.getvalue()
    assert overview.findings.in_order() == check(read_rows(path), **SETTINGS)
    page = page_part(read_rows(path), {})
    assert overview.page.lines == page.lines
    assert vars(overview.page.tally) == vars(page.tally)


def test_statistics_come_with_the_rows_that_they_are_of(records: Sequence[Record], path: Path) -> None:
    used = records[-1].id or ""
    use = {used: {"views": 3, "downloads": 2}, "of another": {"views": 1}}
    overview = Overview(RECIPE.checks)
    for made in made_of(read_portions(path, use), RECIPE, FEW):
        overview.take(made)
    assert overview.page.tally.with_use == 1
    assert [(downloads, id_) for downloads, _, id_ in overview.page.tally.most_used()] == [(2, used)]
    assert len(overview.page.lines) == len(records)
