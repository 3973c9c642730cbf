"""Views and downloads while months pass: when they are taken, what they touch, and what is told of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from lxml import etree
from typer.testing import CliRunner

from doubles import Ran, StillClock
from zenodo_harvest.catalog import Catalog
from zenodo_harvest.cli import Outside, build_app
from zenodo_harvest.client import Client
from zenodo_harvest.emulator import Emulator
from zenodo_harvest.http import LocalBudget
from zenodo_harvest.sites import Site

START = datetime(2026, 1, 5, 3, tzinfo=UTC)
WEEK_S = 7 * 86_400
HOSTILE = "<script>alert(1)</script> & $x \ufffe\x1b[31m Tage"
TITLES = {"101": "Frost days", "102": "Snow", "103": HOSTILE}
SVG = "{http://www.w3.org/2000/svg}"


@dataclass
class Kept:
    """A catalogue of three records, the server that has them, and the clock of both."""

    emulator: Emulator
    clock: StillClock
    client: Client
    folder: Path

    @property
    def catalog(self) -> Catalog:
        return self.client.catalog(self.folder)

    def count(self, **downloads: int) -> None:
        """Let records have so many downloads; their date does not move."""
        for name, number in downloads.items():
            id_ = name.removeprefix("r")
            stats = {"views": 2 * number, "downloads": number}
            self.emulator.edit(
                id_,
                lambda record, stats=stats: record["stats"].update(
                    this_version=record["stats"]["this_version"] | stats,
                    all_versions=record["stats"]["all_versions"] | stats,
                ),
                is_dated=False,
            )

    def sync(self, weeks: float = 0, *, seconds: float = 0, full: bool = False) -> None:
        self.clock.sleep(weeks * WEEK_S + seconds)
        assert self.catalog.sync(full=full).changes == ()

    def tables(self) -> dict[str, bytes]:
        names = ("records.parquet", "records.csv", "records.jsonl", "changes.csv", "CHANGES.md", "feed.atom")
        return {name: (self.folder / "latest" / name).read_bytes() for name in names}

    def series(self) -> list[tuple[str, int]]:
        return [(row["id"], row["downloads"]) for row in self.catalog.history.rows()]


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    seed, clock = tmp_path / "seed.jsonl", StillClock(START.timestamp())
    records = [
        {"id": id_, "parent": {"id": f"{id_}0"}, "created": "2025-03-01T10:00:00+00:00",
         "metadata": {"title": title, "publication_date": "2025"}}
        for id_, title in TITLES.items()
    ]  # fmt: skip
    seed.write_text("".join(f"{json.dumps(record)}\n" for record in records))
    with (
        Emulator(seed=seed, limits="off", clock=clock.now) as emulator,
        LocalBudget(clock=clock) as budget,
        Client(Site("emulator", emulator.url), "", clock=clock, budget=budget) as client,
    ):
        made = Kept(emulator, clock, client, tmp_path / "kept")
        made.count(r101=5, r102=400, r103=0)
        made.catalog.init("created:[2020 TO *]")
        yield made


@pytest.fixture
def zh(kept: Kept) -> Callable[..., Ran]:
    """Run `catalog history` on the catalogue."""

    def go(*arguments: str, terminal: bool = False) -> Ran:
        outside = Outside(
            make_client=lambda **_: Client(kept.client.site, "", clock=kept.clock),
            is_terminal=lambda _: terminal,
            environ={},
        )
        runner = CliRunner(env={"COLUMNS": "100", "TERM": "dumb", "NO_COLOR": "1"})
        done = runner.invoke(build_app(outside), ["catalog", "history", str(kept.folder), *arguments])
        return Ran(done.exit_code, done.stdout, done.stderr)

    return go


def test_each_full_walk_takes_one_row_of_each_record(kept: Kept) -> None:
    kept.sync()
    kept.count(r101=9, r102=300)
    kept.sync(weeks=4)
    kept.count(r103=7)
    kept.sync(weeks=4)
    assert kept.series() == [
        ("101", 5), ("102", 400), ("103", 0),
        ("101", 9), ("102", 300), ("103", 0),
        ("101", 9), ("102", 300), ("103", 7),
    ]  # fmt: skip
    first, second, third = kept.catalog.history.times()
    assert (second - first).days == (third - second).days == 28
    assert first.date() == START.date()


def test_statistics_alone_change_no_table_and_make_no_snapshot(kept: Kept) -> None:
    kept.sync()
    tables = kept.tables()
    for _ in range(2):
        kept.count(r101=kept.catalog.history.sums()[-1][1])
        kept.sync(weeks=4)
    assert len(kept.catalog.history.times()) == 3
    assert len(kept.catalog.snapshots) == 1
    assert kept.catalog.changes == []
    assert kept.tables() == tables


def test_a_timer_that_comes_a_little_early_or_late_takes_them_every_fourth_week(kept: Kept) -> None:
    kept.sync()
    taken = []
    for weeks, late_s in [(3, 30), (1, -60), (3, -30), (1, 30), (3, 45), (1, 0)]:
        before = len(kept.catalog.history.times())
        kept.sync(weeks, seconds=late_s)
        taken.append(len(kept.catalog.history.times()) > before)
    assert taken == [False, True] * 3


def test_the_interval_stands_in_the_configuration(kept: Kept) -> None:
    config = kept.folder / "catalog.toml"
    config.write_text(config.read_text().replace("interval_weeks = 4", "interval_weeks = 2"))
    kept.sync()
    for _ in range(2):
        kept.sync(weeks=1)
    assert len(kept.catalog.history.times()) == 2


def test_a_full_sync_takes_them_though_it_is_not_time(kept: Kept) -> None:
    kept.sync()
    kept.count(r101=6)
    kept.sync(weeks=1)
    assert kept.series()[-3:] == [("101", 5), ("102", 400), ("103", 0)]
    kept.sync(seconds=60, full=True)
    assert kept.series()[-3:] == [("101", 6), ("102", 400), ("103", 0)]
    kept.sync(weeks=3)
    assert len(kept.catalog.history.times()) == 2, "the interval begins with the last time"


def test_people_see_snapshots_sums_and_what_moved(kept: Kept, zh: Callable[..., Ran]) -> None:
    kept.sync()
    told = zh(terminal=True)
    assert "Snapshots" in told.out
    assert "Moved most" not in told.out
    assert "Taken once so far" in told.err
    kept.count(r101=1205, r102=300)
    kept.sync(weeks=4)
    told = zh(terminal=True)
    lines = [line.split() for line in told.out.splitlines()]
    assert ["2026-01-05", "03:00", "3", "0", "all", "rows"] in lines
    assert ["2026-02-02", "03:00", "1,505", "+1,100"] in lines
    assert "Moved most by downloads since 2026-01-05" in told.out
    assert ["Frost", "days", "101", "5", "1,205", "+1,200", "rose"] in lines
    assert ["Snow", "102", "400", "300", "-100", "dropped"] in lines
    assert "103" not in told.out
    assert told.err == "A count drops where the site corrects it, as it does for robots.\n"
    kept.sync(weeks=4)
    assert zh(terminal=True).err == "Nothing moved by downloads.\n"


def test_a_pipe_gets_what_moved(kept: Kept, zh: Callable[..., Ran]) -> None:
    kept.sync()
    kept.count(r101=6, r103=9)
    kept.emulator.add(
        {"id": "104", "parent": {"id": "1040"}, "created": "2025-03-02T10:00:00+00:00",
         "metadata": {"title": "Hail", "publication_date": "2025"}, "stats": {"this_version": {"views": 4}}}
    )  # fmt: skip
    kept.clock.sleep(4 * WEEK_S)
    kept.catalog.sync()
    told = zh("--by", "views", "--top", "2")
    assert [(row["id"], row["before"], row["after"], row["change"], row["moved"]) for row in told.rows] == [
        ("103", 0, 18, 18, "rose"),
        ("104", None, 4, 4, "new"),
    ]
    first = told.rows[1]
    assert (first["title"], first["statistic"], first["since"][:10], first["until"][:10]) == (
        "Hail", "views", "2026-01-05", "2026-02-02",
    )  # fmt: skip
    assert zh("--by", "view").err.endswith("Did you mean views?\n")
    assert (zh("--since", "spring").code, zh("--columns", "id").code) == (2, 2)


def test_titles_are_those_of_today_or_of_another_version(kept: Kept, zh: Callable[..., Ran]) -> None:
    kept.sync()
    kept.count(r101=6)
    kept.sync(weeks=4)
    kept.clock.sleep(WEEK_S)
    kept.emulator.add(
        {"id": "111", "parent": {"id": "1010"}, "versions": {"index": 2},
         "metadata": {"title": "Frost days 2", "publication_date": "2026"}}
    )  # fmt: skip
    kept.clock.sleep(WEEK_S)
    kept.catalog.sync()
    assert [(row["id"], row["title"]) for row in zh().rows] == [("101", "Frost days 2")]


def test_the_whole_series_goes_to_files(kept: Kept, zh: Callable[..., Ran], tmp_path: Path) -> None:
    kept.sync()
    kept.sync(weeks=4)
    parquet, csv = tmp_path / "history.parquet", tmp_path / "history.csv"
    assert zh("-o", str(parquet), "-o", str(csv), "--columns", "taken_at,id,downloads").code == 0
    assert pq.read_table(parquet).column_names == ["taken_at", "id", "downloads"]
    lines = csv.read_text("utf-8-sig").splitlines()
    assert (len(lines), lines[1].endswith("Z,101,5")) == (7, True)


def test_the_plot_is_a_picture_of_text_and_curves(kept: Kept, zh: Callable[..., Ran], tmp_path: Path) -> None:
    kept.sync()
    kept.count(r101=6, r102=300, r103=9)
    kept.sync(weeks=4)
    path = tmp_path / "moved.svg"
    assert zh("--plot", str(path), "--top", "9").code == 0
    root = etree.fromstring(path.read_bytes())
    titles = [each.text for each in root.iter(f"{SVG}text") if each.get("class") == "title"]
    assert titles == ["All records", "<script>alert(1)</script> & $x \ufffd Tage", "Frost days", "Snow"]
    said = [each.text for each in root.iter(f"{SVG}text") if each.get("class") is None]
    assert said == [
        "405 to 315: dropped by 90", "0 to 9: rose by 9", "5 to 6: rose by 1", "400 to 300: dropped by 100",
    ]  # fmt: skip
    assert len(list(root.iter(f"{SVG}polyline"))) == 4
    assert {each.tag.removeprefix(SVG) for each in root.iter()}.isdisjoint({"script", "image", "a", "use"})
    again = zh("--plot", str(path))
    assert (again.code, "--force" in again.err) == (7, True)
    assert zh("--plot", str(path), "--force").code == 0
    assert (zh("--plot", str(tmp_path / "a.gif")).code, (tmp_path / "a.gif").exists()) == (2, False)


def test_matplotlib_draws_a_png(kept: Kept, zh: Callable[..., Ran], tmp_path: Path) -> None:
    kept.sync()
    kept.count(r103=9)
    kept.sync(weeks=4)
    path = tmp_path / "moved.png"
    assert zh("--plot", str(path)).code == 0
    assert path.read_bytes().startswith(b"\x89PNG")


def test_a_catalogue_that_was_never_synced_says_so(kept: Kept, zh: Callable[..., Ran]) -> None:
    told = zh()
    assert (told.code, told.out) == (3, "")
    assert told.err.splitlines() == [
        f"Error: {str(kept.folder)!r} was never synced.", "Run `zenodo-harvest catalog sync`.",
    ]  # fmt: skip


def test_without_a_history_it_is_said_how_to_get_one(
    kept: Kept, zh: Callable[..., Ran], tmp_path: Path
) -> None:
    kept.sync()
    (kept.folder / "history.parquet").unlink()
    told = zh()
    assert (told.code, told.out) == (0, "")
    assert told.err == "No downloads are known yet: `catalog sync --full` takes them.\n"
    assert zh("--plot", str(tmp_path / "a.svg")).code == 3


def test_the_frame_is_there_in_python(kept: Kept) -> None:
    kept.sync()
    df: Any = kept.catalog.history.frame()
    assert df["downloads"].sum() == 405
    assert repr(kept.catalog.history.movers()) == "[]"
