"""Saved JSON of every layout becomes a table."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest


def saved(emulator: Any, *, accept: str = "application/vnd.inveniordm.v1+json") -> bytes:
    request = Request(f"{emulator.url}/api/records?q=frost&size=5", headers={"Accept": accept})
    with urlopen(request, timeout=20) as answer:
        return answer.read()


@pytest.fixture(params=["native", "legacy"])
def answer(request: Any, emulator: Any) -> bytes:
    accept = {"native": "application/vnd.inveniordm.v1+json", "legacy": "application/json"}[request.param]
    return saved(emulator, accept=accept)


def test_the_answer_of_a_search_becomes_its_rows(zh: Any, answer: bytes, tmp_path: Path) -> None:
    (tmp_path / "answer.json").write_bytes(answer)
    done = zh("convert", str(tmp_path / "answer.json"))
    wanted = [str(hit["id"]) for hit in json.loads(answer)["hits"]["hits"]]
    total = json.loads(answer)["hits"]["total"]
    assert done.code == 0
    assert f"holds {len(wanted)} of the {total} records that its search found" in done.err
    assert [row["id"] for row in done.rows] == wanted
    assert {row["source"] for row in done.rows} == {"file"}


def test_json_lines_in_gzip_and_one_record_from_stdin_go_into_one_file(
    zh: Any, answer: bytes, tmp_path: Path
) -> None:
    hits = json.loads(answer)["hits"]["hits"]
    lines = tmp_path / "records.jsonl.gz"
    lines.write_bytes(gzip.compress("\n".join(json.dumps(hit) for hit in hits[1:]).encode()))
    out = tmp_path / "out.jsonl"
    done = zh("convert", "-", str(lines), "-o", str(out), stdin=json.dumps(hits[0]))
    assert done.code == 0
    assert [json.loads(line)["id"] for line in out.read_text().splitlines()] == [
        str(hit["id"]) for hit in hits
    ]
    assert f"{out}: 5 rows, " in done.err


def test_on_a_terminal_the_records_are_shown(zh: Any, answer: bytes) -> None:
    done = zh("convert", "-", stdin=answer, terminal=True)
    assert len(done.out.splitlines()) == 7


@pytest.mark.parametrize("content", [b"", b"<html>", b"[1]", b"\x1f\x8b\x08broken"])
def test_what_holds_no_record_is_refused_and_nothing_is_written(
    zh: Any, content: bytes, tmp_path: Path
) -> None:
    source = tmp_path / "odd.json"
    source.write_bytes(content)
    done = zh("convert", str(source), "-o", str(tmp_path / "out.csv"))
    assert done.code == 2
    assert "odd.json" in done.err
    assert [path.name for path in tmp_path.iterdir() if path.name != "home"] == ["odd.json"]


def test_a_file_that_is_not_there_is_a_local_error(zh: Any, tmp_path: Path) -> None:
    done = zh("convert", str(tmp_path / "none.json"))
    assert done.code == 8
    assert "none.json" in done.err


def test_a_file_is_never_written_over_what_it_is_made_from(zh: Any, answer: bytes, tmp_path: Path) -> None:
    source = tmp_path / "records.jsonl"
    source.write_bytes(answer)
    assert zh("convert", str(source), "-o", str(source)).code == 7
    assert source.read_bytes() == answer


def test_a_cut_last_line_of_our_own_json_lines_costs_that_row_alone(zh: Any, tmp_path: Path) -> None:
    saved = tmp_path / "saved.jsonl"
    saved.write_text("".join(zh("search", "frost", "--limit", "2").out.splitlines(keepends=True)))
    for left in (20, 200, 2_000):
        saved.with_name("cut.jsonl").write_bytes(saved.read_bytes()[:-left])
        whole, broken = zh("convert", str(saved.with_name("cut.jsonl"))).rows
        assert whole["title"]
        assert broken["problems"] == ["the record is no JSON"]


def test_the_file_that_was_written_is_named_as_it_was_asked_for(
    zh: Any, answer: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert (
        zh("convert", "-", "-o", "out.csv", stdin=answer).err.splitlines()[-1].startswith("out.csv: 5 rows")
    )
