"""Counts by type, year, access, file type and subject, from the aggregations of one request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from zenodo_harvest.display import count as counted
from zenodo_harvest.display import html_table, one_line
from zenodo_harvest.engine.pages import MOST_RECORDS, Page
from zenodo_harvest.engine.results import Results
from zenodo_harvest.engine.totals import count_rows
from zenodo_harvest.errors import UsageError
from zenodo_harvest.http import Context
from zenodo_harvest.query import Search

if TYPE_CHECKING:
    from pandas import DataFrame

FACETS: Mapping[str, str] = {
    "type": "resource_type",
    "year": "publication_date",
    "access": "access_status",
    "filetype": "file_type",
    "subject": "subject",
}
"""What we count by, and the server's name for it (zenodo-api.md §1.2, read 2026-08-20)."""

CUT = 10
"""Longest list of types, subtypes, file types or subjects the server gives (zenodo-api.md §13)."""

_ONE_EACH = frozenset({"type", "access"})
_NEVER_CUT = frozenset({"year", "access"})


@dataclass(frozen=True, slots=True)
class Bucket:
    """How many records share one value; `inner` counts its parts, such as the subtypes of a type."""

    key: str
    label: str
    count: int
    inner: tuple[Bucket, ...] = ()


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The counts by one facet.

    Attributes:
        by: What was counted by: ``type``, ``year``, ``access``, ``filetype`` or ``subject``.
        buckets: The counts, in the server's order.
        rest: Records in none of the buckets, where each record has exactly one value; otherwise None.
        note: What the list does not show, as a sentence; empty if it shows everything.
    """

    by: str
    buckets: tuple[Bucket, ...]
    rest: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Counts:
    """The total of a search, and its breakdowns in the order asked for.

    Iterated over it gives its `rows`, as ``pandas.DataFrame(counts)`` takes them; ``dict(counts)`` holds the
    breakdowns by their names. The server lists the largest values alone, and a record may be counted in
    several years: `notes` say where that is so.
    """

    total: int
    breakdowns: tuple[Breakdown, ...] = ()

    def __getitem__(self, by: str) -> Breakdown:
        """Return the breakdown by `by`."""
        for breakdown in self.breakdowns:
            if breakdown.by == by:
                return breakdown
        raise KeyError(by)

    def __contains__(self, by: object) -> bool:
        return by in self.keys()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return self.rows()

    def keys(self) -> tuple[str, ...]:
        """Return what was counted by."""
        return tuple(breakdown.by for breakdown in self.breakdowns)

    @property
    def notes(self) -> tuple[str, ...]:
        """What the breakdowns do not show, a sentence for each of which that is so."""
        return tuple(f"{breakdown.by}: {breakdown.note}" for breakdown in self.breakdowns if breakdown.note)

    def rows(self, *, with_total: bool = False) -> Iterator[dict[str, Any]]:
        """Yield each value of each breakdown as a row; the parts of a value come after it.

        Args:
            with_total: Begin with the total, which is also the one row where nothing was counted by.
        """
        if with_total or not self.breakdowns:
            yield _row("total", None, "all records", self.total)
        for breakdown in self.breakdowns:
            for bucket in breakdown.buckets:
                yield _row(breakdown.by, bucket.key, bucket.label, bucket.count)
                for part in bucket.inner:
                    label = f"{bucket.label} / {part.label}"
                    yield _row(breakdown.by, part.key, label, part.count, within=bucket.key)
            if breakdown.rest:
                yield _row(breakdown.by, None, "none of these", breakdown.rest)

    def to_pandas(self) -> DataFrame:
        """Return the `rows` as a data frame, years as numbers.

        Rows with a value in ``within`` are parts of another row: leave them out before adding up.
        """
        import pandas as pd

        rows = [
            row | {"key": int(row["key"])} if row["by"] == "year" and row["key"].isdecimal() else row
            for row in self.rows()
        ]
        return pd.DataFrame(rows, columns=["by", "key", "label", "count", "within"])

    def __repr__(self) -> str:
        told = [
            f"; {breakdown.by}: "
            + ", ".join(f"{one_line(bucket.label)} {bucket.count:,}" for bucket in breakdown.buckets)
            + (f" ({breakdown.note})" if breakdown.note else "")
            for breakdown in self.breakdowns
        ]
        return f"<Counts: {counted(self.total, 'record')}{''.join(told)}>"

    def _repr_html_(self) -> str:
        rows: list[tuple[object, ...]] = [(row["by"], row["label"], row["count"]) for row in self.rows()]
        rows += [("note", note, None) for note in self.notes]
        return html_table(counted(self.total, "record"), ("by", "value", "records"), rows)


def _row(by: str, key: str | None, label: str, number: int, *, within: str | None = None) -> dict[str, Any]:
    return {"by": by, "key": key, "label": label, "count": number, "within": within}


def check_facets(by: Iterable[str]) -> tuple[str, ...]:
    """Return the facets, each once; one text may name several, with commas.

    Raises:
        UsageError: One is unknown.
    """
    asked = [name.strip().lower() for text in by for name in text.split(",")]
    names = tuple(dict.fromkeys(name.replace("_", "").replace("-", "") for name in asked))
    for name in names:
        if name not in FACETS:
            near = get_close_matches(name, FACETS, n=1)
            raise UsageError(
                f"Records cannot be counted by {name!r}.",
                hint=(f"Did you mean {near[0]}? " if near else "") + f"Use one of {', '.join(FACETS)}.",
            )
    return names


def count(context: Context, search: Search, by: Iterable[str] = ()) -> Counts:
    """Count the records of a search with one request.

    Filters are part of the query, never facet parameters: those would change the total and leave the
    breakdowns as they were (zenodo-api.md §1.2, read 2026-08-20).

    Raises:
        QueryRefused: The query would not mean what it says.
        UsageError: A facet is unknown, or this server does not count by it.
        BadToken: The server does not know the token.
    """
    names = check_facets(by)
    results = Results(context, search)
    context.tell(results.findings)
    page = count_rows(context, results.route)
    return Counts(page.total, tuple(_breakdown(name, page, context.site.name) for name in names))


def _breakdown(name: str, page: Page, site: str) -> Breakdown:
    facet = page.aggregations.get(FACETS[name])
    if not isinstance(facet, Mapping):
        raise UsageError(
            f"{site} does not count by {name}.",
            hint="Fetch the records and count them in the table.",
        )
    buckets = _buckets(facet)
    if name == "year":
        buckets = tuple(bucket for bucket in buckets if bucket.count)
    rest = max(0, page.total - sum(bucket.count for bucket in buckets)) if name in _ONE_EACH else None
    return Breakdown(name, buckets, rest, _note(name, buckets, rest))


def _note(name: str, buckets: tuple[Bucket, ...], rest: int | None) -> str:
    if rest:
        return f"{rest:,} more are in none of the values listed: the server lists the {len(buckets)} largest."
    if name not in _NEVER_CUT and rest is None and len(buckets) >= CUT:
        return f"The server lists the {len(buckets)} largest; there may be more."
    cut = [bucket.key for bucket in buckets if len(bucket.inner) >= CUT]
    if cut:
        return f"The server lists the {CUT} largest subtypes; {', '.join(cut)} may have more."
    if name == "year" and buckets:
        return "A record whose date spans several years is counted in each."
    return ""


def _buckets(facet: Any) -> tuple[Bucket, ...]:
    found = facet.get("buckets") if isinstance(facet, Mapping) else None
    if not isinstance(found, list):
        return ()
    return tuple(
        Bucket(
            key=str(bucket["key"]),
            label=str(bucket.get("label") or bucket["key"]),
            count=int(bucket["doc_count"]),
            inner=tuple(part for part in _buckets(bucket.get("inner")) if part.key),
        )
        for bucket in found
        if isinstance(bucket, Mapping) and "key" in bucket and _is_count(bucket.get("doc_count"))
    )


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and 0 <= value <= MOST_RECORDS
