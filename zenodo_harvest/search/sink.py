"""`Sink`: what takes the rows of a walk, whatever it makes of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Protocol, TypeVar

from zenodo_harvest.records import Record

BATCH_ROWS = 500
Item = TypeVar("Item")


class Sink(Protocol):
    """Takes records in batches, in order; the writers of ``export`` fit."""

    def write(self, records: Sequence[Record]) -> None:
        """Append records."""


def in_batches(items: Iterable[Item], rows: int = BATCH_ROWS) -> Iterator[tuple[Item, ...]]:
    """Yield the items in tuples of at most `rows`; never holds more than one tuple."""
    stream = iter(items)
    while batch := tuple(islice(stream, rows)):
        yield batch


def pour(records: Iterable[Record], sink: Sink) -> int:
    """Write all records to the sink in batches and return how many there were."""
    count = 0
    for batch in in_batches(records):
        sink.write(batch)
        count += len(batch)
    return count
