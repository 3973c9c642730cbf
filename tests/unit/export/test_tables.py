from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from zenodo_harvest.export import arrow_schema, open_sink
from zenodo_harvest.records import CHILD_TABLES
from zenodo_harvest.records.record import File, Person, Record, Subject

RECORDS = [
    Record(
        id="1",
        creators=(
            Person(name="Ito, Ada", affiliations=("A", "B"), affiliation_ids=(None, "01b")),
            Person(name="Berg, Bo"),
        ),
        keywords=("frost", "ice"),
        subjects=(Subject(subject_id="s:1", subject="Cold"),),
        files=(File(key="a.nc", file_id="f-1", size_bytes=7),),
        communities=("enes-data-space",),
    ),
    Record(id="2"),
    Record(id="3", creators=(Person(name="Cruz, Cy"),)),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with open_sink(tmp_path / "out", tables=True, table_formats=["parquet", "csv"]) as sink:
        sink.write(RECORDS[:1])
        sink.write(RECORDS[1:])
    return tmp_path / "out"


def rows(folder: Path, name: str) -> list[dict[str, object]]:
    return pq.read_table(folder / f"{name}.parquet").to_pylist()


def test_every_child_table_is_written_in_both_formats(folder: Path) -> None:
    names = {"records", *CHILD_TABLES}
    assert {path.name for path in folder.iterdir()} == {
        f"{n}.{kind}" for n in names for kind in ("parquet", "csv")
    }


def test_a_child_row_has_the_id_of_its_record_and_its_place_from_one(folder: Path) -> None:
    creators = [
        (row["id"], row["position"], row["name"], row["affiliations"]) for row in rows(folder, "creators")
    ]
    assert creators == [
        ("1", 1, "Ito, Ada", ["A", "B"]),
        ("1", 2, "Berg, Bo", []),
        ("3", 1, "Cruz, Cy", []),
    ]


def test_an_item_of_text_is_one_column_named_after_it(folder: Path) -> None:
    assert rows(folder, "keywords") == [
        {"id": "1", "position": 1, "keyword": "frost"},
        {"id": "1", "position": 2, "keyword": "ice"},
    ]
    assert rows(folder, "communities") == [{"id": "1", "position": 1, "community": "enes-data-space"}]


def test_the_id_of_an_item_does_not_hide_the_id_of_its_record(folder: Path) -> None:
    (file,) = rows(folder, "files")
    assert (file["id"], file["file_id"], file["key"], file["size_bytes"]) == ("1", "f-1", "a.nc", 7)
    (subject,) = rows(folder, "subjects")
    assert (subject["id"], subject["subject_id"]) == ("1", "s:1")


def test_a_table_without_rows_is_a_table_all_the_same(folder: Path) -> None:
    table = pq.read_table(folder / "funding.parquet")
    assert table.num_rows == 0
    assert "award_number" in table.column_names
    assert (folder / "funding.csv").read_text().startswith("id,position,funder_id")


def test_the_csv_child_holds_the_whole_person(folder: Path) -> None:
    first, person, *_ = (folder / "creators.csv").read_text().splitlines()
    assert first.split(",") == ["id", "position", *Person.__struct_fields__]
    assert person.startswith('1,1,"Ito, Ada",')
    assert person.endswith(',"A; B","; 01b"')


def test_a_selection_of_columns_leaves_the_child_tables_whole(tmp_path: Path) -> None:
    with open_sink(tmp_path / "t", tables=True, columns=["id"]) as sink:
        sink.write(RECORDS)
    assert pq.read_schema(tmp_path / "t" / "records.parquet").names == ["id"]
    assert len(rows(tmp_path / "t", "creators")) == 3


def test_columns_of_child_tables_are_described(folder: Path) -> None:
    schema = pq.read_schema(folder / "files.parquet")
    assert all(field.metadata[b"description"] for field in schema)
    assert schema.metadata[b"table"] == b"files"


def test_parts_can_be_joined_or_spread_out_beside_the_records_without_a_clash() -> None:
    schema = arrow_schema()
    names = set(schema.names)
    for column in schema:
        kind = column.type.value_type if pa.types.is_list(column.type) else column.type
        if pa.types.is_struct(kind):
            parts = {part.name for part in kind}
            assert not parts & set(schema.names), column.name
            if kind is column.type:
                assert not parts & names
                names |= parts
