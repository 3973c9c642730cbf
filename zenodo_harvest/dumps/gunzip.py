"""Gunzipping in large pieces, between which other threads wait for nothing."""

from __future__ import annotations

import io
import zlib
from gzip import BadGzipFile
from importlib import import_module
from typing import Any, BinaryIO

PIECE_BYTES = 1 << 20
"""What is gunzipped at a time. `gzip` does so little at a time that its waits for the interpreter add up."""
_GZIP_WINDOW = 31
_MAGIC = b"\x1f\x8b"

_ZLIB: Any
try:  # Intel's library takes a third of the time.
    _ZLIB = import_module("isal.isal_zlib")
except ImportError:
    _ZLIB = zlib

DAMAGE: tuple[type[Exception], ...] = (zlib.error, _ZLIB.error)
"""What reading a damaged file raises."""


def gunzipped(file: BinaryIO) -> io.BufferedReader:
    """Return the content of a gzip file, in one part or several, as a stream.

    Reading it raises `EOFError` where the file is cut short, `BadGzipFile` where it is none, and one of
    `DAMAGE` where it is damaged.
    """
    return io.BufferedReader(_Gunzipped(file), PIECE_BYTES)


class _Gunzipped(io.RawIOBase):
    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._part: Any = None
        self._waiting = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        content = b""
        while not content and self._has_more():
            content = self._part.decompress(self._waiting, len(buffer))
            self._waiting = self._part.unconsumed_tail
        buffer[: len(content)] = content
        return len(content)

    def _has_more(self) -> bool:
        """Have a part and some of it to read; False at the end of the last part."""
        is_between = self._part is None or self._part.eof
        if is_between and self._part is not None:
            self._waiting = self._part.unused_data.lstrip(b"\0")
            self._part = None
        if not self._waiting:
            self._waiting = self._file.read(PIECE_BYTES)
            if is_between:
                self._waiting = self._waiting.lstrip(b"\0")
        if not self._waiting:
            if is_between:
                return False
            raise EOFError
        if is_between:
            if not _MAGIC.startswith(self._waiting[:2]):
                raise BadGzipFile("no gzip")
            self._part = _ZLIB.decompressobj(_GZIP_WINDOW)
        return True
