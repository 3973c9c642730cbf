"""Outputs under attack: odd names, odd places, other runs, closed streams, signals and full disks."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result
from werkzeug.wrappers import Request, Response

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


# Signals


class Hold:
    """Holds the second page back until it is let go."""

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


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT])
def test_a_signal_that_is_ignored_at_the_start_stays_ignored(tmp_path: Path, number: signal.Signals) -> None:
    hold = Hold()
    with Emulator(limits="off", faults=hold) as emulator:
        target = tmp_path / "records.csv"
        command = [sys.executable, "-c", MAIN, "--site", emulator.url, "-q", "search", "frost", "-o", target]
        environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache")}
        former = signal.signal(number, signal.SIG_IGN)
        try:
            process = subprocess.Popen(command, env=environment)
        finally:
            signal.signal(number, former)
        assert hold.asked.wait(20)
        process.send_signal(number)
        hold.let_go.set()
        assert process.wait(20) == 0
    assert target.exists()


# Standard streams

ALL_STREAMS = [">&-", "2>&-", "<&-", "2>/dev/full", ">/dev/full", ">&- 2>&- <&-"]


@pytest.mark.parametrize("redirections", ALL_STREAMS)
@pytest.mark.parametrize("command", ["search", "harvest"])
def test_closed_and_full_streams_do_not_cost_the_work(
    shell: Shell, tmp_path: Path, command: str, redirections: str
) -> None:
    done = shell(f"{command} frost -o a.parquet -o a.csv", redirections)
    assert done.returncode == 0, done.stderr
    check_receipt(tmp_path / "receipt.json")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full"])
@pytest.mark.parametrize(
    ("arguments", "code"),
    [("search 'frost AND ('", 2), ("search --no-such", 2), ("search frost -o a.csv/b.csv -o c.csv", 8)],
)
def test_exit_codes_are_right_where_nobody_is_told(
    shell: Shell, tmp_path: Path, arguments: str, code: int, redirection: str
) -> None:
    (tmp_path / "a.csv").touch()
    assert shell(arguments, redirection).returncode == code


@pytest.mark.parametrize("redirection", [">&-", ">/dev/full"])
@pytest.mark.parametrize(
    "arguments", ["search frost", "schema", "--help", "search --help", "--version", "count"]
)
def test_data_that_cannot_go_to_stdout_is_one_clear_error(
    shell: Shell, arguments: str, redirection: str
) -> None:
    done = shell(arguments, redirection)
    assert done.returncode == 8, done.stderr
    assert done.stderr.count("Error: ") == 1
    assert "stdout" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", ["search frost --all", "--help", "search --help"])
def test_a_closed_pipe_is_no_error(shell: Shell, arguments: str) -> None:
    done = shell(arguments, "-q 2>err | true; echo ${PIPESTATUS[0]}; cat err")
    assert done.stdout == "0\n"


def test_stdin_that_is_closed_is_no_empty_input(shell: Shell, tmp_path: Path) -> None:
    done = shell("convert - -o a.csv", "<&-")
    assert done.returncode == 8
    assert "'-' cannot be read" in done.stderr
    assert not (tmp_path / "a.csv").exists()


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
