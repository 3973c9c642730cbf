"""A table made of many records at once is the table of each record read by itself."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zenodo_harvest.export import arrow_schema, to_batch, to_table
from zenodo_harvest.records import Provenance, read_record, read_records

_RECORDINGS = Path(__file__).parents[3] / "tests/data/recordings"
_PROVENANCE = Provenance(
    "zenodo", "search", datetime(2026, 11, 23, tzinfo=UTC), base_url="http://127.0.0.1:5000", keep_raw=True
)
_SCHEMA = arrow_schema(raw=True)
_LINES = {
    dialect: gzip.decompress((_RECORDINGS / f"records-{dialect}.jsonl.gz").read_bytes()).splitlines()
    for dialect in ("native", "legacy")
}
_VALUES: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        7,
        7.5,
        2**70,
        "",
        "x",
        "2020-13-40",
        [],
        {},
        [None],
        [[]],
        [{}],
        {"id": "x"},
        {"a": {"b": None}},
    ]
)


def _changed(line: bytes, draw: st.DrawFn) -> bytes:
    """Return a record with one value, at any depth, replaced."""
    value = json.loads(line)
    place: Any = value
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = draw(st.sampled_from(keys))
        if not isinstance(place[key], dict | list) or not place[key] or draw(st.integers(0, 4)) == 0:
            place[key] = draw(_VALUES)
            return json.dumps(value).encode()
        place = place[key]


@st.composite
def _some_lines(draw: st.DrawFn) -> list[bytes]:
    lines = draw(st.lists(st.sampled_from(_LINES["native"] + _LINES["legacy"][::8]), min_size=1, max_size=4))
    return [_changed(line, draw) if draw(st.booleans()) else line for line in lines]


@pytest.mark.parametrize("dialect", ["native", "legacy"])
def test_every_recorded_record_is_the_same_row_either_way(dialect: str) -> None:
    lines = _LINES[dialect]
    alone = [read_record(line, _PROVENANCE) for line in lines]
    assert to_batch(read_records(lines, _PROVENANCE), _SCHEMA).equals(to_batch(alone, _SCHEMA))
    assert to_table(read_records(lines, _PROVENANCE), raw=True).equals(to_table(iter(alone), raw=True))


@given(lines=_some_lines())
@settings(deadline=None, suppress_health_check=list(HealthCheck))
def test_changed_records_are_the_same_rows_either_way(lines: list[bytes]) -> None:
    batch = to_batch(read_records(lines, _PROVENANCE), _SCHEMA)
    batch.validate(full=True)
    assert batch.equals(to_batch([read_record(line, _PROVENANCE) for line in lines], _SCHEMA))
