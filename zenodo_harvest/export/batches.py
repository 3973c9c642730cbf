"""Batches: things that are worked on together, few enough and small enough to be held at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

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


class Batches(Generic[Item]):
    """Gathers items into lists whose borders depend on the items alone, and not on how they were handed over.

    Args:
        size_of: Tells the size of an item in bytes.
        rows: Most items in a list.
        size_bytes: Most bytes in a list, unless one item is larger by itself.
    """

    def __init__(
        self, size_of: Callable[[Item], int], *, rows: int = BATCH_ROWS, size_bytes: int = BATCH_BYTES
    ) -> None:
        self._size_of = size_of
        self._most_rows = rows
        self._most_bytes = size_bytes
        self._held: list[Item] = []
        self._held_bytes = 0

    def take(self, items: Iterable[Item]) -> Iterator[list[Item]]:
        """Yield each list that is full, never holding more than one."""
        for item in items:
            item_bytes = self._size_of(item)
            if self._held_bytes + item_bytes > self._most_bytes:
                yield from self.rest()
            self._held.append(item)
            self._held_bytes += item_bytes
            if len(self._held) == self._most_rows:
                yield from self.rest()

    def rest(self) -> Iterator[list[Item]]:
        """Yield what is held, if anything is."""
        if self._held:
            held, self._held, self._held_bytes = self._held, [], 0
            yield held


def in_batches(
    items: Iterable[Item],
    size_of: Callable[[Item], int],
    *,
    rows: int = BATCH_ROWS,
    size_bytes: int = BATCH_BYTES,
) -> Iterator[list[Item]]:
    """Yield the items in lists as `Batches` makes them, never holding more than one list."""
    batches = Batches(size_of, rows=rows, size_bytes=size_bytes)
    yield from batches.take(items)
    yield from batches.rest()
