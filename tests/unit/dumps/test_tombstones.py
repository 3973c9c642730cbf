from __future__ import annotations

import csv
import gzip
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from pyarrow.parquet import read_table

from zenodo_harvest.dumps import Conversion, convert
from zenodo_harvest.errors import LocalError, UsageError
from zenodo_harvest.records import Provenance

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
HEAD = "record_id,doi,parent_id,parent_doi,removal_note,removal_reason,removal_date,citation_text\r\n"
SPAM = "17,10.5281/zenodo.17,16,10.5281/zenodo.16,,spam,2026-11-02,\r\n"
CITED = (
    "19,10.5281/zenodo.19,18,10.5281/zenodo.18,At the author's wish,retracted,2026-11-03T10:00:00+00:00,"
    '"=Moreau, A. (2024).\nTitle, quoted ""so"""\r\n'
)


def saved(folder: Path, text: str) -> Path:
    path = folder / "records-deleted.csv.gz"
    path.write_bytes(gzip.compress(text.encode()))
    return path


def converted(source: Path, output: str, **options: Any) -> Conversion:
    return convert(source, [source.parent / output], provenance=Provenance("zenodo", "dump", NOW), **options)


def test_every_row_becomes_a_row_with_types(tmp_path: Path) -> None:
    done = converted(saved(tmp_path, HEAD + SPAM + CITED), "gone.parquet")
    assert (done.rows, done.rows_with_problems) == (2, 0)
    spam, cited = read_table(tmp_path / "gone.parquet").to_pylist()
    assert spam == {
        "id": "17",
        "doi": "10.5281/zenodo.17",
        "concept_id": "16",
        "concept_doi": "10.5281/zenodo.16",
        "removal_note": None,
        "removal_reason": "spam",
        "removal_date": date(2026, 11, 2),
        "citation_text": None,
        "extra": None,
        "problems": [],
        "site": "zenodo",
        "retrieved_at": NOW,
    }
    assert cited["removal_date"] == date(2026, 11, 3)
    assert cited["citation_text"] == '=Moreau, A. (2024).\nTitle, quoted "so"'


def test_csv_does_not_run_as_a_formula_unless_asked_to(tmp_path: Path) -> None:
    source = saved(tmp_path, HEAD + CITED)
    for name, save, start in (
        ("guarded.csv", {}, "'=M"),
        ("raw.csv", {"raw_csv": True}, "=M"),
        ("spreadsheet.csv", {"spreadsheet": True}, "'=M"),
    ):
        converted(source, name, save=save)
        with (tmp_path / name).open(newline="") as rows:
            assert next(csv.DictReader(rows))["citation_text"].startswith(start)


def test_chosen_columns_come_in_the_order_asked_for_and_unknown_ones_are_refused(tmp_path: Path) -> None:
    source = saved(tmp_path, HEAD + SPAM)
    converted(source, "gone.jsonl", save={"columns": ("removal_reason", "id")})
    assert (tmp_path / "gone.jsonl").read_text() == '{"removal_reason":"spam","id":"17"}\n'
    with pytest.raises(UsageError, match="no column 'title'"):
        converted(source, "gone.jsonl", save={"columns": ("title",)})


def test_what_is_not_as_foreseen_is_kept_and_named(tmp_path: Path) -> None:
    text = f"{HEAD.strip()},colour\r\n1,,,,,,soon,,red\r\n2,x\r\n\r\n"
    done = converted(saved(tmp_path, text), "gone.jsonl")
    odd, short = (json.loads(line) for line in (tmp_path / "gone.jsonl").read_text().splitlines())
    assert (done.rows, done.rows_with_problems) == (2, 2)
    assert (odd["id"], odd["removal_date"], odd["problems"]) == ("1", None, ["removal_date: no date"])
    assert json.loads(odd["extra"]) == {"colour": "red", "removal_date": "soon"}
    assert (short["doi"], json.loads(short["extra"])) == ("x", {"cells": ["2", "x"]})
    assert short["problems"] == ["the row has 2 cells instead of 9"]


def test_no_deletions_are_an_empty_table(tmp_path: Path) -> None:
    assert converted(saved(tmp_path, HEAD), "gone.parquet").rows == 0
    assert read_table(tmp_path / "gone.parquet").num_rows == 0


@pytest.mark.parametrize(
    "options", [{"partition_by": "year"}, {"save": {"tables": True}}, {"save": {"raw": True}}]
)
def test_they_are_one_plain_table(tmp_path: Path, options: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="one plain table"):
        converted(saved(tmp_path, HEAD + SPAM), "gone", **options)


def test_a_truncated_dump_leaves_nothing(tmp_path: Path) -> None:
    source = saved(tmp_path, HEAD + SPAM * 5000)
    source.write_bytes(source.read_bytes()[:-9])
    with pytest.raises(LocalError, match="cut short"):
        converted(source, "gone.csv")
    assert list(tmp_path.iterdir()) == [source]


def test_a_long_cell_is_a_cell_and_one_beyond_all_measure_is_refused(tmp_path: Path) -> None:
    converted(saved(tmp_path, HEAD + "1," + "x" * 200_000), "there.csv")
    assert "x" * 200_000 in (tmp_path / "there.csv").read_text()
    with pytest.raises(LocalError, match="a line of more than 8 MB"):
        converted(saved(tmp_path, HEAD + "1," + "x" * 9_000_000), "gone.csv")
