from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pytest

from zenodo_harvest.errors import UsageError
from zenodo_harvest.export import join_list, open_sink, split_list, unguard, write_csv
from zenodo_harvest.records.record import (
    Alternate,
    Description,
    File,
    Funding,
    Journal,
    Location,
    Person,
    Record,
    RecordDate,
    Related,
    Subject,
    Title,
)


def written(*records: Record, **options: object) -> str:
    stream = io.BytesIO()
    write_csv(stream, records, **options)
    return stream.getvalue().decode()


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def cell(record: Record, column: str, **options: object) -> str:
    return read(written(record, **options))[0][column]


def test_a_file_begins_with_the_names_of_the_columns_and_no_byte_order_mark() -> None:
    assert written(columns=["id", "title"]) == "id,title\r\n"


@pytest.mark.parametrize(
    "title",
    [
        "=cmd|' /C calc'!A0",
        "+1",
        "-1",
        "@SUM(A1)",
        "  =1+1",
        "\t=1",
        "\tplain",
        "\rplain",
        "\nplain",
        "\u00a0=1",
        "\ufeff=1",
        "\u200b=1",
        "＝1+1",
        "＋1",
        "－1",
        "＠x",
        "'=1",
    ],
)
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(title: str) -> None:
    assert cell(Record(title=title), "title") == f"'{title}"
    assert cell(Record(title=title), "title", raw_csv=True) == title


@pytest.mark.parametrize("title", ["a=b", "1-2", "x@example.org", "'tis", "", "(=x)", "'", "\u2212 5 °C"])
def test_harmless_text_is_left_alone(title: str) -> None:
    assert cell(Record(title=title), "title") == title


CHANGED = (
    "1.0",
    "007",
    "1e5",
    "3-4",
    "2024-05",
    "12:30",
    "10 pm",
    "2020-01-01T10:00:00",
    "2020-01-01T10:00:00Z",
    "1'000",
    "¥5",
    "½",
    "1\u22122",
    "#N/A",
    "1,5",
    "Mar 1",
    "SEPT2",
    "TRUE",
    "NA",
    "inf",
)


@pytest.mark.parametrize("text", [*CHANGED, "'1.0", "=1", "+1"])
def test_csv_for_a_spreadsheet_keeps_text_from_becoming_something_else(text: str) -> None:
    shown = cell(Record(version_label=text), "version_label", spreadsheet=True)
    assert shown == f"'{text}"
    assert unguard(shown, spreadsheet=True) == text


@pytest.mark.parametrize(
    "text",
    ["v1.0", "1.0-beta", "3t", "T1", "it's", "10.5281/zenodo.1", "3 days", "a 1", "Marching", "", "e", "."],
)
def test_csv_for_a_spreadsheet_leaves_what_stays_as_it_is(text: str) -> None:
    assert cell(Record(version_label=text), "version_label", spreadsheet=True) == text
    assert unguard(text, spreadsheet=True) == text


def test_csv_for_a_spreadsheet_begins_with_a_byte_order_mark_and_keeps_numbers() -> None:
    text = written(Record(views=3), spreadsheet=True, columns=["views"])
    assert text == "\ufeffviews\r\n3\r\n"


@pytest.mark.parametrize("text", CHANGED)
def test_programs_that_guess_types_leave_text_for_a_spreadsheet_alone(text: str, tmp_path: Path) -> None:
    file = tmp_path / "records.csv"
    with open_sink(file, columns=["version_label", "views"], spreadsheet=True) as sink:
        sink.write([Record(version_label=text, views=3)])
    expected = [(f"'{text}", 3)]
    assert [tuple(row) for row in pd.read_csv(file).values.tolist()] == expected
    assert pl.read_csv(file).rows() == expected
    assert duckdb.sql(f"from '{file}'").fetchall() == expected


def test_a_list_that_begins_with_a_formula_gets_an_apostrophe() -> None:
    assert cell(Record(keywords=("=1+1", "b")), "keywords") == "'=1+1; b"
    assert cell(Record(creators=(Person(name="@me"),)), "creators") == "'@me"
    assert cell(Record(journal=Journal(journal_title="-x")), "journal_title") == "'-x"


def test_numbers_are_left_alone() -> None:
    assert cell(Record(views=-3, publication_year=-44), "views") == "-3"
    assert cell(Record(publication_year=-44), "publication_year") == "-44"


def test_every_kind_of_value_has_one_spelling() -> None:
    record = Record(
        created=datetime(2024, 2, 29, 1, 2, 3, tzinfo=UTC),
        updated=datetime(2024, 2, 29, 1, 2, 3, 40, tzinfo=UTC),
        publication_start=date(2024, 2, 29),
        is_latest=False,
    )
    row = read(written(record))[0]
    assert row["created"] == "2024-02-29T01:02:03Z"
    assert row["updated"] == "2024-02-29T01:02:03.000040Z"
    assert row["publication_start"] == "2024-02-29"
    assert row["is_latest"] == "false"
    assert row["views"] == row["title"] == row["keywords"] == row["journal_title"] == ""


def test_quotes_commas_and_line_breaks_stay_inside_their_cell() -> None:
    title = 'He said "cold",\r\nthen\nleft\rit'
    assert cell(Record(title=title), "title") == title


def test_a_bare_carriage_return_does_not_end_a_row() -> None:
    rows = read(written(Record(id="1", title="a\rb"), Record(id="2"), columns=["id", "title"]))
    assert rows == [{"id": "1", "title": "a\rb"}, {"id": "2", "title": ""}]


def test_nul_and_lone_surrogates_become_the_replacement_character() -> None:
    assert cell(Record(title="a\0b\ud800c\ud83d\ude00"), "title") == "a\ufffdb\ufffdc\U0001f600"


def test_people_are_joined_by_their_names() -> None:
    people = (
        Person(name="Ito, Ada"),
        Person(family_name="Berg", given_name="Bo"),
        Person(orcid="0000-0002-1825-0097"),
        Person(),
    )
    assert cell(Record(creators=people), "creators") == "Ito, Ada; Berg, Bo; 0000-0002-1825-0097; "


def test_structs_become_one_column_for_each_part() -> None:
    row = read(written(Record(journal=Journal(journal_title="J. Cold", journal_pages="1-2"))))[0]
    assert (row["journal_title"], row["journal_pages"], row["journal_issue"]) == ("J. Cold", "1-2", "")
    assert "journal" not in row


def test_lists_of_structs_read_as_short_texts() -> None:
    row = read(
        written(
            Record(
                subjects=(Subject(subject_id="s:1", subject="Frost"), Subject(subject_id="s:2")),
                related=(
                    Related(relation="IsPartOf", identifier="10.5/1"),
                    Related(identifier="x"),
                ),
                alternate=(Alternate(identifier="arXiv:1", scheme="arxiv"),),
                funding=(
                    Funding(funder_name="EC", award_title="ICE"),
                    Funding(funder_id="f"),
                ),
                files=(File(key="a.nc"), File(key="b;c.nc")),
                dates=(RecordDate(date="2020", type="collected", description="north"),),
                additional_titles=(Title(additional_title="Gel", type="translated-title", language="fra"),),
                additional_descriptions=(Description(description="How", type="methods"),),
                locations=(
                    Location(place="Oslo", latitude=59.9, longitude=-10.7),
                    Location(latitude=-1.5, longitude=2.0),
                ),
            )
        )
    )[0]
    assert row["subjects"] == "Frost; s:2"
    assert row["related"] == "IsPartOf 10.5/1; x"
    assert row["alternate"] == "arXiv:1 (arxiv)"
    assert row["funding"] == "EC: ICE; f"
    assert row["files"] == "a.nc; b\\;c.nc"
    assert row["dates"] == "2020 (collected, north)"
    assert row["additional_titles"] == "Gel (translated-title, fra)"
    assert row["additional_descriptions"] == "How (methods)"
    assert row["locations"] == "Oslo (59.9, -10.7); (-1.5, 2.0)"


def test_a_separator_inside_an_item_does_not_split_it() -> None:
    keywords = ["a; b", "c\\", "d"]
    joined = cell(Record(keywords=tuple(keywords)), "keywords")
    assert joined == r"a\; b; c\\; d"
    assert split_list(joined) == keywords


def test_another_separator_can_be_chosen() -> None:
    assert cell(Record(keywords=("a; b", "c|d")), "keywords", separator="|") == r"a; b|c\|d"


@pytest.mark.parametrize("separator", ["", "\\", "\\;", "a\nb", '"', "\0"])
def test_a_separator_that_cannot_be_undone_is_refused(separator: str) -> None:
    with pytest.raises(UsageError):
        written(Record(), separator=separator)
    with pytest.raises(UsageError):
        join_list(["a"], separator)


def test_raw_is_a_column_where_it_was_asked_for() -> None:
    assert cell(Record(raw='{"id": 1}'), "raw", raw=True) == '{"id": 1}'


def test_an_error_half_way_leaves_the_stream_open() -> None:
    def records() -> object:
        yield Record(id="1")
        raise OSError("lost")

    stream = io.BytesIO()
    with pytest.raises(OSError, match="lost"):
        write_csv(stream, records(), ["id"])
    assert stream.getvalue() == b"id\r\n1\r\n"
