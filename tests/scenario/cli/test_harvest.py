"""`harvest` and `plan` against the emulator."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest


def test_a_harvest_brings_everything_with_a_receipt_and_says_where_it_is(
    zh: Any, frosty: int, tmp_path: Path
) -> None:
    file = tmp_path / "frost.parquet"
    done = zh("harvest", "frost", "-o", str(file))
    assert (done.code, done.out) == (0, "")
    assert f"{file}: {frosty} rows" in done.err
    assert pq.read_table(file).num_rows == frosty
    receipt = json.loads((tmp_path / "frost.parquet.receipt.json").read_text())
    assert (receipt["route"], receipt["complete"], receipt["rows"]) == ("search", True, frosty)


def test_a_finished_harvest_asks_for_nothing_until_it_is_told_to(
    zh: Any, emulator: Any, tmp_path: Path
) -> None:
    walks = []
    for more in ("", "--columns id", "--update", "--fresh", "--update --full-walk-weeks 0"):
        emulator.log.clear()
        done = zh("harvest", "frost", "-o", str(tmp_path / "frost.parquet"), *more.split())
        assert done.code == 0
        assert ("nothing was asked" in done.err) == (emulator.log == [])
        walks.append(sum("page=2" in asked.target for asked in emulator.log))
    assert walks == [1, 0, 0, 1, 1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("frost",), "A harvest needs an output."),
        (("frost", "-o", "a.parquet", "--route", "train"), "There is no route 'train'."),
        (("frost", "-o", "a.parquet", "--route", "oai"), "cannot be harvested by OAI-PMH"),
        (("frost AND (", "-o", "a.parquet"), "The query was not sent."),
    ],
)
def test_a_harvest_that_cannot_be_is_refused_before_anything_is_searched(
    zh: Any, emulator: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: Any, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = zh("harvest", *arguments)
    assert done.code == 2
    assert said in done.err
    assert emulator.log == []
    assert not list(tmp_path.glob("a*"))


@pytest.mark.parametrize(
    "options",
    [
        ("frost",),
        ("frost", "-c", "enes-data-space"),
        ("--all-versions", "--route", "oai"),
        ("frost", "--update"),
        ("frost", "--update", "--full-walk-weeks", "0"),
    ],
)
@pytest.mark.parametrize("token", ["", "emulator-token"])
def test_what_is_announced_is_what_the_receipt_counts(
    zh: Any, tmp_path: Path, options: tuple[str, ...], token: str
) -> None:
    words = ("harvest", "-o", str(tmp_path / "a.csv"))
    if "--update" in options:
        assert zh(*words, "frost", token=token).code == 0
    done = zh(*words, *options, token=token)
    assert done.code == 0, done.err
    counted = json.loads((tmp_path / "a.csv.receipt.json").read_text())["requests"]
    assert f"It takes {counted} requests" in done.err


def test_a_plan_in_a_pipe_is_one_row_a_route(zh: Any, frosty: int) -> None:
    done = zh("plan", "frost")
    assert [(row["route"], row["chosen"], row["obstacle"] is None) for row in done.rows] == [
        ("search", True, True),
        ("oai", False, False),
        ("dump", False, False),
    ]
    assert f"{frosty} records. By search: every column, as the server holds it now." in done.err


def test_a_plan_on_a_terminal_points_at_the_route_and_says_why_not_the_others(zh: Any) -> None:
    lines = zh("plan", "frost", terminal=True).out.splitlines()
    assert [line[:8].rstrip() for line in lines if line[2] != " "] == ["→ search", "  oai", "  dump"]
    assert [line.split(": ")[1] for line in lines if "cannot be taken" in line] == [
        "it knows no query",
        "a dump holds everything, whatever the query",
    ]


def test_a_plan_shows_the_route_that_is_asked_for_and_refuses_one_that_cannot_be(zh: Any) -> None:
    everything = ("plan", "--all-versions", "--route", "dump")
    assert "By dump: asked for." in zh(*everything).err
    refused = zh("plan", "frost", "--route", "dump")
    assert refused.code == 2
    assert "This cannot be harvested by dump" in refused.err
