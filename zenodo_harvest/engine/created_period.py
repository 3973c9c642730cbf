"""`CreatedPeriod`: when the records that a search asks for were created, as far as its filter tells."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from msgspec.structs import replace

from zenodo_harvest.query import Moment, Search, read_range
from zenodo_harvest.records import Provenance, Record, read_records

_DAY = timedelta(days=1)


class CreatedPeriod:
    """The days that the values of ``created`` name.

    A server may give a record from another time, by mistake or because its index lags behind its records:
    such a row stays, and says so in `Record.problems`.
    """

    def __init__(self, search: Search) -> None:
        self._spans = tuple(map(_days, search.created))

    def holds(self, moment: datetime | None) -> bool:
        """Tell whether a record of this time may have been asked for; one that tells no time may."""
        if moment is None or not self._spans:
            return True
        day = moment.astimezone(UTC).date()
        return any(first <= day <= last for first, last in self._spans)

    def marked(self, record: Record) -> Record:
        """Return a record that says so if it is from another time."""
        if self.holds(record.created):
            return record
        return replace(record, problems=(*record.problems, "created: outside of what was asked for"))

    def read(self, contents: Sequence[bytes], provenance: Provenance) -> Sequence[Record]:
        """Return the records of which this is the JSON, each of which says so if it is from another time."""
        return self.all_marked(read_records(contents, provenance))

    def all_marked(self, records: Sequence[Record]) -> Sequence[Record]:
        """Return records, each of which says so if it is from another time."""
        if not self._spans or all(self.holds(record.created) for record in records):
            return records
        return [self.marked(record) for record in records]


def _days(text: str) -> tuple[date, date]:
    first, last = read_range(text)
    return _edge(first, date.min, -_DAY), _edge(last, date.max, _DAY)


def _edge(moment: Moment | None, otherwise: date, slack: timedelta) -> date:
    """Return the first or last day of a period; a time may lie a day off, as zones differ."""
    if moment is None or moment.day is None:
        return otherwise
    if moment.grain != "time":
        return moment.day if slack < timedelta() else date.fromisoformat(moment.last)
    try:
        return moment.day + slack
    except OverflowError:
        return otherwise
