"""A client that was used before a fork gives each process the rows of its own queries, or none."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import subprocess
import sys
import textwrap
from pathlib import Path

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
