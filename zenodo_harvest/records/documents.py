"""Saved JSON of any layout: a record, JSON Lines, a list, a search answer; gzip or not."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BufferedReader
from typing import Any, BinaryIO, cast

from zenodo_harvest.errors import UsageError
from zenodo_harvest.records.decoding import decode, encode

_BLANK = codecs.BOM_UTF8 + b" \t\r\n"
_HINT = "Give a record, a list of records, JSON Lines or a search answer, as JSON or gzip."


def read_documents(
    stream: BinaryIO, name: str, tell: Callable[[str], None] = lambda _: None
) -> Iterator[bytes]:
    """Yield the JSON of each record in a stream, one at a time.

    JSON Lines are read line by line, so that memory does not grow with their number.

    Args:
        stream: The bytes, gzip or not.
        name: What to call it in errors.
        tell: Is told when the answers to a search do not hold all that it found.

    Raises:
        UsageError: It holds no JSON, or none with records in it; the line is named.
    """
    buffered = (
        BufferedReader(cast("Any", stream)) if not hasattr(stream, "peek") else cast("BufferedReader", stream)
    )
    plain: Any = gzip.GzipFile(fileobj=buffered) if buffered.peek(2)[:2] == b"\x1f\x8b" else buffered
    extent = _Extent()
    try:
        yield from _records(plain, name, extent)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise UsageError(f"{name} is cut short or no gzip file.", hint="Save it again.") from error
    if extent.rows < extent.total:
        tell(f"{name} holds {extent.rows:,} of the {extent.total:,} records that its search found.")


@dataclass
class _Extent:
    """How many records the pages of a search hold, and how many it found."""

    rows: int = 0
    total: int = 0

    def take(self, hits: Sequence[Any], total: Any) -> None:
        """Count one page."""
        self.rows += len(hits)
        if isinstance(total, dict):
            total = total.get("value")
        self.total = max(self.total, total if isinstance(total, int) else 0)


def _records(lines: Any, name: str, extent: _Extent) -> Iterator[bytes]:
    """Tell JSON Lines from one document by whether the first line is JSON by itself."""
    numbered = ((number, line) for number, line in enumerate(lines, start=1) if line.strip(_BLANK))
    number, first = next(numbered, (0, b""))
    if not number:
        raise UsageError(f"{name} is empty.", hint=_HINT)
    first = first.removeprefix(codecs.BOM_UTF8)
    try:
        value = decode(first, [])
    except (ValueError, RecursionError):
        rest = lines.read()
        is_lines = first.startswith(b"{") and rest.lstrip().startswith(b"{")
        whole, where = (first, f"line {number} of {name}") if is_lines else (first + rest, name)
        yield from _document(whole, where, extent)
        return
    yield from _unfold(value, first, name, extent)
    for number, line in numbered:
        yield from _document(line, f"line {number} of {name}", extent)


def _document(content: bytes, name: str, extent: _Extent) -> Iterator[bytes]:
    try:
        value = decode(content, [])
    except ValueError as error:
        raise UsageError(f"{name} is no JSON: {error}.", hint=_HINT) from error
    except RecursionError as error:
        raise UsageError(f"{name} is nested too deeply to be read.", hint=_HINT) from error
    yield from _unfold(value, content, name, extent)


def _unfold(value: Any, content: bytes, name: str, extent: _Extent) -> Iterator[bytes]:
    """Yield the records in a JSON value: itself, its items or the hits of an answer."""
    match value:
        case {"hits": {"hits": list() as hits, **rest}}:
            extent.take(hits, rest.get("total"))
            yield from map(encode, hits)
        case {"schema_version": _, "retrieved_at": _} | {"concept_id": _, "concept_doi": _}:
            raise UsageError(
                f"{name} holds rows that this tool has written, no JSON of a server.",
                hint="Read them as they are, for example with pandas.read_json(…, lines=True).",
            )
        case {"metadata": _} | {"id": _} | {"recid": _}:
            yield content.strip()
        case list():
            for number, item in enumerate(value, start=1):
                if not isinstance(item, dict):
                    raise UsageError(f"Item {number} of {name} is no record.", hint=_HINT)
                yield from _unfold(item, encode(item), f"item {number} of {name}", extent)
        case _:
            raise UsageError(f"{name} holds no record.", hint=_HINT)
