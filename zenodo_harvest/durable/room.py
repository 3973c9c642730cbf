"""A hidden folder in which files are made, and what becomes of it when its process is killed."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from zenodo_harvest.durable.lock import let_go, take, take_abandoned
from zenodo_harvest.durable.plan import ENDING, PREFIX, follow_plan, lock_of
from zenodo_harvest.durable.signals import uninterrupted


@contextmanager
def room_in(folder: Path) -> Iterator[Path]:
    """Yield a new hidden folder in `folder` that nobody else reads; it is removed at the end.

    A lock is held on it all the while, by which others know that it is in use; those that nobody holds any
    more are removed, whichever machine or container their process ran in, and what was to get its name
    gets it before.

    Raises:
        OSError: The disk or the permissions do not allow it.
    """
    _sweep(folder)
    made: tuple[Path, int] | None = None
    try:
        with uninterrupted():
            made = _make(folder)
        yield made[0]
    finally:
        if made is not None:
            with uninterrupted():
                shutil.rmtree(made[0], ignore_errors=True)
                let_go(made[1])


def _make(folder: Path) -> tuple[Path, int]:
    while True:
        room = folder / f"{PREFIX}{secrets.token_hex(6)}{ENDING}"
        room.mkdir(mode=0o700)
        try:
            descriptor = take(lock_of(room), 0o600)
        except FileNotFoundError:
            continue  # another run took the empty folder for one that was left behind
        except BaseException:
            with suppress(OSError):
                room.rmdir()
            raise
        if descriptor is not None:
            return room, descriptor


def _sweep(folder: Path) -> None:
    """Remove what killed processes left behind."""
    with suppress(OSError):
        for name in os.listdir(folder):  # noqa: PTH208  (a pattern would have to be escaped)
            if name.startswith(PREFIX) and name.endswith(ENDING):
                _remove_abandoned(folder / name)


def _remove_abandoned(room: Path) -> None:
    with suppress(OSError):
        try:
            descriptor = take_abandoned(lock_of(room))
        except FileNotFoundError:
            with suppress(OSError):
                room.rmdir()  # killed before the lock was there, and so before anything else was
            if not room.exists():
                return
            descriptor = take(lock_of(room), 0o600)  # killed while it was removed, the lock first
        if descriptor is not None:
            try:
                if follow_plan(room):
                    shutil.rmtree(room, ignore_errors=True)
            finally:
                let_go(descriptor)
