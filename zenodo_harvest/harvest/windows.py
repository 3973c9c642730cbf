"""How one window of a harvest is walked: page by page into the ledger, or as an OAI-PMH list."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import timedelta
from typing import Protocol

from zenodo_harvest.engine import WALKS, PageWalk, disagreement
from zenodo_harvest.errors import BadAnswer, Incomplete, TooManyResults
from zenodo_harvest.harvest.ledger import Ledger, Part
from zenodo_harvest.harvest.scope import Scope
from zenodo_harvest.oai import OaiWalk
from zenodo_harvest.query import Counted, Window, deaf, divide
from zenodo_harvest.raw_records import RawRecord, twice

_SECOND = timedelta(seconds=1)
_NEWCOMERS = 200
"""Records that may come into a window while it is walked, besides as many as it held."""
_PAGE_OF_STRANGERS = 5
"""So many rows or more from another time, and none from the right one, answer another question."""
_NAMED = 3


class WindowWalk(Protocol):
    """Walks one window into the ledger."""

    def walk(self, part: Part) -> None:
        """Bring the rows of a window and mark it done, or keep what is wrong with it."""


class SearchWindows:
    """Walks windows through the pages of the search; after each page the ledger knows where the walk stands.

    Args:
        scope: What is harvested.
        ledger: Where rows and windows are kept.
    """

    def __init__(self, scope: Scope, ledger: Ledger) -> None:
        self._scope = scope
        self._ledger = ledger
        self._is_heard = False

    def walk(self, part: Part) -> None:
        """Walk one window until its rows are whole, or keep what is wrong with it.

        Raises:
            BadAnswer: The server takes no notice of what is asked, or counts ever more.
        """
        scope = self._scope
        walk = self._start(part)
        for attempt in range(WALKS):
            if attempt:
                walk = self._begin(part, walk)
            try:
                problem = self._pages(part, walk)
            except TooManyResults:
                counted = Counted(part.window, scope.count(part.window))
                parts = list(divide(counted, scope.count, cap=scope.cap))
                if parts[0].window == part.window:  # page and count contradict each other
                    parts = [replace(counted, is_gap=True)]
                self._ledger.divide(part, parts)
                return
            if problem is None:
                break
            scope.context.progress.note(f"{problem} ({part.window})")
        if walk.twice:
            scope.context.progress.note(twice(walk.twice))
        total = walk.total_end or 0
        if problem is None and total > scope.context.site.window:
            beyond = total - scope.context.site.window
            problem = f"{beyond:,} of {total:,} records of one moment cannot be reached."
        done = replace(
            part,
            total_start=walk.total_start or 0,
            total_end=total,
            duplicates=walk.duplicates,
            problem=problem,
        )
        close(self._ledger, done, walk.ids)

    def _start(self, part: Part) -> PageWalk:
        """Return the walk that goes on where an earlier run left it, or a new one."""
        standing = part.standing
        if standing is not None and standing.size <= self._scope.page_size:
            window = self._scope.context.site.window
            return PageWalk.resume(standing, self._ledger.ids(part.window), window=window)
        return self._begin(part)

    def _begin(self, part: Part, earlier: PageWalk | None = None) -> PageWalk:
        window = self._scope.context.site.window
        return PageWalk(
            size=self._scope.page_size,
            window=window,
            limit=window if part.is_gap else None,
            dialect=self._ledger.dialect,
            repeated=earlier.repeated if earlier else frozenset(),
        )

    def _pages(self, part: Part, walk: PageWalk) -> str | None:
        """Take the pages of a walk into the ledger; return what is wrong, None if nothing is."""
        pager = self._scope.pager(part.window)
        while walk.next_page is not None:
            try:
                rows = pager.take(walk)
            except Incomplete as error:
                return error.message
            if problem := self._strangers(part, rows):
                return problem
            if not part.is_gap:
                _check_growth(part, walk)
            with self._ledger.writing():
                new = self._ledger.keep_rows(rows, part.window)
                if part.was_whole:
                    self._ledger.note_appeared(new)
                elif not part.is_gap:  # a walk with a limit begins anew: where it stands would not tell
                    self._ledger.keep_part(replace(part, standing=walk.standing))
            self._scope.context.progress.advance(len(new))
        return None if walk.is_whole else disagreement(walk)

    def _strangers(self, part: Part, rows: Sequence[RawRecord]) -> str | None:
        """Say that a page holds nothing but rows from another time; None if that does not matter.

        Such rows are kept and say so. A page of them is of another question, and if no page before it was of
        the right one, so are all.
        """
        strangers = [row for row in rows if not _belongs(row, part.window)]
        if len(strangers) == len(rows) >= _PAGE_OF_STRANGERS:
            told = f"{len(strangers)} of {len(rows)} records lie outside of what was asked for"
            if not self._is_heard:
                raise deaf(f"{told} ({part.window})")
            return f"{told}."
        self._is_heard = self._is_heard or len(rows) > len(strangers)
        for row in strangers[:_NAMED]:
            self._scope.context.progress.note(
                f"Record {row.id or row.name} says it is from {row.created}, "
                f"outside of {part.window}; it is kept."
            )
        if len(strangers) > _NAMED:
            self._scope.context.progress.note(f"So do {len(strangers) - _NAMED:,} more.")
        return None


class OaiWindows:
    """Walks windows of datestamps as OAI-PMH lists; a list that is cut off is begun anew.

    Args:
        scope: What is harvested.
        ledger: Where rows and windows are kept.
    """

    def __init__(self, scope: Scope, ledger: Ledger) -> None:
        self._scope = scope
        self._ledger = ledger

    def walk(self, part: Part) -> None:
        """Walk the list of one window until it is whole, or keep what is wrong with it."""
        context = self._scope.context
        walk = OaiWalk(
            context.transport,
            set_=self._scope.oai_set,
            from_=part.window.start,
            until=part.window.end - _SECOND,
            most=_most(part.total),
            progress=context.progress,
        )
        ids: set[str] = set()
        problem = None
        try:
            for page in walk.pages():
                records = page.raw_records
                ids.update(record.name for record in records)
                with self._ledger.writing():
                    new = self._ledger.keep_rows(records, part.window)
                    if part.was_whole:
                        self._ledger.note_appeared(new)
                context.progress.advance(len(new))
        except Incomplete as error:
            problem = error.message
        if walk.twice:
            context.progress.note(twice(walk.twice))
        size = walk.complete_list_size or 0
        done = replace(
            part, total_start=part.total, total_end=size, duplicates=walk.duplicates, problem=problem
        )
        close(self._ledger, done, ids)


def close(ledger: Ledger, part: Part, ids: AbstractSet[str]) -> None:
    """Mark a window done; rows of a whole walk that were not found again are gone."""
    is_whole = part.problem is None
    gone = ledger.ids(part.window) - ids if is_whole else set()
    with ledger.writing():
        ledger.drop_rows(gone)
        ledger.note_gone(gone)
        ledger.keep_part(replace(part, standing=None, is_done=True, was_whole=part.was_whole or is_whole))


def _most(records: int) -> int:
    """Return how many records a window may come to hold that held so many."""
    return 2 * records + _NEWCOMERS


def _check_growth(part: Part, walk: PageWalk) -> None:
    """Give up a window that grows faster than it is walked: it lies in the past, and would never end."""
    start, end = walk.total_start or 0, walk.total_end or 0
    if end > _most(start):
        raise BadAnswer(
            f"The server counted {start:,} records in {part.window} and now {end:,}.",
            hint="Run the same command again when the server is quieter: it goes on from here.",
        )


def _belongs(row: RawRecord, window: Window) -> bool:
    """Tell whether a record lies in the window it came for; one that does not tell its time may."""
    return row.created is None or window.holds(row.created, row.id or window.first_id)
