"""Tables of another making than records: the same formats, written with the same care."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

from zenodo_harvest.export.sink import Sink, open_sinks
from zenodo_harvest.export.tables import Column, Field, Table

Row = tuple[Any, ...]


class RowSink:
    """Takes tuples, one for each row, and writes them to one or several files; as careful as a `Sink`."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    @property
    def paths(self) -> tuple[Path, ...]:
        """The final paths of the files."""
        return self._sink.paths

    @property
    def rows(self) -> int:
        """Rows taken so far."""
        return self._sink.rows

    def write(self, rows: Sequence[Row]) -> None:
        """Append rows, in order.

        Raises:
            LocalError: The disk is full or a file cannot be written.
        """
        self._sink.write(rows)

    def __enter__(self) -> RowSink:
        self._sink.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sink.__exit__(kind, error, trace)


def open_rows(
    paths: Sequence[Path | str], name: str, fields: Sequence[Field], *, raw_csv: bool = False
) -> RowSink:
    """Return what writes the rows of the table `name` to `paths`, in the formats their extensions name.

    Args:
        paths: Files, each another.
        name: What the table is called in the metadata of Parquet.
        fields: Its columns; a row is a tuple of their values.
        raw_csv: In CSV, leave text that a spreadsheet would run as it is.

    Raises:
        UsageError: A path cannot be used. Nothing was touched.
    """

    def columns(rows: Sequence[Row]) -> list[Column]:
        return list(zip(*rows, strict=True)) or [()] * len(fields)

    table = Table(name, tuple(fields), columns)
    targets = open_sinks(paths, raw_csv=raw_csv).targets
    return RowSink(Sink([replace(target, table=table) for target in targets]))
