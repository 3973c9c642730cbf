"""Batches: things that are worked on together, few enough and small enough to be held at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import astuple

Item = TypeVar("Item")

BATCH_ROWS = 500
"""Each time costs about as much as a hundred records."""
BATCH_BYTES = 12 << 20
"""Fewer are taken at a time where they would be larger than this together."""
_VALUE_BYTES, _ITEM_BYTES = 32, 200


def document_size(document: bytes) -> int:
    """Return about how much memory a document takes: many values take more than their text."""
    return len(document) + _VALUE_BYTES * document.count(b",")


def size_of(row: Any) -> int:
    """Return about how many bytes a record or a row takes: its texts and lists."""
    size_bytes = 0
    for value in astuple(row) if isinstance(row, Struct) else row:
        if type(value) is str or type(value) is bytes:
            size_bytes += len(value)
        elif type(value) is tuple:
            size_bytes += _ITEM_BYTES * len(value)
    return size_bytes


def in_batches(
    items: Iterable[Item],
    size_of: Callable[[Item], int],
    *,
    rows: int = BATCH_ROWS,
    size_bytes: int = BATCH_BYTES,
) -> Iterator[list[Item]]:
    """Yield the items in lists whose borders depend on them alone, never holding more than one list.

    Args:
        items: What there is.
        size_of: Tells the size of an item in bytes.
        rows: Most items in a list.
        size_bytes: Most bytes in a list, unless one item is larger by itself.
    """
    batch: list[Item] = []
    held_bytes = 0
    for item in items:
        item_bytes = size_of(item)
        if batch and held_bytes + item_bytes > size_bytes:
            yield batch
            batch, held_bytes = [], 0
        batch.append(item)
        held_bytes += item_bytes
        if len(batch) == rows:
            yield batch
            batch, held_bytes = [], 0
    if batch:
        yield batch
