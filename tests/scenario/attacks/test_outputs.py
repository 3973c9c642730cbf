"""Outputs under attack: odd names, odd places, other runs, closed streams, signals and full disks."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from doubles import StillClock
from zenodo_harvest.cli import World, build_app
from zenodo_harvest.client import Client
from zenodo_harvest.emulator import Emulator
from zenodo_harvest.export import write_csv
from zenodo_harvest.http import LocalBudget
from zenodo_harvest.records import Record

MAIN = "from zenodo_harvest.cli import main; main()"
DUMP = Path(__file__).parents[2] / "data" / "recordings" / "dumps" / "records-json.tar.gz"
LONG = ["n" * 248 + ".csv", "n" * 236 + ".csv", "霜" * 80 + ".csv", "n" * 247 + ".parquet"]
ODD = os.fsdecode(b"gel\xe9e.csv")


@pytest.fixture(scope="module")
def running() -> Iterator[Emulator]:
    with Emulator(limits="off") as emulator:
        yield emulator


@contextmanager
def open_client(emulator: Emulator, **settings: Any) -> Iterator[Client]:
    clock = StillClock(time.time())
    with (
        LocalBudget(clock=clock) as budget,
        Client(emulator, "", clock=clock, budget=budget, **settings) as it,
    ):
        yield it


@pytest.fixture
def client(running: Emulator) -> Iterator[Client]:
    with open_client(running) as opened:
        yield opened


Zh = Callable[..., Result]


@pytest.fixture
def zh(running: Emulator) -> Zh:
    """Run a command line inside this process against the emulator."""

    def go(*arguments: object) -> Result:
        def make_client(site: str, **settings: Any) -> Client:
            del site
            return Client(running, "", clock=StillClock(time.time()), **settings)

        world = World(make_client=make_client, is_terminal=lambda _stream: False, environ={})
        return CliRunner().invoke(
            build_app(world), [str(each) for each in arguments], prog_name="zenodo-harvest"
        )

    return go


Shell = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def shell(running: Emulator, tmp_path: Path) -> Shell:
    """Run the command as a process of a shell, with redirections."""

    def go(arguments: str, redirections: str = "") -> subprocess.CompletedProcess[str]:
        line = f"{sys.executable} -c '{MAIN}' --site {running.url} {arguments} {redirections}"
        env = os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache"), "COLUMNS": "100"}
        return subprocess.run(
            ["bash", "-c", line],
            cwd=tmp_path,
            env=env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return go


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """Records that were saved as JSON Lines, for `convert`."""
    path = tmp_path / "saved.jsonl"
    path.write_text(json.dumps({"id": "1", "metadata": {"title": "Frost"}}) + "\n")
    return path


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def check_receipt(receipt: Path) -> None:
    """Compare what a receipt says of its files with what they are."""
    for written in json.loads(receipt.read_text())["outputs"]:
        file = receipt.parent / written["path"]
        assert sha256(file.read_bytes()).hexdigest() == written["sha256"]


@contextmanager
def umask(mask: int) -> Iterator[None]:
    former = os.umask(mask)
    try:
        yield
    finally:
        os.umask(former)


# Spreadsheets


@pytest.mark.parametrize("title", ["a;=1+1", "a\t=1+1", ";", 'a;"b"', "\t"])
def test_text_in_which_a_spreadsheet_may_split_is_quoted(title: str) -> None:
    stream = io.BytesIO()
    write_csv(stream, [Record(id="1", title=title)], ["title", "id"], raw_csv=True)
    doubled = title.replace('"', '""')
    assert stream.getvalue().decode() == f'title,id\r\n"{doubled}",1\r\n'
    assert [row[0] for row in csv.reader(io.StringIO(stream.getvalue().decode(), newline=""))] == [
        "title",
        title,
    ]


def test_a_row_of_one_empty_cell_is_no_empty_line() -> None:
    stream = io.BytesIO()
    write_csv(stream, [Record(id="1")], ["title"])
    assert stream.getvalue() == b'title\r\n""\r\n'
