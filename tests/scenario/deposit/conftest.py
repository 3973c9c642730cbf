"""An emulator, who deposits there, and the command line."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from deposit_desk import OWNER, Desk, Zh
from doubles import Ran, StillClock
from zenodo_harvest.cli import Outside, build_app
from zenodo_harvest.client import Client
from zenodo_harvest.emulator import Emulator
from zenodo_harvest.http import LocalBudget


@pytest.fixture(scope="session")
def running() -> Iterator[Emulator]:
    with Emulator(limits="off") as emulator:
        yield emulator


@pytest.fixture
def desk(running: Emulator, tmp_path: Path) -> Iterator[Desk]:
    """The emulator of all tests: each test knows its own deposits by their numbers and titles."""
    folder = tmp_path / "files"
    folder.mkdir()
    running.log.clear()
    desk = Desk(running, folder)
    yield desk
    desk.close()
    running.faults.clear()


@pytest.fixture
def zh(desk: Desk) -> Zh:
    """Run a deposit command inside this process against the emulator."""

    def go(*arguments: str, token: str = OWNER, terminal: bool = False, stdin: str | None = None) -> Ran:
        clock = StillClock(time.time())

        def make_client(site: str, **settings: Any) -> Client:
            budget = LocalBudget(clock=clock)
            desk._open.append(budget)
            return Client(
                desk.emulator if site == "zenodo" else site, token, clock=clock, budget=budget, **settings
            )

        outside = Outside(make_client=make_client, is_terminal=lambda _stream: terminal, environ={})
        runner = CliRunner(env={"COLUMNS": "160", "TERM": "dumb", "NO_COLOR": "1"})
        done = runner.invoke(
            build_app(outside), ["deposit", *arguments], prog_name="zenodo-harvest", input=stdin
        )
        return Ran(done.exit_code, done.stdout, done.stderr)

    return go
