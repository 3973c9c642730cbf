from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime

import msgspec
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from made_records import ODD_TEXT, RECORDS, TEXT
from zenodo_harvest.export import (
    arrow_schema,
    join_list,
    split_list,
    to_batch,
    unguard,
    write_csv,
    write_jsonl,
)
from zenodo_harvest.export.csv import guard
from zenodo_harvest.records.record import Record

FORMULA = tuple("=+-@\t\r\n＝＋－＠")
SEPARATORS = st.text(alphabet=" ;|,/ab", min_size=1, max_size=3)


@settings(deadline=None)
@given(TEXT | st.text("'1.0 eTRUA"), st.booleans())
def test_any_text_survives_the_guard_and_never_begins_a_formula(text: str, spreadsheet: bool) -> None:
    guarded = guard(text, spreadsheet=spreadsheet)
    assert unguard(guarded, spreadsheet=spreadsheet) == text
    assert not guarded.startswith(FORMULA)
    assert not guarded.lstrip().startswith(FORMULA)


@settings(deadline=None)
@given(st.lists(st.text(min_size=1) | ODD_TEXT, max_size=5), SEPARATORS)
def test_any_list_survives_joining(items: list[str], separator: str) -> None:
    if items != [""]:
        assert split_list(join_list(items, separator), separator) == items


@settings(deadline=None)
@given(st.lists(TEXT, max_size=6), st.lists(TEXT.filter(bool), max_size=3))
def test_any_text_survives_a_csv_file(titles: list[str], keywords: list[str]) -> None:
    stream = io.BytesIO()
    records = [Record(title=title, keywords=tuple(keywords), views=-1) for title in titles]
    write_csv(stream, records, ["title", "keywords", "views"])
    rows = list(csv.reader(io.StringIO(stream.getvalue().decode(), newline="")))[1:]
    assert [unguard(row[0]) for row in rows] == titles
    assert [split_list(unguard(row[1])) for row in rows] == [keywords] * len(titles)
    assert all(row[2] == "-1" for row in rows)
    assert not any(cell.lstrip().startswith(FORMULA) for row in rows for cell in row[:2])


@settings(deadline=None)
@given(st.text(alphabet=st.characters()) | st.text(alphabet="\ud800\udc00\0a"))
def test_even_text_that_is_not_unicode_makes_a_readable_file(title: str) -> None:
    record = Record(id="1", title=title, keywords=(title,))
    table, lines = io.BytesIO(), io.BytesIO()
    write_csv(table, [record], ["id", "title", "keywords"])
    write_jsonl(lines, [record], ["id", "title", "keywords"])
    assert len(list(csv.reader(io.StringIO(table.getvalue().decode(), newline="")))) == 2
    assert json.loads(lines.getvalue())["keywords"] == [json.loads(lines.getvalue())["title"]]
    to_batch([record]).validate(full=True)


@settings(deadline=None, max_examples=40)
@given(st.lists(RECORDS, max_size=4))
def test_arrow_holds_what_the_records_hold(records: list[Record]) -> None:
    schema = arrow_schema(raw=True)
    batch = to_batch(records, schema)
    batch.validate(full=True)
    plain = [msgspec.to_builtins(record, builtin_types=(datetime, date)) for record in records]
    assert batch.equals(pa.RecordBatch.from_pylist(plain, schema))


@settings(deadline=None, max_examples=40)
@given(st.lists(RECORDS, max_size=4))
def test_json_lines_hold_what_the_records_hold(records: list[Record]) -> None:
    stream = io.BytesIO()
    write_jsonl(stream, records, raw=True)
    lines = [msgspec.json.decode(line, type=Record) for line in stream.getvalue().splitlines()]
    assert lines == records
