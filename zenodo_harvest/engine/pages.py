"""One walk through the pages of one search: what was answered, what to ask next, what is missing.

Nothing here talks to a server: a walk says which page it wants and is told what came.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any, Self

import msgspec

from zenodo_harvest.errors import BadAnswer, TooManyResults
from zenodo_harvest.json_text import cut
from zenodo_harvest.raw_records import RawRecord, RecordNames
from zenodo_harvest.records import read_head
from zenodo_harvest.sites import Dialect

MOST_RECORDS = 10**12
"""No search finds more; a larger total is a mistake, and no number that anything can be reckoned with."""
_SHOWN_LETTERS = 20
_FEW = 5
"""So many rows of the last page may be of another dialect, even if they are most of it."""


class Contradiction(BadAnswer):
    """A page that contradicts itself or the pages before it; asking again may help."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a search: the JSON of its `rows` untouched, and what it says about all of them."""

    rows: tuple[bytes, ...]
    total: int
    aggregations: Mapping[str, Any]


class _Hits(msgspec.Struct):
    hits: list[msgspec.Raw]
    total: Any = None


class _Envelope(msgspec.Struct):
    hits: _Hits
    aggregations: Any = None


_ENVELOPE = msgspec.json.Decoder(_Envelope)


def read_page(content: bytes) -> Page:
    """Return the page in an answer; a row that cannot be read is still a row.

    The total is an int on Zenodo (zenodo-api.md §3.2, read 2026-08-20); the engine's own
    ``{"value": …}`` is understood as well.

    Raises:
        BadAnswer: This is not a list of records with a total.
    """
    try:
        envelope = _ENVELOPE.decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        envelope = _with_care(content)
    total = envelope.hits.total
    if isinstance(total, Mapping):
        if total.get("relation", "eq") != "eq":
            raise BadAnswer(
                f"The server says that there are {_short(total.get('value'))} records or more, "
                "and not how many.",
                hint="Nothing can be called complete then. Narrow the search, or ask the site's operators.",
            )
        total = total.get("value")
    if isinstance(total, bool) or not isinstance(total, int) or not 0 <= total <= MOST_RECORDS:
        raise BadAnswer(
            "The server's list of records does not say how many there are, or what cannot be.",
            hint="Try again later; if it stays, this is not an InvenioRDM server.",
        )
    aggregations = envelope.aggregations if isinstance(envelope.aggregations, Mapping) else {}
    return Page(tuple(bytes(row) for row in envelope.hits.hits), total, aggregations)


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= _SHOWN_LETTERS else f"{text[:_SHOWN_LETTERS]}\u2026"


def _with_care(content: bytes) -> _Envelope:
    """Cut a page into rows that cannot be decoded as a whole: one odd record must not cost the others."""
    rows: list[msgspec.Raw] | None = None
    others: dict[bytes, Any] = {}
    text = cut(content)
    try:
        for key in text.names():
            if key == b'"hits"':
                for inner in text.names():
                    if inner == b'"hits"':
                        rows = [msgspec.Raw(piece) for piece in text.pieces()]
                    else:
                        others[inner] = text.value()
            else:
                others[key] = text.value()
        found = {key: json.loads(others[key]) for key in (b'"total"', b'"aggregations"') if key in others}
    except (ValueError, RecursionError):
        raise _no_list() from None
    if rows is None:
        raise _no_list()
    return _Envelope(_Hits(rows, found.get(b'"total"')), found.get(b'"aggregations"'))


def _no_list() -> BadAnswer:
    return BadAnswer(
        "The server's answer is not a list of records.",
        hint="Try again later; if it stays, check the address of the site.",
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a walk stands between two pages, to go on from there in another process."""

    size: int
    offset: int
    total_start: int
    total_end: int
    fell: int
    duplicates: int
    dialect: Dialect | None


class PageWalk:
    """Where one walk through a search stands.

    `next_page` is the number of the page to ask for, None at the end; `take` is given the answer and
    returns the rows that are new. Pages keep one size unless `shrink` is called, and the offset counts rows
    as the server counts them, so neither a malformed row nor a duplicate moves it. The end comes from our
    own arithmetic: ``links.next`` can lead past the window (zenodo-api.md §1.4, read 2026-08-20).

    Args:
        size: Rows a page.
        window: Results the server lets anyone page through.
        limit: Rows wanted, None for all.
        seen: Ids that an earlier walk of the same search has given; they are not new.
        dialect: The dialect an earlier walk of the same search was answered in.
        repeated: What that walk found in `repeated`.
    """

    def __init__(
        self,
        *,
        size: int,
        window: int,
        limit: int | None = None,
        seen: AbstractSet[str] = frozenset(),
        dialect: Dialect | None = None,
        repeated: AbstractSet[tuple[str, str]] = frozenset(),
    ) -> None:
        self.size = size
        self.window = window
        self.limit = limit
        self.dialect = dialect
        self.total_start: int | None = None
        """The total as the first page gives it."""
        self.total_end: int | None = None
        """The total as the last page gives it."""
        self.fell = 0
        """By how much the total fell on the way: as many rows may have slipped past the walk."""
        self.offset = 0
        """Rows taken, as the server counts them."""
        self.duplicates = 0
        """Rows that came twice within this walk."""
        self.others = 0
        """Rows of the page taken last that are of another dialect than the walk."""
        self._earlier = seen
        self._names = RecordNames(repeated)

    @classmethod
    def resume(cls, standing: Standing, ids: AbstractSet[str], *, window: int) -> Self:
        """Return the walk that stood so, having given the rows with these `ids`."""
        walk = cls(size=standing.size, window=window, dialect=standing.dialect)
        walk.offset, walk.fell, walk.duplicates = standing.offset, standing.fell, standing.duplicates
        walk.total_start, walk.total_end = standing.total_start, standing.total_end
        walk._names = RecordNames(known=ids)
        return walk

    @property
    def standing(self) -> Standing:
        """Where the walk stands; before the first page nothing was counted."""
        return Standing(
            self.size,
            self.offset,
            self.total_start or 0,
            self.total_end or 0,
            self.fell,
            self.duplicates,
            self.dialect,
        )

    @property
    def next_page(self) -> int | None:
        """The page to ask for, counted from 1; None when the walk is over."""
        if self.total_end is None:
            return 1
        is_over = self.offset >= min(self.total_end, self.window)
        return None if is_over or self._is_enough else self.offset // self.size + 1

    def shrink(self, most: int) -> None:
        """Ask for at most `most` rows a page from here on, so that the next one begins where this stands."""
        most = min(most, self.size)
        if self.offset:
            most = next(size for size in range(most, 0, -1) if self.offset % size == 0)
        self.size = most

    @property
    def ids(self) -> AbstractSet[str]:
        """What tells the rows of this walk apart: their names, which are their ids where they have one."""
        return self._names.known

    @property
    def twice(self) -> tuple[str, ...]:
        """Ids that several rows of this walk have."""
        return self._names.twice

    @property
    def repeated(self) -> AbstractSet[tuple[str, str]]:
        """Rows that came with the id of another, and may be that one; the next walk tells."""
        return self._names.repeated

    @property
    def missing(self) -> int:
        """How many rows the first total promised and the walk did not bring."""
        promised = min(self.total_start or 0, self.window if self.limit is None else self.limit)
        return max(0, promised - len(self.ids))

    @property
    def is_whole(self) -> bool:
        """Whether nothing that was there from start to end can have been passed over, judged by counts."""
        return self.missing == 0 and self.beyond == 0 and (self.fell == 0 or self._is_enough)

    @property
    def beyond(self) -> int:
        """How many rows lie where nobody can page to, since the search grew on the way."""
        is_first_wanted = self.limit is not None and self.limit <= self.window
        return 0 if is_first_wanted or self._is_enough else max(0, (self.total_end or 0) - self.window)

    @property
    def _is_enough(self) -> bool:
        return self.limit is not None and len(self.ids) >= self.limit

    def take(self, page: Page) -> tuple[RawRecord, ...]:
        """Take the answer to `next_page` and return its new rows, in order.

        Raises:
            TooManyResults: The first page promises more rows than can be paged through, and all are wanted.
            Contradiction: The page contradicts itself or the pages before. Nothing was taken: ask again.
        """
        self._check_window(page)
        if page.rows[-1:] == (b"",) and len(page.rows) > self._due(page):  # a comma after the last row
            page = replace(page, rows=page.rows[:-1])
        heads = [read_head(row) for row in page.rows]
        self._check(page, [head.dialect for head in heads if head.dialect])
        if self.total_end is not None:
            self.fell += max(0, self.total_end - page.total)
        else:
            self.total_start = page.total
        self.total_end = page.total
        new = []
        self._names.begin_page()
        for row, head in zip(page.rows, heads, strict=True):
            if self._is_enough:
                break
            name = self._names.name(head.id, row)
            if name is None:
                self.duplicates += 1
            elif name not in self._earlier:
                new.append(RawRecord(name, head.id, head.created, head.updated, row))
        self.offset += len(page.rows)
        return tuple(new)

    def _check_window(self, page: Page) -> None:
        """Refuse before the walk what it could not bring to its end."""
        fits = page.total <= self.window or (self.limit is not None and self.limit <= self.window)
        if self.total_end is None and not fits:
            raise TooManyResults(
                f"The search has {page.total:,} results; the server lets nobody page past {self.window:,}.",
                hint=(
                    f"Ask for the first with --limit (limit=) of up to {self.window:,}, narrow the search, "
                    "or fetch everything with `harvest`."
                ),
            )

    def _due(self, page: Page) -> int:
        """Return how many rows a page should hold."""
        return max(0, min(self.size, min(page.total, self.window) - self.offset))

    def _check(self, page: Page, dialects: Sequence[Dialect]) -> None:
        """Say what is wrong with the page, if anything is."""
        number, due = self.next_page, self._due(page)
        if len(page.rows) < due or len(page.rows) > self.size:
            raise Contradiction(
                f"Page {number} holds {len(page.rows)} rows where {due} are due.",
                hint="Try again later; narrowing the search helps if the server is overloaded.",
            )
        if self.dialect is None and dialects:
            self.dialect = Counter(dialects).most_common(1)[0][0]
        # Each row is read as what it is; a server that changed its mind may change it back.
        others = sum(each != self.dialect for each in dialects)
        is_few = others <= 1 or (len(page.rows) < self.size and others <= _FEW)
        if 2 * others > len(page.rows) and not is_few:
            raise Contradiction(
                f"Page {number} is written in another JSON dialect than the rows before it.",
                hint="Try again later; a proxy that changes the Accept header also does this.",
            )
        self.others = others
