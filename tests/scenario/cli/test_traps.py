"""Traps that a newcomer stepped into: each ends with one sentence and the right exit code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.mark.parametrize("option", ["--community", "--type", "--creator", "--created"])
@pytest.mark.parametrize("value", ["", " "])
def test_a_blank_filter_does_not_stand_for_the_whole_repository(zh: Any, option: str, value: str) -> None:
    done = zh("count", option, value)
    assert done.code == 2
    assert "blank" in done.err
    assert done.out == ""


def test_a_blank_site_is_not_zenodo(zh: Any) -> None:
    assert zh("--site", "", "count", "frost").code == 2


def test_rows_of_our_own_are_converted_to_the_rows_that_they_were(zh: Any, tmp_path: Path) -> None:
    rows, again = tmp_path / "rows.jsonl", tmp_path / "again.jsonl"
    assert zh("search", "frost", "-o", str(rows), "--quiet").code == 0
    done = zh("convert", str(rows), "-o", str(again))
    assert done.code == 0, done.err
    assert again.read_bytes() == rows.read_bytes()


def test_rows_of_our_own_that_do_not_say_their_schema_are_refused(zh: Any, tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    assert zh("search", "frost", "-o", str(rows), "--columns", "concept_id,concept_doi", "--quiet").code == 0
    done = zh("convert", str(rows), "-o", str(tmp_path / "again.csv"))
    assert done.code == 2
    assert "rows that this tool has written" in done.err
    assert not (tmp_path / "again.csv").exists()


def test_free_text_that_fits_one_community_is_said_to_be_taken_for_it(zh: Any) -> None:
    done = zh("count", "--community", "research software shelf")
    assert done.code == 0
    assert "is taken for research-software-shelf" in done.err


def test_a_query_that_is_no_text_is_refused(zh: Any) -> None:
    done = zh("count", "frost \udcff")
    assert done.code == 2
    assert "UTF-8" in done.err
