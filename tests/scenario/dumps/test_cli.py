"""`dump list`, `dump fetch` and `dump convert` from the command line."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest


def test_the_list_is_a_table_on_a_terminal_and_json_lines_in_a_pipe(zh: Any) -> None:
    done = zh("dump", "list")
    assert done.code == 0
    rows = [json.loads(line) for line in done.out.splitlines()]
    assert [(row["key"], row["version_id"]) for row in rows] == [
        ("biosyslit/records-xml.tar.gz", "0"),
        ("records-json.tar.gz", "1"),
        ("records-json.tar.gz", "0"),
    ]
    assert rows[0]["created"] == "2026-10-01T03:00:00Z"
    shown = zh("dump", "list", terminal=True).out
    assert "2026-11-01 03:00" in shown
    assert "291 kB" in shown


def test_an_empty_list_is_said(zh: Any, exporter: Any) -> None:
    exporter.dumps.clear()
    done = zh("dump", "list")
    assert (done.code, done.out) == (0, "")
    assert "no dump at the moment" in done.err


def test_a_dump_is_fetched_and_then_known_to_be_there(zh: Any, tmp_path: Path) -> None:
    done = zh("dump", "fetch", "records-json.tar.gz")
    assert (done.code, done.out) == (0, "")
    assert done.err == "records-json.tar.gz: 291 kB, made 2026-11-01, md5 verified.\n"
    assert "was there already" in zh("dump", "fetch", "records-json.tar.gz").err
    assert zh("dump", "fetch", "nothing").code == 3
    assert zh("dump", "fetch", "records-json.tar.gz", "--dump-version", "0").code == 7
    assert zh("dump", "fetch", "records-json.tar.gz", "--dump-version", "0", "-o", "old.gz").code == 0
    assert (tmp_path / "old.gz").read_bytes() == b"of last month"


def test_a_dump_is_converted_and_what_it_made_is_told(zh: Any, recorded: Any, tmp_path: Path) -> None:
    done = zh("dump", "convert", str(recorded["json"]), "-o", "a.parquet", "--workers", "1")
    assert (done.code, done.out) == (0, "")
    assert done.err.startswith("a.parquet: 383 rows, ")
    done = zh("dump", "convert", str(recorded["xml"]), "-o", "years", "--partition-by", "year")
    assert done.err.startswith("years: 383 rows, ")
    done = zh("dump", "convert", str(recorded["xml"]), "-o", "b.csv", "--columns", "doi,id")
    assert (tmp_path / "b.csv").read_text().startswith("doi,id\n")


@pytest.mark.parametrize("name", ["a.parquet", "a.csv"])
def test_a_dump_without_members_says_so(zh: Any, pack: Any, tmp_path: Path, name: str) -> None:
    pack(tmp_path / "empty.tar.gz", [])
    done = zh("dump", "convert", "empty.tar.gz", "-o", name)
    assert done.code == 0
    assert "empty.tar.gz has no members: the table has no rows." in done.err


def test_rows_with_problems_are_counted(zh: Any, pack: Any, tmp_path: Path) -> None:
    pack(
        tmp_path / "odd.tar.gz", [("1.json", b"{"), ("2.json", b'{"id": "2", "metadata": {"title": "Ice"}}')]
    )
    done = zh("dump", "convert", "odd.tar.gz", "-o", "odd.jsonl")
    assert done.code == 0
    assert "1 row with problems" in done.err


def test_deleted_records_become_a_table(zh: Any, tmp_path: Path) -> None:
    head = "record_id,doi,parent_id,parent_doi,removal_note,removal_reason,removal_date,citation_text\r\n"
    (tmp_path / "d.csv.gz").write_bytes(gzip.compress(f"{head}5,,,,,spam,2026-01-02,\r\n".encode()))
    done = zh("dump", "convert", "d.csv.gz", "-o", "d.parquet")
    assert (done.code, done.err.partition(",")[0]) == (0, "d.parquet: 1 row")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("-o", "a.parquet", "--partition-by", "month"), 2, "month"),
        (("-o", "a.parquet", "--partition-by", "year"), 2, "one folder"),
        (("-o", "a.parquet", "--columns", "titel"), 2, "title"),
        (("-o", "a.xlsx"), 2, ".parquet"),
        ((), 2, "no output"),
    ],
)
def test_what_cannot_be_done_is_a_usage_error(
    zh: Any, recorded: Any, tmp_path: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    done = zh("dump", "convert", str(recorded["json"]), *arguments)
    assert done.code == code
    assert said in done.err
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_dump_is_a_local_error(zh: Any, recorded: Any, tmp_path: Path) -> None:
    (tmp_path / "cut.tar.gz").write_bytes(recorded["json"].read_bytes()[:-100])
    done = zh("dump", "convert", "cut.tar.gz", "-o", "a.parquet")
    assert done.code == 8
    assert "cut short" in done.err
    assert "Fetch the dump again." in done.err
