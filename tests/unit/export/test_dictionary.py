from __future__ import annotations

import json

import pytest

from zenodo_harvest.errors import UsageError
from zenodo_harvest.export import data_dictionary, dictionary_rows
from zenodo_harvest.export.column_types import shapes_of
from zenodo_harvest.records import COLUMNS, SCHEMA_VERSION, Record


def test_the_declared_types_are_the_types_of_the_record() -> None:
    declared = [(column.name, column.type) for column in COLUMNS]
    assert declared == [(name, str(shape)) for name, shape in shapes_of(Record) if name != "raw"]


def test_every_column_has_a_meaning() -> None:
    assert all(row["description"].strip() and row["group"].strip() for row in dictionary_rows())


def test_the_parts_of_structs_are_listed() -> None:
    rows = {row["name"]: row for row in dictionary_rows()}
    assert {"name": "orcid", "type": "string"} in rows["creators"]["fields"]
    assert {"name": "affiliations", "type": "list<string>"} in rows["creators"]["fields"]
    assert rows["keywords"]["fields"] == []


def test_json_is_for_programs() -> None:
    answer = json.loads(data_dictionary("json"))
    assert answer["schema_version"] == SCHEMA_VERSION
    assert [column["name"] for column in answer["columns"]] == [column.name for column in COLUMNS]


@pytest.mark.parametrize("fmt", ["table", "markdown"])
def test_every_column_and_part_stands_in_the_text(fmt: str) -> None:
    text = data_dictionary(fmt)
    for column in COLUMNS:
        assert column.name in text
    assert "creators[].orcid" in text
    assert "journal.journal_title" in text


def test_markdown_has_the_same_number_of_cells_in_each_row() -> None:
    rows = data_dictionary("markdown").splitlines()
    assert {row.replace("\\|", "").count("|") for row in rows} == {5}


def test_another_format_is_refused() -> None:
    with pytest.raises(UsageError):
        data_dictionary("yaml")
