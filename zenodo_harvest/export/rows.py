"""Tables of another making than records: the same formats, written with the same care."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from zenodo_harvest.export.sink import Sink, open_sinks
from zenodo_harvest.export.tables import Column, Field, Table


def open_rows(
    paths: Sequence[Path | str],
    name: str,
    fields: Sequence[Field],
    *,
    overwrite: bool = False,
    **csv_options: bool,
) -> Sink:
    """Return a sink that writes the rows of the table `name` to `paths`, in the formats of their extensions.

    Args:
        paths: Files, each another.
        name: What the table is called in the metadata of Parquet.
        fields: Its columns; a row is a tuple of their values.
        overwrite: As that of `open_sink`.
        csv_options: ``raw_csv`` and ``spreadsheet``, as for `open_sink`.

    Raises:
        UsageError: A path cannot be used. Nothing was touched.
    """

    def columns(rows: Sequence[tuple[Any, ...]]) -> list[Column]:
        return list(zip(*rows, strict=True)) or [()] * len(fields)

    table = Table(name, tuple(fields), columns)
    targets = open_sinks(paths, **csv_options).targets
    return Sink([replace(target, table=table) for target in targets], overwrite=overwrite)
