"""A client that was used before a fork gives each process the rows of its own queries, or none."""

from __future__ import annotations

import json
import multiprocessing
import os
import pickle
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from doubles import StillClock
from zenodo_harvest.client import Client
from zenodo_harvest.emulator import Emulator
from zenodo_harvest.errors import UsageError
from zenodo_harvest.http import SharedBudget

QUERIES = [f'id:"{900000100 + number}"' for number in range(100)]

FORKING = """
import multiprocessing, sys, threading
from zenodo_harvest.client import Client
from zenodo_harvest.emulator import Emulator

def ids(q):
    return q, sorted(record.id for record in client.search(q, all_versions=True))

with Emulator(limits="off") as emulator, Client(emulator, "emulator-token") as client:
    client.search("frost").total
    busy = threading.Event()

    def keep_busy():
        while not busy.is_set():
            client.search("frost", limit=1).preview()

    thread = threading.Thread(target=keep_busy)
    thread.start()
    try:
        with multiprocessing.get_context("fork").Pool(4) as pool:
            found = pool.map_async(ids, [f'id:"{900000100 + n}"' for n in range(100)]).get(60)
    finally:
        busy.set()
        thread.join()
    wrong = [(q, rows) for q, rows in found if rows and rows != [q[4:-1]]]
    print(len(found), len(wrong), sum(bool(rows) for _, rows in found))
"""


def run(code: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run code as a process of its own; Python's own warning of forks with threads is not ours."""
    return subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
        env=os.environ | {"XDG_CACHE_HOME": str(folder)},
    )


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_hundred_searches_after_a_fork_bring_rows_of_their_own(tmp_path: Path) -> None:
    done = run(FORKING, tmp_path)
    assert done.stderr == ""
    count, wrong, full = map(int, done.stdout.split())
    assert (count, wrong) == (100, 0)
    assert full > 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_lock_that_another_thread_held_at_the_fork_does_not_block_the_child(tmp_path: Path) -> None:
    code = textwrap.dedent("""
        import os, sys
        from pathlib import Path
        from zenodo_harvest.http import SharedBudget
        from zenodo_harvest.sites import Rate

        with SharedBudget(Path(sys.argv[1])) as budget:
            budget.acquire("https:x:443", "search", Rate(30))
            with budget._store._mutex:
                child = os.fork()
                if child == 0:
                    lease = budget.acquire("https:x:443", "search", Rate(30))
                    budget.settle(lease, None, None)
                    os._exit(7)
                _, status = os.waitpid(child, 0)
            budget.acquire("https:x:443", "search", Rate(30))
        print(os.waitstatus_to_exitcode(status))
    """)
    done = run(code, tmp_path, str(tmp_path / "budget.sqlite3"))
    assert (done.stdout, done.stderr) == ("7\n", "")


def test_a_client_says_why_it_cannot_be_pickled(tmp_path: Path) -> None:
    with SharedBudget(tmp_path / "budget", clock=StillClock()) as budget:
        client = Client("zenodo", "s3cret-token", budget=budget)
        with pytest.raises(UsageError, match="cannot be pickled") as caught:
            pickle.dumps(client)
        assert "s3cret" not in str(caught.value)
        assert caught.value.hint


def test_a_child_does_not_stop_the_server_of_its_parent(tmp_path: Path) -> None:
    if "fork" not in multiprocessing.get_all_start_methods():
        pytest.skip("this system does not fork")
    code = textwrap.dedent("""
        import os
        from zenodo_harvest.client import Client

        with Client("emulator") as client:
            client.search("frost").total
            child = os.fork()
            if child == 0:
                client.close()
                os._exit(7)
            _, status = os.waitpid(child, 0)
            print(os.waitstatus_to_exitcode(status), client.search("index").total > 0)
    """)
    done = run(code, tmp_path)
    assert (done.stdout, done.stderr) == ("7 True\n", "")


def test_a_client_that_is_closed_while_its_results_come_says_so() -> None:
    clock = StillClock()
    with Emulator(limits="off") as emulator:
        client = Client(emulator, "", clock=clock)
        records = iter(client.search("frost"))
        next(records)
        client.close()
        with pytest.raises(UsageError, match="closed while its results"):
            list(records)


IN_A_TRANSACTION = """
import os, sys, threading, time
from pathlib import Path
from zenodo_harvest.http import SharedBudget
from zenodo_harvest.sites import Rate

path, rate = Path(sys.argv[1]), Rate(100_000)
with SharedBudget(path) as budget:
    budget.settle(budget.acquire("x", "search", rate), None, None)
    is_inside = threading.Event()

    def work(run):
        run("INSERT INTO others VALUES ('x', 'search', 1.0, 1)")
        is_inside.set()
        time.sleep(0.2)

    thread = threading.Thread(target=budget._store.transact, args=(work,))
    thread.start()
    is_inside.wait()
    child = os.fork()
    if child == 0:
        began = time.monotonic()
        budget.settle(budget.acquire("x", "search", rate), None, None)
        os._exit(7 if time.monotonic() - began < 1 and budget._store._path == path else 8)
    thread.join()
    began = time.monotonic()
    budget.settle(budget.acquire("x", "search", rate), None, None)
    is_soon = time.monotonic() - began < 1
    while not (ended := os.waitpid(child, os.WNOHANG))[0] and time.monotonic() - began < 2:
        time.sleep(0.01)
    if not ended[0]:
        os.kill(child, 9)
        ended = os.waitpid(child, 0)
print(os.waitstatus_to_exitcode(ended[1]), is_soon)
"""

BUSY_PARENT = """
import os, sys, threading, time
from pathlib import Path
from zenodo_harvest.http import SharedBudget
from zenodo_harvest.progress import NoProgress
from zenodo_harvest.sites import Rate

class Told(NoProgress):
    def note(self, text):
        print(text, file=sys.stderr, flush=True)

path, rate = Path(sys.argv[1]), Rate(100_000)
budget = SharedBudget(path, progress=Told())
is_over = threading.Event()

def once():
    budget.settle(budget.acquire("x", "search", rate), None, None)

def keep_busy():
    while not is_over.is_set():
        once()
        time.sleep(0.001)

def in_child():
    failed = []
    def attempt():
        try:
            once()
        except BaseException as error:
            failed.append(error)
    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    os._exit(8 if failed else 7)

threads = [threading.Thread(target=keep_busy) for _ in range(3)]
for thread in threads:
    thread.start()
codes = []
until = time.monotonic() + 8
for _ in range(12):
    child = os.fork()
    if child == 0:
        in_child()
    while not (ended := os.waitpid(child, os.WNOHANG))[0] and time.monotonic() < until:
        time.sleep(0.005)
    if not ended[0]:
        os.kill(child, 9)
        ended = os.waitpid(child, 0)
    codes.append(os.waitstatus_to_exitcode(ended[1]))
is_over.set()
for thread in threads:
    thread.join(2)
print(codes == [7] * 12, sorted(each.name for each in path.parent.iterdir() if "broken" in each.name))
sys.stdout.flush()
os._exit(0)
"""

CLOSED_MEANWHILE = """
import sys, threading, time
from zenodo_harvest.client import Client
from zenodo_harvest.errors import ZenodoHarvestError
from zenodo_harvest.progress import NoProgress
from zenodo_harvest.sites import Rate, Site

class Told(NoProgress):
    def note(self, text):
        print(text, file=sys.stderr, flush=True)

often = Rate(1_000_000)
site = Site("emulator", sys.argv[1], search_rate=often, other_rate=often)
client = Client(site, "", progress=Told())
client.search("frost").total
told, are_asking = [], threading.Barrier(5)

def ask():
    records = iter(client.search("frost"))
    are_asking.wait()
    try:
        told.append(f"{len(list(records))} records")
    except ZenodoHarvestError as error:
        told.append(error.message)
    except BaseException as error:
        told.append(repr(error))

threads = [threading.Thread(target=ask, daemon=True) for _ in range(4)]
for thread in threads:
    thread.start()
are_asking.wait()
time.sleep(float(sys.argv[2]))
client.close()
for thread in threads:
    thread.join(3)
for text in told:
    print(text)
"""

CLOSED_BUDGET = """
import sys, threading, time
from pathlib import Path
from zenodo_harvest.errors import ZenodoHarvestError
from zenodo_harvest.http import SharedBudget
from zenodo_harvest.sites import Rate

for number in range(10):
    budget = SharedBudget(Path(sys.argv[1]) / str(number))
    is_over = threading.Event()
    def keep_busy():
        try:
            while not is_over.is_set():
                budget.settle(budget.acquire("x", "search", Rate(100_000)), None, None)
        except ZenodoHarvestError:
            pass
    threads = [threading.Thread(target=keep_busy) for _ in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(0.02)
    budget.close()
    time.sleep(0.01)
    is_over.set()
    for thread in threads:
        thread.join(5)
print("whole")
"""

forking = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")


@forking
def test_a_transaction_that_is_under_way_at_a_fork_blocks_nobody(tmp_path: Path) -> None:
    done = run(IN_A_TRANSACTION, tmp_path, str(tmp_path / "budget.sqlite3"))
    assert (done.stdout, done.stderr) == ("7 True\n", "")


@forking
def test_forks_of_a_busy_process_share_its_budget(tmp_path: Path) -> None:
    """Eight threads of each child use it at once, while three of the parent do."""
    done = run(BUSY_PARENT, tmp_path, str(tmp_path / "b" / "budget.sqlite3"))
    assert (done.stdout, done.stderr, done.returncode) == ("True []\n", "", 0)


@pytest.mark.parametrize("after_s", ["0", "0.05", "0.2"])
def test_a_client_that_another_thread_closes_says_so_to_each_that_asks(
    liar: Any, tmp_path: Path, after_s: str
) -> None:
    def reply(path: str) -> Any:
        number, size = (int(parse_qs(urlsplit(path).query)[name][0]) for name in ("page", "size"))
        rows = [{"id": str(number * size + place), "parent": {}} for place in range(size)]
        return 200, json.dumps({"hits": {"total": 10_000, "hits": rows}}).encode(), {}

    done = run(CLOSED_MEANWHILE, tmp_path, liar(reply).url, after_s)
    assert (done.returncode, done.stderr) == (0, "")
    said = done.stdout.splitlines()
    assert len(said) == 4
    assert {line.rstrip(".") for line in said} == {
        "The client was closed while its results were still being fetched"
    }


def test_a_budget_that_another_thread_closes_crashes_nobody(tmp_path: Path) -> None:
    done = run(CLOSED_BUDGET, tmp_path, str(tmp_path))
    assert (done.returncode, done.stdout) == (0, "whole\n")
