"""Files that appear under their final name only when they are whole."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from platform import node

from zenodo_harvest.errors import LocalError

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
}


@contextmanager
def atomic_path(final: Path) -> Iterator[Path]:
    """Yield a temporary path beside `final`; when the block ends well, it becomes `final`.

    Missing folders are made; a link stays one, and its target is written. On any exception the temporary is
    removed and an earlier file stays as it was.

    Raises:
        LocalError: The disk or the permissions do not allow it.
    """
    with local_errors(final):
        final = final.resolve() if final.is_symlink() else final
    stem = f".{final.name[:100]}.{node()[:30]}-"
    temporary = final.with_name(f"{stem}{os.getpid()}-{secrets.token_hex(4)}.part")
    try:
        with local_errors(final):
            final.parent.mkdir(parents=True, exist_ok=True)
            _sweep(final.parent, stem)
            if final.is_dir():
                raise IsADirectoryError(errno.EISDIR, "is a folder")
            temporary.touch(exist_ok=False)
        yield temporary
        with local_errors(final):
            with temporary.open("rb+") as file:
                os.fsync(file.fileno())
            temporary.replace(final)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _sweep(folder: Path, stem: str) -> None:
    """Remove what processes of this machine left behind when they were killed."""
    for left in folder.glob(f"{escape(stem)}*.part"):
        process = left.name.removeprefix(stem).partition("-")[0]
        if process.isdecimal() and not _is_alive(int(process)):
            with suppress(OSError):
                left.unlink()


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


@contextmanager
def local_errors(path: Path) -> Iterator[None]:
    """Turn what the operating system says about `path` into a `LocalError` with a hint."""
    try:
        yield
    except OSError as error:
        reason, hint = _HINTS.get(error.errno or 0, (error.strerror or str(error), "Write elsewhere."))
        raise LocalError(f"{str(path)!r} cannot be written: {reason}.", hint=hint) from error


def write_bytes(final: Path, content: bytes) -> None:
    """Write a whole file, or leave the earlier one as it was."""
    with atomic_path(final) as temporary, local_errors(final):
        temporary.write_bytes(content)


def write_text(final: Path, text: str) -> None:
    """Write a whole UTF-8 file, or leave the earlier one as it was."""
    write_bytes(final, text.encode())
