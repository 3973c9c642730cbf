"""`Sink`: what takes the rows of a walk, whatever it makes of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from zenodo_harvest.records import Record, in_batches, size_of


class Sink(Protocol):
    """Takes records in batches, in order; the writers of ``export`` fit."""

    def write(self, records: Sequence[Record]) -> None:
        """Append records."""


def pour(records: Iterable[Record], sink: Sink) -> int:
    """Write all records to the sink in batches and return how many there were."""
    count = 0
    for batch in in_batches(records, size_of):
        sink.write(batch)
        count += len(batch)
    return count
