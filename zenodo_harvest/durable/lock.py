"""One process at a time: a file that is locked, and removed by who held it."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from zenodo_harvest.durable.local import local_errors
from zenodo_harvest.durable.signals import uninterrupted
from zenodo_harvest.errors import LocalError

try:
    import fcntl
except ImportError:  # elsewhere a library knows how
    fcntl = None  # type: ignore[assignment]

_POLL_S = 0.02
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL)


@contextmanager
def lock(path: Path, *, mode: int = 0o666, wait_s: float = 0.0) -> Iterator[None]:
    """Hold the lock file `path` for the block; it is free again when this process ends, however it ends.

    The file is there while it is held, and what a killed process left of it is taken over.

    Args:
        path: The lock file.
        mode: Its permissions, less the umask.
        wait_s: How long to wait for another process.

    Raises:
        LocalError: Another process holds it, or it cannot be made.
    """
    if fcntl is None:
        with _by_library(path, wait_s):
            yield
        return
    until = time.monotonic() + wait_s
    descriptor = None
    try:
        with local_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            while True:
                with uninterrupted():
                    descriptor = take(path, mode)
                if descriptor is not None or time.monotonic() >= until:
                    break
                time.sleep(_POLL_S)
        if descriptor is None:
            raise _held(path)
        yield
    finally:
        if descriptor is not None:
            with uninterrupted():
                # removed while it is held: whoever waits for it sees that, and makes another
                with suppress(OSError):
                    path.unlink()
                let_go(descriptor)


@contextmanager
def _by_library(path: Path, wait_s: float) -> Iterator[None]:
    """Hold the lock where `fcntl` is missing, as on Windows."""
    from filelock import FileLock, Timeout

    with local_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    holder = FileLock(path, timeout=wait_s)
    try:
        holder.acquire()
    except Timeout as busy:
        raise _held(path) from busy
    try:
        yield
    finally:
        holder.release()


def _held(path: Path) -> LocalError:
    return LocalError(
        f"Another run is writing here (it holds {str(path)!r}).",
        hint="Wait until it has ended, or write elsewhere.",
    )


def take(path: Path, mode: int = 0o666) -> int | None:
    """Lock the file `path`, which is made if it is missing; return its descriptor, None if it is held.

    Raises:
        OSError: It cannot be opened.
    """
    while True:
        descriptor = _open(path, mode)
        try:
            is_ours = _try_lock(descriptor) is not False
            if is_ours and _is_at(descriptor, path):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
        if not is_ours:
            return None


def take_abandoned(path: Path) -> int | None:
    """Lock a file that is there and that nobody holds; return its descriptor, None if somebody may hold it.

    Raises:
        OSError: It is not there.
    """
    descriptor = os.open(path, os.O_RDWR)
    if _try_lock(descriptor):
        return descriptor
    os.close(descriptor)
    return None


def let_go(descriptor: int) -> None:
    """Unlock and close, also where a child of this process has the same file open."""
    if fcntl is not None:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_UN)
    os.close(descriptor)


def _open(path: Path, mode: int) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, mode)
    except PermissionError:
        return os.open(path, os.O_RDONLY)  # what another user left may be locked by us, too


def _try_lock(descriptor: int) -> bool | None:
    """Tell whether the lock is ours now, None where the disk knows no locks."""
    if fcntl is None:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _NO_LOCKS:
            return None
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
            return False
        raise
    return True


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
