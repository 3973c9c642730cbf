"""Views and downloads over time: sums, movers, drops, what is unknown, and files of other versions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from zenodo_harvest.catalog import STATISTICS, History, Mover
from zenodo_harvest.errors import LocalError, UsageError

JANUARY, MARCH, MAY = (datetime(2026, month, 5, 3, tzinfo=UTC) for month in (1, 3, 5))


def row(id_: str, concept_id: str | None, downloads: int | None, all_versions: int | None = None) -> Any:
    known = {"downloads": downloads, "all_versions_downloads": all_versions}
    return (id_, concept_id, *(known.get(name) for name in STATISTICS))


def told(movers: Iterable[Mover]) -> list[tuple[str, str]]:
    return [(mover.id, str(mover)) for mover in movers]


@pytest.fixture
def history(tmp_path: Path) -> History:
    """Three times: 1 rises, 2 drops, 31 follows 3 in its concept, 4 stays, 5 is unknown at first."""
    made = History(tmp_path / "history.parquet")
    made.append(JANUARY, [row("1", "10", 5, 5), row("2", "20", 400, 400), row("3", "30", 7, 7)])
    made.append(
        MARCH,
        [
            row("1", "10", 9, 9),
            row("2", "20", 1500, 1500),
            row("3", "30", 8, 8),
            row("4", "40", 3, 3),
            row("5", None, None),
        ],
    )
    made.append(
        MAY,
        [
            row("1", "10", 21, 21),
            row("2", "20", 300, 300),
            row("31", "30", 2, 11),
            row("4", "40", 3, 3),
            row("5", None, 6, 6),
        ],
    )
    return made


def test_what_rose_most_comes_first_and_a_drop_last(history: History) -> None:
    assert told(history.movers()) == [
        ("1", "9 to 21: rose by 12"),
        ("31", "new: 2"),
        ("4", "3 to 3: stayed"),
        ("2", "1,500 to 300: dropped by 1,200"),
    ]


def test_a_statistic_of_all_versions_moves_once_a_concept(history: History) -> None:
    moved = history.movers("all_versions_downloads")
    assert told(moved)[:2] == [("1", "9 to 21: rose by 12"), ("31", "8 to 11: rose by 3")]
    (series,) = history.series(moved[1:2], "all_versions_downloads")
    assert series == [(JANUARY, 7), (MARCH, 8), (MAY, 11)]
    assert history.series(moved[1:2]) == [[(MAY, 2)]]


def test_of_several_versions_at_once_the_latest_stands_for_all(tmp_path: Path) -> None:
    history = History(tmp_path / "history.parquet")
    history.append(JANUARY, [row("99", "90", 1, 4), row("100", "90", 3, 4)])
    history.append(MAY, [row("100", "90", 3, 6), row("99", "90", 3, 6)])
    assert told(history.movers("all_versions_downloads")) == [("100", "4 to 6: rose by 2")]
    assert history.sums("all_versions_downloads") == [(JANUARY, 4), (MAY, 6)]
    assert history.sums() == [(JANUARY, 4), (MAY, 6)]
    assert len(history.movers()) == 2


def test_so_many_that_rose_and_so_many_that_dropped(history: History) -> None:
    assert [mover.id for mover in history.movers(top=1)] == ["1", "2"]
    assert [mover.id for mover in history.movers(top=9)] == ["1", "31", "2"]
    history.append(
        datetime(2026, 7, 1, tzinfo=UTC), [row("1", "10", 20), row("2", "20", 30), row("4", "40", 1)]
    )
    assert [mover.id for mover in history.movers(top=2)] == ["4", "2"], "the largest drops, the largest last"


@pytest.mark.parametrize(
    ("since", "start"),
    [
        (None, MARCH),
        ("2026-01", JANUARY),
        ("2026-03-04", JANUARY),
        ("2026-03-05", MARCH),
        (date(2026, 3, 5), MARCH),
        ("2026-03-05T04:00+02:00", JANUARY),
        (MARCH, MARCH),
        (datetime(2026, 3, 5, 2, 59), JANUARY),  # noqa: DTZ001 -- as people type it
        (pd.Timestamp("2026-03-05 03:00"), MARCH),
        ("2024", JANUARY),
        ("2027", MARCH),
    ],
)
def test_movers_are_since_a_day_month_year_or_time(history: History, since: Any, start: datetime) -> None:
    assert history.since(since) == start
    before = {JANUARY: 5, MARCH: 9}[start]
    assert (history.movers(since=since)[0].before, history.movers(since=since)[0].after) == (before, 21)


@pytest.mark.parametrize("since", ["spring", "now-30d", "2026-13", "", "2025..2026"])
def test_what_is_no_date_is_refused(history: History, since: str) -> None:
    with pytest.raises(UsageError, match="is not a date"):
        history.movers(since=since)


def test_an_unknown_statistic_is_refused_and_the_nearest_named(history: History) -> None:
    for ask in (history.movers, history.sums, lambda name: history.series([], name)):
        with pytest.raises(UsageError, match="'downlods'") as refused:
            ask("downlods")
        assert refused.value.hint == "Did you mean downloads?"


def test_what_is_unknown_is_neither_nought_nor_a_mover(tmp_path: Path) -> None:
    history = History(tmp_path / "history.parquet")
    for time in (JANUARY, MAY):
        history.append(time, [row("1", "10", None)])
    assert (history.totals(), history.sums(), history.movers(), history.at(MAY)) == ([], [], [], {})
    assert len(history.times()) == 2


def test_a_single_time_moves_nothing_and_no_file_is_an_empty_history(tmp_path: Path) -> None:
    history = History(tmp_path / "history.parquet")
    assert (history.times(), history.totals(), history.sums(), history.movers()) == ([], [], [], [])
    assert history.since("2026") is None
    history.append(MAY, [row("1", "10", 3)])
    assert (history.movers(), history.since()) == ([], None)


def test_a_time_that_is_taken_again_is_replaced(history: History) -> None:
    history.append(MAY, [row("1", "10", 30)])
    assert history.times() == [JANUARY, MARCH, MAY]
    assert history.sums()[-1] == (MAY, 30)
    assert [(point.records, point.downloads) for point in history.totals()] == [(3, 412), (5, 1520), (1, 30)]


@pytest.mark.parametrize("read", [lambda made: made.frame(), lambda made: pd.read_parquet(made.path)])
def test_everyday_pandas_works_on_the_frame(history: History, read: Any) -> None:
    df = read(history)
    assert list(df.columns) == ["taken_at", "id", "concept_id", *STATISTICS]
    assert len(df) == 13
    assert str(df["taken_at"].dtype) == "datetime64[us, UTC]"
    assert {str(df[name].dtype) for name in STATISTICS} == {"Int64"}
    assert df.groupby("taken_at")["downloads"].sum().tolist() == [412, 1520, 332]
    wide = df.pivot_table(index="taken_at", columns="id", values="downloads")
    assert wide["2"].diff().tolist()[1:] == [1100, -1200]
    assert df[df["taken_at"] > "2026-02"]["id"].nunique() == 6
    assert df.sort_values("downloads").dropna(subset=["downloads"])["id"].iloc[-1] == "2"
    assert df.set_index("taken_at").resample("MS")["downloads"].max().loc["2026-03-01"] == 1500
    assert df["downloads"].isna().sum() == 1
    assert (
        df.merge(pd.DataFrame({"id": ["1"], "title": ["Frost"]}), on="id")["title"].tolist() == ["Frost"] * 3
    )


def test_the_rows_are_those_of_the_frame(history: History) -> None:
    rows = list(history.rows())
    assert [each["id"] for each in rows] == history.frame()["id"].tolist()
    assert rows[0]["taken_at"] == JANUARY
    assert rows[0]["views"] is None


def test_columns_of_another_version_stay_and_missing_ones_are_null(history: History) -> None:
    table = pq.read_table(history.path).drop_columns(["views"]).append_column("stars", pa.array([8] * 13))
    table = table.set_column(0, "taken_at", table["taken_at"].cast(pa.timestamp("ns", "UTC")))
    at = table.schema.get_field_index("downloads")
    table = table.set_column(at, "downloads", table["downloads"].cast(pa.int32()))
    pq.write_table(table.replace_schema_metadata(None), history.path)
    assert [mover.id for mover in history.movers(top=1)] == ["1", "2"]
    assert history.sums("views") == []
    history.append(datetime(2026, 6, 1, tzinfo=UTC), [row("1", "10", 25)])
    df = history.frame()
    assert df["views"].isna().all()
    assert df["stars"].tolist()[:13] == [8] * 13
    assert str(df["downloads"].dtype) == "Int64"
    assert "stars" not in next(history.rows())


@pytest.mark.parametrize("is_table", [True, False])
def test_a_file_that_is_no_history_is_one_clear_error(history: History, *, is_table: bool) -> None:
    if is_table:
        pq.write_table(pa.table({"taken_at": [MAY]}), history.path)
    else:
        history.path.write_text("frost")
    with pytest.raises(LocalError, match=r"history\.parquet' cannot be read") as told:
        history.times()
    assert told.value.hint == "Restore it, or remove it to begin anew."
