"""`Output`: what a finished file holds, for receipts."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from zenodo_harvest.errors import LocalError


@dataclass(frozen=True, slots=True)
class Output:
    """One finished file; `rows` is None where its format does not tell."""

    path: Path
    size_bytes: int
    sha256: str
    rows: int | None


def describe_output(path: Path | str) -> Output:
    """Return size, sha256 and rows of a file as they are on the disk, counted by reading it.

    Raises:
        LocalError: The file cannot be read, or is not what its extension says.
    """
    file = Path(path)
    try:
        with file.open("rb") as stream:
            digest = file_digest(stream, "sha256").hexdigest()
        return Output(file, file.stat().st_size, digest, _count_rows(file))
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise LocalError(
            f"{str(file)!r} cannot be read: {getattr(error, 'strerror', None) or error}.",
            hint="Check its path and permissions.",
        ) from error


def _count_rows(file: Path) -> int | None:
    name = file.name.lower()
    if name.endswith(".parquet"):
        from pyarrow.parquet import read_metadata

        with file.open("rb") as stream:  # by name it would have to be UTF-8
            return int(read_metadata(stream).num_rows)
    with gzip.open(file) if name.endswith(".gz") else file.open("rb") as lines:
        if name.removesuffix(".gz").endswith(".csv"):
            return max(_csv_rows(lines) - 1, 0)
        if name.removesuffix(".gz").endswith(".jsonl"):
            return sum(1 for _ in lines)
    return None


def _csv_rows(lines: Iterable[bytes]) -> int:
    """Count rows by quotes: a line break ends a row where the quotes before it are even in number."""
    rows = 0
    is_quoted = False
    for line in lines:
        is_quoted ^= bool(line.count(b'"') & 1)
        rows += not is_quoted
    return rows
