from __future__ import annotations

import pandas as pd
import pytest

from zenodo_harvest.export import RecordFrame, to_frame, to_table
from zenodo_harvest.records.record import Person, Record


def frame(*records: Record, columns: list[str] | None = None) -> RecordFrame:
    return to_frame(to_table(records, columns))


def test_integers_stay_integers_beside_missing_ones_and_lists_stay_lists() -> None:
    data = frame(Record(id="1", views=3, keywords=("a", "b")), Record(id="2"))
    assert str(data["views"].dtype) == "int64[pyarrow]"
    assert data["views"].sum() == 3
    assert data["views"].isna().tolist() == [False, True]
    assert list(data["keywords"].iloc[0]) == ["a", "b"]
    assert str(data["created"].dtype) == "timestamp[us, tz=UTC][pyarrow]"


def test_it_is_a_data_frame_and_its_parts_are_too() -> None:
    data = frame(Record(id="1", title="A", views=1), Record(id="2", title="B", views=2))
    assert isinstance(data, pd.DataFrame)
    assert isinstance(data[data["views"] > 1], RecordFrame)
    assert data.groupby("title")["views"].sum().to_dict() == {"A": 1, "B": 2}


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


@pytest.mark.parametrize("columns", [["id", "views"], ["title"]])
def test_a_frame_without_id_and_title_shows_what_it_has(columns: list[str]) -> None:
    html = frame(Record(id="<b>7</b>", title="<b>7</b>", views=1), columns=columns)._repr_html_()
    assert "&lt;b&gt;7" in html
    assert columns[-1] in html
