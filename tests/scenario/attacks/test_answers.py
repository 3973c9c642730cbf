"""Answers that do not mean what they say: found out soon, named, and never called complete."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from doubles import StillClock
from zenodo_harvest.client import Client
from zenodo_harvest.errors import BadAnswer, Incomplete, ZenodoHarvestError
from zenodo_harvest.http import LocalBudget
from zenodo_harvest.sites import Site

NOW = datetime(2026, 11, 28, tzinfo=UTC).timestamp()


def harvest(url: str, folder: Path, *, window: int = 10_000, **options: Any) -> Any:
    clock = StillClock(NOW)
    with (
        LocalBudget(clock=clock) as budget,
        Client(Site("liar", url, window=window), "", clock=clock, budget=budget) as client,
    ):
        return client.harvest("", folder / "all.parquet", **options)


def test_a_server_that_takes_no_notice_of_the_query_is_found_out_at_once(liar: Any, tmp_path: Path) -> None:
    body = json.dumps({"hits": {"total": 50_000, "hits": [{"id": "1", "parent": {}}]}}).encode()
    server = liar(lambda _: (200, body, {}))
    with pytest.raises(ZenodoHarvestError, match="takes no notice of what is asked") as caught:
        harvest(server.url, tmp_path)
    assert caught.value.exit_code == 6
    assert len(server.seen) <= 5
    assert not (tmp_path / "all.parquet").exists()


ENVELOPE = (
    '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-11-28T00:00:00Z</responseDate>'
    "<request>x</request>{}</OAI-PMH>"
)
ITEM = (
    "<record><header><identifier>oai:x:{0}</identifier><datestamp>2026-01-01T00:00:00Z</datestamp></header>"
    "<metadata><x/></metadata></record>"
)


@pytest.mark.parametrize("size", ['completeListSize="3"', ""])
def test_an_oai_list_that_never_ends_is_given_up_soon_and_named(liar: Any, tmp_path: Path, size: str) -> None:
    counted = json.dumps({"hits": {"total": 3, "hits": [{"id": "1", "parent": {}}]}}).encode()
    pages = 0

    def reply(path: str) -> Any:
        nonlocal pages
        if not path.startswith("/oai2d"):
            return 200, counted, {}
        pages += 1
        items = "".join(ITEM.format(pages * 1000 + number) for number in range(500))
        token = f"<resumptionToken {size}>t{pages}</resumptionToken>"
        return (
            200,
            ENVELOPE.format(f"<ListRecords>{items}{token}</ListRecords>").encode(),
            {"Content-Type": "text/xml"},
        )

    server = liar(reply)
    with pytest.raises(Incomplete) as caught:
        harvest(server.url, tmp_path, route="oai", all_versions=True)
    assert "may never end" in caught.value.message
    assert pages <= 16


@pytest.mark.parametrize(
    "name", ["../../x", "a/b?c=d", "%2e%2e/x", "http://[::1", "javascript:alert(1)", "#x"]
)
def test_ids_of_records_are_quoted_before_they_are_asked_for(liar: Any, tmp_path: Path, name: str) -> None:
    """A record that was there and is gone is looked up by its id, which the server has made."""
    is_there = True

    def reply(path: str) -> Any:
        if path.startswith("/api/records?"):
            size = int(parse_qs(urlsplit(path).query)["size"][0])
            made = "2026-01-01T00:00:00+00:00"
            rows = [{"id": name, "parent": {}, "created": made, "updated": made}] if is_there else []
            if "updated" in unquote(path) or 'created:["2026-11' in unquote(path).replace("%3A", ":"):
                rows = []
            return 200, json.dumps({"hits": {"total": len(rows), "hits": rows[:size]}}).encode(), {}
        return 404, b'{"message": "no"}', {}

    server = liar(reply)
    harvest(server.url, tmp_path)
    is_there = False
    server.seen.clear()
    receipt = harvest(server.url, tmp_path, update=True)
    assert [gone.id for gone in receipt.changes.gone] == [name]
    others = [path for path, _ in server.seen if not path.startswith("/api/records?")]
    assert others
    assert all(path.removeprefix("/api/records/").count("/") == 0 for path in others)
    assert {unquote(path.removeprefix("/api/records/")) for path in others} == {name}


def asking(url: str, ask: Any, *, window: int = 10_000) -> Any:
    """Return what `ask` gets from a client of a server."""
    clock = StillClock(NOW)
    with (
        LocalBudget(clock=clock) as budget,
        Client(Site("liar", url, window=window), "", clock=clock, budget=budget) as client,
    ):
        return ask(client)


def row(number: object, concept: str = "5", **more: object) -> dict[str, object]:
    made = "2026-01-01T00:00:00+00:00"
    return {"id": number, "parent": {"id": concept}, "created": made, "updated": made, **more}


def page(rows: list[Any], total: int | None = None) -> bytes:
    return json.dumps({"hits": {"total": len(rows) if total is None else total, "hits": rows}}).encode()


STRANGERS = [row("97"), {"a": 1}, row("../../etc/x"), row("../../etc/x", "7"), row("7/../8"), row(None)]


@pytest.mark.parametrize("given", STRANGERS, ids=range(len(STRANGERS)))
@pytest.mark.parametrize("ref", ["7", "/records/7/latest"])
def test_another_record_than_the_one_asked_for_is_refused(liar: Any, given: Any, ref: str) -> None:
    def reply(path: str) -> Any:
        if path.startswith("/api/records?"):
            return 200, page([given, row("98")]), {}
        is_itself = path == "/api/records/7" and ref != "7"
        return 200, json.dumps(row("7", "6") if is_itself else given).encode(), {}

    server = liar(reply)
    with pytest.raises(BadAnswer, match="was asked for record 7 and gave"):
        asking(server.url, lambda client: client.record(ref))

    def listed(client: Client) -> Any:
        found = client.records([ref, "9"])
        return list(found), found.missing

    rows, missing = asking(server.url, listed)
    assert rows == []
    assert [miss.ref for miss in missing] == [ref, "9"]
    assert "was asked for record 7 and gave" in missing[0].reason


def test_the_latest_version_is_of_the_same_concept(liar: Any) -> None:
    answers = {"/api/records/7": row("7", "5"), "/api/records/7/versions/latest": row("97", "5")}
    server = liar(lambda path: (200, json.dumps(answers[path]).encode(), {}))
    assert asking(server.url, lambda client: client.record("/records/7/latest")).id == "97"


def number_of(path: str, name: str) -> int:
    return int(parse_qs(urlsplit(path).query)[name][0])


@pytest.mark.parametrize("skips", [0, 1])
def test_a_search_that_outgrows_the_window_is_never_complete(liar: Any, tmp_path: Path, skips: int) -> None:
    """The total grows with each page; with `skips` the first walk misses a row and another is tried."""

    def reply(path: str) -> Any:
        number, size = number_of(path, "page"), number_of(path, "size")
        first = (number - 1) * size
        rows = [row(str(first + place)) for place in range(size)]
        if skips and number == 2:
            rows[0] = row("0")
        return 200, page(rows, size * number + size), {}

    def search(client: Client) -> None:
        found = client.search("frost")
        with pytest.raises(Incomplete) as caught:
            found.save(tmp_path / "a.jsonl")
        assert "`harvest`" in caught.value.hint
        assert found.receipt is not None
        assert not found.receipt.complete

    asking(liar(reply).url, search, window=100)
    assert not (tmp_path / "a.jsonl").exists()


@pytest.mark.parametrize("total", [10**12 + 1, 10**310, 10**4000], ids=["12", "310", "4000"])
def test_a_total_that_no_search_has_is_refused(liar: Any, total: int) -> None:
    counted = page([row("1")], total)
    server = liar(lambda path: (200, counted, {}) if "/records?" in path else (404, b"{}", {}))
    for ask in (
        lambda client: client.search("frost").total,
        lambda client: list(client.search("frost", limit=1)),
        lambda client: client.count("frost"),
        lambda client: client.plan("frost"),
    ):
        with pytest.raises(BadAnswer, match="does not say how many there are"):
            asking(server.url, ask)
