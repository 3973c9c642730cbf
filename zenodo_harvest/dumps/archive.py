"""The archive of a dump, read from one end to the other: no more than one member is held in memory."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Literal

from isal.igzip import BadGzipFile, IGzipFile
from isal.igzip_lib import IsalError

from zenodo_harvest.bounds import Bounds
from zenodo_harvest.errors import LocalError

PIECE_BYTES = 1 << 20
"""What is gunzipped at a time: other threads wait for nothing meanwhile, and for little between."""
BLOCK_BYTES = 512
"""Tar is made of blocks of so many bytes."""
_END = bytes(BLOCK_BYTES)
_FILE_TYPES = (b"0", b"\0")
_BLANK = b" " * 8
_HALF, _MODULUS = 1 << 16, 65521
"""The lower half of Adler-32 is the sum of all bytes and 1, by this modulus (RFC 1950)."""
_AGAIN = "Fetch the dump again."


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive.

    Attributes:
        name: Its name.
        content: What is in it; nothing if that was left alone.
        problem: Why it was left alone, None if it was not.
    """

    name: str
    content: bytes
    problem: str | None = None


class Archive:
    """A ``.tar.gz`` file, to be read once.

    `tarfile` does not serve: it takes a damaged header for the end of the archive, holds a name of any length
    in memory, and takes longer over a member than the gunzipping of it.

    Args:
        path: Where it is, for messages.
        file: The compressed bytes.
        bounds: What one member may come to.
    """

    def __init__(self, path: Path, file: BinaryIO, bounds: Bounds) -> None:
        self._path = path
        self._file = file
        self._bounds = bounds
        self._stream = _gunzipped(file)
        self.skipped = 0
        """Entries that are no plain file, such as folders."""

    @property
    def read_bytes(self) -> int:
        """How far into the compressed file reading has come."""
        return self._file.tell()

    def members(self) -> Iterator[Member]:
        """Yield the members in order; of one that is too large nothing but its name and that it is.

        Raises:
            LocalError: The archive is cut short or damaged, or is none.
        """
        with _readable(self._path):
            while (header := self._take(BLOCK_BYTES)) != _END:
                name, size_bytes, kind = self._parsed(header)
                if kind in _FILE_TYPES:
                    yield self._member(name, size_bytes)
                    continue
                self._pass_over(size_bytes)
                if kind not in b"xgLK":
                    self.skipped += 1
            # Read on: the check sum of the whole stands at the end of the gzip.
            while chunk := self._stream.read(PIECE_BYTES):
                if chunk.strip(b"\0"):
                    raise LocalError(
                        f"{str(self._path)!r} is damaged: members follow after its end.", hint=_AGAIN
                    )

    def _member(self, name: str, size_bytes: int) -> Member:
        bounds = self._bounds
        if size_bytes > bounds.record_bytes:
            self._pass_over(size_bytes)
            said = f"it has {size_bytes:,} bytes, more than {bounds.said('record_bytes')}"
            return Member(name, b"", f"the record was not read: {said}")
        content = self._take(_blocks(size_bytes))[:size_bytes]
        if not bounds.allow_values(content):
            return Member(name, b"", f"the record was not read: it holds more than {bounds.said('values')}")
        return Member(name, content)

    def _pass_over(self, size_bytes: int) -> None:
        left = _blocks(size_bytes)
        while left:
            left -= len(self._take(min(left, PIECE_BYTES)))

    def _take(self, size_bytes: int) -> bytes:
        content: bytes = self._stream.read(size_bytes)
        if len(content) < size_bytes:
            raise EOFError
        return content

    def _parsed(self, header: bytes) -> tuple[str, int, bytes]:
        try:
            check_sum = int(header[148:156].strip(b"\0 "), 8)
            size_bytes = int(header[124:136].strip(b"\0 "), 8)
        except ValueError:
            check_sum = size_bytes = -1
        if size_bytes < 0 or check_sum % _MODULUS != _sum(header[:148] + _BLANK + header[156:]):
            raise LocalError(f"{str(self._path)!r} is no tar archive, or is damaged.", hint=_AGAIN)
        return header[:100].rstrip(b"\0").decode("utf-8", "replace"), size_bytes, header[156:157]


def _blocks(size_bytes: int) -> int:
    return -(-size_bytes // BLOCK_BYTES) * BLOCK_BYTES


def _sum(block: bytes) -> int:
    """Return the sum of bytes modulo `_MODULUS`, in a tenth of the time that `sum` takes."""
    return (zlib.adler32(block) % _HALF - 1) % _MODULUS


@contextmanager
def open_archive(path: Path, bounds: Bounds | None = None) -> Iterator[Archive]:
    """Open a ``.tar.gz`` file.

    Raises:
        LocalError: It cannot be read.
    """
    with _readable(path):
        file = path.open("rb")
    with file:
        yield Archive(path, file, bounds or Bounds())


def read_lines(path: Path, bounds: Bounds | None = None) -> Iterator[str]:
    """Yield the lines of a ``.gz`` file with their ends; bytes that are no UTF-8 become U+FFFD.

    Raises:
        LocalError: It cannot be read, is cut short or damaged, or a line is larger than a record may be.
    """
    bounds = bounds or Bounds()
    with _readable(path), path.open("rb") as file:
        lines = io.TextIOWrapper(_gunzipped(file), "utf-8", errors="replace", newline="")
        while line := lines.readline(bounds.record_bytes):
            if len(line) == bounds.record_bytes:
                raise LocalError(
                    f"{str(path)!r} has a line of more than {bounds.said('record_bytes')}.",
                    hint=f"Fetch the dump again. {bounds.hint('record_bytes')}",
                )
            yield line


def kind_of(path: Path) -> Literal["records", "tombstones"]:
    """Tell which of the two kinds of dumps a file is, by its content.

    Raises:
        LocalError: It is empty, or cannot be read.
    """
    with _readable(path), path.open("rb") as file:
        start: bytes = _gunzipped(file).read(BLOCK_BYTES)
    if not start:
        raise LocalError(f"{str(path)!r} is empty.", hint=_AGAIN)
    return "tombstones" if start.startswith(b"record_id,") else "records"


def fetched_at(path: Path) -> datetime:
    """Return when a dump was fetched: the time of the file (UTC).

    Raises:
        LocalError: There is no such file.
    """
    with _readable(path):
        return datetime.fromtimestamp(int(path.stat().st_mtime), UTC)


def _gunzipped(file: BinaryIO) -> io.BufferedReader:
    """Return the content of a gzip file as a stream, in half of the time that `gzip` takes."""
    stream = IGzipFile(fileobj=file, mode="rb")  # type: ignore[no-untyped-call]
    return io.BufferedReader(stream, PIECE_BYTES)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Turn what goes wrong while `path` is read into a `LocalError` with a hint."""
    try:
        yield
    except EOFError:
        raise LocalError(f"{str(path)!r} is cut short.", hint=_AGAIN) from None
    except BadGzipFile as error:
        raise LocalError(f"{str(path)!r} is not compressed with gzip, or is damaged.", hint=_AGAIN) from error
    except IsalError as error:  # type: ignore[misc]  # its stub calls it a value of such a type
        raise LocalError(f"{str(path)!r} is damaged: {error}.", hint=_AGAIN) from error
    except OSError as error:
        reason = error.strerror or error
        raise LocalError(
            f"{str(path)!r} cannot be read: {reason}.", hint="Check its path and permissions."
        ) from error
