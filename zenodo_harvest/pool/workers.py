"""`Workers`: processes of this machine that share work."""

from __future__ import annotations

import gc
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import contextmanager, suppress
from importlib import import_module
from queue import Empty, SimpleQueue
from typing import IO, Any, cast

from zenodo_harvest.durable import uninterrupted
from zenodo_harvest.export import keep_pandas_out

Task = tuple[Future[Any], Callable[..., Any], tuple[Any, ...], dict[str, Any]]


class Workers(Executor):
    """An executor of processes, each at the end of pipes of its own.

    A worker that is killed breaks the executor at once, and a worker whose parent is killed ends by
    itself. The pool of the standard library does neither while large chunks are under way: its one pipe
    for all is left full or waited at for ever (python/cpython#94777, seen with 3.11.7 on 2026-11-23). Nor
    does a worker run the program of its parent again, as one of the standard library does.

    Args:
        count: How many processes.
        prepare: Names of modules that each of them imports before its first chunk of work.
    """

    def __init__(self, count: int, prepare: tuple[str, ...] = ()) -> None:
        self._tasks: SimpleQueue[Task | None] = SimpleQueue()
        self._broken = False
        started = [_start(prepare) for _ in range(count)]
        self.pids = tuple(process.pid for process in started)
        """What the system calls the processes."""
        self._threads = [threading.Thread(target=self._serve, args=(each,), daemon=True) for each in started]
        for thread in self._threads:
            thread.start()

    def submit(self, function: Callable[..., Any], /, *values: Any, **named: Any) -> Future[Any]:
        """Have `function` called in one of the processes.

        Raises:
            BrokenExecutor: A process has ended.
        """
        if self._broken:
            raise BrokenExecutor("A worker has ended.")
        future: Future[Any] = Future()
        self._tasks.put((future, function, values, named))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let the processes end when all is done, or with `cancel_futures` when what they do now is done."""
        if cancel_futures:
            with suppress(Empty):
                while task := self._tasks.get_nowait():
                    task[0].cancel()
        for _ in self._threads:
            self._tasks.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def _serve(self, process: subprocess.Popen[bytes]) -> None:
        """Hand tasks to one process, one at a time, until there are no more."""
        while (task := self._tasks.get()) is not None:
            self._hand_over(process, *task)
        with suppress(OSError), process:  # which closes its pipes, and waits for it
            pass

    def _hand_over(
        self,
        process: subprocess.Popen[bytes],
        future: Future[Any],
        function: Callable[..., Any],
        values: tuple[Any, ...],
        named: dict[str, Any],
    ) -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            _send((function, values, named), cast("IO[bytes]", process.stdin))
            is_good, result = pickle.load(cast("IO[bytes]", process.stdout))  # noqa: S301  (it is ours)
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            self._broken = True
            failure = BrokenExecutor("A worker has ended.")
            # Its traceback would hold what was sent for as long as somebody holds the failure.
            failure.__cause__ = error.with_traceback(None)
            future.set_exception(failure)
        except Exception as error:  # noqa: BLE001  (what cannot be pickled; the waiting side must hear of it)
            future.set_exception(error)
        else:
            if is_good:
                future.set_result(result)
            else:
                future.set_exception(result)


def _start(prepare: tuple[str, ...]) -> subprocess.Popen[bytes]:
    code = f"from {__name__} import work; work({prepare!r})"
    path = os.pathsep.join(filter(None, sys.path))
    with uninterrupted(), _without_interrupts():
        return subprocess.Popen(  # noqa: S603  (it is this Python, and our code)
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": path},
        )


def _send(what: object, pipe: IO[bytes]) -> None:
    # as a whole: of what cannot be pickled no half may have been sent
    pipe.write(pickle.dumps(what, pickle.HIGHEST_PROTOCOL))
    pipe.flush()


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Have processes that are started in the block begin without Ctrl-C, until they say otherwise."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    former = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, former)


def work(prepare: tuple[str, ...]) -> None:
    """Be a worker process: it leaves Ctrl-C to its parent, and ends when nobody is at the other end."""
    tasks, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is for people
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    # A chunk makes many values and no cycles: looking for those as often as usual costs a tenth of the time.
    gc.set_threshold(100_000, 50, 50)
    keep_pandas_out()
    for module in prepare:
        import_module(module)
    with suppress(EOFError, OSError):
        while True:
            function, values, named = pickle.load(tasks)  # noqa: S301  (of our parent)
            try:
                answer = (True, function(*values, **named))
            except Exception as error:  # noqa: BLE001  (the parent raises it)
                answer = (False, error)
            _send(answer, answers)
