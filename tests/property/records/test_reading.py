from __future__ import annotations

import copy
import gzip
import json
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zenodo_harvest.export import arrow_schema, to_batch
from zenodo_harvest.html_text import text_of
from zenodo_harvest.records import Provenance, Record, read_record
from zenodo_harvest.records.dates import read_day, read_edtf, read_time

Lost = Callable[[Any, Record], set[Any]]

PROVENANCE = Provenance("zenodo", "file", datetime(2026, 11, 23, tzinfo=UTC), keep_raw=True)
RECORDINGS = Path(__file__).parents[3] / "tests/data/recordings"
SLOW = settings(deadline=None, suppress_health_check=list(HealthCheck))

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=10**30, max_value=10**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["", "2020", "2020-13", "2020-01-01T00:00:00Z", "\ud800", "\udfff\ud83d", "\x00"])
)
keys = st.sampled_from(
    "id recid conceptrecid doi metadata files owners owner stats created updated access parent pids "
    "entries versions custom_fields creators person_or_org identifiers scheme name affiliations title "
    "subjects rights license resource_type type subtype dates locations features geometry coordinates "
    "relations version index communities ids slug relation related_identifiers grants funder journal imprint "
    "part_of links".split()
) | st.text(max_size=5)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=5),
    max_leaves=25,
)
objects = st.dictionaries(keys, values, max_size=8)


def _recorded(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in gzip.decompress((RECORDINGS / name).read_bytes()).splitlines()[::8]]


RECORDED = _recorded("records-native.jsonl.gz") + _recorded("records-legacy.jsonl.gz")


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        if key not in ("links", "ui", "expanded"):
            yield (*path, key)
            yield from _paths(item, (*path, key))


def _with(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    changed = copy.deepcopy(value)
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = new
    return changed


def _without(value: Any, path: tuple[Any, ...]) -> Any:
    changed = copy.deepcopy(value)
    place = changed
    for key in path[:-1]:
        place = place[key]
    del place[path[-1]]
    return changed


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def _mended(value: Any) -> Any:
    """Return a value as UTF-8 can carry it."""
    if isinstance(value, dict):
        return {_mended(key): _mended(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_mended(item) for item in value]
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def _check(value: Any, record: Record, lost_values: Lost) -> None:
    assert lost_values(_mended(value), record) == set()
    assert to_batch([record], arrow_schema(raw=True)).num_rows == 1
    kept = msgspec.msgpack.encode(msgspec.structs.replace(record, raw=None))  # as a journal keeps it
    assert msgspec.structs.replace(msgspec.msgpack.decode(kept, type=Record), raw=record.raw) == record


@given(value=values)
@SLOW
def test_any_json_becomes_a_row_and_no_value_is_lost(value: Any, lost_values: Lost) -> None:
    _check(value, read_record(json.dumps(value), PROVENANCE), lost_values)


@given(value=objects)
@SLOW
def test_an_object_of_a_caller_is_read_like_its_text_and_left_as_it_is(
    value: dict[str, Any], lost_values: Lost
) -> None:
    before = copy.deepcopy(value)
    record = read_record(value, PROVENANCE)
    assert value == before
    _check(value, record, lost_values)


@given(content=st.binary(max_size=200))
@SLOW
def test_any_bytes_become_a_row(content: bytes) -> None:
    record = read_record(content, PROVENANCE)
    assert to_batch([record], arrow_schema(raw=True)).num_rows == 1


@given(value=st.sampled_from(RECORDED), data=st.data(), new=values)
@settings(parent=SLOW, max_examples=200)
def test_any_value_of_a_record_may_be_anything_else_and_nothing_is_lost(
    value: dict[str, Any], data: st.DataObject, new: Any, lost_values: Lost
) -> None:
    changed = _with(value, data.draw(st.sampled_from(list(_paths(value)))), new)
    _check(changed, read_record(json.dumps(changed), PROVENANCE), lost_values)


@given(value=st.sampled_from(RECORDED), data=st.data())
@settings(parent=SLOW, max_examples=300)
def test_a_value_of_the_wrong_type_is_named_in_problems_and_kept(
    value: dict[str, Any], data: st.DataObject
) -> None:
    path = data.draw(st.sampled_from(list(_paths(value))))
    columns = _columns(read_record(value, PROVENANCE))
    if _columns(read_record(_without(value, path), PROVENANCE)) == columns:
        return
    odd: Any = 7.0625 if isinstance(_at(value, path), dict | list) else {"odd": 7.0625}
    record = read_record(_with(value, path, odd), PROVENANCE)
    if _columns(record) != columns:
        names = [".".join(map(str, path[: len(path) - up])) for up in (0, 1, 2)]
        assert any(problem.startswith(f"{name}: ") for name in names for problem in record.problems), names
    assert "7.0625" in f"{record.extra}{record.custom_fields}"


def _columns(record: Record) -> dict[str, Any]:
    read = msgspec.structs.asdict(record)
    return {name: read[name] for name in read if name not in ("extra", "custom_fields", "problems", "raw")}


@pytest.mark.parametrize("depth", [100, 400, 2_000, 200_000])
@pytest.mark.parametrize(("opening", "closing"), [('{"a":', "}"), ("[", "]")])
def test_deep_nesting_becomes_a_row(depth: int, opening: str, closing: str) -> None:
    text = '{"id": 7, "metadata": {"deep": ' + opening * depth + "1" + closing * depth + "}}"
    record = read_record(text, PROVENANCE)
    assert record.extra is not None
    assert record.id == "7" or record.problems == ("the record is nested too deeply to be read",)


def test_a_deeply_nested_object_of_a_caller_becomes_a_row() -> None:
    value: dict[str, Any] = {}
    for _ in range(100_000):
        value = {"a": value}
    assert read_record(value, PROVENANCE).problems == ("the record is nested too deeply to be read",)
    while value:
        value = value["a"]


@given(text=st.text() | st.text("0123456789-/ :TZ+W.", max_size=30) | st.just("9" * 9000))
@SLOW
def test_no_text_makes_the_date_readers_raise(text: str) -> None:
    span = read_edtf(text)
    assert span is None or span.start <= span.end
    assert re.match(r"\s*\d{4}", text) or span is None
    read_time(text)
    read_day(text)


@given(
    first=st.dates(),
    last=st.dates(),
    lengths=st.tuples(st.sampled_from([4, 7, 10]), st.sampled_from([4, 7, 10])),
)
@SLOW
def test_an_interval_means_all_days_from_the_first_of_its_start_to_the_last_of_its_end(
    first: Any, last: Any, lengths: tuple[int, int]
) -> None:
    first, last = sorted([first, last])
    span = read_edtf(f"{first.isoformat()[: lengths[0]]}/{last.isoformat()[: lengths[1]]}")
    assert span is not None
    assert span.start <= first <= last <= span.end
    assert span.start.isoformat()[: lengths[0]] == first.isoformat()[: lengths[0]]
    assert span.end.isoformat()[: lengths[1]] == last.isoformat()[: lengths[1]]


OPENINGS = ["<", "<!", "<!--", "<a ", "<p ", "<script ", "<script>", "<style>", "</", "</script ", "</td"]
OTHERS = [
    ">",
    "-->",
    "</script>",
    "&",
    "&#",
    "&#9",
    "&#x",
    "&lt;",
    "&#xD800;",
    ";",
    " ",
    "\xa0",
    "\n",
    "a < b",
]
pieces = st.sampled_from([*OPENINGS, *OTHERS, "9" * 5000])


@given(markup=st.text() | st.lists(pieces, max_size=30).map("".join))
@SLOW
def test_no_markup_makes_text_of_raise(markup: str) -> None:
    text = text_of(markup)
    assert text == text.strip()
    text.encode()


@pytest.mark.parametrize("piece", [*OPENINGS, *OTHERS, "<!-- -->", "<script></script", "9"])
def test_text_of_takes_time_in_proportion_to_length(piece: str) -> None:
    def seconds(length: int) -> float:
        markup = piece * (length // len(piece))
        start = time.thread_time()
        text_of(markup)
        return time.thread_time() - start

    # Quadratic time would take minutes.
    assert seconds(500_000) < 5


@pytest.mark.parametrize("text", ["2", "2020-", "/", " ", "2020/", "é"])
def test_reading_a_date_takes_time_in_proportion_to_length(text: str) -> None:
    start = time.thread_time()
    read_edtf(text * 500_000)
    assert time.thread_time() - start < 5
