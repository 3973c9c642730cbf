"""Saved JSON of any layout: a record, JSON Lines, a list, a search answer; gzip or not."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from typing import Any, BinaryIO, cast

from zenodo_harvest.bounds import Bounds
from zenodo_harvest.errors import LocalError, UsageError
from zenodo_harvest.records.decoding import decode, encode
from zenodo_harvest.records.json_text import JsonText, ValueTooLarge

_HINT = "Give a record, a list of records, JSON Lines or a search answer, as JSON or gzip."
_LISTS_IN_LISTS = 16
_MEMBER = "a member of the answer"


def read_documents(
    stream: BinaryIO, name: str, tell: Callable[[str], None] = lambda _: None, *, bounds: Bounds | None = None
) -> Iterator[bytes]:
    """Yield the JSON of each record in a stream, one at a time.

    Memory grows neither with the number of lines nor with the length of a list.

    Args:
        stream: The bytes, gzip or not.
        name: What to call it in errors.
        tell: Is told when the answers to a search do not hold all that it found.
        bounds: What one record may come to.

    Raises:
        UsageError: It holds no JSON, or none with records in it; the line is named.
        LocalError: A record is larger than the bounds allow.
    """
    buffered = (
        BufferedReader(cast("Any", stream)) if not hasattr(stream, "peek") else cast("BufferedReader", stream)
    )
    plain: Any = gzip.GzipFile(fileobj=buffered) if buffered.peek(2)[:2] == b"\x1f\x8b" else buffered
    try:
        yield from _Documents(plain, name, tell, bounds or Bounds()).records()
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise UsageError(f"{name} is cut short or no gzip file.", hint="Save it again.") from error
    except ValueTooLarge as error:
        raise LocalError(f"{name} cannot be read. {error.message}", hint=error.hint) from error


@dataclass
class _Extent:
    """How many records the pages of a search hold, and how many it found."""

    rows: int = 0
    total: int = 0

    def take_total(self, total: Any) -> None:
        """Take what a page says of all."""
        if isinstance(total, dict):
            total = total.get("value")
        self.total = max(self.total, total if isinstance(total, int) else 0)


class _Documents:
    """The records in one text."""

    def __init__(self, plain: Any, name: str, tell: Callable[[str], None], bounds: Bounds) -> None:
        self._name = name
        self._tell = tell
        self._bounds = bounds
        self._extent = _Extent()
        self._text = JsonText(plain, bounds)

    def records(self) -> Iterator[bytes]:
        """Yield the records of all values; after a first one in one line each line is one by itself."""
        text, extent = self._text, self._extent
        if not text.peek():
            raise UsageError(f"{self._name} is empty.", hint=_HINT)
        first = text.line
        yield from self._next(self._name)
        has_lines = text.line == first
        while text.peek():
            where = f"line {text.line} of {self._name}"
            yield from self._document(text.rest_of_line(), where) if has_lines else self._next(where)
        if extent.rows < extent.total:
            self._tell(
                f"{self._name} holds {extent.rows:,} of the {extent.total:,} records that its search found."
            )

    def _next(self, where: str, depth: int = 0) -> Iterator[bytes]:
        """Yield the records of the next value: itself, its items or the hits of an answer."""
        text = self._text
        if text.peek() == b"[":
            if depth == _LISTS_IN_LISTS:
                raise _nested(where)
            yield from self._items(where, depth)
            return
        line = text.line
        try:
            content = text.value()
        except ValueTooLarge:
            if not text.is_ahead(b'"hits"'):
                raise
            yield from self._long_answer(where)
            return
        is_broken_line = depth == 0 and content.startswith(b"{") and b"{" in content.partition(b"\n")[2][:1]
        yield from self._document(content, f"line {line} of {self._name}" if is_broken_line else where)

    def _items(self, where: str, depth: int) -> Iterator[bytes]:
        """Yield the records of a list."""
        with _json_of(where):
            for number in self._text.items():
                if self._text.peek() not in (b"{", b"["):
                    raise self._odd_item(number, where)
                yield from self._next(f"item {number} of {where}", depth + 1)

    def _odd_item(self, number: int, where: str) -> UsageError:
        content = self._text.value()
        try:
            decode(content, [])
        except ValueError as error:
            return UsageError(f"{where} is no JSON: item {number}: {error}.", hint=_HINT)
        return UsageError(f"Item {number} of {where} is no record.", hint=_HINT)

    def _long_answer(self, where: str) -> Iterator[bytes]:
        """Yield the records of an answer to a search that is too long to be held."""
        text = self._text
        with _json_of(where):
            for key in text.names():
                if key != b'"hits"' or text.peek() != b"{":
                    text.value(_MEMBER)
                    continue
                for inner in text.names():
                    if inner == b'"hits"' and text.peek() == b"[":
                        for record in self._items(where, 0):
                            self._extent.rows += 1
                            yield record
                    elif inner == b'"total"':
                        self._extent.take_total(decode(text.value(_MEMBER), []))
                    else:
                        text.value(_MEMBER)

    def _document(self, content: bytes, where: str) -> Iterator[bytes]:
        if not self._bounds.allow_values(content):
            raise LocalError(
                f"{where} holds more than {self._bounds.said('values')}.", hint=self._bounds.hint("values")
            )
        try:
            value = decode(content, [])
        except ValueError as error:
            raise UsageError(f"{where} is no JSON: {error}.", hint=_HINT) from error
        except RecursionError as error:
            raise _nested(where) from error
        yield from self._unfold(value, content, where)

    def _unfold(self, value: Any, content: bytes, where: str) -> Iterator[bytes]:
        """Yield the records in a JSON value: itself, its items or the hits of an answer."""
        match value:
            case {"hits": {"hits": list() as hits, **rest}}:
                self._extent.rows += len(hits)
                self._extent.take_total(rest.get("total"))
                yield from map(encode, hits)
            case {"schema_version": _, "retrieved_at": _} | {"concept_id": _, "concept_doi": _}:
                raise UsageError(
                    f"{where} holds rows that this tool has written, no JSON of a server.",
                    hint="Read them as they are, for example with pandas.read_json(…, lines=True).",
                )
            case {"metadata": _} | {"id": _} | {"recid": _}:
                yield content.strip()
            case list():
                yield from self._listed(value, where)
            case _:
                raise UsageError(f"{where} holds no record.", hint=_HINT)

    def _listed(self, items: Sequence[Any], where: str) -> Iterator[bytes]:
        for number, item in enumerate(items, start=1):
            if not isinstance(item, dict):
                raise UsageError(f"Item {number} of {where} is no record.", hint=_HINT)
            yield from self._unfold(item, encode(item), f"item {number} of {where}")


@contextmanager
def _json_of(where: str) -> Iterator[None]:
    """Say where the JSON is that does not hang together."""
    try:
        yield
    except ValueError as error:
        raise UsageError(f"{where} is no JSON: {error}.", hint=_HINT) from error


def _nested(where: str) -> UsageError:
    return UsageError(f"{where} is nested too deeply to be read.", hint=_HINT)
