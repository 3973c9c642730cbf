"""`Readings`: what the rows of a journal were read as, kept beside them, so that none is read twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec
from msgspec.structs import replace

from zenodo_harvest._version import __version__
from zenodo_harvest.durable import Journal, Made
from zenodo_harvest.export import in_batches
from zenodo_harvest.raw_records import RawRecord
from zenodo_harvest.records import SCHEMA_VERSION, Provenance, Record, read_records

_BATCH_ROWS = 250
_DECODER = msgspec.msgpack.Decoder(Record)


class Readings:
    """Reads rows while they come, when there is time, and gives back what they were read as.

    Args:
        journal: Where the rows are.
        provenance: Where they come from. Their server's JSON is not kept in the records.
    """

    def __init__(self, journal: Journal, provenance: Provenance) -> None:
        self._journal = journal
        self._provenance = provenance
        where = provenance.site, provenance.source, provenance.base_url
        self.reader = " ".join((__version__, SCHEMA_VERSION, *where))
        """What tells who read a row: another version, or for another site, may read it otherwise."""

    def take(self, rows: Sequence[RawRecord]) -> None:
        """Read rows that were just written."""
        self._read([row.name for row in rows], [row.body for row in rows])

    def batches(self, retrieved_at: datetime) -> Iterator[list[Record]]:
        """Yield all records by time of creation and id, some at a time; what was not read before is read now.

        Args:
            retrieved_at: The one time that they all carry.
        """
        for rows in in_batches(self._journal.made(self.reader), _size_of, rows=_BATCH_ROWS):
            unread = {row.id: row.content for row in rows if row.content is not None}
            read = {}
            if unread:
                with self._journal.writing():
                    read = self._read(list(unread), list(unread.values()))
            records = (_DECODER.decode(row.made) if row.made else read[row.id] for row in rows)
            yield [replace(record, retrieved_at=retrieved_at) for record in records]

    def _read(self, names: Sequence[str], contents: Sequence[bytes]) -> dict[str, Record]:
        read = dict(zip(names, read_records(contents, self._provenance), strict=True))
        made = {name: msgspec.msgpack.encode(record) for name, record in read.items()}
        self._journal.keep_made(made, self.reader)
        return read


def _size_of(row: Made) -> int:
    return len(row.made or row.content or b"")
