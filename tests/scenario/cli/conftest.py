from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from typer.testing import CliRunner

from doubles import Ran, StillClock
from zenodo_harvest.cli import Outside, build_app
from zenodo_harvest.client import Client
from zenodo_harvest.emulator import Emulator

MAIN = [sys.executable, "-c", "from zenodo_harvest.cli import main; main()"]


Zh = Callable[..., Ran]


@pytest.fixture(scope="session")
def running() -> Iterator[Emulator]:
    with Emulator(limits="off") as emulator:
        yield emulator


@pytest.fixture
def emulator(running: Emulator) -> Emulator:
    """The emulator with an empty log; nothing here changes what it holds."""
    running.log.clear()
    return running


@pytest.fixture(scope="session")
def frosty(running: Emulator) -> int:
    """How many records of the sample a search for frost finds, asked without our own code."""
    with urlopen(f"{running.url}/api/records?q=frost&size=1", timeout=20) as answer:
        total: int = json.load(answer)["hits"]["total"]
    assert 25 < total < 50
    return total


@pytest.fixture
def zh(emulator: Emulator) -> Zh:
    """Run a command line inside this process against the emulator, with `token` as the user's."""

    def go(
        *arguments: str, token: str = "", terminal: bool = False, width: int = 80, stdin: Any = None
    ) -> Ran:
        def make_client(site: str, **settings: Any) -> Client:
            return Client(
                emulator if site == "zenodo" else site, token, clock=StillClock(time.time()), **settings
            )

        outside = Outside(make_client=make_client, is_terminal=lambda _stream: terminal, environ={})
        env = {"COLUMNS": str(width), "TERM": "dumb", "NO_COLOR": "1"}
        runner = CliRunner(env=env)
        done = runner.invoke(build_app(outside), list(arguments), prog_name="zenodo-harvest", input=stdin)
        return Ran(done.exit_code, done.stdout, done.stderr)

    return go


@pytest.fixture
def process(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a command line as a process of its own, stdout and stderr being pipes."""

    def go(*arguments: str, **settings: Any) -> subprocess.CompletedProcess[str]:
        settings = {"capture_output": True, "text": True, "timeout": 60, "cwd": tmp_path} | settings
        env = os.environ | settings.pop("env", {})
        return subprocess.run([*MAIN, *arguments], env=env, check=False, **settings)

    return go
