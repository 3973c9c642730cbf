"""JSON Lines: one JSON object a line, its keys the columns in order, UTF-8 as it is."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

import msgspec

from zenodo_harvest.export.tables import Table, records_table
from zenodo_harvest.export.text import clean_text
from zenodo_harvest.records import Record

if TYPE_CHECKING:
    from _typeshed import SupportsWrite


class JsonlWriter:
    """Writes the rows of one table to a binary stream as JSON Lines, as they come.

    Nulls and empty lists are written, so that each line has the same keys. Times are ISO 8601 with ``Z``.
    Text that is not valid Unicode is mended with U+FFFD; a number that is not finite becomes null.

    Args:
        stream: Where the bytes go; it is not closed.
        table: The table to write.
    """

    def __init__(self, stream: SupportsWrite[bytes], table: Table) -> None:
        self._stream = stream
        self._table = table
        self._names = [field.name for field in table.fields]
        self._encoder = msgspec.json.Encoder()

    def write(self, records: Sequence[Any]) -> None:
        """Append the rows that `records` make."""
        self._stream.write(self.encode(records))

    def encode(self, records: Sequence[Any]) -> bytes:
        """Return the lines that `records` make."""
        rows = zip(*self._table.columns(records), strict=True)
        lines = [dict(zip(self._names, row, strict=True)) for row in rows]
        try:
            return self._encoder.encode_lines(lines)
        except UnicodeEncodeError:
            return self._encoder.encode_lines(_cleaned(msgspec.to_builtins(lines)))

    def close(self) -> None:
        """Nothing is held back, so there is nothing to do."""

    def abort(self) -> None:
        """Nothing is held back, so there is nothing to do."""


def write_jsonl(
    stream: BinaryIO | TextIO,
    records: Iterable[Record],
    columns: Sequence[str] | None = None,
    *,
    raw: bool = False,
) -> int:
    """Write records to an open stream as JSON Lines and return how many; the stream stays open.

    Each line is handed over when its record comes, so that a reader at the other end of a pipe need not
    wait for the last one. ``sys.stdout`` is written as UTF-8 whatever its encoding.

    Raises:
        UsageError: A name in `columns` is no column.
    """
    lines = _Lines(stream)
    writer = JsonlWriter(lines, records_table(columns, raw=raw))
    rows = 0
    for record in records:
        writer.write((record,))
        rows += 1
    return rows


class _Lines:
    """Hands bytes to a binary stream, to the bytes beneath a text stream, or to a text stream as text."""

    def __init__(self, stream: BinaryIO | TextIO) -> None:
        self._stream: Any = getattr(stream, "buffer", stream)
        self._is_text = isinstance(self._stream, io.TextIOBase)
        if self._stream is not stream:
            stream.flush()

    def write(self, data: bytes) -> None:
        self._stream.write(data.decode() if self._is_text else data)
        self._stream.flush()


def _cleaned(value: Any) -> Any:
    """Return plain JSON values with every text made valid Unicode."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list | tuple):
        return [_cleaned(item) for item in value]
    if isinstance(value, dict):
        return {key: _cleaned(item) for key, item in value.items()}
    return value
