"""A token goes to its own origin, encrypted or on this machine, and is shown nowhere."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from doubles import Notes, StillClock
from zenodo_harvest.client import Client
from zenodo_harvest.errors import UsageError, ZenodoHarvestError
from zenodo_harvest.http import Exchange, LocalBudget
from zenodo_harvest.origins import Origin
from zenodo_harvest.sites import Site

TOKEN = "s3cret/Token+0123456789"


def row(number: int = 1, **more: Any) -> dict[str, Any]:
    return {"id": str(number), "parent": {"id": "5"}, "metadata": {"title": "Frost"}, **more}


def page(*rows: Any) -> bytes:
    return json.dumps({"hits": {"total": len(rows), "hits": rows}}).encode()


def client_of(url: str, notes: Notes, trace: Callable[[Exchange], None] | None = None) -> Client:
    clock = StillClock()
    return Client(
        Site("liar", url),
        TOKEN,
        clock=clock,
        progress=notes,
        trace=trace,
        budget=LocalBudget(clock=clock),
    )


def refused(client: Client, ask: Callable[[], object]) -> ZenodoHarvestError:
    with client, pytest.raises(ZenodoHarvestError) as caught:
        ask()
    client._budget.close()  # type: ignore[union-attr]
    return caught.value


@pytest.mark.parametrize("name", ["zenodo", "sandbox", "emulator"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_host_that_is_called_as_a_site_does_not_get_its_token(
    name: str, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("ZENODO_TOKEN", "ZENODO_SANDBOX_TOKEN", "ZENODO_EMULATOR_TOKEN"):
        monkeypatch.setenv(variable, TOKEN)
    with Client(f"{scheme}://{name}", budget=LocalBudget()) as client:
        assert not client._context.transport.has_token
        client._budget.close()  # type: ignore[union-attr]


def test_a_token_that_was_handed_over_is_not_sent_without_encryption() -> None:
    with Client("http://repo.example.org", TOKEN) as client, pytest.raises(UsageError) as caught:
        client.search("frost").total  # noqa: B018
    assert "without encryption" in caught.value.message
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("echo", [TOKEN, quote(TOKEN, safe=""), f"Bearer {TOKEN}"])
@pytest.mark.parametrize("status", [400, 403, 404, 410, 418])
def test_a_token_that_comes_back_in_an_error_is_not_shown(liar: Any, echo: str, status: int) -> None:
    body = json.dumps({"message": f"No: {echo}", "errors": [{"field": "q", "messages": [echo]}]}).encode()
    server = liar(lambda _: (status, body, {}))
    traced: list[Exchange] = []
    client = client_of(server.url, notes := Notes(), traced.append)
    error = refused(client, lambda: client.record("1"))
    shown = [str(error), str(vars(error)), str(notes), "".join(map(str, traced)), "".join(map(repr, traced))]
    assert not [text for text in shown if TOKEN in text or quote(TOKEN, safe="") in text]


def test_a_redirect_with_the_token_in_its_address_does_not_carry_it_elsewhere(liar: Any) -> None:
    other = liar(lambda _: (404, b'{"message": "no"}', {}))
    server = liar(lambda _: (302, b"", {"Location": f"{other.url}/?access_token={quote(TOKEN)}&t={TOKEN}"}))
    client = client_of(server.url, notes := Notes())
    error = refused(client, lambda: client.record("1"))
    (target, headers) = other.seen[0]
    for text in (target, str(headers), str(error), str(notes)):
        assert TOKEN not in text
        assert quote(TOKEN) not in text
    assert any(other.url in note for note in notes.notes)


def test_a_token_that_comes_back_in_a_record_reaches_no_file(
    liar: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rows = [row(1, metadata={"title": f"Frost {TOKEN}"}, links={"self": f"https://x.org/?t={TOKEN}"})]
    server = liar(lambda _: (200, page(*rows), {"X-Echo": TOKEN}))
    clock = StillClock()
    with (
        caplog.at_level(logging.DEBUG, "zenodo_harvest"),
        LocalBudget(clock=clock) as budget,
        Client(Site("liar", server.url), TOKEN, clock=clock, budget=budget) as client,
    ):
        client.search("frost").save(
            tmp_path / "a.parquet", tmp_path / "a.csv", tmp_path / "a.jsonl", raw=True
        )
        client.harvest("frost", tmp_path / "b.jsonl")
    found = [file for file in tmp_path.rglob("*") if file.is_file() and TOKEN.encode() in file.read_bytes()]
    assert not found
    assert "Frost ***" in (tmp_path / "a.jsonl").read_text()
    assert TOKEN not in caplog.text


@pytest.mark.parametrize(
    "address", ["http://:hunter2@127.0.0.1:9", "https://me:hunter2@zenodo.org", "http://hunter2@[::1]:9"]
)
def test_an_address_with_a_password_is_refused_and_stored_nowhere(
    address: str, tmp_path: Path, process: Any
) -> None:
    done = process("--site", address, "search", "frost", "-o", "frost.parquet")
    assert done.returncode == 2
    assert "hunter2" not in done.stdout + done.stderr
    assert [path.name for path in tmp_path.iterdir() if path.name != "home"] == []


def test_a_redirect_to_another_origin_is_named_and_stands_in_the_receipt(liar: Any, tmp_path: Path) -> None:
    other = liar(lambda _: (200, page(row()), {}))
    server = liar(lambda path: (302, b"", {"Location": f"{other.url}{path}"}))
    clock, notes = StillClock(), Notes()
    with (
        LocalBudget(clock=clock) as budget,
        Client(Site("liar", server.url), "", clock=clock, progress=notes, budget=budget) as client,
    ):
        receipt = client.search("frost").to_parquet(tmp_path / "a.parquet")
    assert receipt.elsewhere == (other.url,)
    assert [note for note in notes.notes if other.url in note] == [
        f"liar sends us to {other.url}: what comes from there is not its own."
    ]


@pytest.mark.parametrize("location", ["javascript:alert(1)", "http://[::1", "http://x:99999/", "ftp://x/"])
def test_a_redirect_to_what_is_no_address_is_one_clear_error(liar: Any, location: str) -> None:
    server = liar(lambda _: (302, b"", {"Location": location}))
    client = client_of(server.url, Notes())
    error = refused(client, lambda: client.record("1"))
    assert error.exit_code == 6
    assert "no address of a web server" in error.message or "Invalid IPv6 URL" in error.message
    assert len(server.seen) == 1


HERE = ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "localhost", "LOCALHOST"]


@pytest.mark.parametrize("host", HERE)
def test_loopback_goes_through_no_proxy(liar: Any, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    server = liar(lambda _: (200, page(row()), {}))
    clock = StillClock()
    with (
        LocalBudget(clock=clock) as budget,
        Client(Site("liar", server.url.replace("127.0.0.1", host)), "", clock=clock, budget=budget) as client,
    ):
        assert client.search("frost").total == 1


@pytest.mark.parametrize("host", [*HERE, "localhost."])
def test_a_token_may_stay_on_this_machine(host: str) -> None:
    assert Origin.of(f"http://{host}:5000").may_have_token


ELSEWHERE = ["repo.localhost", "a.localhost.", "localhost.example.org", "127.0.0.1.nip.io", "127.0.0.1."]
ELSEWHERE += ["128.1", "4294967297", "[::ffff:10.0.0.1]", "[::2]", "0x7f000001.x"]


@pytest.mark.parametrize("host", ELSEWHERE)
def test_a_name_that_others_lead_elsewhere_is_not_this_machine(host: str) -> None:
    assert not Origin.of(f"http://{host}:5000").is_loopback
    with Client(f"http://{host}:5000", TOKEN) as client, pytest.raises(UsageError, match="token"):
        client.search("frost").total  # noqa: B018


@pytest.mark.parametrize(
    ("proxy", "said"),
    [("http://127.0.0.1:9", "proxy"), ("socks5://127.0.0.1:9", "SOCKS"), ("http://", "proxy")],
)
def test_a_proxy_that_does_not_work_is_said_at_once(
    proxy: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, proxy)
    clock = StillClock()
    with (
        LocalBudget(clock=clock) as budget,
        Client("https://repo.example.org", "", clock=clock, budget=budget) as client,
        pytest.raises(ZenodoHarvestError) as caught,
    ):
        client.search("frost").total  # noqa: B018
    assert caught.value.exit_code == 6
    assert said.lower() in str(caught.value).lower()
    assert clock.slept == []
    assert os.environ["HTTP_PROXY"] == proxy


@pytest.mark.parametrize(
    "proxy", ["http://me:s3cret/pw@127.0.0.1:9", "http://me:s3cret@127.0.0.1:99999", "http://me:s3cret[@::1"]
)
@pytest.mark.parametrize("name", ["HTTPS_PROXY", "ALL_PROXY"])
def test_a_proxy_that_cannot_be_read_is_named_without_its_password(
    proxy: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(variable, raising=False)
        monkeypatch.delenv(variable.lower(), raising=False)
    monkeypatch.setenv(name, proxy)
    with (
        client_of("https://repo.example.org", Notes()) as client,
        pytest.raises(ZenodoHarvestError) as caught,
    ):
        client.search("frost").total  # noqa: B018
    assert caught.value.exit_code == 6
    assert name in caught.value.hint
    assert "s3cret" not in str(caught.value)
