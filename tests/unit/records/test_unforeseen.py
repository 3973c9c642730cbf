"""What nobody foresaw, a new field or an odd value, stays in `extra` and changes nothing else."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zenodo_harvest.records import Provenance, Record, read_record

_RECORDINGS = Path(__file__).parents[3] / "tests/data/recordings"
_PROVENANCE = Provenance("recorder", "search", datetime(2026, 11, 23, tzinfo=UTC))
_LINES = gzip.decompress((_RECORDINGS / "records-native.jsonl.gz").read_bytes()).splitlines()
_NEWS = {"field_of_tomorrow": 7}


def _read_both(value: dict[str, Any]) -> tuple[Record, Record]:
    """Read a record as it is and with a field that is new."""
    one, other = read_record(value, _PROVENANCE), read_record(value | _NEWS, _PROVENANCE)
    extra = msgspec.json.decode(other.extra or "{}")
    assert extra.pop("field_of_tomorrow") == 7
    text = msgspec.json.encode(extra, order="deterministic").decode() if extra else None
    return one, msgspec.structs.replace(other, extra=text)


@pytest.mark.parametrize("start", range(0, 319, 40))
def test_a_field_the_server_adds_changes_nothing_but_extra(start: int) -> None:
    for line in _LINES[start : start + 40]:
        one, other = _read_both(json.loads(line))
        assert one == other


def test_a_record_of_the_wrong_shape_everywhere_is_read_as_far_as_it_goes() -> None:
    value = {
        "id": 7,
        "files": {"enabled": True, "entries": {"links": {"ext": "CSV", "size": 3.0}, "ui": {"ext": "x"}}},
        "metadata": {"creators": [None, {}, {"role": {"id": "editor"}}], "languages": [{}], "rights": [{}]},
        "parent": {"communities": {}, "pids": {"doi": {}}},
        "stats": {"this_version": {"views": 1.0, "data_volume": 2.5}},
        "swh": {},
        "versions": {"index": 1, "is_latest": True},
    }
    one, other = _read_both(value)
    assert one == other
    assert one.problems == ("stats.this_version.data_volume: no whole number of 64 bits",)
    assert [file.key for file in one.files] == ["links", "ui"]
    assert json.loads(one.extra or "") == {
        "files": {"enabled": True, "entries": {"links": {"ext": "CSV"}}},
        "metadata": {"creators": [None, None, {"role": {"id": "editor"}}]},
        "stats": {"this_version": {"data_volume": 2.5}},
    }


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("revision", {"revision_id": "5"}, "revision_id: a whole number was expected, found text"),
        ("revision", {"revision_id": 2**63}, "revision_id: a number of more than 64 bits"),
        ("is_latest", {"versions": {"is_latest": 1}}, None),
        ("title", {"metadata": {"title": 7}}, "metadata.title: text was expected, found a whole number"),
        ("id", {"id": True}, "id: text was expected, found true or false"),
    ],
)
def test_no_value_is_bent_to_its_type(column: str, value: Any, problem: str | None) -> None:
    one, other = _read_both(value)
    assert one == other
    assert getattr(one, column) is None
    assert json.loads(one.extra or "") == value
    assert problem in (None, *one.problems)


def test_a_file_may_be_called_like_a_part_that_is_left_out() -> None:
    entries = {name: {"size": 1, "storage_class": f"L-{name}"} for name in ("links", "ui", "expanded")}
    one, other = _read_both({"files": {"entries": entries}})
    assert one == other
    assert [file.key for file in one.files] == ["expanded", "links", "ui"]
    assert all(f"L-{name}" in (one.extra or "") for name in entries)


@pytest.mark.parametrize(
    "value",
    [
        {"files": {"order": [None]}},
        {"media_files": {"order": [None, None], "count": 0}},
        {"metadata": {"rights": [None], "languages": [None, {"id": 7}]}},
        {"metadata": {"creators": [{"affiliations": [None, {"name": 7, "identifiers": [None]}]}]}},
        {"metadata": {"creators": [{"person_or_org": {"identifiers": [None]}}]}},
        {"metadata": {"funding": [{"award": {"identifiers": [None]}}]}},
        {"parent": {"access": {"grants": [None, {"a": 1}], "owned_by": {"user": []}}}},
        {"parent": {"communities": {"ids": [None, 7], "entries": [7, {"id": "a", "slug": 7}]}}},
        {"custom_fields": {"journal:journal": {}, "imprint:imprint": {"title": 7}, "a:b": [None, {}]}},
    ],
)
def test_null_and_odd_values_in_lists_are_read_the_same_beside_a_new_field(value: dict[str, Any]) -> None:
    one, other = _read_both({"id": "1", "status": "published", **value})
    assert one == other
    assert "[null]" not in (one.extra or "")


def test_a_community_that_is_not_among_the_ids_of_the_record_keeps_its_id() -> None:
    entries = [{"id": "a", "slug": "s"}, {"id": "b", "slug": "t", "created": "2026"}]
    one, other = _read_both({"id": "1", "parent": {"communities": {"ids": ["a"], "entries": entries}}})
    assert one == other
    assert one.communities == ("s", "t")
    assert json.loads(one.extra or "") == {
        "parent": {"communities": {"entries": [None, {"created": "2026", "id": "b"}]}}
    }


_leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)


@given(line=st.sampled_from(_LINES[::5]), data=st.data())
@settings(deadline=None, suppress_health_check=list(HealthCheck))
def test_any_single_change_reads_the_same_beside_a_new_field(line: bytes, data: st.DataObject) -> None:
    value = json.loads(line)
    place: Any = value
    for _ in range(data.draw(st.integers(1, 6))):
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(place[key], dict | list) or not place[key]:
            break
        parent, place = place, place[key]
    else:
        place = parent
    place[key] = data.draw(_leaves | st.lists(_leaves, max_size=2) | st.just({}) | st.just({"id": "x"}))
    one, other = _read_both(value)
    assert one == other
