"""Documents straight to Arrow, by the compiled reader as far as it goes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from zenodo_harvest.export.arrow import arrow_schema, to_batch
from zenodo_harvest.export.sink import Sink
from zenodo_harvest.records import Provenance, compiled_reader, read_records

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BatchRead:
    """Some documents as one Arrow batch.

    Attributes:
        batch: The records, in order.
        left_to_python: How many of them the compiled reader left to the reader in Python; None where it is
            not installed.
    """

    batch: Any
    left_to_python: int | None


@dataclass(frozen=True, slots=True)
class Written:
    """What came of documents that were written.

    Attributes:
        rows_with_problems: How many rows name problems.
        left_to_python: How many rows the compiled reader left to the reader in Python; None where it had no
            part.
    """

    rows_with_problems: int
    left_to_python: int | None


def read_batch(documents: Sequence[bytes], provenance: Provenance) -> BatchRead:
    """Return the records that documents hold as one Arrow batch, in order.

    It has all columns, and `raw` if `provenance` keeps it. Each record is as `read_record` reads it,
    whether the compiled reader is installed or not.

    Args:
        documents: JSON or DataCite XML of one record each.
        provenance: Where they were read.
    """
    reader = _READERS.get(provenance.keep_raw)
    if reader is None:
        return BatchRead(_with_care(documents, provenance), None)
    since = (provenance.retrieved_at - _EPOCH) // timedelta(microseconds=1)
    batch, places = reader.read(documents, provenance, since)
    if places:
        _log.debug("%d of %d records are left to the reader in Python", len(places), len(documents))
    if len(places) == len(documents):
        return BatchRead(_with_care(documents, provenance), len(places))
    read = pa.record_batch(batch)
    if places:
        others = _with_care([documents[place] for place in places], provenance)
        read = pa.concat_batches([read, others]).take(_order(len(documents), places))
    return BatchRead(read, len(places))


def write_documents(sink: Sink, documents: Sequence[bytes], provenance: Provenance) -> Written:
    """Write the records that documents hold, each as `read_record` reads it.

    Args:
        sink: Open, with tables of records.
        documents: JSON or DataCite XML of one record each.
        provenance: Where they were read.
    """
    if sink.takes_batches:
        read = read_batch(documents, provenance)
        sink.write_batch(read.batch)
        return Written(count_problems(read.batch), read.left_to_python)
    records = read_records(documents, provenance)
    sink.write(records)
    return Written(sum(1 for record in records if record.problems), None)


def count_problems(batch: Any) -> int:
    """Return how many rows of a batch of records name problems."""
    count: int = pc.sum(pc.greater(pc.list_value_length(batch["problems"]), 0)).as_py() or 0
    return count


def reads_in_threads() -> bool:
    """Return whether `read_batch` lets other threads run meanwhile: whether the compiled reader is there."""
    return _READERS.get(False) is not None


class _Readers(threading.local):
    """The compiled readers of a thread: each remembers what it was told and serves one caller at a time."""

    def __init__(self) -> None:
        self.get = cache(lambda keep_raw: compiled_reader(arrow_schema(raw=keep_raw)))


_READERS = _Readers()


def _with_care(documents: Sequence[bytes], provenance: Provenance) -> Any:
    return to_batch(read_records(documents, provenance), arrow_schema(raw=provenance.keep_raw))


def _order(count: int, last: Sequence[int]) -> Any:
    """Return where each of `count` rows is found, if those at the places `last` come after the others."""
    are_last = set(last)
    first = (place for place in range(count) if place not in are_last)
    return pc.sort_indices(pa.array([*first, *last]))
