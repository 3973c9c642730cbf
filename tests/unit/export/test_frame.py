from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest

from zenodo_harvest.errors import UsageError
from zenodo_harvest.export import RecordFrame, open_sink, to_frame, to_table
from zenodo_harvest.records.record import Person, Record


def frame(*records: Record, columns: list[str] | None = None) -> RecordFrame:
    return to_frame(to_table(records, columns))


def test_integers_stay_integers_beside_missing_ones_and_lists_stay_lists() -> None:
    data = frame(Record(id="1", views=3, keywords=("a", "b")), Record(id="2"))
    assert str(data["views"].dtype) == "Int64"
    assert data["views"].sum() == 3
    assert data["views"].isna().tolist() == [False, True]
    assert data["keywords"].tolist() == [["a", "b"], []]
    assert str(data["created"].dtype) == "datetime64[us, UTC]"


def test_dates_are_times_and_types_are_arrows_where_asked() -> None:
    table = to_table([Record(id="1", publication_start=date(2024, 2, 29), views=3)])
    assert to_frame(table)["publication_start"].dt.day_name().tolist() == ["Thursday"]
    assert str(to_frame(table, "pyarrow")["views"].dtype) == "int64[pyarrow]"
    with pytest.raises(UsageError, match="no dtype_backend 'arrow'"):
        to_frame(table, "arrow")  # type: ignore[arg-type]


def test_a_file_and_what_pandas_makes_of_it_have_the_same_types(tmp_path: Path) -> None:
    record = Record(id="1", created=datetime(2024, 2, 29, tzinfo=UTC), keywords=("a",), is_latest=True)
    with open_sink(tmp_path / "records.parquet") as sink:
        sink.write([record])
    data, read = frame(record), pd.read_parquet(tmp_path / "records.parquet")
    assert read.dtypes.to_dict() == data.dtypes.to_dict()
    assert read["keywords"].map(list).tolist() == data["keywords"].tolist()


def test_it_is_a_data_frame_and_what_is_made_from_it_is_plain() -> None:
    data = frame(Record(id="1", title="A", views=1), Record(id="2", title="B", views=2))
    assert isinstance(data, pd.DataFrame)
    assert type(data[data["views"] > 1]) is pd.DataFrame
    assert data.groupby("title")["views"].sum().to_dict() == {"A": 1, "B": 2}


CHANGES: dict[str, Callable[[pd.DataFrame], object]] = {
    "some rows": lambda data: data[data["views"] > 1],
    "sorted": lambda data: data.sort_values("views"),
    "an index in place": lambda data: setattr(data, "index", ["a", "b", "c"]),
    "a column anew": lambda data: data.__setitem__("views", 0),
    "a column more": lambda data: data.insert(0, "mine", 1),
    "a column less": lambda data: data.__delitem__("title"),
    "another index": lambda data: data.set_index("doi"),
    "one row a creator": lambda data: data.explode("creators"),
    "creators as text": lambda data: data.isetitem(list(data).index("creators"), "Moreau"),
    "creators counted": lambda data: data.isetitem(list(data).index("creators"), data["creators"].str.len()),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_frame_that_was_changed_is_shown_by_pandas(change: Callable[[pd.DataFrame], object]) -> None:
    data = frame(*(Record(id=str(number), views=number, creators=(Person(name="P"),)) for number in range(3)))
    changed = change(data)
    shown = data if changed is None else changed
    assert shown._repr_html_() == pd.DataFrame(shown)._repr_html_()


def test_the_view_is_short_and_says_how_much_there_is() -> None:
    people = tuple(Person(name=f"P{number}") for number in range(5))
    data = frame(*(Record(id=f"id-{number}", title="T" * 500, creators=people) for number in range(1_200)))
    html = data._repr_html_()
    assert "1,200 rows" in html
    assert html.count("<tr>") == 11
    assert "P0; P1; P2 and 2 more" in html
    assert "T" * 101 not in html
    assert len(html) < 5_000


def test_hostile_text_is_shown_and_not_run() -> None:
    evil = '<script>alert("x")</script><img src=x onerror=y>'
    record = Record(
        id=evil, title=evil, resource_type=evil, publication_date=evil, creators=(Person(name=evil), Person())
    )
    html = frame(record)._repr_html_()
    assert "<script" not in html
    assert "<img" not in html
    assert html.count("&lt;script&gt;") == 5


def test_one_row_no_row_and_missing_values_are_shown() -> None:
    assert "1 row," in frame(Record(id="1"))._repr_html_()
    assert "0 rows," in frame()._repr_html_()
    assert "NA" not in frame(Record(id="1"))._repr_html_()


@pytest.mark.parametrize("columns", [["id", "views"], ["title"], ["id", "title", "views"]])
def test_a_frame_with_chosen_columns_shows_them(columns: list[str]) -> None:
    html = frame(Record(id="<b>7</b>", title="<b>7</b>", views=1), columns=columns)._repr_html_()
    assert "&lt;b&gt;7" in html
    assert columns[-1] in html
