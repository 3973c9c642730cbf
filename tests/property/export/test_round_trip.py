from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from zenodo_harvest.export import (
    arrow_schema,
    join_list,
    split_list,
    to_batch,
    unguard,
    write_csv,
    write_jsonl,
)
from zenodo_harvest.export.column_types import ListOf, Scalar, Shape, StructOf, shapes_of
from zenodo_harvest.export.csv import guard
from zenodo_harvest.records.record import (
    Alternate,
    Description,
    File,
    Funding,
    Imprint,
    Journal,
    Location,
    Meeting,
    Person,
    Record,
    RecordDate,
    Related,
    Subject,
    Title,
)

STRUCTS = {
    kind.__name__: kind
    for kind in (
        Alternate,
        Description,
        File,
        Funding,
        Imprint,
        Journal,
        Location,
        Meeting,
        Person,
        RecordDate,
        Related,
        Subject,
        Title,
    )
}
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
SEPARATORS = st.text(alphabet=" ;|,/ab", min_size=1, max_size=3)
ODD_TEXT = st.text(alphabet=st.sampled_from("=+-@'\t\r\n\"\\;, ＝＋－＠\u00a0\ufeffab"), max_size=8)
PLAIN_TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
TEXT = PLAIN_TEXT | ODD_TEXT

SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "string": TEXT,
    "int64": st.integers(-(2**63), 2**63 - 1),
    "float64": st.floats(allow_nan=False, allow_infinity=False),
    "bool": st.booleans(),
    "timestamp": st.datetimes(timezones=st.just(UTC)),
    "date": st.dates(),
}


def values(shape: Shape) -> st.SearchStrategy[Any]:
    if isinstance(shape, Scalar):
        return st.none() | SCALARS[shape.name]
    if isinstance(shape, ListOf):
        inner = shape.item
        items = SCALARS[inner.name] if isinstance(inner, Scalar) else struct_values(inner)
        return st.lists(items, max_size=3).map(tuple)
    return st.none() | struct_values(shape)


def struct_values(shape: StructOf) -> st.SearchStrategy[Any]:
    return st.builds(STRUCTS[shape.name], **{name: values(part) for name, part in shape.fields})


RECORDS = st.builds(Record, **{name: values(shape) for name, shape in shapes_of(Record)})


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
