"""What the operating system says about a path, as a `LocalError`; and where what is written there goes."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from zenodo_harvest.errors import LocalError, Refused

_HINTS = {
    errno.ENOSPC: ("the disk is full", "Free some space or write elsewhere."),
    errno.EDQUOT: ("the disk quota is used up", "Free some space or write elsewhere."),
    errno.EACCES: ("permission denied", "Choose a folder that you may write to."),
    errno.EPERM: ("permission denied", "Choose a folder that you may write to."),
    errno.EROFS: ("the file system is read-only", "Choose a folder that you may write to."),
    errno.EISDIR: ("it is a folder", "Name a file."),
    errno.ENOTDIR: ("a part of its path is a file", "Choose a folder that exists or can be made."),
    errno.EEXIST: ("a part of its path is a file", "Choose a folder that exists or can be made."),
    errno.ENAMETOOLONG: ("its name is too long", "Choose a shorter name."),
    errno.ELOOP: ("it is a link that leads back to itself", "Remove the link, or write elsewhere."),
    errno.ENOTEMPTY: ("something is in that folder by now", "Remove it, or name another folder."),
}


@contextmanager
def local_errors(path: Path) -> Iterator[None]:
    """Turn what the operating system says about `path` into a `LocalError` with a hint."""
    try:
        yield
    except OSError as error:
        reason, hint = _HINTS.get(error.errno or 0, (error.strerror or str(error), "Write elsewhere."))
        raise LocalError(f"{str(path)!r} cannot be written: {reason}.", hint=hint) from error


def place_of(path: Path) -> Path:
    """Return where a file named `path` is to be written: itself, or what the link leads to.

    Raises:
        Refused: There is a pipe, a device or a socket, which a file would replace.
        LocalError: There is a folder, or the path leads nowhere.
    """
    with local_errors(path):
        try:
            kind = path.stat().st_mode
        except FileNotFoundError:
            kind = stat.S_IFREG
        if stat.S_ISDIR(kind):
            raise IsADirectoryError(errno.EISDIR, "is a folder")
        if not stat.S_ISREG(kind):
            raise Refused(
                f"{str(path)!r} is a pipe or a device, which a file would replace.",
                hint="Name a file; without -o the rows go to stdout.",
            )
        return path.resolve() if path.is_symlink() else path


def privacy(paths: Sequence[Path]) -> int:
    """Return the permission bits that all of `paths` have which exist; what is kept for them gets no more."""
    bits = 0o666
    for path in paths:
        try:
            bits &= path.stat().st_mode
        except OSError:
            continue
    return bits | 0o600


def keep_private(path: Path, mode: int) -> None:
    """Make the file `path` if it is missing, readable by nobody whom `mode` and the umask exclude.

    Raises:
        LocalError: The disk or the permissions do not allow it.
    """
    with local_errors(path):
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, mode))
        except FileExistsError:
            narrow(path, mode)


def narrow(path: Path, mode: int) -> None:
    """Take the permissions from a file that `mode` has not.

    Raises:
        OSError: It is not there, or not ours.
    """
    had = stat.S_IMODE(path.stat().st_mode)
    if had & ~mode:
        path.chmod(had & mode)


def inherit(path: Path, former: Path) -> None:
    """Give a file or folder the permissions of what it replaces, and its owner as far as we may.

    Raises:
        OSError: The permissions cannot be set.
    """
    try:
        had = former.stat()
    except FileNotFoundError:
        return
    mode = stat.S_IMODE(had.st_mode) & 0o777
    now = path.stat()
    if hasattr(os, "chown") and (now.st_uid, now.st_gid) != (had.st_uid, had.st_gid):
        for owner in (had.st_uid, -1):
            with suppress(OSError):
                os.chown(path, owner, had.st_gid)
                break
    path.chmod(mode)
