"""Saved answers of a server: one odd row costs one row, and its neighbours stay as they came."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from zenodo_harvest.cli import Outside, build_app

GOOD = [
    f'{{"id":"{number}","parent":{{"id":"1"}},"metadata":{{"title":"T{number}"}},"n":18446744073709551615.0}}'
    for number in (1, 3)
]
ODD = {
    "NaN": '{"id":"2","parent":{},"metadata":{"title":"odd","x":NaN}}',
    "half a surrogate pair": r'{"id":"2","parent":{},"metadata":{"title":"odd\ud83d"}}',
    "3,000 levels": '{"id":"2","parent":{},"metadata":{"x":' + "[" * 3000 + "]" * 3000 + "}}",
    "a control byte": '{"id":"2","parent":{},"metadata":{"title":"odd\x01"}}',
    "an escape that is none": r'{"id":"2","parent":{},"metadata":{"title":"o\qdd"}}',
    "a word": '{"id":"2","parent":{},"metadata":{"x":undefined}}',
    "a number without a comma": '{"id":"2","parent":{},"metadata":{"x":1 2}}',
}
NO_RECORDS = {"null": "null", "text": '"x"', "number": "7", "nothing": "{}", "an error": '{"status":404}'}
LAYOUTS: dict[str, Callable[[list[str]], str]] = {
    "lines.jsonl": "\n".join,
    "list.json": lambda rows: f"[{','.join(rows)}]",
    "answer.json": lambda rows: f'{{"hits":{{"total":3,"hits":[{",".join(rows)}]}}}}',
    "answers.jsonl": lambda rows: "\n".join(f'{{"hits":{{"hits":[{row}]}}}}' for row in rows),
    "list of answers.json": lambda rows: f'[{{"hits":{{"hits":[{",".join(rows)}]}}}}]',
}

Convert = Callable[..., Result]


@pytest.fixture
def convert(tmp_path: Path) -> Convert:
    """Convert a text to `out.jsonl`, with the column `raw`."""

    def go(name: str, text: str | bytes) -> Result:
        source = tmp_path / name
        source.write_bytes(text.encode() if isinstance(text, str) else text)
        outside = Outside(is_terminal=lambda _stream: False, environ={})
        arguments = ["convert", str(source), "--raw", "-o", str(tmp_path / "out.jsonl")]
        return CliRunner().invoke(build_app(outside), arguments, prog_name="zenodo-harvest")

    return go


def rows_in(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "out.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", ODD | NO_RECORDS)
def test_an_odd_row_of_a_saved_answer_costs_one_row(
    convert: Convert, tmp_path: Path, layout: str, name: str
) -> None:
    odd = (ODD | NO_RECORDS)[name]
    done = convert(layout, LAYOUTS[layout]([GOOD[0], odd, GOOD[1]]))
    assert done.exit_code == 0, done.stderr
    first, row, last = rows_in(tmp_path)
    assert [bool(each["problems"]) for each in (first, row, last)] == [False, True, False]
    assert [first["raw"], last["raw"]] == GOOD
    if name in ODD:
        assert row["id"] == "2"
    assert row["raw"] == odd
    assert "1 row with problems, named in the column `problems`." in done.stderr


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_begins_with_odd_rows_is_read_as_well(convert: Convert, tmp_path: Path, layout: str) -> None:
    assert convert(layout, LAYOUTS[layout](["null", "{}", GOOD[0]])).exit_code == 0
    assert [row["id"] for row in rows_in(tmp_path)] == [None, None, "1"]


@pytest.mark.parametrize("layout", ["lines.jsonl", "list.json"])
def test_what_holds_nothing_but_odd_values_is_refused(convert: Convert, tmp_path: Path, layout: str) -> None:
    done = convert(layout, LAYOUTS[layout](["null", "{}", "7"]))
    assert done.exit_code == 2
    assert "holds no record" in done.stderr
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_line_that_is_cut_short_is_a_row_that_says_so(convert: Convert, tmp_path: Path, place: int) -> None:
    lines = [*GOOD]
    lines.insert(place, GOOD[1][:40])
    done = convert("lines.jsonl", "\n".join(lines))
    assert done.exit_code == 0
    assert "1 row with problems" in done.stderr
    rows = rows_in(tmp_path)
    assert [row["raw"] for row in rows] == lines
    assert rows[place]["problems"] == ["the record is no JSON"]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_byte_order_mark_before_a_row_costs_nothing(convert: Convert, tmp_path: Path, layout: str) -> None:
    done = convert(layout, LAYOUTS[layout]([GOOD[0], f"\ufeff{GOOD[1]}"]))
    assert done.exit_code == 0, done.stderr
    assert [(row["raw"], row["problems"]) for row in rows_in(tmp_path)] == [(row, []) for row in GOOD]
