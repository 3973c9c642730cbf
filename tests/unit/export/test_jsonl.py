from __future__ import annotations

import io
import json
from datetime import UTC, datetime

import pytest

from zenodo_harvest.errors import UsageError
from zenodo_harvest.export import write_jsonl
from zenodo_harvest.records import COLUMNS
from zenodo_harvest.records.record import Journal, Location, Person, Record


def written(*records: Record, **options: object) -> bytes:
    stream = io.BytesIO()
    write_jsonl(stream, records, **options)
    return stream.getvalue()


def test_each_record_is_one_line_with_every_column_in_order() -> None:
    lines = written(Record(id="1", title="two\nlines"), Record()).splitlines()
    assert len(lines) == 2
    for line in lines:
        assert list(json.loads(line)) == [column.name for column in COLUMNS]
    assert json.loads(lines[0])["title"] == "two\nlines"
    assert json.loads(lines[1])["keywords"] == []


def test_text_is_utf_8_as_it_is_and_times_end_in_z() -> None:
    record = Record(title="Frühfröste", created=datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC))
    assert written(record, columns=["title", "created"]) == (
        '{"title":"Frühfröste","created":"2024-01-02T03:04:05Z"}\n'.encode()
    )


def test_nested_values_are_objects() -> None:
    record = Record(
        creators=(Person(name="Ito, Ada", affiliations=("A",)),), journal=Journal(journal_title="J")
    )
    line = json.loads(written(record))
    assert line["creators"][0]["affiliations"] == ["A"]
    assert line["journal"]["journal_title"] == "J"


def test_raw_is_there_only_where_it_was_asked_for() -> None:
    record = Record(raw="{}")
    assert "raw" not in json.loads(written(record))
    assert json.loads(written(record, raw=True))["raw"] == "{}"


def test_odd_values_still_make_valid_json() -> None:
    record = Record(
        title="a\ud800\0",
        views=2**70,
        creators=(Person(name="\udfff"),),
        locations=(Location(latitude=float("nan"), longitude=float("inf")),),
    )
    line = json.loads(written(record).decode(), parse_constant=pytest.fail)
    assert line["title"] == "a\ufffd\0"
    assert line["views"] == 2**70
    assert line["creators"][0]["name"] == "\ufffd"
    assert line["locations"][0]["latitude"] is None


def test_a_text_stream_gets_text_and_standard_output_gets_utf_8() -> None:
    text = io.StringIO()
    assert write_jsonl(text, [Record(id="é")], ["id"]) == 1
    assert text.getvalue() == '{"id":"é"}\n'
    beneath = io.BytesIO()
    latin = io.TextIOWrapper(beneath, encoding="latin-1")
    latin.write("first ")
    write_jsonl(latin, [Record(id="日本")], ["id"])
    assert beneath.getvalue().decode() == 'first {"id":"日本"}\n'


def test_each_line_is_handed_over_before_the_next_record_is_asked_for() -> None:
    stream = io.BytesIO()
    seen = []

    def records() -> object:
        for number in range(3):
            seen.append(stream.getvalue().count(b"\n"))
            yield Record(id=str(number))

    assert write_jsonl(stream, records(), ["id"]) == 3
    assert seen == [0, 1, 2]


def test_an_unknown_column_is_refused_before_anything_is_written() -> None:
    stream = io.BytesIO()
    with pytest.raises(UsageError):
        write_jsonl(stream, [Record()], ["identifier"])
    assert stream.getvalue() == b""
