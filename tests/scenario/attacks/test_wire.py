"""What comes over the wire: pieces without a size, lines without end, addresses that two readers read in two
ways, tokens in disguise, messages that are none, and silence."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import md5
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

import pytest

from doubles import Notes, StillClock
from zenodo_harvest.client import Client
from zenodo_harvest.errors import ServerError, UsageError, ZenodoHarvestError
from zenodo_harvest.http import LocalBudget, RetryPolicy, Transport, download
from zenodo_harvest.sites import Site

TOKEN = "s3cret/Token+0123456789"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
MOST_MB = 16


@contextmanager
def transport_to(url: str, **changed: Any) -> Iterator[Transport]:
    clock = StillClock()
    with (
        LocalBudget(clock=clock) as budget,
        Transport(Site("hostile", url), user_agent="test/1", budget=budget, clock=clock, **changed) as opened,
    ):
        yield opened


class Counted:
    """Writes without end, and counts what was taken."""

    def __init__(self, start: bytes, more: bytes) -> None:
        self._start = start
        self._more = more * max(1, 65_536 // len(more))
        self.taken = 0

    def __call__(self, out: BinaryIO) -> None:
        self.taken = 0
        out.write(self._start)
        while True:
            out.write(self._more)
            self.taken += len(self._more)


LINES = b"X-More: yes\r\n"
ENDLESS = {
    "a chunk of -1 bytes": (CHUNKED + b"-1\r\n", b" "),
    "a later chunk of -1 bytes": (CHUNKED + b"2\r\n{}\r\n-1\r\n", b" "),
    "headers": (HEAD, LINES),
    "answers in between": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "trailers": (CHUNKED + b"2\r\n{}\r\n0\r\n", LINES),
    "answers in between with headers": (b"", b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_what_has_no_end_is_left_at_once(hostile: Any, name: str) -> None:
    """The bound of answers does not see it: it comes before, between or after the body."""
    endless = Counted(*ENDLESS[name])
    started = time.monotonic()
    with (
        transport_to(hostile(endless).url, retry=RetryPolicy(attempts=1)) as transport,
        pytest.raises(ServerError) as caught,
    ):
        transport.get("/api/records")
    assert caught.value.exit_code == 6
    assert endless.taken <= MOST_MB << 20
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("name", ENDLESS)
def test_a_dump_that_has_no_end_is_left_at_once(hostile: Any, tmp_path: Path, name: str) -> None:
    endless = Counted(*ENDLESS[name])
    started = time.monotonic()
    with (
        transport_to(hostile(endless).url, retry=RetryPolicy(attempts=1)) as transport,
        pytest.raises(ServerError) as caught,
    ):
        download(transport, "/dump", tmp_path / "dump", size_bytes=10, checksum="0" * 32)
    assert caught.value.exit_code == 6
    assert endless.taken <= MOST_MB << 20
    assert time.monotonic() - started < 5


def test_a_dump_that_is_whole_does_not_wait_for_what_follows(hostile: Any, tmp_path: Path) -> None:
    content = b"0123456789"
    endless = Counted(CHUNKED + b"a\r\n" + content + b"\r\n0\r\n", LINES)
    checksum = md5(content, usedforsecurity=False).hexdigest()
    with transport_to(hostile(endless).url) as transport:
        download(transport, "/dump", tmp_path / "dump", size_bytes=10, checksum=checksum)
    assert (tmp_path / "dump").read_bytes() == content


UNCLEAR = [
    "http://{other}\\@{site}/api/records",
    "http://{other}\\\\@{site}/api/records",
    "http://{other}\\/@{site}/api/records",
    "//{other}\\@{site}/api/records",
    "http://{other}\t@{site}/api/records",
    "http://{other}@{site}/api/records",
]


@pytest.mark.parametrize("location", UNCLEAR)
def test_an_address_that_two_readers_read_in_two_ways_is_not_followed(liar: Any, location: str) -> None:
    """One takes for the host what the other takes for a user."""
    rows = json.dumps({"hits": {"total": 1, "hits": [{"id": "1", "parent": {}}]}}).encode()
    other = liar(lambda _: (200, rows, {}))
    server = liar(None)
    places = {"other": other.url.removeprefix("http://"), "site": server.url.removeprefix("http://")}
    server.reply = lambda _: (302, b"", {"Location": location.format(**places)})
    with transport_to(server.url, token=TOKEN) as transport, pytest.raises(ServerError) as caught:
        transport.get("/api/records")
    assert caught.value.exit_code == 6
    assert (len(server.seen), other.seen) == (1, [])


def every(text: str, write: Callable[[str], str]) -> str:
    return "".join(map(write, text))


DISGUISES = {
    "as it is": TOKEN,
    "every letter in JSON": every(TOKEN, lambda sign: f"\\u{ord(sign):04x}"),
    "every letter in JSON, large": every(TOKEN, lambda sign: f"\\u{ord(sign):04X}"),
    "one letter in JSON": f"\\u0073{TOKEN[1:]}",
    "signs in JSON": TOKEN.replace("/", "\\/").replace("+", "\\u002b"),
    "percent": quote(TOKEN, safe=""),
    "percent, small": TOKEN.replace("/", "%2f").replace("+", "%2b"),
    "every letter in percent": every(TOKEN, lambda sign: f"%{ord(sign):02X}"),
    "entities": TOKEN.replace("/", "&#x2F;").replace("+", "&#43;"),
    "every letter as an entity": every(TOKEN, lambda sign: f"&#{ord(sign)};"),
    "every letter as an entity, with zeros": every(TOKEN, lambda sign: f"&#x{ord(sign):06x};"),
}


def holds(text: str) -> bool:
    """Tell whether someone who undoes each of these spellings finds the token."""
    from html import unescape
    from urllib.parse import unquote

    plain = json.loads(f'"{text}"', strict=False) if '"' not in text and "\\" in text else text
    return any(TOKEN in each for each in (text, plain, unquote(plain), unescape(plain)))


@pytest.mark.parametrize("name", DISGUISES)
def test_a_token_that_comes_back_in_disguise_reaches_no_file(liar: Any, tmp_path: Path, name: str) -> None:
    said = DISGUISES[name]
    row = (
        '{"id": "1", "parent": {"id": "5"}, "metadata": {"title": "F %s", "description": "<p>%s</p>"}, '
        '"custom_fields": {"x": "%s"}, "%s": 1}'
    )
    body = f'{{"hits": {{"total": 1, "hits": [{row.replace("%s", said)}]}}}}'.encode()
    server = liar(lambda _: (200, body, {}))
    clock = StillClock()
    with (
        LocalBudget(clock=clock) as budget,
        Client(Site("liar", server.url), TOKEN, clock=clock, budget=budget) as client,
    ):
        client.search("frost").save(tmp_path / "a.jsonl", tmp_path / "a.csv", raw=True)
        client.harvest("frost", tmp_path / "b.jsonl")
    for file in ("a.jsonl", "a.csv", "b.jsonl"):
        text = (tmp_path / file).read_text()
        assert "***" in text
        assert not holds(text)
        assert not any(holds(str(each)) for each in strings(text))


def strings(text: str) -> Iterator[str]:
    """Yield all texts in lines of JSON, whatever is inside of them."""
    for line in text.splitlines():
        if line.startswith("{"):
            stack: list[Any] = [json.loads(line)]
            while stack:
                value = stack.pop()
                if isinstance(value, str):
                    yield value
                    if value.startswith("{"):
                        stack.append(json.loads(value))
                elif isinstance(value, dict):
                    stack += [*value, *value.values()]
                elif isinstance(value, list):
                    stack += value


@pytest.mark.parametrize("name", DISGUISES)
def test_a_token_that_comes_back_in_disguise_is_in_no_error(liar: Any, name: str) -> None:
    said = DISGUISES[name]
    body = f'{{"message": "no {said}", "errors": [{{"field": "{said}", "messages": ["{said}"]}}]}}'.encode()
    with (
        transport_to(liar(lambda _: (400, body, {})).url, token=TOKEN) as transport,
        pytest.raises(UsageError) as caught,
    ):
        transport.get("/api/records")
    told = (caught.value.message, caught.value.hint, repr(caught.value.field_errors))
    assert "***" in told[0]
    assert not any(map(holds, told))


@pytest.mark.parametrize("name", [name for name in DISGUISES if "JSON" not in name])
def test_a_token_in_disguise_is_in_no_answer_of_oai_pmh(liar: Any, name: str) -> None:
    body = f"<record><title>F {DISGUISES[name]}</title></record>".encode()
    server = liar(lambda _: (200, body, {"Content-Type": "text/xml"}))
    with transport_to(server.url, token=TOKEN) as transport:
        content = transport.get("/oai2d", accept="*/*").content
    assert content == b"<record><title>F ***</title></record>"


MESSAGES: list[Any] = [5, True, 1.5, "bad query", {"a": 1}, [5, None, {"a": 1}], None, [], [[1]]]


@pytest.mark.parametrize("messages", MESSAGES, ids=repr)
@pytest.mark.parametrize("status", [400, 422, 500])
def test_messages_that_are_none_are_told_as_they_are(liar: Any, messages: Any, status: int) -> None:
    body = json.dumps({"message": "no", "errors": [{"field": "q", "messages": messages}, 7]}).encode()
    server = liar(lambda _: (status, body, {}))
    with (
        transport_to(server.url, retry=RetryPolicy(attempts=1)) as transport,
        pytest.raises(ZenodoHarvestError) as caught,
    ):
        transport.get("/api/records")
    assert caught.value.exit_code == (2 if status < 500 else 6)
    (field,) = caught.value.field_errors
    if isinstance(messages, str):
        assert field.messages == (messages,)
    assert all(isinstance(each, str) for each in field.messages)


def test_silence_of_a_server_is_told(hostile: Any) -> None:
    """Before the answer, and between two of its pieces."""
    notes, is_told = Notes(), threading.Event()

    class Telling(Notes):
        def note(self, text: str) -> None:
            notes.note(text)
            is_told.set()

    def silent(out: BinaryIO) -> None:
        assert is_told.wait(5)
        out.write(HEAD + b"Content-Length: 2\r\n\r\n{}")

    server = hostile(silent)
    with transport_to(
        server.url, progress=Telling(), retry=RetryPolicy(attempts=1, told_after_s=0.05)
    ) as transport:
        assert transport.get("/api/records").content == b"{}"
    assert notes.notes == [f"Waiting for the answer of {server.url.removeprefix('http://')}."]


def test_a_server_that_answers_soon_is_not_said_to_be_waited_for(liar: Any) -> None:
    notes = Notes()
    server = liar(lambda _: (200, b"{}", {}))
    with transport_to(server.url, progress=notes) as transport:
        transport.get("/api/records")
    assert notes.notes == []
    assert RetryPolicy().told_after_s <= 3
