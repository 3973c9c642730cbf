"""The values of each field by document, and the look-ups built from them when a query first needs them."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import compress
from sys import intern
from typing import Any

from zenodo_harvest.emulator.index import dates
from zenodo_harvest.emulator.index.analysis import ANALYZERS
from zenodo_harvest.emulator.index.documents import Schema

Docs = set[int]

# Values shorter than this are shared; look-ups and counts of fewer documents than this part of a column are
# one by one.
_SHORT, _FEW, _VERY_FEW = 40, 16, 256


class Column:
    """The values of one field in the order of the documents; a document has none, one or several."""

    def __init__(self) -> None:
        self.docs = array("I")
        self.values: list[Any] = []

    def of(self, doc: int) -> list[Any]:
        """Return the values of a document."""
        return self.values[bisect_left(self.docs, doc) : bisect_right(self.docs, doc)]

    def since(self, at: int) -> Iterator[tuple[int, Any]]:
        """Yield the documents and values from a position on."""
        return zip(self.docs[at:], self.values[at:], strict=True)

    def among(self, docs: Docs) -> Iterator[tuple[int, Any]]:
        """Yield these documents with their values."""
        if len(docs) < len(self.docs) // _FEW:
            return ((doc, value) for doc in docs for value in self.of(doc))
        return compress(self.since(0), map(docs.__contains__, self.docs))


class Terms:
    """Which documents hold a word, or a whole value."""

    def __init__(self, column: Column, kind: str, longest: int) -> None:
        self._column, self._kind, self._longest = column, kind, longest
        self._terms: dict[str, array[int]] = {}
        self._sorted: list[str] = []
        self._read = 0

    def refresh(self) -> None:
        """Take in the documents added since the last time."""
        if self._read == len(self._column.docs):
            return
        analyze = ANALYZERS.get(self._kind)
        for doc, value in self._column.since(self._read):
            text = _text(value)
            found = analyze(text) if analyze else [text] if len(text) <= self._longest else []
            for term in found:
                docs = self._terms.get(term)
                if docs is None:
                    self._terms[term] = array("I", (doc,))
                elif docs[-1] != doc:
                    docs.append(doc)
        self._sorted = []
        self._read = len(self._column.docs)

    def docs(self, terms: Iterable[str]) -> Docs:
        """Return the documents that hold any of the terms."""
        return {doc for term in terms for doc in self._terms.get(term, ())}

    def counts(self, docs: Docs) -> dict[str, int]:
        """Return in how many of the documents each value is, where it is in any."""
        if len(docs) < len(self._column.docs) // _VERY_FEW:
            return Counter(_text(value) for _, value in set(self._column.among(docs)))
        found = ((term, len(docs.intersection(holding))) for term, holding in self._terms.items())
        return {term: number for term, number in found if number}

    def between(self, low: str | None, high: str | None) -> Iterator[str]:
        """Yield the terms from `low` up to, not including, `high`."""
        if not self._sorted:
            self._sorted = sorted(self._terms)
        first = bisect_left(self._sorted, low) if low else 0
        last = len(self._sorted) if high is None else bisect_left(self._sorted, high)
        return iter(self._sorted[first:last])


class Points:
    """Which documents hold a number or a moment between two bounds."""

    def __init__(self, column: Column, kind: str) -> None:
        self._column, self._kind = column, kind
        self._pairs: list[tuple[float, int]] = []
        self._read = 0

    def refresh(self) -> None:
        """Take in the documents added since the last time."""
        if self._read == len(self._column.docs):
            return
        for doc, value in self._column.since(self._read):
            number = point(value, self._kind)
            if number is not None:
                self._pairs.append((number, doc))
        self._pairs.sort()
        self._read = len(self._column.docs)

    def between(self, low: float, high: float) -> Docs:
        """Return the documents with a value from `low` to `high`, both included."""
        first = bisect_left(self._pairs, (low, -1))
        last = bisect_left(self._pairs, (high, 1 << 40))
        return {doc for _, doc in self._pairs[first:last]}


class _Place:
    """A place in the tree of fields: the column of its values, the places below, or those of any language."""

    __slots__ = ("below", "column", "languages_of")

    def __init__(self, column: Column | None = None) -> None:
        self.below: dict[str, _Place] = {}
        self.column = column
        self.languages_of: str | None = None


class Store:
    """The columns of an index; look-ups are built on first use and grow with it."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.count = 0
        self._root = _Place()
        self._columns: dict[str, Column] = {}
        self._terms: dict[str, Terms] = {}
        self._points: dict[str, Points] = {}
        self._intervals: dict[str, tuple[Column, int]] = {}
        self._keys: dict[str, tuple[dict[int, Any], int]] = {}
        for name, kind in schema.kinds.items():
            if kind not in ("hidden", "nested", "geo") and schema.source(name) == name:
                self._plant(name)

    def _plant(self, name: str) -> None:
        """Make a place for the values of a field, or for those of any language if its name ends in a star."""
        place, head = self._root, name.removesuffix(".*")
        for part in head.split("."):
            place = place.below.setdefault(part, _Place())
        if head == name:
            place.column = self.column(name)
        else:
            place.languages_of = head

    def add(self, document: Mapping[str, Any]) -> int:
        """Take in a document and return its number."""
        doc, self.count = self.count, self.count + 1
        self._collect(self._root, dict(document), doc)
        return doc

    def _collect(self, place: _Place, value: Any, doc: int) -> None:
        kind = type(value)
        if kind is dict:
            for name, child in value.items():
                below = place.below.get(name)
                if below is None and place.languages_of:
                    below = place.below[name] = _Place(self.column(f"{place.languages_of}.{name}"))
                if below is not None:
                    self._collect(below, child, doc)
        elif kind is list:
            for item in value:
                self._collect(place, item, doc)
        elif value is not None and place.column is not None:
            place.column.docs.append(doc)
            place.column.values.append(intern(value) if kind is str and len(value) < _SHORT else value)

    def column(self, name: str) -> Column:
        """Return the values of a field."""
        return self._columns.setdefault(self.schema.source(name), Column())

    def terms(self, name: str) -> Terms:
        """Return the terms of a keyword or text field."""
        if name not in self._terms:
            kind = self.schema.kind(name) or ""
            self._terms[name] = Terms(self.column(name), kind, self.schema.longest(name))
        self._terms[name].refresh()
        return self._terms[name]

    def points(self, name: str) -> Points:
        """Return the numbers or moments of a field."""
        if name not in self._points:
            self._points[name] = Points(self.column(name), self.schema.kind(name) or "")
        self._points[name].refresh()
        return self._points[name]

    def intervals(self, name: str) -> Column:
        """Return first and last millisecond of each interval of a date range field."""
        column = self.column(name)
        found, read = self._intervals.get(name, (Column(), 0))
        for doc, value in column.since(read):
            if bounds := dates.span(str(value)):
                found.docs.append(doc)
                found.values.append(bounds)
        self._intervals[name] = found, len(column.docs)
        return found

    def keys(self, name: str) -> Mapping[int, Any]:
        """Return what documents are sorted by: the first value of the field, as its kind compares."""
        column, kind = self.column(name), self.schema.kind(name) or ""
        found, read = self._keys.get(name, ({}, 0))
        for doc, value in column.since(read):
            key = str(value) if kind == "keyword" else point(value, kind)
            if key is not None:
                found.setdefault(doc, key)
        self._keys[name] = found, len(column.docs)
        return found

    def having(self, name: str) -> Docs:
        """Return the documents with a value in the field, or in any field below it."""
        exact = [self.column(name)] if self.schema.kind(name) else []
        below = [column for known, column in self._columns.items() if known.startswith(f"{name}.")]
        return {doc for column in exact or below for doc in column.docs}


def point(value: Any, kind: str) -> float | None:
    """Return a stored value as a number: dates as milliseconds, None if it is none."""
    try:
        if kind == "date":
            return dates.parse(str(value), dates.EPOCH)
        return float(value)
    except (TypeError, ValueError):
        return None


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
