"""Files from the server to the disk, on real sockets of the loopback interface."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from hashlib import md5, shake_128
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from doubles import Notes, Unsurprised
from zenodo_harvest.durable import lock
from zenodo_harvest.errors import BadAnswer, LocalError, NotFound, ServerError
from zenodo_harvest.http import LocalBudget, RetryPolicy, Transport, download, md5_of
from zenodo_harvest.sites import Site

CONTENT = shake_128(b"dump").digest(1_300_000)
CHECKSUM = md5(CONTENT, usedforsecurity=False).hexdigest()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        server: Any = self.server
        server.ranges.append(self.headers.get("Range"))
        server.encodings.append(self.headers.get("Accept-Encoding"))
        first = 0
        if server.honours_ranges and (asked := self.headers.get("Range")):
            first = int(asked.removeprefix("bytes=").removesuffix("-"))
        if self.path == "/moved":
            self.begin(302, {"Location": "/file", "Content-Length": "0"})
        elif self.path != "/file":
            self.begin(404, {"Content-Length": "2"})
            self.wfile.write(b"{}")
        elif first >= len(server.content) and first:
            self.begin(416, {"Content-Length": "0"})
        else:
            self.send(server, first)

    def send(self, server: Any, first: int) -> None:
        content = server.content[first:]
        span = f"bytes {first}-{len(server.content) - 1}/{len(server.content)}"
        length = {"Content-Length": str(len(content)), **server.headers}
        self.begin(206 if first else 200, length | ({"Content-Range": span} if first else {}))
        upto = server.cuts.pop(0) if server.cuts else len(content)
        for start in range(0, min(upto, len(content)), 100_000):
            self.wfile.write(content[start : min(start + 100_000, upto)])
            time.sleep(server.pause_s)
        if upto < len(content):
            self.close_connection = True

    def begin(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


class Server(Unsurprised, HTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.content = CONTENT
        self.headers: dict[str, str] = {}
        self.honours_ranges = True
        self.cuts: list[int] = []
        self.pause_s = 0.0
        self.ranges: list[str | None] = []
        self.encodings: list[str | None] = []
        self.told = Notes()


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


Bring = Callable[..., Notes]


@pytest.fixture
def bring(server: Server, tmp_path: Path) -> Bring:
    """Transfer the server's file to `tmp_path`, three tries at most."""

    def go(path: str = "/file", size_bytes: int = len(CONTENT), checksum: str = CHECKSUM) -> Notes:
        told = server.told = Notes()
        url = f"http://127.0.0.1:{server.server_port}"
        retry = RetryPolicy(attempts=3, base_wait_s=0.001, read_timeout_s=0.4)
        with (
            LocalBudget() as budget,
            Transport(
                Site("test", url), user_agent="test/1", budget=budget, retry=retry, progress=told
            ) as client,
        ):
            target = tmp_path / "dump.tar.gz"
            download(client, path, target, size_bytes=size_bytes, checksum=checksum, progress=told)
        return told

    return go


def held(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_file_comes_whole_and_nothing_else_is_left(bring: Bring, server: Server, tmp_path: Path) -> None:
    told = bring()
    assert held(tmp_path) == {"dump.tar.gz": CONTENT}
    assert (told.notes, told.steps, told.total) == ([], 1, 1)
    assert server.ranges == [None]
    assert md5_of(tmp_path / "dump.tar.gz") == CHECKSUM


def test_a_cut_transfer_goes_on_where_it_stopped_however_often_if_it_gets_on(
    bring: Bring, server: Server, tmp_path: Path
) -> None:
    server.cuts = [200_000] * 6
    told = bring()
    assert held(tmp_path) == {"dump.tar.gz": CONTENT}
    assert server.ranges[1:3] == ["bytes=200000-", "bytes=400000-"]
    assert len(told.notes) == 6


def test_a_server_that_ignores_ranges_is_asked_from_the_beginning_and_that_is_said(
    bring: Bring, server: Server, tmp_path: Path
) -> None:
    server.honours_ranges = False
    server.cuts = [700_000]
    told = bring()
    assert held(tmp_path) == {"dump.tar.gz": CONTENT}
    assert server.ranges == [None, "bytes=700000-"]
    assert [note for note in told.notes if "does not resume" in note]


def test_patience_ends_and_what_came_is_kept_for_the_next_call(
    bring: Bring, server: Server, tmp_path: Path
) -> None:
    server.honours_ranges = False
    server.cuts = [900_000, 300_000, 500_000]
    with pytest.raises(ServerError) as given_up:
        bring()
    assert given_up.value.exit_code == 6
    assert held(tmp_path) == {"dump.tar.gz.part": CONTENT[:500_000]}
    server.honours_ranges = True
    bring()
    assert server.ranges[-1] == "bytes=500000-"
    assert held(tmp_path) == {"dump.tar.gz": CONTENT}


def test_what_an_earlier_run_left_of_another_version_is_thrown_away_and_said(
    bring: Bring, tmp_path: Path
) -> None:
    (tmp_path / "dump.tar.gz.part").write_bytes(b"of last month" * 1000)
    told = bring()
    assert held(tmp_path) == {"dump.tar.gz": CONTENT}
    assert [note for note in told.notes if "does not fit" in note]


@pytest.mark.parametrize("extra", [0, 5])
def test_a_part_as_long_as_the_whole_or_longer_is_not_taken_for_it(
    bring: Bring, tmp_path: Path, extra: int
) -> None:
    (tmp_path / "dump.tar.gz.part").write_bytes(bytes(len(CONTENT) + extra))
    bring()
    assert held(tmp_path) == {"dump.tar.gz": CONTENT}


def test_a_part_that_was_whole_needs_no_request(bring: Bring, server: Server, tmp_path: Path) -> None:
    (tmp_path / "dump.tar.gz.part").write_bytes(CONTENT)
    bring()
    assert held(tmp_path) == {"dump.tar.gz": CONTENT}
    assert server.ranges == []


def test_what_is_not_as_promised_is_one_clear_error_and_an_earlier_file_stays(
    bring: Bring, server: Server, tmp_path: Path
) -> None:
    (tmp_path / "dump.tar.gz").write_bytes(b"earlier")
    server.content = bytes(len(CONTENT))
    with pytest.raises(BadAnswer, match="md5"):
        bring()
    assert held(tmp_path) == {"dump.tar.gz": b"earlier"}
    assert len(server.ranges) == 1


def test_more_than_promised_is_not_read_to_its_end(bring: Bring, server: Server, tmp_path: Path) -> None:
    server.content = CONTENT * 3
    with pytest.raises(BadAnswer, match="size"):
        bring()
    assert server.told.steps == server.told.total == 1
    assert held(tmp_path) == {}


def test_less_than_promised_is_asked_for_again_and_then_an_error(
    bring: Bring, server: Server, tmp_path: Path
) -> None:
    server.content = CONTENT[:1000]
    with pytest.raises(ServerError, match=r"ended after 0 of 1,300,000|ended after 1,000 of 1,300,000"):
        bring()
    assert "dump.tar.gz" not in held(tmp_path)


def test_a_server_that_calls_the_compression_of_a_file_its_encoding_is_taken_at_its_bytes(
    bring: Bring, server: Server, tmp_path: Path
) -> None:
    server.headers = {"Content-Encoding": "gzip"}
    bring()
    assert held(tmp_path) == {"dump.tar.gz": CONTENT}
    assert server.encodings == ["identity"]


def test_a_transfer_may_take_longer_than_the_read_time_out(
    bring: Bring, server: Server, tmp_path: Path
) -> None:
    server.pause_s = 0.05
    bring()
    assert held(tmp_path) == {"dump.tar.gz": CONTENT}
    assert len(server.ranges) == 1


def test_redirects_are_followed_and_a_missing_file_leaves_nothing(bring: Bring, tmp_path: Path) -> None:
    bring("/moved")
    assert held(tmp_path) == {"dump.tar.gz": CONTENT}
    (tmp_path / "dump.tar.gz").unlink()
    with pytest.raises(NotFound):
        bring("/none")
    assert held(tmp_path) == {}


def test_an_empty_file_is_a_file(bring: Bring, server: Server, tmp_path: Path) -> None:
    bring(size_bytes=0, checksum="d41d8cd98f00b204e9800998ecf8427e")
    assert held(tmp_path) == {"dump.tar.gz": b""}


def test_two_processes_do_not_bring_the_same_file(bring: Bring, server: Server, tmp_path: Path) -> None:
    with lock(tmp_path / ".dump.tar.gz.lock"), pytest.raises(LocalError, match="Another run"):
        bring()
    assert server.ranges == []


def test_a_place_that_cannot_be_written_is_a_local_error(bring: Bring, tmp_path: Path) -> None:
    (tmp_path / "dump.tar.gz.part").mkdir()
    with pytest.raises(LocalError, match="folder"):
        bring()
