"""Answers that do not mean what they say: found out soon, named, and never called complete."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from doubles import StillClock
from zenodo_harvest.client import Client
from zenodo_harvest.errors import Incomplete, ServerError, UsageError, ZenodoHarvestError
from zenodo_harvest.http import LocalBudget, Transport, download
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


@contextmanager
def asking(url: str) -> Iterator[Transport]:
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
    with asking(server.url) as transport, pytest.raises(ZenodoHarvestError) as caught:
        transport.get(path)
    told = [each for field in caught.value.field_errors for each in (field.field, *field.messages)]
    assert all(len(text) < 500 for text in (caught.value.message, caught.value.hint, *told))
    assert len(told) < 3000


@pytest.mark.parametrize("status", [300, 304, 305, 306, 399])
@pytest.mark.parametrize("headers", [{}, {"Location": "/api/records?q=other"}])
def test_a_status_that_is_no_answer_brings_no_rows(liar: Any, status: int, headers: dict[str, str]) -> None:
    server = liar(lambda _: (status, b'{"hits": {"total": 1, "hits": [{"id": "1"}]}}', headers))
    with asking(server.url) as transport, pytest.raises(ServerError, match=f"status {status}"):
        transport.get("/api/records")
    assert len(server.seen) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_that_leads_nowhere_is_said_at_once(liar: Any, status: int) -> None:
    server = liar(lambda _: (status, b"", {}))
    with asking(server.url) as transport, pytest.raises(ServerError, match="without saying where"):
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
    with asking(server.url) as transport, pytest.raises(ServerError, match="ended after"):
        download(transport, "/file", tmp_path / "dump", size_bytes=len(content), checksum="0" * 32)
    assert len(server.seen) < 10
    assert (tmp_path / "dump.part").stat().st_size == len(server.seen)


@pytest.mark.parametrize("part", ["transport", "wire"])
def test_what_holds_connections_says_that_it_cannot_be_pickled(liar: Any, part: str) -> None:
    server = liar(lambda _: (200, b"{}", {}))
    with asking(server.url) as transport:
        held = transport if part == "transport" else transport._wire
        with pytest.raises(UsageError, match="cannot be pickled"):
            pickle.dumps(held)
