"""stdin, stdout and stderr that may be closed or full: messages are dropped then, data is an error."""

from __future__ import annotations

import os
import sys
from io import BufferedWriter, FileIO, TextIOWrapper
from typing import TextIO

from zenodo_harvest.errors import LocalError

_STDIN, _STDOUT, _STDERR = 0, 1, 2


class ReaderGone(Exception):
    """Whoever read stdout has closed the pipe."""


class StdoutLost(LocalError):
    """stdout is closed, or what it leads to takes no more."""


class _Messages(FileIO):
    """Takes messages; those that cannot be written are dropped, since they never cost the work."""

    def write(self, data: object, /) -> int:
        """Write what can be written."""
        try:
            written = super().write(data)  # type: ignore[arg-type]
        except OSError:
            written = None
        return memoryview(data).nbytes if written is None else written  # type: ignore[arg-type]


class _Data(FileIO):
    """Takes data; what cannot be written is an error of ours, which no library takes for its own."""

    def write(self, data: object, /) -> int:
        """Write, or say why not.

        Raises:
            ReaderGone: The pipe is closed.
            StdoutLost: The disk is full, or stdout is closed.
        """
        try:
            return super().write(data)  # type: ignore[arg-type]
        except BrokenPipeError as error:
            raise ReaderGone from error
        except OSError as error:
            raise StdoutLost(
                f"Nothing can be written to stdout: {error.strerror or error}.",
                hint="Send it elsewhere, or name a file with -o.",
            ) from error


def prepare_streams() -> None:
    """Put streams in the place of the three standard ones that bear being closed, full or given up."""
    _fill_gaps()
    sys.stdout = _text(_Data(_STDOUT, "w", closefd=False), sys.stdout, "replace")
    sys.stderr = _text(_Messages(_STDERR, "w", closefd=False), sys.stderr, "backslashreplace")
    if sys.stdin is None:
        sys.stdin = open(_STDIN, encoding="utf-8", closefd=False)  # noqa: SIM115


def let_go_of_stdout() -> None:
    """Point stdout nowhere, so that leaving the process does not fail on what is still held back."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _fill_gaps() -> None:
    """Occupy the numbers of closed streams: a file of ours that had one would be written into.

    Reading from what was stdin and writing to what was stdout stay errors.
    """
    for number, flags in ((_STDIN, os.O_WRONLY), (_STDOUT, os.O_RDONLY), (_STDERR, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            opened = os.open(os.devnull, flags)  # the lowest free number, which is this one
            os.set_inheritable(opened, True)


def _text(raw: FileIO, former: TextIO | None, errors: str) -> TextIOWrapper:
    encoding = getattr(former, "encoding", None) or "utf-8"
    is_by_line = raw.fileno() == _STDERR or raw.isatty()
    return TextIOWrapper(BufferedWriter(raw), encoding, errors, line_buffering=is_by_line)
