"""A command that is told to end leaves nothing half-written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from werkzeug.wrappers import Request, Response

from zenodo_harvest.emulator import Emulator

COMMAND = "from zenodo_harvest.cli import main; main()"


class Hold:
    """Holds every answer back until it is let go."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.let_go = threading.Event()

    def before(self, request: Request) -> Response | None:
        if "page=2" in request.query_string.decode():
            self.asked.set()
            self.let_go.wait(10)
        return None

    def after(self, _: Request, answer: Response) -> Response:
        return answer


def test_sigterm_ends_a_search_with_143_and_no_file(tmp_path: Path) -> None:
    hold = Hold()
    with Emulator(limits="off", faults=hold) as emulator:
        target = tmp_path / "records.parquet"
        arguments = ["--site", emulator.url, "-q", "search", "-o", str(target)]
        environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
        running = subprocess.Popen([sys.executable, "-c", COMMAND, *arguments], env=environment)
        assert hold.asked.wait(20)
        running.send_signal(signal.SIGTERM)
        assert running.wait(20) == 143
        hold.let_go.set()
    assert [file.name for file in tmp_path.iterdir() if file.name != "cache"] == []
