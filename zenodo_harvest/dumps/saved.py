"""Saved JSON of any layout: a record, JSON Lines, a list, a search answer; gzip or not."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BufferedReader
from typing import Any, BinaryIO, cast

import msgspec

from zenodo_harvest.bounds import Bounds
from zenodo_harvest.errors import LocalError, UsageError
from zenodo_harvest.json_text import JsonText, ValueTooLarge, cut, is_whole
from zenodo_harvest.json_values import decode
from zenodo_harvest.records import WHAT_TELLS, what_lacks

_HINT = "Give a record, a list of records, JSON Lines or a search answer, as JSON or gzip."
_LISTS_IN_LISTS = 16
_MEMBER = "a member of the answer"
_MOST_ODD = 100
"""More values than these before the first record, and there is none."""


def read_documents(
    stream: BinaryIO, name: str, tell: Callable[[str], None] = lambda _: None, *, bounds: Bounds | None = None
) -> Iterator[bytes]:
    """Yield the JSON of each record in a stream as it stands there, one at a time.

    Memory grows neither with the number of lines nor with the length of a list. What stands among records
    and is none is yielded as well, if it has an end: it costs no neighbour, and `read_record` says what is
    the matter with it.

    Args:
        stream: The bytes, gzip or not.
        name: What to call it in errors.
        tell: Is told when the answers to a search do not hold all that it found.
        bounds: What one record may come to.

    Raises:
        UsageError: It holds no JSON, or none with records in it, or a list is cut short.
        LocalError: A record is larger than the bounds allow.
    """
    buffered = (
        BufferedReader(cast("Any", stream)) if not hasattr(stream, "peek") else cast("BufferedReader", stream)
    )
    plain: Any = gzip.GzipFile(fileobj=buffered) if buffered.peek(2)[:2] == b"\x1f\x8b" else buffered
    try:
        yield from _Documents(_in_utf8(plain), name, tell, bounds or Bounds()).records()
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise UsageError(f"{name} is cut short or no gzip file.", hint="Save it again.") from error
    except ValueTooLarge as error:
        raise LocalError(f"{name} cannot be read. {error.message}", hint=error.hint) from error


def _in_utf8(plain: Any) -> Any:
    """Return a stream that says in UTF-8 what the given one says in UTF-8 or UTF-16."""
    start = plain.peek(2)[:2]
    if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return codecs.EncodedFile(plain, "utf-8", "utf-16", "replace")
    if start[1:] == b"\0":
        return codecs.EncodedFile(plain, "utf-8", "utf-16-le", "replace")
    return plain


_NAMES = (*WHAT_TELLS, "hits", "_source", "schema_version", "concept_id", "concept_doi")
"""What tells the values apart that may be saved."""
_Members = msgspec.defstruct(
    "_Members", [(name, msgspec.Raw | msgspec.UnsetType, msgspec.UNSET) for name in _NAMES]
)
_MEMBERS = msgspec.json.Decoder(_Members)


@dataclass(frozen=True, slots=True)
class _Found:
    """The text of a record, or of what stands in the place of one and why that is none."""

    content: bytes
    refusal: UsageError | None = None


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
        self._has_broken_line = False

    def records(self) -> Iterator[bytes]:
        """Yield the records, and what stands among them; refuse a text without any."""
        held: list[_Found] | None = []
        for found in self._all():
            if held is not None:
                if found.refusal is not None:
                    held.append(found)
                    if len(held) > _MOST_ODD:
                        break
                    continue
                yield from (each.content for each in held)
                held = None
            yield found.content
        if held and (refusal := held[0].refusal):
            raise refusal
        if self._extent.rows < self._extent.total:
            self._tell(
                f"{self._name} holds {self._extent.rows:,} of the {self._extent.total:,} records "
                "that its search found."
            )

    def _all(self) -> Iterator[_Found]:
        """Yield what all values hold; after a first one in one line each line is one by itself."""
        text = self._text
        if not text.peek():
            raise UsageError(f"{self._name} is empty.", hint=_HINT)
        first = text.line
        yield from self._next(text, self._name)
        has_lines = text.line == first or self._has_broken_line
        while text.peek():
            where = f"line {text.line} of {self._name}"
            if has_lines:
                yield from self._line(text.rest_of_line().strip(), where)
            else:
                yield from self._next(text, where)

    def _next(self, text: JsonText, where: str, depth: int = 0) -> Iterator[_Found]:
        """Yield the records of the next value: itself, its items or the hits of an answer."""
        if text.peek() == b"[":
            if depth == _LISTS_IN_LISTS:
                raise _nested(where)
            with _json_of(where):
                for number in text.items():
                    yield from self._next(text, f"item {number} of {where}", depth + 1)
            return
        line = text.line
        try:
            content = text.value()
        except ValueTooLarge:
            if not text.is_ahead(b'"hits"'):
                raise
            yield from self._hits(text, where)
            return
        if depth == 0 and content.startswith(b"{") and content.partition(b"\n")[2][:1] == b"{":
            self._has_broken_line = True
            for number, each in enumerate((content + text.rest_of_line()).split(b"\n"), line):
                if each.strip():
                    yield from self._line(each.strip(), f"line {number} of {self._name}")
            return
        yield from self._value(content, where)

    def _line(self, content: bytes, where: str) -> Iterator[_Found]:
        """Yield the records of a line, which holds one value, or objects one after the other."""
        if content.startswith(b"[") and is_whole(content):
            yield from self._next(cut(content), where)
        else:
            for value in _objects(content):
                yield from self._value(value, where)

    def _hits(self, text: JsonText, where: str) -> Iterator[_Found]:
        """Yield the hits of the answer that follows, whatever they are."""
        with _json_of(where):
            for key in text.names():
                if key != b'"hits"' or text.peek() != b"{":
                    text.value(_MEMBER)
                    continue
                for inner in text.names():
                    if inner == b'"hits"' and text.peek() == b"[":
                        for _ in text.items():
                            self._extent.rows += 1
                            yield _judged(text.value(), where)
                    elif inner == b'"total"':
                        self._extent.take_total(decode(text.value(_MEMBER), []))
                    else:
                        text.value(_MEMBER)

    def _value(self, content: bytes, where: str) -> Iterator[_Found]:
        """Yield the record that a value is, its hits, or what it is instead.

        Raises:
            UsageError: It is a row that this tool has written, without what tells how to read it.
        """
        if not self._bounds.allow_values(content):
            raise LocalError(
                f"{where} holds more than {self._bounds.said('values')}.", hint=self._bounds.hint("values")
            )
        names = _names_in(content)
        if "hits" in names and _is_answer(content):
            yield from self._hits(cut(content), where)
        elif "schema_version" not in names and {"concept_id", "concept_doi"} <= names and is_whole(content):
            raise UsageError(
                f"{where} holds rows that this tool has written, without the column schema_version.",
                hint="Read them as they are, for example with pandas.read_json(…, lines=True).",
            )
        else:
            yield _judged(content, where, names)


def _judged(content: bytes, where: str, names: Set[str] | None = None) -> _Found:
    """Return a value with why it is no record, if it is none; of a hit of a search engine its source."""
    names = _names_in(content) if names is None else names
    if "_source" in names and "metadata" not in names:
        content = _source_of(content)
        names = _names_in(content)
    has_record = "schema_version" in names or not what_lacks({name: {} for name in names})
    return _Found(content, None if has_record and is_whole(content) else _refusal(content, where))


def _source_of(content: bytes) -> bytes:
    """Return the text of the member ``_source``, or the object itself where that is no object."""
    text = cut(content)
    with suppress(ValueError):
        for key in text.names():
            value = text.value()
            if key == b'"_source"' and value.startswith(b"{"):
                return value
    return content


def _objects(line: bytes) -> list[bytes]:
    """Return the objects that a line holds one after the other; the line where it holds anything else."""
    if is_whole(line) or b"}{" not in line.replace(b" ", b""):
        return [line]
    text, found = cut(line), []
    while text.peek() == b"{":
        found.append(text.value())
    return [line] if text.peek() or not all(map(is_whole, found)) else found


def _names_in(content: bytes) -> set[str]:
    """Return which of the telling members an object has, as far as it can be cut into members."""
    try:
        members = _MEMBERS.decode(content)
        return {name for name in _NAMES if getattr(members, name) is not msgspec.UNSET}
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        found: set[str] = set()
    text = cut(content)
    with suppress(ValueError):
        for key in text.names():
            found.add(key.strip(b'"').decode("utf-8", "replace"))
            text.value()
    return found & set(_NAMES)


def _is_answer(content: bytes) -> bool:
    """Tell whether an object has a list of hits where the answer to a search has it."""
    text = cut(content)
    with suppress(ValueError):
        for key in text.names():
            if key == b'"hits"' and text.peek() == b"{":
                for inner in text.names():
                    if inner == b'"hits"' and text.peek() == b"[":
                        return True
                    text.value()
            else:
                text.value()
    return False


def _refusal(content: bytes, where: str) -> UsageError:
    """Return why a value is no record."""
    try:
        value = decode(content, [])
    except RecursionError:
        return _nested(where)
    except ValueError as error:
        return UsageError(f"{where} is no JSON: {error}.", hint=_HINT)
    hint = _HINT
    if isinstance(value, dict) and any(name.startswith("metadata.") for name in value):
        hint = "It is a table whose columns were records. Give the JSON that it was made of."
    return UsageError(f"{where} holds no record.", hint=hint)


@contextmanager
def _json_of(where: str) -> Iterator[None]:
    """Say where the JSON is that does not hang together."""
    try:
        yield
    except ValueError as error:
        raise UsageError(f"{where} is no JSON: {error}.", hint=_HINT) from error


def _nested(where: str) -> UsageError:
    return UsageError(f"{where} is nested too deeply to be read.", hint=_HINT)
