"""The budget takes no orders: headers without sense, and a shared file that is lost under eight processes."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import pairwise
from pathlib import Path

import pytest

from doubles import Notes, StillClock, Unsurprised
from zenodo_harvest.errors import RateLimited, ServerError
from zenodo_harvest.http import RetryPolicy, SharedBudget, Transport
from zenodo_harvest.http.allowance import Allowance
from zenodo_harvest.sites import Rate, Site

LIMIT = 30
WINDOW_S = 1.0
PROCESSES = 8
EACH = 7
HARMED_AFTER = 20

Reply = tuple[int, dict[str, str], bytes]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, Server)
        status, headers, body = server.reply(self.path)
        self.send_response_only(status)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": len(body),
            **headers,
        }.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Server(Unsurprised, HTTPServer):
    request_queue_size = 64

    def __init__(self, reply: Callable[[str], Reply]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.reply = reply

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def serving(reply: Callable[[str], Reply]) -> Iterator[Server]:
    with Server(reply) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield running
        finally:
            running.shutdown()
            thread.join()


@contextmanager
def client(url: str, path: Path, clock: StillClock, notes: Notes | None = None) -> Iterator[Transport]:
    site = Site("test", url, search_rate=Rate(3))
    with (
        SharedBudget(path, clock=clock, progress=notes) as budget,
        Transport(
            site,
            user_agent="test/1",
            budget=budget,
            clock=clock,
            retry=RetryPolicy(attempts=2),
            progress=notes,
        ) as opened,
    ):
        yield opened


def headers(clock: StillClock, **changed: str) -> dict[str, str]:
    """Return the headers of a sound answer, but for what is changed."""
    sound = {
        "Date": format_datetime(datetime.fromtimestamp(int(clock.time_s), UTC), usegmt=True),
        "X-RateLimit-Limit": "3",
        "X-RateLimit-Remaining": "2",
        "X-RateLimit-Reset": str(int(clock.time_s) + 61),
    }
    names = {"limit": "X-RateLimit-Limit", "remaining": "X-RateLimit-Remaining", "reset": "X-RateLimit-Reset"}
    told = sound | {names.get(name, name.replace("_", "-")): value for name, value in changed.items()}
    return {name: value for name, value in told.items() if value != "absent"}


FAR = "2750000000"
ORDERS = [
    {"limit": "9000000", "remaining": "0"},
    {"limit": "9" * 30, "remaining": "0", "reset": "9" * 30},
    {"limit": "9" * 400, "remaining": "-" + "9" * 400, "reset": "9" * 400},
    {"limit": "9" * 5000, "remaining": "9" * 5000, "reset": "9" * 5000},
    {"limit": "3", "remaining": "2", "reset": FAR},
    {"limit": "3", "remaining": "2", "reset": FAR, "Date": "absent"},
    {"limit": "1", "remaining": "0", "reset": FAR},
    {"limit": "3", "remaining": "-1"},
    {"limit": "3", "remaining": "5"},
    {"limit": "-3", "remaining": "-3", "reset": "-3"},
    {"limit": "", "remaining": "", "reset": ""},
    {"Date": "Sun, 22 Nov 99999999999999 08:00:00 +99999999999999"},
    {"Date": "Sun, 22 Nov 2026 08:00:00"},
    {"Date": "?" * 200},
]


@pytest.mark.parametrize("order", ORDERS, ids=range(len(ORDERS)))
def test_no_header_silences_this_run_or_later_ones(tmp_path: Path, order: dict[str, str]) -> None:
    clock, path = StillClock(), tmp_path / "budget.sqlite3"
    told = [order, {}]

    def reply(_: str) -> Reply:
        return 200, headers(clock, **told[0]), b"{}"

    with serving(reply) as server:
        while told:
            with client(server.url, path, clock) as opened:
                for _ in range(2):
                    assert opened.get("/api/records").status == 200
            told.pop(0)
        with client("http://127.0.0.1:1", path, clock) as other, pytest.raises(ServerError):
            other.get("/api/records")
    assert sum(clock.slept) <= 4 * 60.1
    assert path.stat().st_size < 200_000


TEXTS = [
    "3 per 30 year",
    f"3 per {'9' * 180} minute",
    "3 per 3650 day",
    "3 per \u0663 hour",
    "3 per 0 minute",
]


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_no_text_of_a_429_silences_later_runs(tmp_path: Path, text: str) -> None:
    clock, path = StillClock(), tmp_path / "budget.sqlite3"
    replies = deque([429])

    def reply(_: str) -> Reply:
        status = replies.popleft() if replies else 200
        return status, headers(clock, remaining="0"), b'{"message": "%s"}' % text.encode()

    with serving(reply) as server, client(server.url, path, clock) as opened:
        assert opened.get("/api/records").status == 200
    assert sum(clock.slept) <= 65


SILENCING = ["1 per 60 minute", "1 per 1 hour", "30 per 60 minute", "5 per 3600 second"]


@pytest.mark.parametrize("text", SILENCING)
@pytest.mark.parametrize("is_silent_after", [True, False])
def test_a_window_of_an_hour_does_not_silence_a_site_for_an_hour(
    tmp_path: Path, text: str, is_silent_after: bool
) -> None:
    """The server says so once, with or without telling another limit afterwards."""
    clock, path = StillClock(), tmp_path / "budget.sqlite3"
    refusals = deque([429])

    def reply(_: str) -> Reply:
        if refusals:
            limit = {
                "limit": text.split(maxsplit=1)[0],
                "remaining": "0",
                "reset": str(int(clock.time_s) + 3600),
            }
            return refusals.popleft(), headers(clock, **limit), text.encode()
        return 200, {} if is_silent_after else headers(clock, limit="60", remaining="59"), b"{}"

    with serving(reply) as server:
        with client(server.url, path, clock) as opened:
            assert opened.get("/api/records").status == 200
        assert sum(clock.slept) <= 125
        clock.slept.clear()
        with client(server.url, path, clock) as later:
            for _ in range(2):
                assert later.get("/api/records").status == 200
        assert sum(clock.slept) <= 65


def test_a_site_that_goes_on_refusing_is_tried_now_and_then(tmp_path: Path) -> None:
    clock, path = StillClock(), tmp_path / "budget.sqlite3"
    asked_at: list[float] = []

    def reply(_: str) -> Reply:
        asked_at.append(clock.time_s)
        limit = {"limit": "1", "remaining": "0", "reset": str(int(clock.time_s) + 3600)}
        return 429, headers(clock, **limit), b"1 per 60 minute"

    with serving(reply) as server, client(server.url, path, clock) as opened, pytest.raises(RateLimited):
        opened.get("/api/records")
    waits = [later - earlier for earlier, later in pairwise(asked_at)]
    assert waits
    assert min(waits) >= 119
    assert max(waits) <= 125


def test_a_window_that_our_own_requests_have_filled_is_waited_for(tmp_path: Path) -> None:
    """An hour of Zenodo is full now and then; nothing is gained by asking before it has passed."""
    clock = StillClock()
    with SharedBudget(tmp_path / "budget.sqlite3", clock=clock) as budget:
        for _ in range(60):
            budget.settle(budget.acquire("x", "search", Rate(60, 3600.0)), None, None)
        budget.acquire("x", "search", Rate(60, 3600.0))
    assert 3600 <= sum(clock.slept) <= 3601


NO_NUMBERS: list[object] = ["zzz", None, b"\0", 9e999, -9e999]


@pytest.mark.parametrize("at", [1e9, *NO_NUMBERS], ids=repr)
@pytest.mark.parametrize("requests", [99, *NO_NUMBERS], ids=repr)
def test_a_file_that_holds_no_numbers_is_begun_anew(tmp_path: Path, at: object, requests: object) -> None:
    clock, notes, path = StillClock(), Notes(), tmp_path / "budget.sqlite3"
    with SharedBudget(path, clock=clock):
        pass
    key = ("x", "search")
    with closing(sqlite3.connect(path)) as database, database:
        for _ in range(3):
            database.execute("INSERT INTO slot VALUES (NULL, ?, ?, ?, 0)", (*key, at))
            for moment in (at, clock.time_s - 1):
                database.execute("INSERT INTO others VALUES (?, ?, ?, ?)", (*key, moment, requests))
        database.execute("INSERT INTO rate VALUES (?, ?, ?, ?, ?, ?)", (*key, requests, requests, at, at))
    with SharedBudget(path, clock=clock, progress=notes) as budget:
        for _ in range(4):
            lease = budget.acquire(*key, Rate(3))
            budget.settle(lease, Allowance(3, 1, clock.time_s + 61), None)
    assert sum(clock.slept) <= 4 * 60.1 + 300
    assert not any("limits itself" in note for note in notes.notes)


WAITS = ["9" * 30, "9" * 400, "9" * 5000, "-1", "\u00b3", "Fri, 31 Dec 9999 23:59:59 -0000"]
WAITS += [f"Sun, 22 Nov 2026 08:00:00 {zone}" for zone in ("+9999999", "-99999999999999999999", "XYZ", "")]


@pytest.mark.parametrize("wait", WAITS, ids=range(len(WAITS)))
def test_no_retry_after_ends_a_run_in_anything_but_a_clear_error(tmp_path: Path, wait: str) -> None:
    clock = StillClock()

    def reply(_: str) -> Reply:
        return 429, headers(clock, Retry_After=wait), b"{}"

    with serving(reply) as server, client(server.url, tmp_path / "budget.sqlite3", clock) as opened:
        with pytest.raises(RateLimited) as limited:
            opened.get("/api/records")
        assert limited.value.exit_code == 6
        assert limited.value.hint
    assert max(clock.slept, default=0) <= 120


@pytest.mark.parametrize("ahead_s", [-31_536_000, -59, 59, 31_536_000])
@pytest.mark.parametrize("window_s", [10, 60])
def test_a_clock_that_is_wrong_neither_waits_for_long_nor_bursts(
    tmp_path: Path, ahead_s: int, window_s: int
) -> None:
    """The server's clock runs beside ours; it counts as Zenodo does."""
    clock, path = StillClock(), tmp_path / "budget.sqlite3"
    counted: deque[float] = deque()
    refused = 0

    def reply(_: str) -> Reply:
        nonlocal refused
        now = clock.time_s - ahead_s
        while counted and counted[0] <= now - window_s:
            counted.popleft()
        is_refused = len(counted) >= 3
        if is_refused:
            refused += 1
        else:
            counted.append(now)
        told = {
            "Date": format_datetime(datetime.fromtimestamp(int(now), UTC), usegmt=True),
            "X-RateLimit-Limit": "3",
            "X-RateLimit-Remaining": str(3 - len(counted)),
            "X-RateLimit-Reset": str(int(counted[0] + window_s) + 1),
        }
        return 429 if is_refused else 200, told, b"{}"

    with serving(reply) as server, client(server.url, path, clock) as opened:
        for _ in range(9):
            opened.get("/api/records")
    assert refused == 0
    assert 2 * window_s <= sum(clock.slept) <= 2 * window_s + 3


CLIENTS = """
import os, sys, traceback
from pathlib import Path
from zenodo_harvest.http import SharedBudget, Transport
from zenodo_harvest.progress import NoProgress
from zenodo_harvest.sites import Rate, Site

class Alone(NoProgress):
    def note(self, text):
        if "limits itself" in text:
            sys.stderr.write(text)

def work(url, path, count):
    site = Site("test", url, search_rate=Rate(30, 1.0))
    with (
        SharedBudget(Path(path), progress=Alone()) as budget,
        Transport(site, user_agent="test/1", budget=budget) as client,
    ):
        os.write(1, b"ready\\n")
        os.read(gate, 1)  # ends when the gate is opened, for all at once
        for number in range(int(count)):
            client.get("/api/records", [("page", str(number))])

gate, opening = os.pipe()
children = []
for _ in range(int(sys.argv.pop())):
    if (child := os.fork()) == 0:
        os.close(opening)
        try:
            work(*sys.argv[1:])
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    children.append(child)
input()
os.close(opening)
print(*(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children))
"""


class Counter:
    """Counts requests as Zenodo does, with a short window; does harm while all processes are at work."""

    def __init__(self, harm: Callable[[], object]) -> None:
        self.harm = harm
        self.harmed_at: float | None = None
        self.mutex = threading.Lock()
        self.window: deque[float] = deque()
        self.answered = 0
        self.refused = 0

    def reply(self, _: str) -> Reply:
        with self.mutex:
            now = time.time()
            while self.window and self.window[0] < now - WINDOW_S:
                self.window.popleft()
            is_refused = len(self.window) >= LIMIT
            if is_refused:
                self.refused += 1
            else:
                self.answered += 1
                self.window.append(now)
            told = {
                "Date": format_datetime(datetime.fromtimestamp(int(now), UTC), usegmt=True),
                "X-RateLimit-Limit": str(LIMIT),
                "X-RateLimit-Remaining": str(LIMIT - len(self.window)),
                "X-RateLimit-Reset": str(int(self.window[0] + WINDOW_S) + 1),
                "Retry-After": "1",
            }
            if self.harmed_at is None and self.answered == HARMED_AFTER:
                self.harmed_at = now
                self.harm()
        return 429 if is_refused else 200, told, b"{}"


def delete(path: Path) -> None:
    path.unlink()


def replace_by_an_empty_one(path: Path) -> None:
    path.with_name("new").touch()
    path.with_name("new").replace(path)


def overwrite(path: Path) -> None:
    path.write_bytes(b"no database at all, but quite long enough to look at" * 100)


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("harm", [delete, replace_by_an_empty_one, overwrite, empty])
def test_eight_processes_whose_file_is_lost_do_not_burst(
    tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    path = tmp_path / "budget.sqlite3"
    counter = Counter(lambda: harm(path))
    command = [sys.executable, "-c", CLIENTS]
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with serving(counter.reply) as server:
        command += [server.url, str(path), str(EACH), str(PROCESSES)]
        with subprocess.Popen(command, text=True, **pipes) as clients:
            assert clients.stdout
            assert [clients.stdout.readline() for _ in range(PROCESSES)] == ["ready\n"] * PROCESSES
            ended = clients.communicate("go\n")
    print(f"harmed {counter.harmed_at is not None} answered {counter.answered} refused {counter.refused}")
    assert counter.harmed_at is not None
    assert ended == ("0 0 0 0 0 0 0 0\n", "")
    assert counter.answered == PROCESSES * EACH
    assert counter.refused < PROCESSES
