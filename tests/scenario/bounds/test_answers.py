"""Answers that are too large, too slow or never end: refused on the way, in little memory."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from zenodo_harvest.bounds import Bounds
from zenodo_harvest.errors import ServerError, TooLarge
from zenodo_harvest.http import LocalBudget, RetryPolicy, Transport
from zenodo_harvest.sites import Site

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
MOST_MB = 400


def blanks_in_gzip(out: BinaryIO) -> None:
    """A GiB of blanks, in a megabyte."""
    packed = gzip.compress(b" " * (1 << 26)) * 16
    out.write(HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed) + packed)


def endless_chunks(out: BinaryIO) -> None:
    out.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        out.write(b"10000\r\n" + b" " * 0x10000 + b"\r\n")


def endless_body(out: BinaryIO) -> None:
    """Without a length: to the end of the connection, which does not come."""
    out.write(HEAD + b'Connection: close\r\n\r\n{"hits": "')
    while True:
        out.write(b"x" * 65_536)


def empty_lists(out: BinaryIO) -> None:
    """Thirty megabytes of lists, each twenty times as large in memory as in text."""
    body = b'{"hits": {"total": 1, "hits": [' + b"[]," * 10_000_000 + b"[]]}}"
    out.write(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body)


@pytest.mark.parametrize(
    ("behave", "said"),
    [
        (blanks_in_gzip, "is larger than 32 MB"),
        (endless_chunks, "is larger than 32 MB"),
        (endless_body, "is larger than 32 MB"),
        (empty_lists, "holds more than 300,000 values"),
    ],
)
def test_an_answer_that_is_too_large_is_refused_in_little_memory(
    hostile: Any, measured: Any, tmp_path: Path, behave: Callable[[BinaryIO], None], said: str
) -> None:
    server = hostile(behave)
    ran = measured("--site", server.url, "search", "frost", "-o", "frost.parquet")
    assert ran.code == 6
    assert said in ran.err
    assert len(ran.err.splitlines()) == 2
    assert "ZENODO_HARVEST_" in ran.err
    assert ran.peak_mb <= MOST_MB
    assert not list(tmp_path.glob("*frost*"))


def drip(out: BinaryIO, start: bytes, sent: list[int]) -> None:
    """Send a byte now and then, each well before the read time-out."""
    out.write(start)
    for number in range(500):
        sent.append(number)
        out.write(b" ")
        out.flush()
        time.sleep(0.02)


SLOW = {
    "body": HEAD + b"Content-Length: 1000000\r\n\r\n",
    "chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\nfffff\r\n",
    "header": HEAD + b"X-Slow: ",
}


@pytest.mark.parametrize("start", SLOW.values(), ids=SLOW)
def test_an_answer_that_never_ends_is_given_up_in_time(hostile: Any, start: bytes) -> None:
    sent: list[int] = []
    server = hostile(lambda out: drip(out, start, sent))
    with (
        LocalBudget() as budget,
        transport(server.url, budget, Bounds(answer_s=0.3)) as client,
        pytest.raises(ServerError, match=r"did not end within 0\.3 s") as caught,
    ):
        client.get("/api/records")
    assert len(sent) <= 75  # at the pace of the server, a second and a half
    assert server.requests == 1
    assert "ZENODO_HARVEST_ANSWER_S" in caught.value.hint


def test_a_line_between_two_chunks_that_never_ends_takes_no_memory(hostile: Any) -> None:
    def endless_line(out: BinaryIO) -> None:
        out.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n2;")
        for _ in range(1000):
            out.write(b"x" * 65_536)

    server = hostile(endless_line)
    with LocalBudget() as budget, transport(server.url, budget, Bounds(answer_s=5)) as client:
        with pytest.raises(ServerError):
            client.get("/api/records")
        assert server.requests == 1


def test_a_bound_can_be_raised_and_lowered(hostile: Any) -> None:
    def large(out: BinaryIO) -> None:
        body = gzip.compress(b'{"hits": "' + b"x" * 2_000_000 + b'"}')
        out.write(HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    server = hostile(large)
    with LocalBudget() as budget:
        with transport(server.url, budget, Bounds(answer_bytes=3_000_000)) as client:
            assert len(client.get("/api/records").json()["hits"]) == 2_000_000
        with (
            transport(server.url, budget, Bounds(answer_bytes=1_000_000)) as client,
            pytest.raises(TooLarge, match="larger than 1 MB"),
        ):
            client.get("/api/records")


def transport(url: str, budget: LocalBudget, bounds: Bounds) -> Transport:
    return Transport(
        Site("test", url),
        user_agent="test/1",
        budget=budget,
        retry=RetryPolicy(attempts=1, read_timeout_s=5),
        bounds=bounds,
    )
