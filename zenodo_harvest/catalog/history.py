"""`History`: views and downloads of each record over time, in one Parquet file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zenodo_harvest.catalog.columns import STATISTICS
from zenodo_harvest.catalog.page import UsePoint
from zenodo_harvest.durable import Group, local_errors
from zenodo_harvest.errors import LocalError
from zenodo_harvest.records import Record

if TYPE_CHECKING:
    from pandas import DataFrame

HISTORY = "history.parquet"
Use = Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Mover:
    """What moved of one record between two times.

    Attributes:
        id: The record.
        then: Its statistics at the earlier time, None if it was not there.
        now: Its statistics at the later one.
    """

    id: str
    then: Use | None
    now: Use

    def gain(self, statistic: str) -> int:
        """Return how much a statistic rose; less than 0 where the site took some back, as it does robots."""
        before = (self.then or {}).get(statistic) or 0
        return (self.now.get(statistic) or 0) - before


class History:
    """Views and downloads over time: one row for each record and time at which all pages were read.

    Args:
        path: The Parquet file; it need not be there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def times(self) -> list[datetime]:
        """Return when statistics were taken, the earliest first."""
        if not self.path.exists():
            return []
        return sorted(self._read(["taken_at"]).column("taken_at").unique().to_pylist())

    def at(self, time: datetime) -> dict[str, dict[str, int | None]]:
        """Return the statistics of each record at one of the `times`."""
        rows = self._read(["id", *STATISTICS], [("taken_at", "=", time)]).to_pylist()
        return {row.pop("id"): row for row in rows}

    def totals(self) -> list[UsePoint]:
        """Return the sums over all records, the earliest first."""
        if not self.path.exists():
            return []
        table = self._read(["taken_at", "views", "downloads"])
        sums = table.group_by("taken_at").aggregate(
            [("taken_at", "count"), ("views", "sum"), ("downloads", "sum")]
        )
        points = [
            UsePoint(
                taken_at=row["taken_at"],
                records=row["taken_at_count"],
                views=row["views_sum"] or 0,
                downloads=row["downloads_sum"] or 0,
            )
            for row in sums.to_pylist()
        ]
        return sorted(points, key=lambda point: point.taken_at)

    def movers(self, since: datetime | None = None) -> list[Mover]:
        """Return each record's statistics at the last time and at the one before.

        Args:
            since: Compare with the last time up to this one instead.
        """
        times = self.times()
        if not times:
            return []
        earlier = [time for time in times[:-1] if since is None or time <= since]
        then = self.at(earlier[-1]) if earlier else {}
        return [Mover(id_, then.get(id_), now) for id_, now in self.at(times[-1]).items()]

    def frame(self) -> DataFrame:
        """Return all rows as a data frame."""
        table = self._read(None) if self.path.exists() else _schema().empty_table()
        frame: DataFrame = table.to_pandas()
        return frame

    def append(self, taken_at: datetime, rows: Sequence[tuple[Any, ...]]) -> None:
        """Add the statistics of one time, as `statistics_of` gives them; those of that time are replaced.

        Raises:
            LocalError: The file cannot be read or written.
        """
        import pyarrow as pa
        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        columns = list(zip(*rows, strict=True)) or [()] * len(_names())
        values = [pa.array(column, kind) for column, kind in zip(columns, _schema().types[1:], strict=True)]
        times = pa.array([taken_at] * len(rows), _schema().types[0])
        tables = [pa.Table.from_arrays([times, *values], schema=_schema())]
        if self.path.exists():
            former = self._read(None)
            tables.insert(0, former.filter(pc.not_equal(former["taken_at"], pa.scalar(taken_at))))
        with Group(overwrite=True) as group, local_errors(self.path):
            pq.write_table(pa.concat_tables(tables), group.file(self.path), compression="zstd")

    def _read(self, columns: Sequence[str] | None, filters: Any = None) -> Any:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            return pq.read_table(self.path, columns=columns, filters=filters, schema=_schema())
        except (OSError, pa.ArrowException) as error:
            raise LocalError(
                f"{str(self.path)!r} cannot be read: {error}.", hint="Restore it, or remove it to begin anew."
            ) from error


def statistics_of(records: Iterable[Record]) -> Iterator[tuple[Any, ...]]:
    """Yield what `History.append` takes of records: id, concept, and each of the statistics."""
    for record in records:
        if record.id:
            yield tuple(getattr(record, name) for name in _names())


def _names() -> tuple[str, ...]:
    return ("id", "concept_id", *STATISTICS)


def _schema() -> Any:
    import pyarrow as pa

    kinds = {name: pa.int64() if name in STATISTICS else pa.string() for name in _names()}
    return pa.schema({"taken_at": pa.timestamp("us", "UTC"), **kinds})
