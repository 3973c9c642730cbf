"""Parquet: zstd, described columns, and the same bytes for the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from zenodo_harvest.export.arrow import table_schema, table_to_batch
from zenodo_harvest.export.tables import Table

GROUP_BATCHES = 4
GROUP_BYTES = 24 << 20
"""Rows as large as this together are a row group before that."""


class ParquetWriter:
    """Writes the rows of one table to a binary stream as Parquet, one row group at a time.

    The same batches make the same bytes.

    Args:
        stream: Where the bytes go; it is not closed.
        table: The table to write.
        group_batches: Batches that make one row group; as many are held in memory. Of large ones it is fewer.
    """

    def __init__(self, stream: BinaryIO, table: Table, *, group_batches: int = GROUP_BATCHES) -> None:
        self._table = table
        self._schema = table_schema(table)
        self._group_batches = group_batches
        self._batches: list[Any] = []
        self._batches_bytes = 0
        self._file = pq.ParquetWriter(stream, self._schema, compression="zstd")

    def write(self, records: Sequence[Any]) -> None:
        """Append the rows that `records` make, as one batch."""
        self._add(table_to_batch(self._table, records, self._schema))

    def write_batch(self, batch: Any) -> None:
        """Append the rows of an Arrow batch that has the columns of the table, and perhaps others."""
        self._add(batch.select(self._schema.names))

    def close(self) -> None:
        """Write what is left and the footer, without which the file is no Parquet file."""
        self._write_group()
        self._file.close()

    def abort(self) -> None:
        """Let go of the stream; what was written to it is worth nothing."""
        with suppress(OSError):
            self._file.close()

    def _add(self, batch: Any) -> None:
        self._batches.append(batch)
        self._batches_bytes += batch.nbytes
        if len(self._batches) == self._group_batches or self._batches_bytes >= GROUP_BYTES:
            self._write_group()

    def _write_group(self) -> None:
        group = pa.Table.from_batches(self._batches, self._schema)
        self._batches, self._batches_bytes = [], 0
        if group.num_rows:
            self._file.write_table(group, row_group_size=group.num_rows)
            del group
            pa.default_memory_pool().release_unused()  # it would keep what the group took
