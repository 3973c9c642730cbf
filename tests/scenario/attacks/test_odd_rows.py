"""One odd row costs one row: it is there with its problem, and its neighbours are untouched."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from werkzeug.wrappers import Request, Response

from doubles import StillClock
from zenodo_harvest.client import Client
from zenodo_harvest.emulator import Emulator
from zenodo_harvest.http import LocalBudget
from zenodo_harvest.sites import Site

RECORDS = 60
ODD = "1030"
Change = Callable[[bytes], bytes]


def record(number: int) -> dict[str, Any]:
    made = f"2026-01-01T00:{number % 60:02}:00+00:00"
    return {"id": str(number), "created": made, "updated": made, "metadata": {"title": f"Frost {number}"}}


def value(text: bytes) -> Change:
    """Put a value into the metadata of the row."""
    return lambda row: row.replace(b'"metadata":{', b'"metadata":{"odd":' + text + b",", 1)


def instead(old: bytes, new: bytes) -> Change:
    return lambda row: row.replace(old, new, 1)


KEEPING_THE_ID: dict[str, Change] = {
    "no number": value(b"NaN"),
    "infinity": value(b"-Infinity"),
    "half a surrogate pair": value(rb'"\ud83d"'),
    "bytes that are no UTF-8": value(b'"caf\xe9"'),
    "a number of 5,000 digits": value(b"1" * 5000),
    "a number of 400 digits": value(b"-" + b"9" * 400),
    "3,000 levels": value(b"[" * 3000 + b"]" * 3000),
    "a control byte": value(b'"a\x00b\x1f"'),
    "an escape that is none": value(rb'"\q"'),
    "a word": value(b"undefined"),
    "a time before all": instead(
        b'"created":"2026-01-01T00:10:00+00:00"', b'"created":"0001-01-01T00:00:00+14:00"'
    ),
    "an id that is a number": instead(b'"id":"1030"', b'"id":1030'),
}
LOSING_THE_ID: dict[str, Change] = {
    "no id": instead(b'"id":"1030"', b'"id":null'),
    "an id that is an object": instead(b'"id":"1030"', b'"id":{"a":["b"]}'),
    "an id of nothing": instead(b'"id":"1030"', b'"id":""'),
    "an id of 5,000 digits": instead(b'"id":"1030"', b'"id":' + b"1" * 5000),
}
KEEPING_ALL: dict[str, Change] = {
    "a time to come": instead(b"2026-01-01T00:10:00+00:00", b"2031-01-01T00:10:00+00:00"),
    "a time before the beginning": instead(b"2026-01-01T00:10:00+00:00", b"0005-01-01T00:00:00+00:00"),
    "a byte order mark": lambda row: b"\xef\xbb\xbf" + row,
    "the other dialect": lambda row: row.replace(b'"parent":', b'"conceptrecid":"1","other":', 1),
}
BEING_NONE: dict[str, Change] = {
    "nothing": lambda _: b"",
    "a comment": lambda row: b"/* odd */" + row,
    "null": lambda _: b"null",
}
ALL = KEEPING_ALL | KEEPING_THE_ID | LOSING_THE_ID | BEING_NONE
LATE = instead(b'"created":"2026-01-01T00:10:00+00:00"', b'"created":"9999-12-31T23:59:59-14:00"')


class Oddly:
    """Changes one row of every page that holds it."""

    def __init__(self, change: Change) -> None:
        self._change = change
        self.asked: list[str] = []

    def before(self, request: Request) -> Response | None:
        self.asked.append(request.path)
        return None

    def after(self, _: Request, answer: Response) -> Response:
        body = json.loads(answer.get_data())
        rows = body.get("hits", {}).get("hits") if isinstance(body.get("hits"), dict) else None
        if rows:
            texts = [json.dumps(row, separators=(",", ":")).encode() for row in rows]
            texts = [self._change(text) if f'"{ODD}"'.encode() in text else text for text in texts]
            body["hits"]["hits"] = ["HERE"]
            head, _, tail = json.dumps(body).encode().partition(b'"HERE"')
            answer.set_data(head + b",".join(texts) + tail)
        return answer


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[Emulator]:
    seed = tmp_path / "seed.jsonl"
    seed.write_text("".join(f"{json.dumps(record(number))}\n" for number in range(1000, 1000 + RECORDS)))
    with Emulator(seed=seed, limits="off") as running:
        yield running


@pytest.fixture
def client(emulator: Emulator) -> Iterator[Client]:
    clock = StillClock(time.time())
    with (
        LocalBudget(clock=clock) as budget,
        Client(Site("emulator", emulator.url), "", clock=clock, budget=budget) as opened,
    ):
        yield opened


def check(file: Path, name: str) -> None:
    rows = pq.read_table(file, columns=["id", "title", "problems"]).to_pylist()
    assert len(rows) == RECORDS
    others = [row for row in rows if row["title"] and row["id"] != ODD]
    assert {row["id"] for row in rows if row["id"]} >= {
        str(number) for number in range(1000, 1000 + RECORDS) if str(number) != ODD
    }
    assert not [row for row in others if row["problems"] and row["title"] != f"Frost {ODD}"]
    if name in KEEPING_THE_ID:
        (odd,) = [row for row in rows if row["id"] == ODD]
        assert odd["problems"] or "a number" in name
    if name in BEING_NONE:
        (odd,) = [row for row in rows if row["id"] is None]
        assert odd["problems"]
    if name in LOSING_THE_ID:
        (odd,) = [row for row in rows if row["title"] == f"Frost {ODD}"]
        assert odd["problems"]


@pytest.mark.parametrize("name", ALL)
def test_a_search_keeps_the_row(emulator: Emulator, client: Client, tmp_path: Path, name: str) -> None:
    emulator.faults.add(Oddly(ALL[name]))
    receipt = client.search().to_parquet(tmp_path / "all.parquet")
    assert receipt.complete
    check(tmp_path / "all.parquet", name)


@pytest.mark.parametrize("name", ALL)
def test_a_harvest_keeps_the_row_completes_and_updates(
    emulator: Emulator, client: Client, tmp_path: Path, name: str
) -> None:
    oddly = Oddly(ALL[name])
    emulator.faults.add(oddly)
    for update in (False, True):
        receipt = client.harvest("", tmp_path / "all.parquet", update=update)
        assert receipt.complete
        check(tmp_path / "all.parquet", name)
    assert not [path for path in oddly.asked if "~" in path]


def test_a_time_that_no_clock_shows_costs_no_neighbour(
    emulator: Emulator, client: Client, tmp_path: Path
) -> None:
    emulator.faults.add(Oddly(LATE))
    assert client.search().to_parquet(tmp_path / "a.parquet").rows == RECORDS
    receipt = client.harvest("", tmp_path / "b.parquet")
    assert (receipt.complete, receipt.rows) == (True, RECORDS)
    created = pq.read_table(tmp_path / "b.parquet", columns=["id", "created"]).to_pylist()
    assert [row["created"] for row in created if row["id"] == ODD] == [None]


def test_a_first_row_that_is_odd_does_not_hide_which_kind_of_server_it_is(liar: Any) -> None:
    deep = b'{"id": "1", "parent": {}, "odd": ' + b"[" * 3000 + b"]" * 3000 + b"}"
    server = liar(lambda _: (200, b'{"hits": {"total": 1, "hits": [' + deep + b"]}}", {}))
    clock = StillClock()
    with (
        LocalBudget(clock=clock) as budget,
        Client(server.url, "", clock=clock, budget=budget) as client,
    ):
        (record,) = client.search("frost")
    assert record.id == "1"
    assert record.problems


def test_a_total_that_is_a_lower_bound_is_never_complete(liar: Any, tmp_path: Path) -> None:
    rows = [{"id": str(number), "parent": {}} for number in range(20)]
    body = {"hits": {"total": {"value": 20, "relation": "gte"}, "hits": rows}}
    server = liar(lambda _: (200, json.dumps(body).encode(), {}))
    clock = StillClock()
    with (
        LocalBudget(clock=clock) as budget,
        Client(Site("liar", server.url), "", clock=clock, budget=budget) as client,
        pytest.raises(Exception, match="20 records or more") as caught,
    ):
        client.search().to_parquet(tmp_path / "all.parquet")
    assert getattr(caught.value, "exit_code", 1) == 6
    assert not list(tmp_path.glob("all*"))
