from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from typing import Any

import pytest

from zenodo_harvest.errors import LocalError
from zenodo_harvest.pool import AHEAD, ahead, in_order


class LateExecutor(Executor):
    """Does nothing before a result is asked for, and then everything, the last submitted first."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], None]] = []
        self.done: list[int] = []

    def submit(self, function: Callable[..., Any], /, *values: Any, **named: Any) -> Future[Any]:
        future: Any = AskedFuture(self)

        def run() -> None:
            if future.set_running_or_notify_cancel():
                self.done.append(values[0])
                try:
                    future.set_result(function(*values, **named))
                except ValueError as error:
                    future.set_exception(error)

        self.waiting.append(run)
        return future


class AskedFuture(Future[Any]):
    def __init__(self, executor: LateExecutor) -> None:
        super().__init__()
        self._executor = executor

    def result(self, timeout: float | None = None) -> Any:
        while self._executor.waiting:
            self._executor.waiting.pop()()
        return super().result(timeout)


def test_results_come_in_the_order_of_the_items_whoever_is_done_first() -> None:
    executor = LateExecutor()
    assert list(in_order(str, range(50), executor, 3)) == [str(number) for number in range(50)]
    assert executor.done != sorted(executor.done)


def test_few_items_are_taken_ahead() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            yield number

    most = 0
    for result in in_order(int, items(), LateExecutor(), 2):
        most = max(most, len(taken) - result)
    assert most <= 2 * (1 + AHEAD) + 1


def test_a_failure_is_raised() -> None:
    def work(number: int) -> int:
        if number == 0:
            raise ValueError("no")
        return number

    with pytest.raises(ValueError, match="no"):
        list(in_order(work, range(100), LateExecutor(), 1))


def test_what_waits_is_cancelled_when_nobody_wants_more() -> None:
    executor = NeverExecutor()
    stream = in_order(int, range(100), executor, 1)
    assert next(stream) == 0
    stream.close()
    assert [future.cancelled() for future in executor.futures] == [False, *[True] * AHEAD]


class NeverExecutor(Executor):
    """Does the first piece of work and no other."""

    def __init__(self) -> None:
        self.futures: list[Future[Any]] = []

    def submit(self, function: Callable[..., Any], /, *values: Any, **_: Any) -> Future[Any]:
        future: Future[Any] = Future()
        if not self.futures:
            future.set_result(function(*values))
        self.futures.append(future)
        return future


class Broken(Executor):
    def __init__(self, *, at_once: bool) -> None:
        self._at_once = at_once

    def submit(self, *_: Any, **__: Any) -> Future[Any]:
        if self._at_once:
            raise BrokenExecutor("gone")
        future: Future[Any] = Future()
        future.set_exception(BrokenExecutor("gone"))
        return future


@pytest.mark.parametrize("at_once", [True, False])
def test_workers_that_are_gone_are_one_clear_error(at_once: bool) -> None:
    with pytest.raises(LocalError, match="worker process ended") as gone:
        list(in_order(int, [1], Broken(at_once=at_once), 1))
    assert "fewer workers" in gone.value.hint


def test_items_are_taken_ahead_by_another_thread_in_order_and_no_more_than_asked() -> None:
    taken: list[int] = []
    threads: set[int] = set()

    def items() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            threads.add(threading.get_ident())
            yield number

    found = []
    for number in ahead(items(), 3):
        assert len(taken) - number <= 1 + 3
        found.append(number)
    assert found == list(range(1000))
    assert threads.isdisjoint({threading.get_ident()})


def test_what_goes_wrong_ahead_is_raised_where_it_would_have_been() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise LocalError("The disk is gone.")

    stream = ahead(items(), 3)
    assert next(stream) == 1
    with pytest.raises(LocalError, match="disk is gone"):
        next(stream)


def test_nothing_goes_on_ahead_of_one_who_stopped() -> None:
    taken: list[int] = []
    stream = ahead(map(taken.append, range(1000)), 3)
    next(stream)
    stream.close()
    assert len(taken) <= 5
