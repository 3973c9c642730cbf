"""Facets: what they filter, and the counts that come back beside the hits."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import nsmallest
from math import inf
from typing import Any

from zenodo_harvest.emulator.index import dates
from zenodo_harvest.emulator.index.postings import Docs, Store

Label = Callable[[str], str]
Buckets = list[dict[str, Any]]

RECORD_FACETS = ("publication_date", "access_status", "resource_type", "subject", "file_type")
COMMUNITY_FACETS = ("type", "funder", "organization")
_MOST_BUCKETS, _FIRST_YEAR = 10, 2000
_TYPE, _SUBTYPE = "metadata.resource_type.props.type", "metadata.resource_type.props.subtype"
_PUBLISHED = "metadata.publication_date_range"
_FIELDS = {
    "access_status": "access.status",
    "subject": "metadata.subjects.subject.keyword",
    "file_type": "files.types",
    "type": "metadata.type.id",
    "funder": "metadata.funding.funder.id",
    "organization": "metadata.organizations.id",
    "funders": "funder.id",
}
_TITLES = {
    "publication_date": "Publication date",
    "access_status": "Access status",
    "resource_type": "Resource types",
    "subject": "Subjects",
    "file_type": "File type",
    "type": "Type",
    "funder": "Funders",
    "organization": "Organizations",
    "funders": "Funders",
}
_LABELS: Mapping[str, Label] = {"file_type": str.upper, "subject": str}
_DATE = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?", re.ASCII)
_DATES = re.compile(r"(?P<open>[\[(]?)(?P<low>[^.]*)\.\.(?P<high>[^\])]*)(?P<shut>[\])]?)")


@dataclass(frozen=True, slots=True)
class Facets:
    """The facets of one search.

    Attributes:
        store: The documents.
        names: The facets that exist.
        chosen: The values asked for by facet; names that do not exist are idle.
        label: Gives the title of a vocabulary's id.
        now: The moment of the search; later years are not counted.
    """

    store: Store
    names: tuple[str, ...]
    chosen: Mapping[str, Sequence[str]]
    label: Label
    now: datetime
    intervals: list[_Interval] = field(init=False)

    def __post_init__(self) -> None:
        chosen = self.chosen.get("publication_date", ()) if "publication_date" in self.names else ()
        object.__setattr__(self, "intervals", [found for text in chosen if (found := _interval(text))])

    def before(self, docs: Docs) -> Docs:
        """Return the documents that the facets keep which count before the aggregations: the date."""
        if not self.intervals:
            return docs
        found = self.store.intervals(_PUBLISHED).among(docs)
        return {
            doc
            for doc, (first, last) in found
            if any(first <= asked.last and last >= asked.first for asked in self.intervals)
        }

    def after(self, docs: Docs) -> Docs:
        """Return the documents that the other facets keep; the aggregations do not see them."""
        chosen = {name: values for name, values in self.chosen.items() if name in self.names}
        chosen.pop("publication_date", None)
        return docs.intersection(*(self._selected(name, values) for name, values in chosen.items()))

    def counts(self, docs: Docs) -> dict[str, Any]:
        """Return the counts over the documents as the server's JSON."""
        found = {}
        for name in self.names:
            marked = self.chosen.get(name, ())
            if name == "resource_type":
                buckets = self._types(docs, marked)
            elif name == "publication_date":
                buckets = self._years(docs)
            else:
                label = _LABELS.get(name, self.label)
                counted = _most_frequent(self.store.terms(_FIELDS[name]).counts(docs))
                buckets = [_bucket(*item, marked, label) for item in counted]
            found[name] = {"buckets": buckets, "label": _TITLES[name]}
        return found

    def _selected(self, name: str, values: Sequence[str]) -> Docs:
        if name != "resource_type":
            return self.store.terms(_FIELDS[name]).docs(values)
        children: dict[str, list[str]] = {}
        for value in values:
            parent, *below = value.split("::")
            children.setdefault(parent, []).extend(below[-1:])
        found: Docs = set()
        for parent, below in children.items():
            docs = self.store.terms(_TYPE).docs((parent,))
            found |= docs & self.store.terms(_SUBTYPE).docs(below) if below else docs
        return found

    def _types(self, docs: Docs, marked: Sequence[str]) -> Buckets:
        buckets = []
        subtypes = self.store.terms(_SUBTYPE).counts(docs)
        for key, count in _most_frequent(self.store.terms(_TYPE).counts(docs)):
            inside = {name: number for name, number in subtypes.items() if name.startswith(f"{key}-")}
            picked = [value.removeprefix(f"{key}::") for value in marked if value.startswith(f"{key}::")]
            inner = [_bucket(*child, picked, self.label) for child in _most_frequent(inside)]
            buckets.append({**_bucket(key, count, marked, self.label), "inner": {"buckets": inner}})
        return buckets

    def _years(self, docs: Docs) -> Buckets:
        """Return each year from the first to the last; 2000 to now, unless another time was asked for."""
        low, high = _FIRST_YEAR, self.now.year
        for asked in self.intervals:
            if asked.first < dates.parse(str(_FIRST_YEAR), self.now):
                low = dates.year(int(asked.first)) if asked.first > -inf else 1
                high = dates.year(int(asked.last)) if asked.last < inf else 9999
                break
        counts: Counter[int] = Counter()
        spans = Counter(bounds for _, bounds in self.store.intervals(_PUBLISHED).among(docs))
        for (first, last), number in spans.items():
            for year in range(max(low, dates.year(first)), min(high, dates.year(last)) + 1):
                counts[year] += number
        years = range(min(counts), max(counts) + 1) if counts else ()
        return [
            {**_bucket(f"{year:04}", counts[year], (), str), "is_selected": self._is_selected(year)}
            for year in years
        ]

    def _is_selected(self, year: int) -> bool:
        return any(asked.has_year(year) for asked in self.intervals)


def _most_frequent(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return the ten most frequent values, equal ones in alphabetical order."""
    return nsmallest(_MOST_BUCKETS, counts.items(), key=lambda item: (-item[1], item[0]))


@dataclass(frozen=True, slots=True)
class _Interval:
    """A chosen interval of dates in milliseconds, and the years it marks."""

    first: float
    last: float
    low_year: float
    high_year: float

    def has_year(self, year: int) -> bool:
        return self.low_year <= year <= self.high_year


def _interval(text: str) -> _Interval | None:
    """Read ``2014..2020``, ``(2014..2020]``, ``2014..``, ``2014-05``; None for what the server ignores."""
    text = text.strip()
    found = _DATES.fullmatch(text)
    if ".." in text and not found:
        return None
    low, high = (_bounds(part) for part in ((found["low"], found["high"]) if found else (text, text)))
    if low is None and high is None:
        return None
    opened, shut = bool(found and found["open"] == "("), bool(found and found["shut"] == ")")
    day = 24 * 60 * 60 * 1000
    first = -inf if low is None else low[0] + (day if opened else 0)
    last = inf if high is None else high[1] - (day if shut else 0)
    low_year = -inf if low is None else dates.year(low[0]) + opened
    high_year = inf if high is None else dates.year(high[1]) - shut
    return _Interval(first, last, low_year, high_year)


def _bounds(text: str) -> tuple[int, int] | None:
    text = text.strip()
    return dates.span(text) if _DATE.fullmatch(text) else None


def _bucket(key: str, count: int, marked: Sequence[str], label: Label) -> dict[str, Any]:
    return {"key": key, "doc_count": count, "label": label(key), "is_selected": key in marked}
