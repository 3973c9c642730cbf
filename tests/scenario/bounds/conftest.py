"""A server that answers as it likes, and command lines whose memory is measured."""

from __future__ import annotations

import os
import socketserver
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from inspect import signature
from pathlib import Path
from typing import BinaryIO

import pytest

MEASURED = """
import sys
from pathlib import Path
from zenodo_harvest.cli import main

peak = Path(sys.argv.pop(1))
try:
    main()
finally:  # of this program alone: getrusage counts the process that it was started from
    peak.write_text(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
"""

Behave = Callable[[BinaryIO], None] | Callable[[BinaryIO, str], None]
"""Writes an answer; it is told the target of the request if it wants to know it."""


class Hostile(socketserver.ThreadingTCPServer):
    """Reads each request and lets `behave` write whatever it likes in answer."""

    allow_reuse_address = True
    daemon_threads = True
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


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str
    peak_mb: int


@pytest.fixture
def measured(tmp_path: Path) -> Callable[..., Ran]:
    """Run a command line as a process of its own and measure its memory."""

    def run(*arguments: str, **environ: str) -> Ran:
        peak = tmp_path / "peak"
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, str(peak), *arguments],
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
            cwd=tmp_path,
            env=os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache")} | environ,
        )
        return Ran(done.returncode, done.stdout, done.stderr, int(peak.read_text()) // 1024)

    return run
