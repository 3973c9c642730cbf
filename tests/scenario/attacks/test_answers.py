"""Answers that do not mean what they say: found out soon, named, and never called complete."""

from __future__ import annotations

import json
import pickle
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from doubles import StillClock
from zenodo_harvest.client import Client
from zenodo_harvest.errors import (
    BadAnswer,
    Incomplete,
    MissingWarning,
    ServerError,
    UsageError,
    ZenodoHarvestError,
)
from zenodo_harvest.http import LocalBudget, Transport, download
from zenodo_harvest.oai import list_sets
from zenodo_harvest.sites import Site

NOW = datetime(2026, 11, 28, tzinfo=UTC).timestamp()


def harvest(url: str, folder: Path, *, window: int = 10_000, **options: Any) -> Any:
    clock = StillClock(NOW)
    with (
        LocalBudget(clock=clock) as budget,
        Client(Site("liar", url, window=window), "", clock=clock, budget=budget) as client,
    ):
        return client.harvest("", folder / "all.parquet", **options)


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


def number_of(path: str, name: str) -> int:
    return int(parse_qs(urlsplit(path).query)[name][0])


def test_a_server_that_takes_no_notice_of_the_query_is_found_out_at_once(liar: Any, tmp_path: Path) -> None:
    body = json.dumps({"hits": {"total": 50_000, "hits": [{"id": "1", "parent": {}}]}}).encode()
    server = liar(lambda _: (200, body, {}))
    with pytest.raises(ZenodoHarvestError, match="takes no notice of what is asked") as caught:
        harvest(server.url, tmp_path)
    assert caught.value.exit_code == 6
    assert len(server.seen) <= 5
    assert not (tmp_path / "all.parquet").exists()


@pytest.mark.parametrize("step", [-1, 1, -150, 150])
def test_a_server_whose_total_moves_does_not_hide_that_it_takes_no_notice(
    liar: Any, tmp_path: Path, step: int
) -> None:
    asked = 0

    def reply(_: str) -> Any:
        nonlocal asked
        asked += 1
        return 200, page([row("1")], 20_000 + step * asked), {}

    server = liar(reply)
    with pytest.raises(BadAnswer, match="takes no notice of what is asked"):
        harvest(server.url, tmp_path)
    assert len(server.seen) <= 5


def test_a_server_of_few_records_that_takes_no_notice_is_found_out_before_it_is_called_complete(
    liar: Any, tmp_path: Path
) -> None:
    def reply(path: str) -> Any:
        number, size = number_of(path, "page"), number_of(path, "size")
        rows = [row(str(place)) for place in range(100)]
        return 200, page(rows[(number - 1) * size : number * size], 100), {}

    server = liar(reply)
    with pytest.raises(BadAnswer, match="takes no notice of what is asked"):
        harvest(server.url, tmp_path)
    assert not (tmp_path / "all.parquet").exists()


def test_a_page_of_nothing_but_strangers_ends_a_harvest_at_once(liar: Any, tmp_path: Path) -> None:
    """The totals are those of the windows, the rows are not."""

    def reply(path: str) -> Any:
        size = number_of(path, "size")
        whole = "1970-01-01T00" in unquote(path) and "2026" in unquote(path)
        rows = [row(str(number), created="2026-11-27T00:00:00+00:00") for number in range(size)]
        return 200, page(rows, 180 if whole else 90), {}

    server = liar(reply)
    with pytest.raises(BadAnswer, match="takes no notice of what is asked"):
        harvest(server.url, tmp_path, window=100)
    assert len(server.seen) <= 6


def test_a_window_that_grows_without_end_is_given_up(liar: Any, tmp_path: Path) -> None:
    def reply(path: str) -> Any:
        number, size = number_of(path, "page"), number_of(path, "size")
        rows = [row(f"{number * size + place}") for place in range(size)]
        return 200, page(rows, 100 + 2 * number * size), {}

    server = liar(reply)
    with pytest.raises(BadAnswer, match="and now"):
        harvest(server.url, tmp_path)
    assert len(server.seen) <= 12


@pytest.mark.parametrize("created", ["2026", "2026-01..2026-03", "2026-01-01T00:00:00Z.."])
def test_a_record_from_another_time_than_the_one_asked_for_says_so(
    liar: Any, tmp_path: Path, created: str
) -> None:
    rows = [row("1", created="1999-01-01T00:00:00+00:00"), row("2"), row("3", created=None)]

    def reply(path: str) -> Any:
        if "updated" in path or 'created:["2026-11' in unquote(path).replace("+", " "):
            return 200, page([], 0), {}
        return 200, page(rows[: number_of(path, "size")], 3), {}

    server = liar(reply)
    clock = StillClock(NOW)
    with (
        LocalBudget(clock=clock) as budget,
        Client(Site("liar", server.url), "", clock=clock, budget=budget) as client,
    ):
        found = {one.id: one.problems for one in client.search("", created=created)}
        client.harvest("", tmp_path / "all.jsonl", created=created)
    kept = map(json.loads, (tmp_path / "all.jsonl").read_text().splitlines())
    harvested = {one["id"]: tuple(one["problems"]) for one in kept}
    for problems in (found, harvested):
        assert problems["1"] == ("created: outside of what was asked for",)
        assert not any("asked for" in problem for problem in (*problems["2"], *problems["3"]))


ENVELOPE = (
    '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-11-28T00:00:00Z</responseDate>'
    "<request>x</request>{}</OAI-PMH>"
)
ITEM = (
    "<record><header><identifier>oai:x:{0}</identifier><datestamp>2026-01-01T00:00:00Z</datestamp></header>"
    "<metadata><x/></metadata></record>"
)


SIZES = ['completeListSize="3"', "", f'completeListSize="{10**12}"', f'completeListSize="{"9" * 5000}"']


@pytest.mark.parametrize("size", SIZES, ids=["3", "", "12", "5000"])
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
    assert pages <= 4


@pytest.mark.parametrize(
    ("size", "is_new", "token"),
    [(3, True, "t{}"), (3, False, "t{}"), (900, True, "t"), (10**12, True, "t{}")],
)
def test_a_list_of_sets_that_never_ends_is_given_up_soon(
    liar: Any, size: int, is_new: bool, token: str
) -> None:
    pages = 0

    def reply(_: str) -> Any:
        nonlocal pages
        pages += 1
        spec = f"user-{pages}" if is_new else "user-a"
        sets = f"<set><setSpec>{spec}</setSpec><setName>A</setName></set>"
        next_ = f'<resumptionToken completeListSize="{size}">{token.format(pages)}</resumptionToken>'
        body = ENVELOPE.format(f"<ListSets>{sets}{next_}</ListSets>").encode()
        return 200, body, {"Content-Type": "text/xml"}

    site, clock = Site("liar", liar(reply).url), StillClock(NOW)
    with (
        LocalBudget(clock=clock) as budget,
        Transport(site, user_agent="test/1", budget=budget, clock=clock) as transport,
        pytest.raises(Incomplete, match="never came whole"),
    ):
        list_sets(transport)
    assert pages <= 20


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


@contextmanager
def transport_to(url: str) -> Iterator[Transport]:
    clock = StillClock(NOW)
    with LocalBudget(clock=clock) as budget:
        site = Site("liar", url)
        with Transport(
            site, user_agent="test/1", token="s3cret-token", budget=budget, clock=clock
        ) as transport:
            yield transport


LONG = "x" * 100_000
LONG_ERRORS: dict[str, tuple[int, bytes, dict[str, str]]] = {
    "message": (400, json.dumps({"message": f"no {LONG}"}).encode(), {}),
    "of a failure": (501, json.dumps({"message": f"no {LONG}"}).encode(), {}),
    "of a field": (
        400,
        json.dumps({"errors": [{"field": LONG[:1000], "messages": [LONG[:1000]] * 60}] * 60}).encode(),
        {},
    ),
    "reason": (410, json.dumps({"tombstone": {"removal_reason": {"id": LONG}}}).encode(), {}),
    "address": (302, b"", {"Location": f"http://127.0.0.1:0/{LONG[:5000]}"}),
    "no address": (302, b"", {"Location": f"http://x\\\\{LONG[:5000]}"}),
    "page": (200, b"<html>", {}),
}


@pytest.mark.parametrize("name", LONG_ERRORS)
def test_an_endless_text_of_a_server_is_not_repeated_in_full(liar: Any, name: str) -> None:
    server = liar(lambda _: LONG_ERRORS[name])
    path = "/api/records/" + "7" * (5000 if name == "page" else 1)
    with transport_to(server.url) as transport, pytest.raises(ZenodoHarvestError) as caught:
        transport.get(path)
    told = [each for field in caught.value.field_errors for each in (field.field, *field.messages)]
    assert all(len(text) < 500 for text in (caught.value.message, caught.value.hint, *told))
    assert len(told) < 3000


@pytest.mark.parametrize("status", [300, 304, 305, 306, 399])
@pytest.mark.parametrize("headers", [{}, {"Location": "/api/records?q=other"}])
def test_a_status_that_is_no_answer_brings_no_rows(liar: Any, status: int, headers: dict[str, str]) -> None:
    server = liar(lambda _: (status, b'{"hits": {"total": 1, "hits": [{"id": "1"}]}}', headers))
    with transport_to(server.url) as transport, pytest.raises(ServerError, match=f"status {status}"):
        transport.get("/api/records")
    assert len(server.seen) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_that_leads_nowhere_is_said_at_once(liar: Any, status: int) -> None:
    server = liar(lambda _: (status, b"", {}))
    with transport_to(server.url) as transport, pytest.raises(ServerError, match="without saying where"):
        transport.get("/api/records")
    assert len(server.seen) == 1


def test_a_file_that_comes_in_bytes_is_given_up_soon(liar: Any, tmp_path: Path) -> None:
    content = b"0123456789" * 1000
    server = liar(None)

    def reply(_: str) -> Any:
        asked = server.seen[-1][1].get("Range", "bytes=0-")
        first = int(asked.removeprefix("bytes=").rstrip("-"))
        return 206, content[first : first + 1], {"Content-Range": f"bytes {first}-{first}/{len(content)}"}

    server.reply = reply
    with transport_to(server.url) as transport, pytest.raises(ServerError, match="ended after"):
        download(transport, "/file", tmp_path / "dump", size_bytes=len(content), checksum="0" * 32)
    assert len(server.seen) < 10
    assert (tmp_path / "dump.part").stat().st_size == len(server.seen)


@pytest.mark.parametrize("part", ["results", "references", "budget", "communities", "transport"])
def test_what_a_client_hands_out_says_that_it_cannot_be_pickled(liar: Any, part: str) -> None:
    def ask(client: Client) -> None:
        held = {
            "results": client.search("frost"),
            "references": client.records(["7"]),
            "budget": client._context.transport._budget,
            "communities": client.communities,
            "transport": client._context.transport,
        }[part]
        with pytest.raises(UsageError, match="cannot be pickled") as caught:
            pickle.dumps(held)
        assert "in each process" in caught.value.hint

    asking(liar(lambda _: (200, page([row("1")]), {})).url, ask)


@pytest.mark.parametrize("part", ["transport", "wire"])
def test_what_holds_connections_says_that_it_cannot_be_pickled(liar: Any, part: str) -> None:
    server = liar(lambda _: (200, b"{}", {}))
    with transport_to(server.url) as transport:
        held = transport if part == "transport" else transport._wire
        with pytest.raises(UsageError, match="cannot be pickled"):
            pickle.dumps(held)


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

    with pytest.warns(MissingWarning, match="2 of 2 references"):
        rows, missing = asking(server.url, listed)
    assert rows == []
    assert [miss.ref for miss in missing] == [ref, "9"]
    assert "was asked for record 7 and gave" in missing[0].reason


def test_the_latest_version_is_of_the_same_concept(liar: Any) -> None:
    answers = {"/api/records/7": row("7", "5"), "/api/records/7/versions/latest": row("97", "5")}
    server = liar(lambda path: (200, json.dumps(answers[path]).encode(), {}))
    assert asking(server.url, lambda client: client.record("/records/7/latest")).id == "97"


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


@pytest.mark.parametrize("way", [iter, lambda results: results.walk(keep_raw=True)], ids=["iter", "walk"])
def test_two_threads_that_take_from_one_iterator_get_a_clear_error(liar: Any, way: Any) -> None:
    first_waits, second_is_done = threading.Event(), threading.Event()

    def reply(path: str) -> Any:
        if number_of(path, "page") == 2:
            first_waits.set()
            second_is_done.wait(10)
        first = number_of(path, "page") * 1000
        return 200, page([row(str(first + place)) for place in range(number_of(path, "size"))], 150), {}

    def ask(client: Client) -> Any:
        records = way(client.search("frost", limit=150))
        refused = []

        def take_more() -> None:
            first_waits.wait(10)
            try:
                next(records)
            except UsageError as error:
                refused.append(str(error))
            finally:
                second_is_done.set()

        other = threading.Thread(target=take_more)
        other.start()
        brought = len(list(records))
        other.join()
        return brought, refused

    brought, refused = asking(liar(reply).url, ask)
    assert brought == 150
    assert len(refused) == 1
    assert "Two threads" in refused[0]
