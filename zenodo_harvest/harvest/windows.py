"""How one window of a harvest is walked: page by page into the ledger, or as an OAI-PMH list."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import timedelta
from typing import Literal

from zenodo_harvest.engine import FAILED, WALKS, PageWalk, Standing, disagreement
from zenodo_harvest.errors import (
    BadAnswer,
    Incomplete,
    NotFound,
    ServerError,
    TooManyResults,
    ZenodoHarvestError,
)
from zenodo_harvest.harvest.ledger import Ledger, Part
from zenodo_harvest.harvest.receipt import Gone
from zenodo_harvest.harvest.scope import Scope
from zenodo_harvest.oai import REDOS, OaiWalk, get_record, raw_record
from zenodo_harvest.query import Counted, Window, deaf
from zenodo_harvest.raw_records import RawRecord, twice

_SECOND = timedelta(seconds=1)
_NEWCOMERS = 200
"""Records that may come into a window while it is walked, besides as many as it held."""
_PAGE_OF_STRANGERS = 5
"""So many rows or more from another time, and none from the right one, answer another question."""
_NAMED = 3
_MOST_FAILURES = 20
"""A server that fails so often in a row, or on so many neighbours, does not fail on a record."""


class WindowWalk(ABC):
    """Walks windows into the ledger, one at a time.

    A window in which the server fails on a record, and so on every page that holds it, is divided until that
    record is alone in one, as far as windows can be divided: all others come, and what is wrong with that
    window tells its time, or by OAI-PMH its identifier.

    Args:
        scope: What is harvested.
        ledger: Where rows and windows are kept.
    """

    def __init__(self, scope: Scope, ledger: Ledger) -> None:
        self._scope = scope
        self._ledger = ledger
        self._suspect: Window | None = None
        self._failures = 0
        self._alone = 0

    @abstractmethod
    def walk(self, part: Part) -> None:
        """Bring the rows of a window and mark it done, or keep what is wrong with it."""

    def _keep(self, part: Part, records: Sequence[RawRecord], standing: Standing | None = None) -> None:
        """Write rows, and where the walk stands; in a window that was whole before they have appeared."""
        self._failures = self._alone = 0
        with self._ledger.writing():
            new = self._ledger.keep_rows(records, part.window)
            if part.was_whole:
                self._ledger.note_appeared(new)
            elif standing:
                self._ledger.keep_part(replace(part, standing=standing))
        self._scope.context.progress.advance(len(new))

    def _close(self, part: Part, ids: AbstractSet[str]) -> None:
        """Mark a window done; rows of a whole walk that were not found again are gone."""
        is_whole = part.problem is None
        gone = self._ledger.ids(part.window) - ids if is_whole else set()
        with self._ledger.writing():
            self._ledger.drop_rows(gone)
            self._ledger.note_gone(gone)
            was_whole = part.was_whole or is_whole
            self._ledger.keep_part(replace(part, standing=None, is_done=True, was_whole=was_whole))

    def _is_suspect(self, part: Part) -> bool:
        """Tell whether a window is a part of one that failed; what cannot be divided is asked patiently."""
        found, window = self._suspect, part.window
        return (
            found is not None and part.total > 1 and found.start <= window.start and window.end <= found.end
        )

    def _narrowed(self, part: Part, failure: ZenodoHarvestError) -> bool:
        """Divide a window in which the server fails; tell whether it could be.

        Raises:
            ZenodoHarvestError: It fails everywhere.
        """
        self._failures += 1
        if self._failures > _MOST_FAILURES:
            raise failure
        total = self._scope.count(part.window, in_haste=True)
        if total <= 1:
            self._failures = 0
            self._alone += 1
            if self._alone > _MOST_FAILURES:
                raise failure
            return False
        parts = self._scope.divide(Counted(part.window, total), (total + 1) // 2, in_haste=True)
        if parts[0].window == part.window:
            return False
        if not self._is_suspect(part):
            self._suspect = part.window
            self._scope.context.progress.note(f"{failure.message} Looking for the record that is the cause.")
        self._ledger.divide(part, parts)
        return True


class SearchWindows(WindowWalk):
    """Walks windows through the pages of the search; after each page the ledger knows where it stands."""

    _is_heard = False

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
                parts = scope.divide(counted)
                if parts[0].window == part.window:  # page and count contradict each other
                    parts = [replace(counted, is_gap=True)]
                self._ledger.divide(part, parts)
                return
            except ServerError as error:
                if error.status != FAILED:
                    raise
                if self._narrowed(part, error):
                    return
                problem = _fails(part)
                break
            if problem is None:
                break
            scope.context.progress.note(f"{problem} ({part.window})")
        if walk.twice:
            scope.context.progress.note(twice(walk.twice))
        start = part.total if walk.total_start is None else walk.total_start
        total = part.total if walk.total_end is None else walk.total_end
        if problem is None and total > scope.context.site.window:
            beyond = total - scope.context.site.window
            problem = f"{beyond:,} of {total:,} records of one moment cannot be reached."
        done = replace(
            part,
            total_start=start,
            total_end=total,
            duplicates=walk.duplicates,
            problem=problem,
        )
        self._close(done, walk.ids)

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
        pager = self._scope.pager(part.window, in_haste=self._is_suspect(part))
        while walk.next_page is not None:
            try:
                rows = pager.take(walk)
            except Incomplete as error:
                return error.message
            if problem := self._strangers(part, rows):
                return problem
            if not part.is_gap:
                _check_growth(part, walk)
            # a walk with a limit begins anew: where it stands would not tell
            self._keep(part, rows, None if part.is_gap else walk.standing)
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


class OaiWindows(WindowWalk):
    """Walks windows of datestamps as OAI-PMH lists; a list that is cut off is begun anew."""

    def walk(self, part: Part) -> None:
        """Walk the list of one window until it is whole, or keep what is wrong with it.

        Raises:
            ServerError: The server or the network gave up.
        """
        context = self._scope.context
        walk = self._list(part)
        ids: set[str] = set()
        deleted: set[str] = set()
        problem = None
        try:
            for page in walk.pages():
                ids.update(record.name for record in page.raw_records)
                gone = [Gone(one.id, "deleted", date=one.datestamp) for one in page.deleted if one.id]
                deleted.update(one.identifier for one in page.deleted)
                with self._ledger.writing():
                    self._ledger.take_deleted(gone)
                self._keep(part, page.raw_records)
        except (Incomplete, ServerError) as error:
            if error.status != FAILED and not isinstance(error, Incomplete):
                raise
            if error.status == FAILED and self._narrowed(part, error):
                return
            problem = self._singly(part, ids) if error.status == FAILED else error.message
        if walk.twice:
            context.progress.note(twice(walk.twice))
        size = walk.complete_list_size
        if problem or size is None:
            size = max(part.total, size or 0) if problem else walk.records
        elsewhere = ids - self._ledger.ids(part.window)
        if elsewhere:
            context.progress.note(
                f"The list of {part.window} holds {len(elsewhere):,} records of other times as well."
            )
        done = replace(
            part,
            total_start=part.total,
            total_end=max(0, size - len(deleted) - len(elsewhere)),
            duplicates=walk.duplicates,
            problem=problem,
        )
        self._close(done, ids)

    def _list(self, part: Part, verb: Literal["ListRecords", "ListIdentifiers"] = "ListRecords") -> OaiWalk:
        context, window = self._scope.context, part.window
        return OaiWalk(
            context.transport,
            verb,
            set_=self._scope.oai_set,
            from_=window.start,
            until=window.end - _SECOND,
            # a server that takes no notice of the times gives what other windows hold as well
            most=_most(part.total + self._ledger.rows),
            redos=0 if self._is_suspect(part) else REDOS,
            progress=context.progress,
        )

    def _singly(self, part: Part, ids: set[str]) -> str | None:
        """Bring what is left of a window one by one; return what is wrong with what does not come."""
        failing = []
        try:
            for page in self._list(part, "ListIdentifiers").pages():
                for header in page.headers:
                    if header.is_deleted or header.id in ids:
                        continue
                    try:
                        record = raw_record(get_record(self._scope.context.transport, header.identifier))
                    except NotFound:
                        continue  # deleted meanwhile
                    except ServerError as error:
                        if error.status != FAILED:
                            raise
                        failing.append(header.identifier)
                    else:
                        self._keep(part, [record])
                        ids.add(record.name)
        except (Incomplete, NotFound, ServerError) as error:
            if isinstance(error, ServerError) and error.status != FAILED:
                raise
            return _fails(part)
        return f"The server fails on {', '.join(failing)}." if failing else None


def _fails(part: Part) -> str:
    """Say that the server fails on a window that cannot be divided further."""
    of = f"one of the {part.total:,} records" if part.total > 1 else "the record"
    return f"The server fails on {of} there, with status {FAILED}."


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
