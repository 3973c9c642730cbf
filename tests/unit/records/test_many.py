"""Many records are read as each of them is."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from zenodo_harvest.records import Provenance, read_record, read_records

_RECORDINGS = Path(__file__).parents[3] / "tests/data/recordings"
_PROVENANCE = Provenance("recorder", "search", datetime(2026, 11, 23, tzinfo=UTC), keep_raw=True)
_ODD = [b"{}", b"no json", b"<html>", b"[]", b'{"metadata": {"title": 7}}', b'{"id": "1", "parent": {}}']


def _lines(dialect: str) -> list[bytes]:
    return gzip.decompress((_RECORDINGS / f"records-{dialect}.jsonl.gz").read_bytes()).splitlines()


@pytest.mark.parametrize("lines", [_lines("native"), _lines("legacy"), _ODD], ids=["native", "legacy", "odd"])
def test_many_records_are_read_as_each_of_them_alone(lines: list[bytes]) -> None:
    assert read_records(lines, _PROVENANCE) == [read_record(line, _PROVENANCE) for line in lines]


def test_dialects_may_be_mixed_and_keep_their_order() -> None:
    lines = [line for trio in zip(_lines("native"), _lines("legacy"), _ODD, strict=False) for line in trio]
    assert read_records(lines, _PROVENANCE) == [read_record(line, _PROVENANCE) for line in lines]


def test_a_mapping_is_left_as_it_is() -> None:
    value = json.loads(_lines("native")[0])
    before = json.dumps(value)
    assert read_records([value], _PROVENANCE)[0].id == value["id"]
    assert json.dumps(value) == before
