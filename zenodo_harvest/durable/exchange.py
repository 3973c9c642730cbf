"""`exchange`: a folder takes the place of another at once."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from zenodo_harvest.durable.local import inherit, local_errors
from zenodo_harvest.durable.names import beside
from zenodo_harvest.durable.signals import uninterrupted

_AT_FDCWD, _EXCHANGE, _SWAP = -100, 2, 2
EARLIER = ".earlier"
_NOT_HERE = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EXDEV)


def exchange(new: Path, place: Path, *, swap: Callable[[Path, Path], bool] | None = None) -> None:
    """Bring the folder `new` to the disk and to `place`; what was there is where `new` was.

    Whoever looks at `place` sees the one or the other, whole, whenever the process is killed. Where the
    system cannot exchange two names there is a moment in which nothing is there; `restore` mends that.

    Args:
        new: The folder.
        place: Where it goes.
        swap: Exchanges two names and tells whether it could; None is what the system has.

    Raises:
        LocalError: The disk or the permissions do not allow it.
    """
    with local_errors(place):
        _settle(new)
        inherit(new, place)
        with uninterrupted():
            if not place.exists():
                new.rename(place)
            elif not (swap or _swap)(new, place):
                earlier = beside(place, EARLIER)
                place.rename(earlier)
                try:
                    new.rename(place)
                except OSError:
                    earlier.rename(place)
                    raise
                earlier.rename(new)
        _settle_names(place.parent)


def restore(place: Path) -> None:
    """End an exchange that was cut off: what was at `place` is there again, or is removed if the new one is.

    Raises:
        LocalError: The disk or the permissions do not allow it.
    """
    earlier = beside(place, EARLIER)
    with local_errors(place):
        if place.exists():
            shutil.rmtree(earlier, ignore_errors=True)
        elif earlier.exists():
            earlier.rename(place)


def _swap(left: Path, right: Path) -> bool:
    """Exchange two names at once; tell whether the system could."""
    library: Any = ctypes.CDLL(None, use_errno=True) if os.name == "posix" else None
    names = os.fsencode(left), os.fsencode(right)
    if sys.platform == "darwin" and hasattr(library, "renamex_np"):
        failed = library.renamex_np(*names, _SWAP)
    elif hasattr(library, "renameat2"):
        failed = library.renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _EXCHANGE)
    else:
        return False
    if not failed:
        return True
    number = ctypes.get_errno()
    if number in _NOT_HERE:
        return False
    raise OSError(number, os.strerror(number), str(right))


def _settle(folder: Path) -> None:
    """Bring a folder to the disk, with all files and their names."""
    _settle_names(folder)
    for path in folder.rglob("*"):
        if path.is_dir() and not path.is_symlink():
            _settle_names(path)
        elif path.is_file() and not path.is_symlink():
            # what may not be written was there before
            with suppress(PermissionError), path.open("rb+") as file:
                os.fsync(file.fileno())


def _settle_names(folder: Path) -> None:
    """Bring the names in a folder to the disk, where a folder can be opened."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
