"""One process at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zenodo_harvest.durable.atomic import local_errors
from zenodo_harvest.errors import LocalError


@contextmanager
def lock(path: Path) -> Iterator[None]:
    """Hold the lock file `path` for the block; it is free again when this process ends, however it ends.

    Raises:
        LocalError: Another process holds it.
    """
    from filelock import FileLock, Timeout

    with local_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    holder = FileLock(path, timeout=0)
    try:
        holder.acquire()
    except Timeout as busy:
        raise LocalError(
            f"Another run is writing here (it holds {str(path)!r}).",
            hint="Wait until it has ended, or write elsewhere.",
        ) from busy
    try:
        yield
    finally:
        holder.release()
