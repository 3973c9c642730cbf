"""Where the chunks of a table go: one Parquet file, or a folder of them by year."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from zenodo_harvest.durable import Group, local_errors

GROUP_ROWS = 2_000
"""Rows of a row group."""
GROUP_BYTES = 24 << 20
"""Bytes of rows that end a row group before that."""
PENDING_BYTES = 32 << 20
"""Most bytes of rows that wait, over all years, until there are enough of them for a row group."""


class Destination(ABC):
    """Takes the rows of a table; what it writes appears when the block ends well, and else nothing does."""

    def __init__(self, output: Path, schema: Any, *, overwrite: bool = False) -> None:
        self.paths = (output,)
        """What it writes: a file or a folder."""
        self._output = output
        self._schema = schema
        self._group = Group(overwrite=overwrite)
        self._files: list[_ParquetFile] = []
        self._stack = ExitStack()

    @abstractmethod
    def write(self, year: int, batch: Any) -> None:
        """Append rows of one year, in order."""

    def finish(self) -> tuple[Path, ...]:
        """Write everything to the end, and return where it lies until the block ends."""
        for file in self._files:
            file.finish()
        return (self._temporary,)

    def claim(self) -> None:
        """Keep other runs from giving files their names in the same folder until the block has ended."""
        self._group.claim()

    def add_text(self, path: Path, text: str) -> None:
        """Add a file of text, such as a receipt, that appears together with the table."""
        self._group.text(path, text)

    @abstractmethod
    def _place(self) -> Path:
        """Return where the table is made."""

    def _open(self, temporary: Path, path: Path) -> _ParquetFile:
        file = self._stack.enter_context(_ParquetFile(temporary, path, self._schema))
        self._files.append(file)
        return file

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(self._group)
            self._temporary = self._place()
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._stack.__exit__(kind, error, trace)
            return
        with self._stack:
            self.finish()


class OneFile(Destination):
    """One Parquet file, whole or absent."""

    def write(self, year: int, batch: Any) -> None:
        """Append rows; the year is of no matter."""
        del year
        file = self._files[0] if self._files else self._open(self._temporary, self._output)
        file.write(batch)

    def finish(self) -> tuple[Path, ...]:
        """Write everything to the end: a table without rows is a file as well."""
        if not self._files:
            self._open(self._temporary, self._output)
        return super().finish()

    def _place(self) -> Path:
        return self._group.file(self._output)


class ByYear(Destination):
    """A folder of Parquet files, ``year=2024/part-0.parquet`` and so on, whole or absent."""

    def __init__(self, output: Path, schema: Any, *, overwrite: bool = False) -> None:
        super().__init__(output, schema, overwrite=overwrite)
        self._by_year: dict[int, _ParquetFile] = {}

    def write(self, year: int, batch: Any) -> None:
        """Append rows to the file of their year."""
        if year not in self._by_year:
            name = f"year={year}/part-0.parquet"
            place = self._temporary / name
            with local_errors(self._output):
                place.parent.mkdir()
            self._by_year[year] = self._open(place, self._output / name)
        self._by_year[year].write(batch)
        if sum(file.pending_bytes for file in self._files) > PENDING_BYTES:
            max(self._files, key=lambda file: file.pending_bytes).write_group()

    def _place(self) -> Path:
        return self._group.folder(self._output)


class _ParquetFile:
    """One Parquet file while it is written; `path` is what it will be called."""

    def __init__(self, temporary: Path, path: Path, schema: Any) -> None:
        self._temporary = temporary
        self._path = path
        self._schema = schema
        self._batches: list[Any] = []
        self._rows = 0
        self._is_done = False
        self.pending_bytes = 0

    def write(self, batch: Any) -> None:
        while batch.num_rows:
            fitting = batch.slice(0, GROUP_ROWS - self._rows)
            batch = batch.slice(fitting.num_rows)
            self._batches.append(fitting)
            self._rows += fitting.num_rows
            self.pending_bytes += fitting.nbytes
            if self._rows == GROUP_ROWS or self.pending_bytes >= GROUP_BYTES:
                self.write_group()

    def write_group(self) -> None:
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
        for held in (self._writer, self._stream):
            with suppress(OSError):
                held.close()

    def finish(self) -> None:
        """Write everything to the end and close the file; once it is, there is nothing to do."""
        if self._is_done:
            return
        self.write_group()
        with local_errors(self._path):
            self._writer.close()
            self._stream.close()
            with self._temporary.open("rb+") as file:
                os.fsync(file.fileno())
        self._is_done = True
