from __future__ import annotations

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from zenodo_harvest.errors import UsageError
from zenodo_harvest.export import arrow_schema, to_batch, to_table
from zenodo_harvest.records import COLUMNS, SCHEMA_VERSION
from zenodo_harvest.records.record import File, Journal, Person, Record

FULL = Record(
    id="17",
    title="Frost days",
    created=datetime(2024, 2, 29, 12, 30, 1, 250, tzinfo=UTC),
    publication_start=date(2024, 2, 1),
    views=2**40,
    is_latest=True,
    keywords=("frost", "climate"),
    creators=(
        Person(name="Ito, Ada", affiliations=("Uni A", "Uni B")),
        Person(name="Ice Group"),
    ),
    journal=Journal(journal_title="J. Cold", journal_volume="3"),
    files=(File(key="a.nc", size_bytes=5_000_000_000),),
    raw='{"id": 17}',
)


def row(record: Record, *columns: str, raw: bool = False) -> dict[str, object]:
    return to_batch([record], arrow_schema(columns or None, raw=raw)).to_pylist()[0]


def test_every_column_is_described_and_the_schema_says_its_version() -> None:
    schema = arrow_schema()
    assert schema.names == [column.name for column in COLUMNS]
    for column in COLUMNS:
        assert schema.field(column.name).metadata[b"description"].decode() == column.description
    assert schema.metadata[b"schema_version"].decode() == SCHEMA_VERSION
    assert len(schema.metadata[b"dictionary_version"]) == 12


def test_types_are_those_a_data_frame_needs() -> None:
    schema = arrow_schema()
    assert schema.field("created").type == pa.timestamp("us", "UTC")
    assert schema.field("publication_start").type == pa.date32()
    assert schema.field("views").type == pa.int64()
    assert schema.field("is_latest").type == pa.bool_()
    assert pa.types.is_list(schema.field("keywords").type)
    assert pa.types.is_struct(schema.field("creators").type.value_type)
    assert pa.types.is_struct(schema.field("journal").type)


def test_values_arrive_as_they_are() -> None:
    values = row(FULL)
    assert values["created"] == FULL.created
    assert values["publication_start"] == date(2024, 2, 1)
    assert values["views"] == 2**40
    assert values["is_latest"] is True
    assert values["keywords"] == ["frost", "climate"]
    assert [person["affiliations"] for person in values["creators"]] == [["Uni A", "Uni B"], []]
    assert [person["name"] for person in values["creators"]] == ["Ito, Ada", "Ice Group"]
    assert values["journal"] == {
        "journal_title": "J. Cold",
        "journal_volume": "3",
        "journal_issue": None,
        "journal_pages": None,
        "journal_issn": None,
    }
    assert values["files"][0]["size_bytes"] == 5_000_000_000


def test_an_empty_record_has_null_values_null_structs_and_empty_lists() -> None:
    values = row(Record())
    kinds = {column.name: column.type for column in COLUMNS}
    assert set(values) == set(kinds)
    for name, value in values.items():
        assert value == ([] if kinds[name].startswith("list") else None), name


def test_rows_with_and_without_a_struct_keep_their_places() -> None:
    records = [Record(), FULL, Record(), FULL]
    assert to_batch(records).column("journal").is_null().to_pylist() == [True, False, True, False]
    titles = [value and value["journal_title"] for value in to_batch(records).column("journal").to_pylist()]
    assert titles == [None, "J. Cold", None, "J. Cold"]


def test_raw_is_a_column_only_where_it_was_asked_for() -> None:
    assert "raw" not in arrow_schema().names
    assert arrow_schema(raw=True).names[-1] == "raw"
    assert row(FULL, raw=True)["raw"] == '{"id": 17}'


def test_columns_come_in_the_order_asked_for() -> None:
    assert list(row(FULL, "title", "id")) == ["title", "id"]
    assert row(FULL, "id") == {"id": "17"}


def test_an_unknown_column_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UsageError, match="titel") as caught:
        arrow_schema(["id", "titel"])
    assert "title" in caught.value.hint


@pytest.mark.parametrize("columns", [[], ["id", "id"]])
def test_no_column_and_a_column_named_twice_are_refused(columns: list[str]) -> None:
    with pytest.raises(UsageError):
        arrow_schema(columns)


def test_text_that_is_not_unicode_costs_a_character_and_not_the_batch() -> None:
    batch = to_batch([Record(id="1", title="a\ud800b"), Record(id="2", title="\ud83d\ude00"), Record()])
    assert batch.column("title").to_pylist() == ["a\ufffdb", "\U0001f600", None]


def test_a_number_beyond_64_bits_costs_a_value_and_not_the_batch() -> None:
    batch = to_batch([Record(views=2**70), Record(views=5), Record()])
    assert batch.column("views").to_pylist() == [None, 5, None]


def test_the_first_and_last_times_a_calendar_knows_are_kept() -> None:
    times = [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), None]
    batch = to_batch([Record(created=time) for time in times], arrow_schema(["created"]))
    assert batch.column("created").to_pylist() == times


def test_no_records_make_an_empty_batch_with_all_columns() -> None:
    batch = to_batch([])
    assert batch.num_rows == 0
    assert batch.schema == arrow_schema()


def test_a_table_takes_any_number_of_records_and_keeps_their_order() -> None:
    table = to_table((Record(id=str(number)) for number in range(1_234)), ["id"])
    table.validate(full=True)
    assert table.column("id").to_pylist() == [str(number) for number in range(1_234)]
    assert to_table(iter(())).schema.equals(arrow_schema(), check_metadata=True)
