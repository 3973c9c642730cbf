"""Processes that share work, real ones."""

from __future__ import annotations

import operator
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, wait
from importlib import import_module
from pathlib import Path

import pytest

from zenodo_harvest.pool import Workers


@pytest.fixture
def workers() -> Iterator[Workers]:
    with Workers(2, prepare=("json",)) as pool:
        yield pool


def test_they_are_processes_of_their_own_and_large_things_go_both_ways(workers: Workers) -> None:
    large = bytes(3_000_000)
    futures = [workers.submit(operator.concat, large, b"!") for _ in range(6)]
    assert {len(future.result()) for future in futures} == {3_000_001}
    assert workers.submit(os.getpid).result() != os.getpid()


def test_what_a_worker_raises_is_raised_here_and_it_goes_on(workers: Workers) -> None:
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            workers.submit(divmod, 1, 0).result()
    assert workers.submit(divmod, 7, 2).result() == (3, 1)


def test_what_cannot_be_sent_is_an_error_and_not_the_end(workers: Workers) -> None:
    with pytest.raises((AttributeError, TypeError), match=r"pickle|local object"):
        workers.submit(lambda: 1).result()
    assert workers.submit(int, "5").result() == 5


def test_what_was_cancelled_is_not_done(workers: Workers) -> None:
    busy = [workers.submit(time.sleep, 0.2) for _ in range(2)]
    waiting = workers.submit(int, "5")
    assert waiting.cancel()
    wait([*busy, waiting])
    assert waiting.cancelled()


def test_one_that_ends_breaks_them_all_at_once() -> None:
    with Workers(1) as pool:
        doomed = pool.submit(os.kill, pool.submit(os.getpid).result(), signal.SIGKILL)
        behind = [pool.submit(bytes, 1_000_000) for _ in range(5)]
        for future in (doomed, *behind):
            with pytest.raises(BrokenExecutor) as broken:
                future.result(timeout=30)
            assert broken.value.__cause__.__traceback__ is None, "it holds what was sent"
        with pytest.raises(BrokenExecutor):
            pool.submit(int)


def test_a_worker_does_not_wait_for_pandas(workers: Workers) -> None:
    with pytest.raises(ModuleNotFoundError):
        workers.submit(import_module, "pandas").result()


def test_a_script_is_not_run_again_by_its_workers(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from zenodo_harvest.pool import processes\n"
        "print('begins')\n"
        "with processes(2) as workers:\n"
        "    print(workers.submit(abs, -5).result(), workers.submit(print, 'from a worker').result())\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True, timeout=60)
    assert (done.stdout, done.stderr) == ("begins\n5 None\n", "from a worker\n")
