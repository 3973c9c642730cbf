"""Signals that wait until something short is done."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let what would end this process wait until the block has ended; it is for work of a moment.

    Handlers run in the main thread alone, so that others are never interrupted.
    """
    came: list[int] = []
    former = {}
    if threading.current_thread() is threading.main_thread():
        for number in (getattr(signal, name, None) for name in _NAMES):
            handler = signal.getsignal(number) if number else None
            # what is ignored stays so, and what was set from outside Python cannot be set again
            if number and handler is not None and handler is not signal.SIG_IGN:
                former[number] = signal.signal(number, lambda number, _: came.append(number))
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
        for number in dict.fromkeys(came):
            signal.raise_signal(number)
