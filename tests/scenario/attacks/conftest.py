"""Servers that lie, told what to answer request by request."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from doubles import Unsurprised

Headers = dict[str, str]
Reply = tuple[int, bytes, Headers]


class Liar(Unsurprised, HTTPServer):
    """Answers with what `reply` makes of a path, and keeps what it was asked."""

    def __init__(self, reply: Callable[[str], Reply]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.reply = reply
        self.seen: list[tuple[str, Headers]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        assert isinstance(self.server, Liar)
        self.server.seen.append((self.path, dict(self.headers)))
        status, body, headers = self.server.reply(self.path)
        self.send_response(status)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            **headers,
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def liar() -> Iterator[Callable[[Callable[[str], Reply]], Liar]]:
    """Start a server that answers as told."""
    running: list[tuple[Liar, threading.Thread]] = []

    def start(reply: Callable[[str], Reply]) -> Liar:
        server = Liar(reply)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        running.append((server, thread))
        return server

    yield start
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def process(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a command line as a process of its own, stdout and stderr being pipes."""

    def go(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        main = [sys.executable, "-c", "from zenodo_harvest.cli import main; main()"]
        return subprocess.run(
            [*main, *arguments],
            env=os.environ | environ,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return go
