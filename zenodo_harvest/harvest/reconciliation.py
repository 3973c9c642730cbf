"""`Reconciliation`: finds out what moved on the server while a harvest ran, and puts it right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from zenodo_harvest.engine import FAILED
from zenodo_harvest.errors import ServerError, TooManyResults
from zenodo_harvest.harvest.fates import fates
from zenodo_harvest.harvest.ledger import UNKNOWN, Ledger, Part, Run
from zenodo_harvest.harvest.scope import FUTURE, Scope
from zenodo_harvest.query import BEGINNING, Counted, Window, deaf, divide
from zenodo_harvest.raw_records import RawRecord

ROUNDS = 3
"""How often counts and rows are compared before they are said to disagree."""
_MANY, _MUCH = 100, 2
"""So many records, and half as many after the frozen end: such a growth is looked into."""
OVERLAP = timedelta(hours=1)
"""How far an update looks back beyond the harvest before, for edits that were found late."""


class Reconciliation:
    """Compares the rows of a harvest with the server until they agree, as far as counts and edits can tell.

    Args:
        scope: What the harvest is of.
        ledger: Its rows.
    """

    def __init__(self, scope: Scope, ledger: Ledger) -> None:
        self._scope = scope
        self._ledger = ledger

    def reconcile(self, walk_open: Callable[[], None]) -> Run:
        """Bring edits in, walk windows again whose counts differ, look up what is gone; end the run.

        Args:
            walk_open: Walks every window that is not done.

        Raises:
            BadAnswer: The server takes no notice of what is asked.
        """
        everything_before = self._scope.whole(self._run.end)
        for turn in range(ROUNDS):
            if self._scope.field == "created" and not self._take_edited():
                walk_open()
            total = self._scope.count(everything_before)
            must_compare = turn == 0 and self._run.is_update
            if total == self._ledger.rows and not must_compare:
                break
            if not self._reopen_differing(known_alone=total == self._ledger.rows):
                break
            walk_open()
            total = self._scope.count(everything_before)
            if total == self._ledger.rows:
                break
        self._look_up_gone()
        return self._end(total)

    @property
    def _run(self) -> Run:
        run = self._ledger.run
        if run is None:
            raise RuntimeError("there is no run to reconcile")
        return run

    def _take_edited(self) -> bool:
        """Fetch the records edited since the run began (or since the one before) and replace their rows.

        Tell whether all came: where the server fails on one, the windows that hold them are opened again.
        """
        run = self._run
        overlap = OVERLAP if run.is_update else timedelta()
        since = Window(run.known_until - overlap, self._until(), field="updated")
        try:
            for rows in self._edited(self._scope.whole(run.end), since):
                with self._ledger.writing():
                    self._ledger.keep_edited(rows)
        except ServerError as error:
            if error.status != FAILED:
                raise
            self._open_where(lambda part: self._scope.count(part.window, since) > 0)
            return False
        return True

    def _edited(self, created: Window, since: Window) -> Iterator[tuple[RawRecord, ...]]:
        try:
            yield tuple(self._scope.fetch(created, since).records())
        except TooManyResults:
            total = self._scope.count(created, since)
            parts = divide(
                Counted(since, total), lambda part: self._scope.count(created, part), cap=self._scope.cap
            )
            for part in parts:
                yield tuple(self._scope.fetch(created, part.window).records())

    def _reopen_differing(self, *, known_alone: bool) -> bool:
        """Open every window again in which the server counts other than our rows; tell if there is one.

        Args:
            known_alone: Leave out those that this run has just counted for the first time.
        """
        until = self._run.known_until if known_alone and self._run.is_update else None
        return self._open_where(
            lambda part: (
                (until is None or part.window.start < until)
                and self._scope.count(part.window) != len(self._ledger.ids(part.window))
            )
        )

    def _open_where(self, is_wanted: Callable[[Part], bool]) -> bool:
        wanted = [part for part in self._ledger.parts if not part.problem and is_wanted(part)]
        with self._ledger.writing():
            for part in wanted:
                self._ledger.keep_part(replace(part, is_done=False))
        return bool(wanted)

    def _look_up_gone(self) -> None:
        """Find out why records are no longer found."""
        unknown = [gone.id for gone in self._ledger.changes.gone if gone.status == UNKNOWN]
        for gone in fates(self._scope, unknown):
            with self._ledger.writing():
                self._ledger.keep_gone(gone)

    def _end(self, total: int) -> Run:
        run = self._run
        since = self._scope.count(Window(run.end, self._until(), field=self._scope.field))
        if _MANY <= total <= _MUCH * since and not any(part.problem for part in self._ledger.parts):
            self._check_hearing(total)
        changes = self._ledger.changes
        unseen = run.total + len(changes.appeared) - self._ledger.rows_gone - self._ledger.rows
        run = replace(
            run,
            is_done=True,
            total_end=total,
            changes=replace(changes, created_since=since, unseen=max(0, unseen)),
        )
        with self._ledger.writing():
            self._ledger.keep_run(run)
        return run

    def _check_hearing(self, total: int) -> None:
        """Refuse a server that finds records where there can be none.

        Raises:
            BadAnswer: It does.
        """
        nowhere = Window(BEGINNING - FUTURE, BEGINNING, field=self._scope.field)
        if found := self._scope.count(nowhere):
            raise deaf(f"The server counts {found:,} of {total:,} records in {nowhere}")

    def _until(self) -> datetime:
        return self._scope.context.now() + FUTURE
