"""Rows: what tables are made of says the same as the records."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from zenodo_harvest.records import Provenance, Record, Records, read_record, read_records, rows_of

_RECORDINGS = Path(__file__).parents[3] / "tests/data/recordings"
_PROVENANCE = Provenance("recorder", "search", datetime(2026, 11, 23, tzinfo=UTC), keep_raw=True)
_ODD = [b"{}", b"no json", b"<html>", b"[]", b'{"metadata": {"title": 7}}', b'{"id": "1", "parent": {}}']


def _lines(dialect: str) -> list[bytes]:
    return gzip.decompress((_RECORDINGS / f"records-{dialect}.jsonl.gz").read_bytes()).splitlines()


@pytest.mark.parametrize("lines", [_lines("native"), _lines("legacy"), _ODD], ids=["native", "legacy", "odd"])
def test_many_records_are_read_as_each_of_them_alone(lines: list[bytes]) -> None:
    assert list(read_records(lines, _PROVENANCE)) == [read_record(line, _PROVENANCE) for line in lines]


def test_dialects_may_be_mixed_and_keep_their_order() -> None:
    lines = [line for trio in zip(_lines("native"), _lines("legacy"), _ODD, strict=False) for line in trio]
    assert list(read_records(lines, _PROVENANCE)) == [read_record(line, _PROVENANCE) for line in lines]


@pytest.mark.parametrize("dialect", ["native", "legacy"])
def test_a_record_and_its_row_say_the_same(dialect: str) -> None:
    records = [read_record(line, _PROVENANCE) for line in _lines(dialect)]
    assert list(Records(rows=rows_of(records))) == records


def test_records_are_a_sequence() -> None:
    records = Records(rows=rows_of([Record(id="1"), Record(id="2"), Record(id="3")]))
    assert len(records) == 3
    assert records[-1].id == "3"
    assert [record.id for record in records[:2]] == ["1", "2"]
    assert [record.id for record in records] == ["1", "2", "3"]
    assert len(Records([Record()])) == 1
    assert len(Records([])) == 0


def test_a_mapping_is_left_as_it_is() -> None:
    value = json.loads(_lines("native")[0])
    before = json.dumps(value)
    assert read_records([value], _PROVENANCE)[0].id == value["id"]
    assert json.dumps(value) == before
