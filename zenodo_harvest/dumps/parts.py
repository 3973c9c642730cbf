"""Where the pieces of a table go: one Parquet file, or a folder of them by year."""

from __future__ import annotations

import os
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import pyarrow as pa
import pyarrow.parquet as pq

from zenodo_harvest.durable import atomic_folder, atomic_path, local_errors

GROUP_ROWS = 2_000
"""Rows of a row group."""
GROUP_BYTES = 24 << 20
"""Bytes of rows that end a row group before that."""
PENDING_BYTES = 32 << 20
"""Most bytes of rows that wait, over all years, until there are enough of them for a row group."""


class Parts(Protocol):
    """Takes the rows of a table; what it writes appears when the block ends well."""

    def write(self, year: int, batch: Any) -> None:
        """Append rows of one year, in order."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class OneFile:
    """One Parquet file at `path`, whole or absent."""

    def __init__(self, path: Path, schema: Any) -> None:
        self._path = path
        self._schema = schema
        self._stack = ExitStack()

    def write(self, year: int, batch: Any) -> None:
        """Append rows; the year is of no matter."""
        del year
        self._file.write(batch)

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            temporary = stack.enter_context(atomic_path(self._path))
            self._file = stack.enter_context(_ParquetFile(temporary, self._path, self._schema))
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)


class ByYear:
    """A folder of Parquet files, ``year=2024/part-0.parquet`` and so on, whole or absent."""

    def __init__(self, folder: Path, schema: Any) -> None:
        self._folder = folder
        self._schema = schema
        self._stack = ExitStack()
        self._files: dict[int, _ParquetFile] = {}

    def write(self, year: int, batch: Any) -> None:
        """Append rows to the file of their year."""
        if year not in self._files:
            name = f"year={year}/part-0.parquet"
            place = self._temporary / name
            with local_errors(self._folder):
                place.parent.mkdir()
            file = _ParquetFile(place, self._folder / name, self._schema)
            self._files[year] = self._stack.enter_context(file)
        self._files[year].write(batch)
        if sum(file.pending_bytes for file in self._files.values()) > PENDING_BYTES:
            max(self._files.values(), key=lambda file: file.pending_bytes).write_group()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._temporary = stack.enter_context(atomic_folder(self._folder))
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)


class _ParquetFile:
    """One Parquet file while it is written; `path` is what it will be called."""

    def __init__(self, temporary: Path, path: Path, schema: Any) -> None:
        self._temporary = temporary
        self._path = path
        self._schema = schema
        self._batches: list[Any] = []
        self._rows = 0
        self.pending_bytes = 0

    def write(self, batch: Any) -> None:
        """Append rows."""
        while batch.num_rows:
            fitting = batch.slice(0, GROUP_ROWS - self._rows)
            batch = batch.slice(fitting.num_rows)
            self._batches.append(fitting)
            self._rows += fitting.num_rows
            self.pending_bytes += fitting.nbytes
            if self._rows == GROUP_ROWS or self.pending_bytes >= GROUP_BYTES:
                self.write_group()

    def write_group(self) -> None:
        """Write the rows that wait as a row group."""
        if self._rows:
            with local_errors(self._path):
                self._writer.write_table(pa.Table.from_batches(self._batches, self._schema), GROUP_ROWS)
        self._batches, self._rows, self.pending_bytes = [], 0, 0

    def __enter__(self) -> Self:
        with local_errors(self._path), ExitStack() as stack:
            # a file of Arrow's own: one of Python's would have it wait for other threads at every write
            self._stream = stack.enter_context(pa.OSFile(os.fsencode(self._temporary), "wb"))
            self._writer = pq.ParquetWriter(self._stream, self._schema, compression="zstd")
            stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._finish()
        finally:
            for held in (self._writer, self._stream):
                with suppress(OSError):
                    held.close()

    def _finish(self) -> None:
        self.write_group()
        with local_errors(self._path):
            self._writer.close()
            self._stream.close()
            with self._temporary.open("rb+") as file:
                os.fsync(file.fileno())
