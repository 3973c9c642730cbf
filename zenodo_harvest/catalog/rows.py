"""The rows of a catalogue: their table, and the lines that tell whether one has changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from zenodo_harvest.catalog.columns import CATALOG_COLUMNS, MEMBERSHIPS, MEMBERSHIPS_MEAN, CatalogRow
from zenodo_harvest.errors import LocalError
from zenodo_harvest.export import Column, Field, JsonlWriter, ListOf, Scalar, Table, records_table
from zenodo_harvest.records import Record

_DIGEST_BYTES = 16


def catalog_table(slugs: Collection[str]) -> Table:
    """Return the table of a catalogue of the communities of these slugs."""
    table = records_table(CATALOG_COLUMNS)
    memberships = Field(MEMBERSHIPS, ListOf(Scalar("string")), MEMBERSHIPS_MEAN)

    def columns(records: Sequence[Record]) -> list[Column]:
        ours = [tuple(slug for slug in record.communities if slug in slugs) for record in records]
        return [*table.columns(records), ours]

    return Table("records", (*table.fields, memberships), columns)


class Lines:
    """Writes rows as JSON Lines, and knows of each where its line is.

    Args:
        table: The table of the catalogue.
        stream: Where the lines go.
    """

    def __init__(self, table: Table, stream: BinaryIO) -> None:
        self._stream = stream
        self._writer = JsonlWriter(stream, table)
        self._size = 0
        self._places: dict[str, tuple[int, int]] = {}

    def take(self, records: Sequence[Record]) -> tuple[list[tuple[str, bytes]], bytes]:
        """Write the next records; return the name and the digest of each, and their lines.

        The name of a record is its id, or what tells one without an id apart.
        """
        digests = []
        encoded = self._writer.encode(records)
        self._stream.write(encoded)
        lines = encoded.split(b"\n")
        for record, line in zip(records, lines, strict=False):  # an empty text follows the last break
            digest = blake2b(line, digest_size=_DIGEST_BYTES).digest()
            name = record.id or f"?{digest.hex()}"
            self._places[name] = self._size, len(line)
            self._size += len(line) + 1
            digests.append((name, digest))
        return digests, encoded

    def rows(self, path: Path, names: Iterable[str]) -> dict[str, CatalogRow]:
        """Return rows by the names of their records, from the file that the lines went to."""
        found = {}
        with path.open("rb") as file:
            for name in names:
                start, size = self._places[name]
                file.seek(start)
                found[name] = msgspec.json.decode(file.read(size))
        return found


def read_rows(path: Path) -> Iterator[CatalogRow]:
    """Yield the rows of a file of JSON Lines."""
    decode = msgspec.json.Decoder().decode
    with path.open("rb") as lines:
        for line in lines:
            yield decode(line)


def as_json(row: Mapping[str, Any]) -> CatalogRow:
    """Return a row of a table as a line of JSON Lines has it."""
    found: CatalogRow = msgspec.json.decode(msgspec.json.encode(row))
    return found


def as_record(row: CatalogRow) -> Record:
    """Return the record of which a row was made; columns that this version does not know are left out.

    Raises:
        LocalError: A column has another type in this version.
    """
    known = {name: value for name, value in row.items() if name in CATALOG_COLUMNS}
    try:
        return msgspec.convert(known, Record)
    except msgspec.ValidationError as error:
        raise LocalError(
            f"A row of an earlier version cannot be kept: {error}.",
            hint="Sync again: once nothing is missing all rows are new.",
        ) from error
