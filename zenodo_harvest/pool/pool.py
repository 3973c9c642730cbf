"""Work shared between threads or processes: results in order, and little in the air at any time."""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar, cast

from zenodo_harvest.errors import LocalError
from zenodo_harvest.pool.workers import Workers

Item = TypeVar("Item")
Result = TypeVar("Result")

_END = object()
AHEAD = 1
"""Pieces of work that are ready for each worker, so that none waits for its next one."""


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def in_order(
    work: Callable[[Item], Result], items: Iterable[Item], executor: Executor, workers: int
) -> Iterator[Result]:
    """Yield the result of every item in the order of the items, whoever is done first.

    No more than a few items for each worker are taken ahead, whatever their number.

    Raises:
        LocalError: The workers were ended from outside.
    """
    waiting: deque[Future[Result]] = deque()
    try:
        for item in items:
            if len(waiting) >= workers * (1 + AHEAD):
                yield waiting.popleft().result()
            waiting.append(executor.submit(work, item))
        while waiting:
            yield waiting.popleft().result()
    except (BrokenExecutor, CancelledError) as error:
        raise LocalError(
            "A worker process ended before its work was done.",
            hint="The memory may not suffice: try fewer workers.",
        ) from error
    finally:
        for future in waiting:
            future.cancel()


def ahead(items: Iterable[Item], count: int) -> Generator[Item]:
    """Yield items that a thread takes from `items`, up to `count` of them before they are asked for."""
    stream = iter(items)
    thread = ThreadPoolExecutor(1, initializer=_give_way)
    try:
        waiting = deque(thread.submit(next, stream, _END) for _ in range(count))
        while (item := waiting.popleft().result()) is not _END:
            waiting.append(thread.submit(next, stream, _END))
            yield cast("Item", item)
    finally:
        thread.shutdown(cancel_futures=True)


def threads(count: int) -> ThreadPoolExecutor:
    """Return worker threads that give way to the thread that takes their results."""
    return ThreadPoolExecutor(count, initializer=_give_way)


def _give_way() -> None:
    """Let other threads of this process go first: the one that writes, for which all wait in the end."""
    if sys.platform == "linux":  # elsewhere only processes have a priority
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + 5)


@contextmanager
def processes(count: int, *prepare: str) -> Iterator[Workers]:
    """Start worker processes; they end with the block, and also if this process is killed.

    Args:
        count: How many.
        prepare: Names of modules that each of them imports before its first work.
    """
    workers = Workers(count, prepare)
    try:
        yield workers
    finally:
        workers.shutdown(cancel_futures=True)
