"""The transport on real sockets of the loopback interface."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from doubles import Unsurprised
from zenodo_harvest.errors import BadAnswer, ServerError
from zenodo_harvest.http import LocalBudget, RetryPolicy, Transport
from zenodo_harvest.sites import Site

LIMIT = 30
WINDOW_S = 1.0


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, Server)
        server.seen.append((self.path, dict(self.headers)))
        match self.path.partition("?")[0]:
            case "/cookie":
                self.answer(b"{}", {"Set-Cookie": "session=abc; Path=/"})
            case "/drip":
                self.drip()
            case "/cut":
                self.answer(b"{}", {"Content-Length": "500"}, close=True)
            case "/away":
                self.answer(b"", {"Location": f"http://localhost:{server.server_port}/x"}, status=302)
            case _:
                self.limited(server)

    def limited(self, server: Server) -> None:
        with server.mutex:
            now = time.time()
            while server.window and server.window[0] < now - WINDOW_S:
                server.window.popleft()
            allowed = len(server.window) < LIMIT
            if allowed:
                server.window.append(now)
                server.allowed.append(now)
            else:
                server.refused += 1
            remaining, reset = LIMIT - len(server.window), int(server.window[0] + WINDOW_S) + 1
        headers = {
            "X-RateLimit-Limit": str(LIMIT),
            "X-RateLimit-Remaining": str(remaining),
            "X-RateLimit-Reset": str(reset),
            "Retry-After": "1",
        }
        self.answer(b"{}", headers, status=200 if allowed else 429)

    def answer(self, body: bytes, headers: dict[str, str], *, status: int = 200, close: bool = False) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            **headers,
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = close

    def drip(self) -> None:
        """Send one byte at a time, each well before the read time-out, all of them long after it."""
        body = b'{"slow": true}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        for byte in body:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(0.05)

    def log_message(self, *_: object) -> None:
        pass


class Server(Unsurprised, HTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.window: deque[float] = deque()
        self.allowed: list[float] = []
        self.refused = 0
        self.mutex = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@contextmanager
def transport(url: str, attempts: int = 2, token: str | None = None) -> Iterator[Transport]:
    retry = RetryPolicy(attempts=attempts, base_wait_s=0.01, read_timeout_s=0.4)
    with (
        LocalBudget() as budget,
        Transport(Site("test", url), user_agent="test/1", token=token, budget=budget, retry=retry) as opened,
    ):
        yield opened


def test_cookies_are_not_kept(server: Server) -> None:
    with transport(server.url) as client:
        client.get("/cookie")
        client.get("/cookie")
    assert "Cookie" not in server.seen[1][1]


def test_a_transfer_may_take_longer_than_the_read_time_out(server: Server) -> None:
    with transport(server.url) as client:
        assert client.get("/drip").json() == {"slow": True}


def test_a_body_that_is_cut_short_is_asked_for_again_and_then_named(server: Server) -> None:
    with transport(server.url) as client, pytest.raises((ServerError, BadAnswer)):
        client.get("/cut")
    assert len(server.seen) == 2


def test_nobody_there_is_one_clear_error() -> None:
    with Server() as gone:
        url = gone.url
    with transport(url, attempts=1) as client, pytest.raises(ServerError, match="connection") as lost:
        client.get("/api/records")
    assert lost.value.hint


def test_the_token_stays_at_home_on_a_redirect_to_another_host(server: Server) -> None:
    with transport(server.url, token="s3cret") as client:
        client.get("/away")
    (_, first), (_, second) = server.seen
    assert first["Authorization"] == "Bearer s3cret"
    assert "Authorization" not in second


@pytest.mark.parametrize("token", ["s3cret", ""])
def test_netrc_neither_replaces_nor_adds_a_token(server: Server, tmp_path: Path, token: str) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password fromnetrc\n")
    netrc.chmod(0o600)
    run_client(server, tmp_path, requests=1, token=token, NETRC=str(netrc))
    authorization = server.seen[0][1].get("Authorization")
    assert authorization == (f"Bearer {token}" if token else None)


CLIENT = """
import sys
from pathlib import Path
from zenodo_harvest.http import SharedBudget, Transport
from zenodo_harvest.sites import Rate, Site
url, path, count, token = sys.argv[1:]
site = Site("test", url, search_rate=Rate(5, 1.0))
with (
    SharedBudget(Path(path)) as budget,
    Transport(site, user_agent="test/1", token=token, budget=budget) as client,
):
    for number in range(int(count)):
        client.get("/api/records", [("page", str(number))])
    print(client.usage.refused)
"""


def start_client(server: Server, folder: Path, requests: int, token: str, **environ: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", CLIENT, server.url, str(folder / "budget.sqlite3"), str(requests), token],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **environ},
    )


def run_client(server: Server, folder: Path, requests: int, token: str, **environ: str) -> None:
    with start_client(server, folder, requests, token, **environ) as process:
        process.communicate()
    assert process.returncode == 0


def test_two_processes_use_the_whole_budget_and_draw_no_429(server: Server, tmp_path: Path) -> None:
    """The window is full from its first refill on: each window of a second brings 30 answers."""
    with (
        start_client(server, tmp_path, 45, "") as one,
        start_client(server, tmp_path, 45, "") as other,
    ):
        assert [process.communicate()[0].strip() for process in (one, other)] == ["0", "0"]
    assert server.refused == 0
    assert len(server.allowed) == 90
    gaps_s = [later - at for at, later in zip(server.allowed, server.allowed[LIMIT:], strict=False)]
    assert min(gaps_s) >= WINDOW_S
    used = len(gaps_s) * WINDOW_S / sum(gaps_s)
    print(f"USED {used:.4f}")
    assert used >= 0.9, f"only {used:.1%} of the budget was used"
