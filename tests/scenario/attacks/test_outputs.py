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
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result
from werkzeug.wrappers import Request, Response

from doubles import StillClock
from zenodo_harvest.cli import Outside, build_app
from zenodo_harvest.client import Client
from zenodo_harvest.dumps import convert
from zenodo_harvest.durable import Group, Journal, beside, lock, write_text
from zenodo_harvest.emulator import Emulator
from zenodo_harvest.errors import LocalError, Refused
from zenodo_harvest.export import open_sinks, write_csv
from zenodo_harvest.http import LocalBudget, Transport, download
from zenodo_harvest.records import Provenance, Record
from zenodo_harvest.sites import Site

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

        outside = Outside(make_client=make_client, is_terminal=lambda _stream: False, environ={})
        return CliRunner().invoke(
            build_app(outside), [str(each) for each in arguments], prog_name="zenodo-harvest"
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
    return {path.name for path in folder.iterdir() if path.name != "home"}


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


STARTS = """
import os, signal, sys
started = []

def hook(event, arguments):
    if event == "subprocess.Popen":
        started.append(True)
        if len(started) == 2:  # when the first one is about to learn what it is
            os.kill(int(sys.argv[1]) and os.getpid(), signal.SIGINT)

from zenodo_harvest.pool import processes

sys.addaudithook(hook)
try:
    with processes(2):
        pass
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.mark.parametrize("is_alone", [0, 1])
def test_an_interrupt_while_workers_start_leaves_no_traceback_of_theirs(
    tmp_path: Path, is_alone: int
) -> None:
    script = tmp_path / "starts.py"
    script.write_text(STARTS)
    done = subprocess.run(
        [sys.executable, script, str(is_alone)],
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
        timeout=30,
    )
    assert (done.stdout, done.stderr) == ("interrupted\n", "")


# Pipes and devices


def outputs_of(command: str, saved: Path, output: Path | str) -> list[object]:
    return {
        "search": ["search", "frost", "-o", output],
        "harvest": ["harvest", "frost", "-o", output],
        "record": ["record", "900000101", "-o", output],
        "convert": ["convert", saved, "-o", output],
        "dump convert": ["dump", "convert", DUMP, "-o", output],
        "dump fetch": ["dump", "fetch", "records-json.tar.gz", "-o", output],
    }[command]


COMMANDS = ["search", "harvest", "record", "convert", "dump convert", "dump fetch"]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_named_pipe_is_refused_and_stays(zh: Zh, saved: Path, tmp_path: Path, command: str) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    done = zh(*outputs_of(command, saved, pipe))
    assert done.exit_code == 7
    assert "a pipe or a device" in done.stderr
    assert pipe.is_fifo()
    assert names_in(tmp_path) == {"pipe.csv", "saved.jsonl"}


@pytest.fixture
def device(tmp_path: Path) -> Path:
    """A null device of our own: code that fails here must not get at that of the machine."""
    node = tmp_path / "devices" / "null.csv"
    node.parent.mkdir()
    try:
        os.mknod(node, stat.S_IFCHR | 0o666, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("no device can be made here")
    return node


@pytest.mark.parametrize("is_linked", [False, True])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_device_is_refused_and_stays(
    zh: Zh, saved: Path, device: Path, tmp_path: Path, command: str, is_linked: bool
) -> None:
    output = device
    if is_linked:
        output = tmp_path / "link.csv"
        output.symlink_to(device)
    done = zh(*outputs_of(command, saved, output))
    assert done.exit_code == 7
    assert output.is_symlink() == is_linked
    assert device.is_char_device()
    assert names_in(device.parent) == {"null.csv"}


def test_a_receipt_neither_waits_for_a_pipe_nor_takes_its_place(client: Client, tmp_path: Path) -> None:
    for name in ("a.csv", "other"):
        os.mkfifo(tmp_path / f"{name}.receipt.json")
    (tmp_path / "b.csv").write_text("id\n")
    with pytest.raises(Refused):
        client.search("frost").save(tmp_path / "b.csv")
    with pytest.raises(Refused, match="a pipe or a device"):
        client.search("frost").save(tmp_path / "a.csv")
    assert (tmp_path / "a.csv.receipt.json").is_fifo()
    assert not (tmp_path / "a.csv").exists()


def test_refusals_are_errors_of_their_branch(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with Group(overwrite=True) as group, pytest.raises(Refused):
        group.file(tmp_path / "pipe")


# Names


@pytest.mark.parametrize("name", LONG)
def test_a_long_name_costs_nothing(client: Client, tmp_path: Path, name: str) -> None:
    for folder in ("search", "harvest"):
        place = tmp_path / folder
        place.mkdir()
        if folder == "search":
            client.search("frost").save(place / name)
        else:
            client.harvest("frost", place / name)
        (receipt,) = place.glob("*~*receipt.json")
        check_receipt(receipt)
        assert not [left for left in names_in(place) if left.startswith(".")]


def test_two_long_names_that_begin_alike_have_receipts_of_their_own(client: Client, tmp_path: Path) -> None:
    for last in "ab":
        client.search("frost", limit=3).save(tmp_path / f"{'n' * 240}{last}.csv")
    assert len(list(tmp_path.glob("*~*.receipt.json"))) == 2


def test_a_name_that_is_too_long_is_one_clear_error(zh: Zh, tmp_path: Path) -> None:
    done = zh("search", "frost", "-o", tmp_path / ("n" * 252 + ".csv"))
    assert (done.exit_code, names_in(tmp_path)) == (8, set())
    assert "too long" in done.stderr


@pytest.mark.parametrize("command", ["search", "harvest", "record", "convert", "dump convert"])
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_name_that_is_no_unicode(zh: Zh, saved: Path, tmp_path: Path, command: str, ending: str) -> None:
    output = (tmp_path / ODD).with_suffix(f".{ending}")
    done = zh(*outputs_of(command, saved, output))
    assert done.exit_code == 0, done.stderr
    assert output.exists()
    receipt = json.loads(output.with_name(f"{output.name}.receipt.json").read_text())
    assert receipt["outputs"][0]["path"] == rf"gel\xe9e.{ending}"
    assert zh(*outputs_of(command, saved, output)).exit_code == 0  # it is known again


def test_a_folder_by_year_whose_name_is_no_unicode(zh: Zh, tmp_path: Path) -> None:
    output = tmp_path / os.fsdecode(b"gel\xe9e")
    done = zh("dump", "convert", DUMP, "-o", output, "--partition-by", "year")
    assert done.exit_code == 0, done.stderr
    assert list(output.glob("year=*/part-0.parquet"))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_link_to_itself_is_a_local_error(zh: Zh, saved: Path, tmp_path: Path, command: str) -> None:
    link = tmp_path / "loop.csv"
    link.symlink_to(link)
    done = zh(*outputs_of(command, saved, link))
    assert done.exit_code == 8, done.stderr
    assert "leads back to itself" in done.stderr
    assert link.is_symlink()


@pytest.mark.parametrize("named", [".", "..", "", "inner/..", "./"])
def test_a_folder_may_be_named_by_where_it_is(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    place = tmp_path / "place"
    (place / "inner").mkdir(parents=True)
    monkeypatch.chdir(place / "inner" if named == ".." else place)
    for save in (client.search("frost").save, lambda path, **it: client.harvest("frost", path, save=it)):
        save(Path(named), tables=True)
        check_receipt(place / "records.parquet.receipt.json")
    assert names_in(tmp_path) == {"place", "place.journal"}
    assert not [left for left in [*names_in(place), *names_in(place / "inner")] if left.startswith(".")]


def test_what_is_beside_the_folder_of_all_folders_is_inside() -> None:
    assert beside(Path("/"), ".journal") == Path("/.journal")


@pytest.mark.parametrize("command", ["search", "harvest", "convert"])
def test_outputs_inside_of_one_another_are_refused_before_anything(
    zh: Zh, saved: Path, tmp_path: Path, command: str
) -> None:
    arguments = outputs_of(command, saved, tmp_path / "a.csv")
    done = zh(*arguments, "-o", tmp_path / "a.csv" / "b.csv")
    assert done.exit_code == 2
    assert "in a folder that is named as a file" in done.stderr
    assert names_in(tmp_path) == {"saved.jsonl"}


def test_a_folder_that_is_to_be_made_does_not_become_a_file(zh: Zh, tmp_path: Path) -> None:
    for _ in range(2):  # the second time it is there already
        done = zh("dump", "fetch", "records-json.tar.gz", "-o", f"{tmp_path / 'nothere'}/")
        assert done.exit_code == 0, done.stderr
        assert names_in(tmp_path / "nothere") == {"records-json.tar.gz"}


@pytest.mark.parametrize("command", ["search", "harvest", "record", "convert", "dump convert"])
def test_a_folder_that_is_called_as_a_file_is_refused(
    zh: Zh, saved: Path, tmp_path: Path, command: str
) -> None:
    done = zh(*outputs_of(command, saved, f"{tmp_path / 'o.csv'}/"))
    assert done.exit_code == 2
    assert "names a folder" in done.stderr
    assert names_in(tmp_path) == {"saved.jsonl"}


# All or none


def test_no_table_appears_where_its_receipt_cannot(client: Client, tmp_path: Path) -> None:
    (tmp_path / "a.csv.receipt.json").mkdir()
    for save in (client.search("frost").save, lambda *paths: client.harvest("frost", *paths)):
        with pytest.raises(LocalError, match="it is a folder"):
            save(tmp_path / "a.csv", tmp_path / "b.csv")
        assert not (tmp_path / "a.csv").exists()
        assert not (tmp_path / "b.csv").exists()


@pytest.mark.parametrize("names", [["a.parquet"], ["a.csv", "b.csv"], ["tables"]])
def test_no_table_of_a_dump_appears_where_its_receipt_cannot(
    client: Client, tmp_path: Path, names: list[str]
) -> None:
    outputs = [tmp_path / name for name in names]
    tables = names == ["tables"]
    first = (outputs[0] / "records.parquet") if tables else outputs[0]
    first.parent.mkdir(exist_ok=True)
    place = first.with_name(f"{first.name}.receipt.json")
    place.mkdir()
    with pytest.raises(LocalError, match="it is a folder"):
        client.harvest("", *outputs, route="dump", all_versions=True, save={"tables": tables})
    assert not list(tmp_path.rglob("*.parquet"))
    assert not list(tmp_path.rglob("*.csv"))
    place.rmdir()
    receipt = client.harvest("", *outputs, route="dump", all_versions=True, save={"tables": tables})
    assert receipt.complete
    assert {output.path for output in receipt.outputs} == {
        file.name for file in first.parent.glob("*.*[tv]") if file.suffix != ".gz"
    }


@pytest.mark.parametrize("name", ["a.csv", "b.csv"])
@pytest.mark.parametrize("earlier", [False, True])
def test_an_output_that_became_a_folder_meanwhile_costs_all_outputs(
    running: Emulator, tmp_path: Path, earlier: bool, name: str
) -> None:
    outputs = [tmp_path / "a.csv", tmp_path / "b.csv"]
    taken = tmp_path / name
    if earlier:
        with open_client(running) as opened:
            opened.search("snow").save(*(path for path in outputs if path != taken))
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    with (
        open_client(running, trace=lambda _: taken.mkdir(exist_ok=True)) as opened,
        pytest.raises(LocalError, match="it is a folder"),
    ):
        opened.search("frost").save(*outputs)
    taken.rmdir()
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_files_that_have_their_names_are_taken_back_if_a_later_one_fails(tmp_path: Path) -> None:
    from zenodo_harvest.durable import Group

    kept = tmp_path / "kept.txt"
    kept.write_text("earlier")
    group = Group(overwrite=True)

    def write() -> None:
        with group:
            group.file(kept).write_text("new")
            group.file(tmp_path / "new.txt").write_text("new")
            group.folder(tmp_path / "years")
            (tmp_path / "years").mkdir()
            (tmp_path / "years" / "theirs").touch()

    with pytest.raises(LocalError, match="by now"):
        write()
    assert kept.read_text() == "earlier"
    assert names_in(tmp_path) == {"kept.txt", "years"}


def test_a_receipt_is_there_when_its_tables_appear(client: Client, tmp_path: Path) -> None:
    """Whoever looks at each change of a name finds no table without a receipt."""
    seen: list[bool] = []
    is_watching = True

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if is_watching and event == "os.rename" and str(arguments[1]).endswith("a.csv"):
            seen.append((tmp_path / "a.csv.receipt.json").exists())

    sys.addaudithook(watch)
    client.search("frost").save(tmp_path / "a.csv")
    is_watching = False
    assert seen == [True]


# Standard streams

ALL_STREAMS = [">&-", "2>&-", "<&-", "2>/dev/full", ">/dev/full", ">&- 2>&- <&-"]


@pytest.mark.parametrize("redirections", ALL_STREAMS)
@pytest.mark.parametrize("command", ["search", "harvest"])
def test_closed_and_full_streams_do_not_cost_the_work(
    shell: Shell, tmp_path: Path, command: str, redirections: str
) -> None:
    done = shell(f"{command} frost -o a.parquet -o a.csv", redirections)
    assert done.returncode == 0, done.stderr
    check_receipt(tmp_path / "a.parquet.receipt.json")
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


# Permissions


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_an_output_keeps_its_permissions(client: Client, tmp_path: Path, mode: int) -> None:
    names = ("a.csv", "a.parquet", "a.csv.receipt.json")
    for name in names[:2]:
        (tmp_path / name).touch()
        (tmp_path / name).chmod(mode)
    client.search("frost").save(tmp_path / "a.csv", tmp_path / "a.parquet")
    assert [mode_of(tmp_path / name) for name in names[:2]] == [mode, mode]
    (tmp_path / "a.csv.receipt.json").chmod(mode)
    client.harvest("frost", tmp_path / "a.csv")
    assert [mode_of(tmp_path / name) for name in names] == [mode] * 3


def test_an_output_keeps_its_owner(client: Client, tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can make files of others")
    key = client.dumps.list()[0].key
    for name in ("a.csv", "a.csv.receipt.json", "dump"):
        (tmp_path / name).touch(0o640)
        os.chown(tmp_path / name, 1234, 1235)
    client.harvest("frost", tmp_path / "a.csv")
    client.dumps.fetch(key, tmp_path / "dump", overwrite=True)
    for name in ("a.csv", "a.csv.receipt.json", "dump"):
        found = (tmp_path / name).stat()
        assert (found.st_uid, found.st_gid, found.st_mode & 0o777) == (1234, 1235, 0o640)


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_a_new_output_obeys_the_umask(client: Client, tmp_path: Path, mask: int) -> None:
    with umask(mask):
        client.harvest("frost", tmp_path / "a.csv")
        convert(DUMP, [tmp_path / "years"], provenance=provenance(), partition_by="year")
    for path in (tmp_path / "a.csv", tmp_path / "a.csv.receipt.json"):
        assert mode_of(path) == 0o666 & ~mask
    assert mode_of(tmp_path / "years") == 0o777 & ~mask
    assert mode_of(tmp_path / "a.csv.journal") & ~mode_of(tmp_path / "a.csv") == 0


def test_a_journal_and_what_is_beside_it_are_as_private_as_the_output(
    running: Emulator, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").touch()
    (tmp_path / "a.csv").chmod(0o600)
    seen: dict[str, int] = {}

    def look(_: object) -> None:
        for path in tmp_path.iterdir():
            seen[path.name] = seen.get(path.name, 0) | mode_of(path)

    with open_client(running, trace=look) as opened:
        opened.harvest("frost", tmp_path / "a.csv")
    assert "a.csv.journal.lock" in seen
    assert set(seen.values()) == {0o600}
    assert mode_of(tmp_path / "a.csv.journal") == 0o600


def test_a_journal_loses_what_its_output_has_lost(client: Client, tmp_path: Path) -> None:
    client.harvest("frost", tmp_path / "a.csv")
    (tmp_path / "a.csv").chmod(0o600)
    (tmp_path / "a.csv.journal").chmod(0o644)
    client.harvest("frost", tmp_path / "a.csv")
    assert mode_of(tmp_path / "a.csv.journal") == mode_of(tmp_path / "a.csv") == 0o600


def test_side_files_of_a_killed_journal_are_made_private(tmp_path: Path) -> None:
    for name in ("j", "j-journal", "j-wal", "j-shm"):
        (tmp_path / name).touch(0o644)
    with Journal(tmp_path / "j", mode=0o600):
        assert {mode_of(path) for path in tmp_path.iterdir()} == {0o600}


def test_nobody_else_reads_a_table_while_it_is_made(tmp_path: Path) -> None:
    with open_sinks([tmp_path / "a.csv"]):
        (room,) = tmp_path.iterdir()
        assert mode_of(room) == 0o700


# Two runs at once


def test_a_run_waits_while_another_gives_its_files_their_names(client: Client, tmp_path: Path) -> None:
    outputs = [tmp_path / "a.csv", tmp_path / "a.parquet"]
    with ThreadPoolExecutor(1) as pool:
        with open_sinks(outputs) as sink:
            sink.write([Record(id="1")])
            sink.finish()
            sink.claim()
            other = pool.submit(client.search("frost").save, *outputs, overwrite=True)
            with pytest.raises(TimeoutError):
                other.result(0.8)
            assert not any(path.exists() for path in outputs)
        receipt = other.result(20)
    check_receipt(tmp_path / "a.csv.receipt.json")
    assert receipt.rows > 1
    assert names_in(tmp_path) == {"a.csv", "a.parquet", "a.csv.receipt.json"}


def test_runs_at_once_leave_the_rows_and_the_receipt_of_one(running: Emulator, tmp_path: Path) -> None:
    queries = ["frost", "snow", "index", "frost OR snow"]

    def save(query: str) -> None:
        with open_client(running) as opened:
            opened.search(query).save(tmp_path / "a.csv", tmp_path / "b" / "a.jsonl", tmp_path / "a.parquet")

    with ThreadPoolExecutor(len(queries)) as pool:
        list(pool.map(save, queries * 3))
    check_receipt(tmp_path / "a.csv.receipt.json")
    assert names_in(tmp_path) == {"a.csv", "a.parquet", "b", "a.csv.receipt.json"}


def test_runs_at_once_into_one_folder_keep_a_receipt_each(running: Emulator, tmp_path: Path) -> None:
    files = [tmp_path / f"{letter}.csv" for letter in "abcdef"]

    def save(file: Path) -> None:
        with open_client(running) as opened:
            opened.search("frost", limit=3).save(file)

    with ThreadPoolExecutor(len(files)) as pool:
        list(pool.map(save, files))
    receipts = [path for path in tmp_path.iterdir() if path.suffix == ".json"]
    described = [json.loads(path.read_text())["outputs"][0]["path"] for path in receipts]
    assert sorted(described) == [file.name for file in files]


def test_a_harvest_leaves_no_lock_behind(client: Client, tmp_path: Path) -> None:
    client.harvest("frost", tmp_path / "a.csv")
    assert names_in(tmp_path) == {"a.csv", "a.csv.journal", "a.csv.receipt.json"}


def test_a_lock_that_is_removed_when_it_is_let_go_is_held_by_one_alone(tmp_path: Path) -> None:
    inside: list[int] = []
    most: list[int] = []

    def work(number: int) -> None:
        for _ in range(20):
            with lock(tmp_path / "lock", wait_s=20):
                inside.append(number)
                most.append(len(inside))
                inside.remove(number)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert max(most) == 1
    assert len(most) == 80
    assert names_in(tmp_path) == set()


# Temporaries of others

DIES = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from zenodo_harvest.dumps import convert
from zenodo_harvest.progress import NoProgress
from zenodo_harvest.records import Provenance

class Dies(NoProgress):
    def finish(self):
        os.kill(os.getpid(), signal.SIGKILL)

convert(Path(sys.argv[1]), [Path(sys.argv[2])], provenance=Provenance("zenodo", "dump", datetime.now(UTC)),
        partition_by="year" if sys.argv[2].endswith("years") else None, workers=1, progress=Dies())
"""


def provenance() -> Provenance:
    from datetime import UTC, datetime

    return Provenance("zenodo", "dump", datetime.now(UTC))


@pytest.mark.parametrize("name", ["years", "a.parquet", "a.csv"])
def test_what_a_killed_conversion_left_is_removed_by_the_next(tmp_path: Path, name: str) -> None:
    killed = subprocess.run([sys.executable, "-c", DIES, DUMP, tmp_path / name], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert len(names_in(tmp_path)) == 1
    partition_by: Any = "year" if name == "years" else None
    convert(DUMP, [tmp_path / name], provenance=provenance(), partition_by=partition_by)
    assert names_in(tmp_path) == {name, f"{name}.receipt.json"}


HOLDS = """
import os, sys; from pathlib import Path; from zenodo_harvest.durable import Group
wanted = int(sys.argv[2])
while (child := os.fork()) and child < wanted:
    os.waitpid(child, 0)
if child:
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
if os.getpid() < wanted:
    os._exit(0)
with Group(overwrite=True) as group:
    group.file(Path(sys.argv[1])).write_text("theirs")
    print("holds", flush=True)
    sys.stdin.readline()
"""


def test_what_a_live_run_of_another_container_makes_is_left_alone(tmp_path: Path) -> None:
    """Process ids of another namespace say nothing here."""
    apart = ["unshare", "--pid", "--fork"]
    if subprocess.run([*apart, "true"], check=False, capture_output=True).returncode:
        pytest.skip("no process namespace can be made here")
    final = tmp_path / "a.txt"
    nobody = next(number for number in range(3, 1 << 15) if not Path(f"/proc/{number}").exists())
    with subprocess.Popen(
        [*apart, sys.executable, "-c", HOLDS, final, str(nobody)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as other:  # fmt: skip
        assert other.stdout is not None
        assert other.stdout.readline() == "holds\n"
        write_text(final, "ours")
        _, said = other.communicate("\n", timeout=20)
    assert (other.returncode, said) == (0, "")
    assert final.read_text() == "theirs"


def test_what_is_left_without_its_lock_is_removed(tmp_path: Path) -> None:
    (tmp_path / ".zenodo-harvest-0123456789ab.part").mkdir()
    with Group(overwrite=True) as group:
        group.file(tmp_path / "a.txt")
    assert names_in(tmp_path) == {"a.txt"}


AT = """
import os, signal, sys
from pathlib import Path
from zenodo_harvest.durable import Group

def give_names(folders, sent, wanted):
    events = {"os.rename", "os.link", "os.remove", "os.chmod", "os.mkdir", "os.rmdir", "shutil.rmtree"}
    seen = 0

    def hook(event, arguments):
        nonlocal seen
        if event in events and any(folder in str(arguments) for folder in folders):
            seen += 1
            if seen == wanted:
                os.kill(os.getpid(), sent)

    def end(number, frame):
        raise SystemExit(128 + number)

    if sent != signal.SIGKILL:
        signal.signal(sent, end)
    sys.addaudithook(hook)
    with Group(overwrite=True) as group:
        for folder in folders:
            for name in ("a.csv", "b.csv"):
                group.file(Path(folder) / name).write_text("new")
        group.text(Path(folders[0]) / "receipt.json", "new")
    sys.exit(0 if seen < wanted else 1)

for line in sys.stdin:
    folders, sent, wanted = line.rstrip().split("\\t")
    if (child := os.fork()) == 0:
        give_names(folders.split(":"), int(sent), int(wanted))
    print(os.waitpid(child, 0)[1], flush=True)
"""
RunTo = Callable[[int, signal.Signals, list[Path]], bool]


@pytest.fixture(scope="module")
def run_to() -> Iterator[RunTo]:
    """Give files their names in a process that gets a signal at a step, and tell whether there was one."""
    with subprocess.Popen(
        [sys.executable, "-c", AT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:

        def go(step: int, sent: signal.Signals, folders: list[Path]) -> bool:
            assert parent.stdin
            assert parent.stdout
            print(":".join(map(str, folders)), int(sent), step, sep="\t", file=parent.stdin, flush=True)
            return int(parent.stdout.readline()) != 0

        yield go


def contents(folders: list[Path]) -> set[str | None]:
    files = [folder / name for folder in folders for name in ("a.csv", "b.csv")]
    files.append(folders[0] / "receipt.json")
    return {file.read_text() if file.exists() else None for file in files}


@pytest.mark.parametrize("earlier", ["old", None])
@pytest.mark.parametrize("count", [1, 2])
def test_files_of_a_killed_run_are_all_old_or_all_new_after_the_next(
    run_to: RunTo, tmp_path: Path, earlier: str | None, count: int
) -> None:
    seen = set()
    for step in range(1, 40):
        folders = [tmp_path / str(step) / str(number) for number in range(count)]
        for folder in folders:
            folder.mkdir(parents=True)
            for name in ("a.csv", "b.csv", "receipt.json"):
                if earlier and (name != "receipt.json" or folder == folders[0]):
                    (folder / name).write_text(earlier)
        if not run_to(step, signal.SIGKILL, folders):
            break
        for folder in reversed(folders) if step % 2 else folders:
            write_text(folder / "other", "of the next run")
        assert len(contents(folders)) == 1, step
        assert not [name for folder in folders for name in names_in(folder) if name.startswith(".")]
        seen |= contents(folders)
    assert seen == {earlier, "new"}


def test_what_was_changed_after_a_kill_stays(run_to: RunTo, tmp_path: Path) -> None:
    names = ("a.csv", "b.csv", "receipt.json")
    for step in range(1, 40):
        folder = tmp_path / str(step)
        folder.mkdir()
        for name in names:
            (folder / name).write_text("old")
        assert run_to(step, signal.SIGKILL, [folder])
        if "new" in contents([folder]):
            break
    (folder / "b.csv").write_text("of somebody else")
    write_text(folder / "other", "of the next run")
    assert (folder / "b.csv").read_text() == "of somebody else"


def test_a_plan_of_somebody_else_is_not_followed(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can make files of others")
    room = tmp_path / ".zenodo-harvest-0123456789ab.part"
    room.mkdir(0o700)
    (room / "0123456789ab.part.lock").touch()
    (room / "a.csv").write_text("theirs")
    (room / "0123456789ab.part.plan").write_text(json.dumps({"steps": [[str(room), "a.csv", None]]}))
    os.chown(room, 1234, 1234)
    write_text(tmp_path / "other", "ours")
    assert names_in(tmp_path) == {"other"}


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_at_any_step_leaves_nothing_hidden(
    run_to: RunTo, tmp_path: Path, sent: signal.Signals
) -> None:
    for step in range(1, 40):
        folder = tmp_path / str(step)
        folder.mkdir()
        (folder / "a.csv").write_text("old")
        if not run_to(step, sent, [folder]):
            break
        assert not [name for name in names_in(folder) if name.startswith(".")], step
        assert contents([folder]) in ({"new"}, {"old", None}), step
    assert step > 8


# Space


def test_a_dump_the_disk_has_no_room_for_is_not_asked_for(running: Emulator, tmp_path: Path) -> None:
    with open_client(running) as opened:
        dump = max(opened.dumps.list(), key=lambda dump: dump.size_bytes)
    final = tmp_path / "dump"
    (tmp_path / "dump.part").write_bytes(bytes(dump.size_bytes - 1000))
    site = Site("emulator", running.url)
    with LocalBudget() as budget, Transport(site, user_agent="test/1", budget=budget) as transport:

        def bring(free: int) -> None:
            download(
                transport, dump.url, final,
                size_bytes=dump.size_bytes, checksum=dump.md5, free_bytes=lambda _: free,
            )  # fmt: skip

        seen = len(running.log)
        with pytest.raises(LocalError, match="1,000 bytes are missing and the disk has 999 free"):
            bring(999)
        assert len(running.log) == seen
        assert names_in(tmp_path) == {"dump.part"}
        bring(1000)
    assert names_in(tmp_path) == {"dump"}


def test_the_free_space_of_the_disk_itself_is_looked_at(tmp_path: Path) -> None:
    site = Site("nowhere", "http://127.0.0.1:9")
    with (
        LocalBudget() as budget,
        Transport(site, user_agent="test/1", budget=budget) as transport,
        pytest.raises(LocalError, match="the disk has"),
    ):
        download(transport, "/file", tmp_path / "dump", size_bytes=1 << 60, checksum="0" * 32)
    assert names_in(tmp_path) == set()


def test_a_fetched_file_keeps_its_permissions_and_a_link_its_target(client: Client, tmp_path: Path) -> None:
    key = client.dumps.list()[0].key
    (tmp_path / "target").touch()
    (tmp_path / "target").chmod(0o600)
    (tmp_path / "link").symlink_to("target")
    client.dumps.fetch(key, tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").stat().st_size > 0
    assert mode_of(tmp_path / "target") == 0o600


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
