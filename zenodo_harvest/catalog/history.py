"""`History`: views and downloads of each record over time, in one Parquet file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from zenodo_harvest.catalog.columns import STATISTICS
from zenodo_harvest.catalog.page import UsePoint
from zenodo_harvest.durable import Group, local_errors
from zenodo_harvest.errors import LocalError, UsageError
from zenodo_harvest.export import Field, Scalar, Table, record_fields, table_schema
from zenodo_harvest.query import read_range
from zenodo_harvest.records import Record
from zenodo_harvest.vocabularies.terms import nearest

if TYPE_CHECKING:
    from pandas import DataFrame

HISTORY = "history.parquet"
ALL_VERSIONS = "all_versions_"
Point = tuple[datetime, int]
"""A time and a figure."""
_KEY = ("id", "concept_id")


@dataclass(frozen=True, slots=True)
class Mover:
    """How one statistic of a record, or of all versions of one, moved between two times.

    Attributes:
        id: The record; of a statistic of all versions, the latest that the catalogue held.
        concept_id: Its concept.
        before: What it was at the earlier time; None if the catalogue did not hold it: it is new.
        after: What it was at the later one.
    """

    id: str
    concept_id: str | None
    before: int | None
    after: int

    @property
    def change(self) -> int:
        """How much it rose, all of it for a new one; below 0 where the site took some back."""
        return self.after - (self.before or 0)

    @property
    def moved(self) -> Literal["new", "rose", "dropped", "stayed"]:
        """How it moved, in a word."""
        if self.before is None:
            return "new"
        return "rose" if self.change > 0 else "dropped" if self.change else "stayed"

    def __str__(self) -> str:
        if self.before is None:
            return f"new: {self.after:,}"
        far = f" by {abs(self.change):,}" if self.change else ""
        return f"{self.before:,} to {self.after:,}: {self.moved}{far}"

    def key(self, by: str) -> str:
        """Return what a statistic is counted for: the record, or its concept."""
        return _counted_for(by, self.id, self.concept_id)


class History:
    """Views and downloads over time: one row for each record and time at which all pages were read.

    Args:
        path: The Parquet file; it need not be there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def times(self) -> list[datetime]:
        """Return when statistics were taken, the earliest first.

        Raises:
            LocalError: The file cannot be read. So with all that follows.
        """
        return sorted(self._read(["taken_at"]).column("taken_at").unique().to_pylist())

    def at(self, taken_at: datetime) -> dict[str, dict[str, int | None]]:
        """Return the statistics at one of the `times`, of each record of which any is known."""
        rows = self._read(["id", *STATISTICS], [("taken_at", "=", taken_at)]).to_pylist()
        return {row.pop("id"): row for row in rows if _is_used(row)}

    def last(self) -> dict[str, dict[str, int | None]]:
        """Return the statistics at the last of the `times`, as `at` does; nothing where there is none."""
        times = self.times()
        return self.at(times[-1]) if times else {}

    def totals(self) -> list[UsePoint]:
        """Return the sums over all records, the earliest first, of times of which anything is known."""
        sums = self._read(["taken_at", "views", "downloads"]).group_by("taken_at")
        points = [
            UsePoint(
                taken_at=row["taken_at"],
                records=row["taken_at_count"],
                views=row["views_sum"] or 0,
                downloads=row["downloads_sum"] or 0,
            )
            for row in sums.aggregate(
                [("taken_at", "count"), ("views", "sum"), ("downloads", "sum")]
            ).to_pylist()
            if (row["views_sum"], row["downloads_sum"]) != (None, None)
        ]
        return sorted(points, key=lambda point: point.taken_at)

    def sums(self, by: str = "downloads") -> list[Point]:
        """Return one statistic of all records together, the earliest first; what is unknown adds nothing.

        A statistic of all versions counts once a concept.

        Raises:
            UsageError: There is no such statistic.
        """
        import pyarrow.compute as pc

        table = self._read(["taken_at", *_KEY, check_statistic(by)])
        table = table.filter(pc.is_valid(table[by]))
        if by.startswith(ALL_VERSIONS):
            key = pc.coalesce(table["concept_id"], table["id"])
            table = table.append_column("key", key).group_by(["taken_at", "key"]).aggregate([(by, "max")])
            table = table.rename_columns({f"{by}_max": by})
        summed = table.group_by("taken_at").aggregate([(by, "sum")])
        return sorted((row["taken_at"], row[f"{by}_sum"]) for row in summed.to_pylist())

    def since(self, moment: str | date | None = None) -> datetime | None:
        """Return the time that `movers` compares the last one with; None if there is but one.

        Args:
            moment: A day, month, year or time: the last time up to its end, or else the first there is.
                Without it the time before the last.

        Raises:
            UsageError: It is no date.
        """
        earlier = self.times()[:-1]
        if moment is None or not earlier:
            return earlier[-1] if earlier else None
        end = _end_of(moment)
        return max((taken_at for taken_at in earlier if taken_at <= end), default=earlier[0])

    def movers(
        self, by: str = "downloads", since: str | date | None = None, top: int | None = None
    ) -> list[Mover]:
        """Return how one statistic moved up to the last time: what rose most first, what dropped most last.

        Of a statistic of all versions there is one for each concept. Records that the last time has no
        longer, and those of which one of the figures is unknown, are left out.

        Args:
            by: One of `STATISTICS`.
            since: From when on, as for `History.since`.
            top: Only so many that rose most, and so many that dropped most.

        Raises:
            UsageError: There is no such statistic, or `since` is no date.
        """
        check_statistic(by)
        start = self.since(since)
        if start is None:
            return []
        then, now = self._held(by, start), self._held(by, self.times()[-1])
        found = []
        for key, (id_, concept_id, after) in now.items():
            before = then[key][2] if key in then else None
            if after is not None and (key not in then or before is not None):
                found.append(Mover(id_, concept_id, before, after))
        found.sort(key=lambda mover: (-mover.change, mover.id))
        if top is None:
            return found
        rose, dropped = ([each for each in found if each.change * sign > 0] for sign in (1, -1))
        return rose[:top] + dropped[-top:]

    def series(self, movers: Collection[Mover], by: str = "downloads") -> list[list[Point]]:
        """Return one statistic of each of some `movers` over all times, the earliest first.

        Raises:
            UsageError: There is no such statistic.
        """
        check_statistic(by)
        keys = [mover.key(by) for mover in movers]
        found: dict[str, dict[datetime, int]] = {key: {} for key in keys}
        names = ["id", "concept_id"] if by.startswith(ALL_VERSIONS) else ["id"]
        filters = [[(name, "in", keys)] for name in names]
        for row in self._read(["taken_at", *_KEY, by], filters).to_pylist() if keys else ():
            points = found.get(_counted_for(by, row["id"], row["concept_id"]))
            if points is not None and row[by] is not None:
                points[row["taken_at"]] = max(row[by], points.get(row["taken_at"], row[by]))
        return [sorted(found[key].items()) for key in keys]

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield all rows, each a mapping with the names of `history_fields`."""
        for batch in self._read([field.name for field in history_fields()]).to_batches():
            yield from batch.to_pylist()

    def frame(self) -> DataFrame:
        """Return all rows as a data frame: ``taken_at``, ``id``, ``concept_id`` and ``Int64`` statistics.

        Columns that another version of this program wrote come after these.
        """
        from zenodo_harvest.export import to_frame

        return to_frame(self._read(None))

    def append(self, taken_at: datetime, rows: Sequence[tuple[Any, ...]]) -> None:
        """Add the statistics of one time, as `statistics_of` gives them; those of that time are replaced.

        Raises:
            LocalError: The file cannot be read or written.
        """
        import pyarrow as pa
        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        former = self._read(None)
        columns = list(zip(*rows, strict=True)) or [()] * len(_names())
        schema = _schema()
        values = [pa.array(column, kind) for column, kind in zip(columns, schema.types[1:], strict=True)]
        times = pa.array([taken_at] * len(rows), schema.types[0])
        tables = [
            former.filter(pc.not_equal(former["taken_at"], pa.scalar(taken_at))),
            pa.Table.from_arrays([times, *values], schema=schema),
        ]
        with Group(overwrite=True) as group, local_errors(self.path):
            table = pa.concat_tables(tables, promote_options="default")
            pq.write_table(table, group.file(self.path), compression="zstd")

    def _held(self, by: str, taken_at: datetime) -> dict[str, tuple[str, str | None, int | None]]:
        """Return id, concept and figure by what is counted; of several versions the id of the latest."""
        found: dict[str, tuple[str, str | None, int | None]] = {}
        for row in self._read([*_KEY, by], [("taken_at", "=", taken_at)]).to_pylist():
            id_, concept_id, figure = row["id"], row["concept_id"], row[by]
            key = _counted_for(by, id_, concept_id)
            if key in found:
                other, _, known = found[key]
                id_ = max(id_, other, key=lambda each: (len(each), each))
                figure = max((each for each in (figure, known) if each is not None), default=None)
            found[key] = id_, concept_id, figure
        return found

    def _read(self, columns: Sequence[str] | None, filters: Any = None) -> Any:
        import pyarrow as pa
        import pyarrow.parquet as pq

        schema = _schema()
        if not self.path.exists():
            return schema.empty_table().select(columns or schema.names)
        try:
            there = pq.read_schema(self.path)
            if missing := {"taken_at", "id"}.difference(there.names):
                raise pa.ArrowInvalid(f"it has no column {min(missing)}")
            for field in there:
                if field.name not in schema.names:
                    schema = schema.append(field)
            return pq.read_table(self.path, columns=columns, filters=filters, schema=schema)
        except (OSError, pa.ArrowException) as error:
            raise LocalError(
                f"{str(self.path)!r} cannot be read: {error}.", hint="Restore it, or remove it to begin anew."
            ) from error


def check_statistic(name: str) -> str:
    """Return `name` if it is one of `STATISTICS`.

    Raises:
        UsageError: It is not.
    """
    if name not in STATISTICS:
        near = nearest(name, STATISTICS)
        raise UsageError(
            f"There is no statistic {name!r}.",
            hint=f"Did you mean {near}?" if near else f"There are {', '.join(STATISTICS)}.",
        )
    return name


@cache
def history_fields() -> tuple[Field, ...]:
    """Return the columns of the history."""
    taken_at = Field("taken_at", Scalar("timestamp"), "When all pages were read, and this noted.")
    return (taken_at, *(record_fields()[name] for name in _names()))


def statistics_of(records: Iterable[Record]) -> Iterator[tuple[Any, ...]]:
    """Yield what `History.append` takes of records: id, concept, and each of the statistics."""
    for record in records:
        if record.id:
            yield tuple(getattr(record, name) for name in _names())


def use_of(records: Iterable[Record]) -> dict[str, dict[str, int | None]]:
    """Return the statistics of records as `History.at` does."""
    rows = {
        record.id: {name: getattr(record, name) for name in STATISTICS} for record in records if record.id
    }
    return {id_: row for id_, row in rows.items() if _is_used(row)}


def _is_used(row: Mapping[str, Any]) -> bool:
    return any(row[name] is not None for name in STATISTICS)


def _names() -> tuple[str, ...]:
    return (*_KEY, *STATISTICS)


def _schema() -> Any:
    return table_schema(Table("history", history_fields(), list))


def _counted_for(by: str, id_: str, concept_id: str | None) -> str:
    return concept_id or id_ if by.startswith(ALL_VERSIONS) else id_


def _end_of(moment: str | date) -> datetime:
    """Return the end of a day, month or year, or a time itself; without an offset it is UTC."""
    text = moment if isinstance(moment, str) else moment.isoformat()
    with suppress(UsageError):
        _, read = read_range(f"..{text}")
        if read and read.day:
            end = datetime.fromisoformat(read.last)
            end = end if read.grain == "time" else datetime.combine(end, time.max)
            return end if end.tzinfo else end.replace(tzinfo=UTC)
    raise UsageError(f"{text!r} is not a date.", hint="Write a date such as 2024-05-03.")
