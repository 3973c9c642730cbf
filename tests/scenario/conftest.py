"""Folders of each test's own, and a server that answers as it likes, byte by byte."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from inspect import signature
from pathlib import Path
from typing import BinaryIO

import pytest

from doubles import Unsurprised

Behave = Callable[[BinaryIO], None] | Callable[[BinaryIO, str], None]
"""Writes an answer; it is told the target of the request if it wants to know it."""


class Hostile(Unsurprised, socketserver.TCPServer):
    """Reads each request and lets `behave` write whatever it likes in answer."""

    allow_reuse_address = True
    block_on_close = False

    def __init__(self, behave: Behave) -> None:
        self.wants_target = len(signature(behave).parameters) == 2
        self.behave: Callable[..., None] = behave
        self.requests = 0
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, Hostile)
        self.server.requests += 1
        target = self.rfile.readline().split()[1].decode()
        while self.rfile.readline().strip():
            """Read on to the end of the request's headers."""
        try:
            self.server.behave(*((self.wfile, target) if self.server.wants_target else (self.wfile,)))
        except OSError:
            """The client had enough, which is what is tested."""


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep caches and settings of this machine's user out of it."""
    for name in ("CACHE", "CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / "home" / name.lower()))
    for name in ("ZENODO_TOKEN", "ZENODO_EMULATOR_TOKEN", "ZENODO_HARVEST_SITE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def hostile() -> Iterator[Callable[[Behave], Hostile]]:
    """Start a server that behaves as told."""
    running: list[Hostile] = []

    def start(behave: Behave) -> Hostile:
        server = Hostile(behave)
        running.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return server

    yield start
    for server in running:
        server.shutdown()
        server.server_close()
