"""`JsonText`: JSON of any length cut into values, which are not judged."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Callable, Iterator
from itertools import count
from typing import TYPE_CHECKING, TypeVar

from zenodo_harvest.bounds import Bounds
from zenodo_harvest.errors import LocalError

if TYPE_CHECKING:
    from _typeshed import SupportsRead

_PIECE_BYTES = 1 << 18
_BLANKS = re.compile(rb"(?:[ \t\r\n]++|\xef\xbb\xbf)*+")
"""A byte order mark counts as one wherever it stands: files of lines are put together of files."""
_TO_BRACKET = re.compile(rb'(?:[^"\[\]{}]++|"(?:[^"\\]++|\\.)*+")*+', re.DOTALL)
"""All up to the next bracket that is no part of a text, or up to a text whose end was not read yet."""
_IN_TEXT = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
_SCALAR = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[^\s,:"\[\]{}]++', re.DOTALL)
_OPENING = {b"]": b"[", b"}": b"{"}

Part = TypeVar("Part")


class ValueTooLarge(LocalError):
    """A value is larger than a record may be; it was not taken."""


class JsonText:
    """JSON values one after the other, read from front to back; what was taken is forgotten.

    They are told apart by brackets and quotes alone: whether one is JSON shows when it is decoded.

    Args:
        stream: The bytes.
        bounds: What one value may come to.
    """

    def __init__(self, stream: SupportsRead[bytes], bounds: Bounds) -> None:
        self._stream = stream
        self._bounds = bounds
        self._held = b""
        self._at = 0
        self.line = 1
        """The number of the line that the next byte stands in."""
        while len(self._held) < len(codecs.BOM_UTF8) and self._grow():
            """A stream may give less than was asked for."""
        self._at = len(codecs.BOM_UTF8) * self._held.startswith(codecs.BOM_UTF8)

    def peek(self) -> bytes:
        """Pass over blanks and return the byte that follows; nothing at the end.

        Raises:
            ValueTooLarge: There are more blanks than a record may have bytes.
        """
        passed = 0
        while True:
            blanks = len(self._taken(_end(_BLANKS, self._held, self._at)))
            if self._at < len(self._held):
                return self._held[self._at : self._at + 1]
            passed += blanks
            self._check(passed, "a stretch of blanks")
            if not self._grow():
                return b""

    def take(self, sign: bytes) -> bool:
        """Take the next byte if it is `sign`, and tell whether it was."""
        found = self.peek() == sign
        if found:
            self._taken(self._at + 1)
        return found

    def value(self, what: str = "a record") -> bytes:
        """Take the next value; one that does not end is all that is left.

        Args:
            what: What it is, for errors.

        Raises:
            ValueTooLarge: It is larger than a record may be.
        """
        if self.peek() in (b"[", b"{"):
            return self._bracketed(what)
        while (end := _end(_SCALAR, self._held, self._at)) in (self._at, len(self._held)):
            self._check(len(self._held) - self._at, what)
            is_sign = end == self._at and self._held[end : end + 1] != b'"'
            if is_sign or not self._grow():
                return self._taken(self._at + 1 if is_sign else len(self._held))
        return self._taken(end)

    def names(self) -> Iterator[bytes]:
        """Yield the names of the members of the object that follows; who is given one takes its value next.

        Raises:
            ValueError: There is no object, or it is cut short.
        """
        yield from self._parts(b"{", b"}", self._key)

    def items(self) -> Iterator[int]:
        """Yield the numbers of the items of the list that follows, from 1; who is given one takes the item.

        Raises:
            ValueError: There is no list, or it is cut short.
        """
        yield from self._parts(b"[", b"]", count(1).__next__)

    def pieces(self) -> Iterator[bytes]:
        """Yield what stands between the commas of the list that follows, whether that is a value or not.

        Raises:
            ValueError: There is no list, or it is cut short.
        """
        yield from self._parts(b"[", b"]", self._piece)

    def rest_of_line(self) -> bytes:
        """Take what is left of the line, with its end.

        Raises:
            ValueTooLarge: It is larger than a record may be.
        """
        length = 0
        while (end := self._held.find(b"\n", self._at + length)) < 0:
            length = len(self._held) - self._at
            self._check(length, "a line")
            if not self._grow():
                return self._taken(len(self._held))
        self._check(end - self._at, "a line")
        return self._taken(end + 1)

    def is_ahead(self, text: bytes) -> bool:
        """Tell whether `text` is in what was read and not taken yet."""
        return self._held.find(text, self._at) >= 0

    def _parts(self, opening: bytes, closing: bytes, begin: Callable[[], Part]) -> Iterator[Part]:
        if not self.take(opening):
            raise ValueError(f"there is no {opening.decode()} at line {self.line}")
        if self.take(closing):
            return
        while True:
            yield begin()
            if self.take(closing):
                return
            if not self.take(b","):
                raise ValueError(f"a comma is missing at line {self.line}")

    def _piece(self) -> bytes:
        piece = b""
        while self.peek() not in (b",", b"]", b""):
            piece += self.value()
        return piece

    def _key(self) -> bytes:
        key = self.value("a key")
        if not self.take(b":"):
            raise ValueError(f"a key has no value at line {self.line}")
        return key

    def _bracketed(self, what: str) -> bytes:
        length, opened = 0, bytearray()
        while True:
            length = _end(_TO_BRACKET, self._held, self._at + length) - self._at
            sign = self._held[self._at + length : self._at + length + 1]
            if sign == b'"':
                length = self._text_end(length + 1, what)
            elif sign in (b"[", b"{"):
                length += 1
                opened += sign
            elif sign:
                # What a bracket of another kind closes lacks its own; one that closes nothing is not ours.
                start = opened.rfind(_OPENING[sign])
                length += start >= 0
                del opened[max(start, 0) :]
            elif not self._grow():
                opened.clear()
            self._check(length, what)
            if not opened:
                return self._taken(self._at + length)

    def _text_end(self, length: int, what: str) -> int:
        """Return where the text ends that goes on in the next piece, counted from where this stands."""
        while True:
            length = _end(_IN_TEXT, self._held, self._at + length) - self._at
            if self._held[self._at + length : self._at + length + 1] == b'"':
                return length + 1
            self._check(length, what)
            if not self._grow():
                return len(self._held) - self._at

    def _check(self, size_bytes: int, what: str) -> None:
        if size_bytes > self._bounds.record_bytes:
            raise ValueTooLarge(
                f"From line {self.line} on {what} is larger than {self._bounds.said('record_bytes')}.",
                hint=self._bounds.hint("record_bytes"),
            )

    def _taken(self, end: int) -> bytes:
        taken = self._held[self._at : end]
        self.line += taken.count(b"\n")
        self._at = end
        return taken

    def _grow(self) -> bool:
        """Read a piece more, and forget what was taken; tell whether there was one."""
        piece = self._stream.read(_PIECE_BYTES)
        self._held = self._held[self._at :] + piece
        self._at = 0
        return bool(piece)


def _end(pattern: re.Pattern[bytes], text: bytes, start: int) -> int:
    """Return where the match at `start` ends; there if there is none."""
    found = pattern.match(text, start)
    return found.end() if found else start


def cut(content: bytes) -> JsonText:
    """Return a text to be cut into values without judging them."""
    return JsonText(io.BytesIO(content), Bounds(record_bytes=len(content)))


def is_whole(content: bytes) -> bool:
    """Tell whether a text begins with a JSON object or list and ends with it, whatever is inside."""
    text = cut(content)
    if text.peek() not in (b"{", b"["):
        return False
    value = text.value()
    return value[-1:] == {b"{": b"}", b"[": b"]"}[value[:1]] and not text.peek()
