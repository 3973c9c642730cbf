"""Lists whose rows are odd together: of two dialects, of one id, of another time, or no XML at all."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from werkzeug.wrappers import Request, Response

from doubles import Notes, StillClock
from zenodo_harvest.client import Client
from zenodo_harvest.emulator import Emulator
from zenodo_harvest.errors import Incomplete
from zenodo_harvest.http import LocalBudget
from zenodo_harvest.sites import Site

Change = Callable[[bytes], bytes]
PAGE = 25


def record(number: int) -> dict[str, Any]:
    made = f"2026-01-01T00:{number % 60:02}:00+00:00"
    return {"id": str(number), "created": made, "updated": made, "metadata": {"title": f"Frost {number}"}}


class Changed:
    """Changes rows by their ids, or all that OAI-PMH answers."""

    def __init__(self, rows: dict[int, Change], oai: Change | None) -> None:
        self._rows = rows
        self._oai = oai

    def before(self, _: Request) -> Response | None:
        return None

    def after(self, request: Request, answer: Response) -> Response:
        if "oai2d" in request.path:
            answer.set_data(self._oai(answer.get_data()) if self._oai else answer.get_data())
            return answer
        body = json.loads(answer.get_data())
        if isinstance(body.get("hits"), dict) and (rows := body["hits"].get("hits")):
            texts = [
                self._rows.get(int(row["id"]), bytes)(json.dumps(row, separators=(",", ":")).encode())
                for row in rows
            ]
            body["hits"]["hits"] = ["HERE"]
            head, _, tail = json.dumps(body).encode().partition(b'"HERE"')
            answer.set_data(head + b",".join(texts) + tail)
        return answer


@contextmanager
def changed(
    folder: Path, count: int, rows: dict[int, Change] | None = None, oai: Change | None = None
) -> Iterator[tuple[Client, Notes]]:
    """Yield a client of a server that holds so many records, and what it is told."""
    seed = folder / "seed.jsonl"
    seed.write_text("".join(f"{json.dumps(record(number))}\n" for number in range(1000, 1000 + count)))
    clock, notes = StillClock(time.time()), Notes()
    with ExitStack() as stack:
        emulator = stack.enter_context(Emulator(seed=seed, limits="off"))
        emulator.faults.add(Changed(rows or {}, oai))
        budget = stack.enter_context(LocalBudget(clock=clock))
        site = Site("emulator", emulator.url)
        yield (
            stack.enter_context(Client(site, "", clock=clock, budget=budget, progress=notes)),
            notes,
        )


def rows_of(file: Path) -> list[dict[str, Any]]:
    columns = ["id", "title", "dialect", "problems"]
    rows: list[dict[str, Any]] = pq.read_table(file, columns=columns).to_pylist()
    return rows


def instead(old: bytes, new: bytes) -> Change:
    return lambda text: text.replace(old, new)


legacy = instead(b'"parent":', b'"conceptrecid":"1","other":')
MIXED = {
    "half of a page": (2, {1000}),
    "half of a longer page": (4, {1001, 1002}),
    "the last page": (PAGE + 1, {1000, 1000 + PAGE}),
    "a last page of two": (PAGE + 2, {1000, 1001, 1000 + PAGE, 1001 + PAGE}),
}


@pytest.mark.parametrize("name", MIXED)
@pytest.mark.parametrize("way", ["search", "harvest"])
def test_rows_of_another_dialect_are_read_as_what_they_are(tmp_path: Path, name: str, way: str) -> None:
    """Searches give the newest first, harvests the oldest, so that each has one on its last page."""
    count, odd = MIXED[name]
    file = tmp_path / "a.parquet"
    with changed(tmp_path, count, dict.fromkeys(odd, legacy)) as (client, notes):
        receipt = client.search().save(file) if way == "search" else client.harvest("", file)
    assert (receipt.complete, receipt.rows) == (True, count)
    assert {row["id"] for row in rows_of(file) if row["dialect"] != "native"} == {str(each) for each in odd}
    assert [note for note in notes.notes if "another JSON dialect" in note]


def test_a_server_that_changes_its_dialect_is_named(tmp_path: Path) -> None:
    newest = range(1000 + PAGE, 1000 + 2 * PAGE)
    with changed(tmp_path, 2 * PAGE, dict.fromkeys(newest, legacy)) as (client, _):
        with pytest.raises(Incomplete, match="another JSON dialect"):
            client.search().save(tmp_path / "a.parquet")
        assert not (tmp_path / "a.parquet").exists()


@pytest.mark.parametrize(
    ("count", "odd"), [(3, {1000, 1001}), (2, {1000, 1001}), (30, set(range(1000, 1019)))]
)
def test_rows_of_another_time_are_kept_and_named(tmp_path: Path, count: int, odd: set[int]) -> None:
    late = instead(b'"created":"2026', b'"created":"2036')
    with changed(tmp_path, count, dict.fromkeys(odd, late)) as (client, notes):
        for update in (False, True):
            receipt = client.harvest("", tmp_path / "a.parquet", created=["2026"], update=update)
            assert (receipt.complete, receipt.rows) == (True, count)
    strange = {row["id"] for row in rows_of(tmp_path / "a.parquet") if row["problems"]}
    assert strange == {str(each) for each in odd}
    assert [note for note in notes.notes if "it is kept" in note]


@pytest.mark.parametrize("number", [1030, 1031, 1059, 1000])
@pytest.mark.parametrize("way", ["search", "harvest"])
def test_rows_that_claim_one_id_are_all_kept_and_the_id_is_named(
    tmp_path: Path, number: int, way: str
) -> None:
    claim = instead(b'"id":"%d"' % number, b'"id":"1045"')
    file = tmp_path / "a.parquet"
    with changed(tmp_path, 60, {number: claim}) as (client, notes):
        receipt = client.search().save(file) if way == "search" else client.harvest("", file)
        said = receipt.reason if way == "search" else " ".join(notes.notes)
        assert "several rows with the id 1045" in (said or "")
        if way == "harvest":
            assert client.harvest("", file, update=True).rows == 60
    assert (receipt.complete, receipt.rows) == (True, 60)
    rows = rows_of(file)
    assert sorted(row["title"] for row in rows) == [f"Frost {each}" for each in range(1000, 1060)]
    assert sorted(row["title"] for row in rows if row["id"] == "1045") == sorted(
        {f"Frost {number}", "Frost 1045"}
    )


def odd_title(text: bytes) -> Change:
    return instead(b"Frost 1030", text)


def identified_as(text: bytes) -> Change:
    return instead(b":1030</identifier>", b":" + text + b"</identifier>")


ODD_XML: dict[str, Change] = {
    "300 levels": odd_title(b"<a>" * 300 + b"</a>" * 300),
    "a text of 11 MB": odd_title(b"F" * 11_000_000),
    "half a tag": odd_title(b"Frost </tit"),
    "a sign that opens": odd_title(b"Frost < 1030"),
    "a control byte": odd_title(b"Frost \x01 1030"),
    "a reference to none": odd_title(b"Frost &#1; 1030"),
    "a byte that is no UTF-8": odd_title(b"Frost \xff 1030"),
    "an entity": odd_title(b"Frost &nbsp; 1030"),
}


@pytest.mark.parametrize("name", ODD_XML)
def test_an_odd_record_of_oai_pmh_costs_one_row(tmp_path: Path, name: str) -> None:
    with changed(tmp_path, 60, oai=ODD_XML[name]) as (client, _):
        for update in (False, True):
            receipt = client.harvest(
                "", tmp_path / "a.parquet", route="oai", all_versions=True, update=update
            )
            assert (receipt.complete, receipt.rows) == (True, 60)
    rows = rows_of(tmp_path / "a.parquet")
    assert {row["id"] for row in rows} == {str(number) for number in range(1000, 1060)}
    (odd,) = [row for row in rows if row["problems"]]
    assert odd["id"] == "1030"
    assert "no well-formed XML" in odd["problems"][0]


@pytest.mark.parametrize("other", [b"1031", b"1055"])
def test_records_of_oai_pmh_that_claim_one_id_are_all_kept(tmp_path: Path, other: bytes) -> None:
    claim = identified_as(other)
    with changed(tmp_path, 60, oai=claim) as (client, notes):
        receipt = client.harvest("", tmp_path / "a.parquet", route="oai", all_versions=True)
    assert (receipt.complete, receipt.rows) == (True, 60)
    titles = [row["title"] for row in rows_of(tmp_path / "a.parquet")]
    assert sorted(titles) == [f"Frost {number}" for number in range(1000, 1060)]
    assert [note for note in notes.notes if re.search(rf"several rows with the id .*:{other.decode()}", note)]
