"""`Harvest`: all records of a search, however many, walked window by window and accounted for."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from zenodo_harvest.display import count, with_problems
from zenodo_harvest.durable import Journal, beside, lock, privacy
from zenodo_harvest.engine import (
    Community,
    CreatedPeriod,
    SaveOptions,
    minutes_of,
    provenance_of,
    spoken,
)
from zenodo_harvest.errors import Incomplete
from zenodo_harvest.export import open_sinks, try_sinks, write_receipt
from zenodo_harvest.harvest.fates import fates
from zenodo_harvest.harvest.found import Found
from zenodo_harvest.harvest.ledger import Ledger, Run, is_of_another
from zenodo_harvest.harvest.readings import Readings
from zenodo_harvest.harvest.receipt import Gone, HarvestReceipt
from zenodo_harvest.harvest.reconciliation import Reconciliation
from zenodo_harvest.harvest.scope import Scope, SearchedRoute
from zenodo_harvest.harvest.windows import OaiWindows, SearchWindows, WindowWalk
from zenodo_harvest.http import Context
from zenodo_harvest.query import Counted, Query, Search, Window

if TYPE_CHECKING:
    from zenodo_harvest.durable.journal import Connect

_NAMED = 5
INDEX_LAG = timedelta(seconds=30)
"""A record may be published this long before a search finds it; the frozen end lies before that."""
FULL_WALK_WEEKS = 4


def journal_path(output: Path) -> Path:
    """Return where the journal of a harvest into `output` is."""
    return beside(output, ".journal")


class Harvest:
    """Brings all records of a search into files, through a journal that survives any kill.

    The end of time is frozen first; windows of fewer records than the server lets anyone page through make
    up all time before it. Rows are durable before their window is marked done, and the same call goes on
    where an earlier one was stopped. The tables are made from the journal, ordered by time of creation and
    id, and are the same bytes however often it was stopped.

    Args:
        context: Where to ask.
        search: What is asked.
        route: ``search``, or ``oai``, which orders by time of edit.
        connect: Opens the journal.

    Raises:
        QueryRefused: The query would not mean what it says.
        UsageError: The search has a limit or an order.
    """

    def __init__(
        self,
        context: Context,
        search: Search,
        *,
        route: SearchedRoute = "search",
        connect: Connect = sqlite3.connect,
    ) -> None:
        self._context = context
        self._scope = Scope(context, search, route)
        self._period = CreatedPeriod(search)
        self._connect = connect

    def verify(self) -> None:
        """Tell what the linter found, and make sure that the communities exist and the route can bring them.

        Raises:
            UnknownCommunity: One of them does not exist.
            UsageError: OAI-PMH cannot give it.
        """
        self._scope.verify()

    @property
    def communities(self) -> tuple[Community, ...]:
        """The communities; each is verified with one request when they are first needed."""
        return self._scope.communities

    @property
    def query(self) -> Query:
        """What the search became."""
        return self._scope.query

    def counts(self, end: datetime) -> dict[str, int]:
        """Return how many records before `end` the server counts in each community, by its slug."""
        return self._scope.counts(end)

    def fates(self, ids: Sequence[str]) -> Iterator[Gone]:
        """Yield what has become of records that the search no longer finds."""
        for gone in fates(self._scope, ids):
            yield from gone

    def save(
        self,
        paths: Sequence[Path],
        options: SaveOptions,
        *,
        update: bool = False,
        fresh: bool = False,
        full_walk_weeks: int = FULL_WALK_WEEKS,
    ) -> HarvestReceipt:
        """Bring everything, write it to `paths` and a receipt beside the first.

        Args:
            paths: The files, as for `RemoteRecords.save`; the journal lies beside the first.
            options: As for `RemoteRecords.save`.
            update: Bring a finished harvest up to date; without it a finished one is only written again.
            fresh: Forget what an earlier run has brought.
            full_walk_weeks: Walk all windows again when this many weeks have passed since.

        Raises:
            UsageError: A path or option cannot be used, the route cannot bring this, or the journal is of
                another harvest.
            UnknownCommunity: A community does not exist.
            Refused: An output is a file of the user.
            LocalError: A file cannot be written, or another run writes here.
            Incomplete: Records are missing. The files hold what there is, and the receipt says what is not.
        """
        self.verify()
        try_sinks(paths, **options)
        with (
            self.brought(
                journal_path(paths[0]),
                update=update,
                fresh=fresh,
                full_walk_after=timedelta(weeks=full_walk_weeks),
                keep_raw=options.get("raw", False),
                mode=privacy(paths),
            ) as found,
            open_sinks(paths, **options) as files,
        ):
            odd = 0
            for records in found.batches():
                odd += sum(bool(record.problems) for record in records)
                files.write(records)
            if odd:
                self._context.progress.note(with_problems(odd))
            receipt = write_receipt(found.receipt(), files)
        if not receipt.complete:
            raise Incomplete(
                f"{receipt.reason} The files hold {count(receipt.rows, 'row')}.",
                hint="Run the same command again: it asks only for what is missing.",
            )
        return receipt

    @contextmanager
    def brought(
        self,
        place: Path,
        *,
        update: bool = False,
        fresh: bool = False,
        full_walk_after: timedelta = timedelta(weeks=FULL_WALK_WEEKS),
        renew: bool = False,
        shared: Found | None = None,
        keep_raw: bool = False,
        keep_read: bool = False,
        mode: int = 0o666,
    ) -> Iterator[Found]:
        """Bring everything into the journal at `place`, which nobody else writes to meanwhile.

        Args:
            place: The journal; it is made if it is missing.
            update: As for `save`.
            fresh: As for `save`.
            full_walk_after: With `update`, walk all windows again when so long has passed since.
            renew: Forget what an earlier run of another harvest brought, instead of refusing.
            shared: What a harvest of more communities than these has brought: its records are not asked for
                again, and the journal begins anew with them. Counts tell whether they are all.
            keep_raw: Keep the server's JSON of each record in `Record.raw`.
            keep_read: Read records while they come, and keep in the journal what they were read as, for the
                updates that follow. Not with `keep_raw`.
            mode: The permissions of the journal, less the umask.

        Raises:
            UsageError: The journal is of another harvest.
            LocalError: The journal cannot be used, or another run writes here.
        """
        with (
            lock(beside(place, ".lock"), mode=mode),
            Journal(place, connect=self._connect, mode=mode) as journal,
        ):
            subject = self._subject()
            if fresh or shared or (renew and is_of_another(journal, subject)):
                journal.clear()
            provenance = replace(
                provenance_of(self._context, keep_raw=keep_raw), source=self._scope.route_name
            )
            readings = Readings(journal, provenance) if keep_read else None
            ledger = Ledger(journal, subject, readings.take if readings else None)
            if shared:
                shared.hand_over(ledger, {community.slug for community in self.communities})
            run = self._bring(ledger, update=update, full_walk_after=full_walk_after)
            # the one time that is frozen in the journal
            provenance = replace(provenance, retrieved_at=run.retrieved_at)
            yield Found(self._scope, self._period, ledger, run, provenance, readings)

    def _subject(self) -> dict[str, object]:
        return {
            "tool": self._context.tool,
            "site": self._context.site.name,
            "query": self._scope.query.q,
            "communities": [community.slug for community in self._scope.communities],
            "all versions": self._scope.search.all_versions,
            "route": self._scope.route_name,
        }

    def _bring(self, ledger: Ledger, *, update: bool, full_walk_after: timedelta) -> Run:
        """Bring the journal to the end of its run, and with `update` up to date."""
        run = ledger.run
        if run is None:
            return self._finish(ledger, self._begin(ledger))
        if not run.is_done or any(part.problem for part in ledger.parts):
            done = sum(part.is_done for part in ledger.parts)
            self._context.progress.note(
                f"Going on with the harvest of {run.retrieved_at:%Y-%m-%d %H:%M} UTC: "
                f"{done} of {count(len(ledger.parts), 'window')}, {count(ledger.rows, 'row')}."
            )
            was_walking = not run.is_done and run.walked_at == run.retrieved_at
            run = self._finish(ledger, _without_problems(ledger, run))
            if was_walking:  # a full walk that ends now is not begun again
                full_walk_after = timedelta.max
        elif not update:
            self._context.progress.note(
                f"The harvest of {run.retrieved_at:%Y-%m-%d %H:%M} UTC is there; nothing was asked. "
                "Add --update (in Python update=True) to bring it up to date, "
                "or --fresh (fresh=True) to start anew."
            )
        if update:
            run = self._finish(ledger, self._begin_update(ledger, run, full_walk_after))
        return run

    def _begin(self, ledger: Ledger) -> Run:
        """Freeze the end, count, and divide all time before it."""
        time = self._scope.now()
        end = time - INDEX_LAG
        whole = Counted(self._scope.whole(end), self._scope.count(self._scope.whole(end)))
        now = self._context.now()
        run = Run(retrieved_at=now, end=end, known_until=end, total=whole.total, walked_at=now)
        self._context.progress.note(
            f"{count(whole.total, 'record')} up to {end:%Y-%m-%d %H:%M:%S} UTC. {self._cost([whole.total])}"
        )
        ledger.begin(run, self._scope.divide(whole))
        return run

    def _begin_update(self, ledger: Ledger, last: Run, full_walk_after: timedelta) -> Run:
        """Freeze a later end, count what came since, and have what is there compared."""
        ledger.join(self._scope.cap)
        time = self._scope.now()
        end, now = max(last.end, time - INDEX_LAG), self._context.now()
        new = Counted(Window(last.end, end, field=self._scope.field), 0)
        if last.end < end:
            new = Counted(new.window, self._scope.count(new.window))
        is_full = now - last.walked_at >= full_walk_after
        run = Run(
            retrieved_at=now, end=end, known_until=last.end,
            total=ledger.rows + new.total, is_update=True,
            walked_at=now if is_full else last.walked_at,
        )  # fmt: skip
        known, is_new = ledger.parts, last.end < end
        asked = f"{'walking' if is_full else 'counting'} {count(len(known), 'window')} again"
        rows = [*(part.total_end for part in known if is_full), *([new.total] if is_new else ())]
        self._context.progress.note(
            f"{count(new.total, 'record')} came since {last.end:%Y-%m-%d %H:%M:%S} UTC; {asked}. "
            f"{self._cost(rows, counts=len(known))}"
        )
        divided = self._scope.divide(new) if is_new else []
        ledger.begin(run, divided, reopen=is_full)
        return run

    def _cost(self, parts: Sequence[int], counts: int = 0) -> str:
        """Say what the run takes in all, as its receipt will count it unless something moves meanwhile.

        Args:
            parts: The rows of each part that is walked.
            counts: How many parts are counted again.
        """
        scope = self._scope
        divisions = 2 * sum(rows // scope.cap for rows in parts)
        requests = (
            scope.account.requests + divisions + sum(scope.pages(rows) for rows in parts if rows) + counts
        )
        requests += scope.reconciling_requests()
        cost = spoken(requests, minutes_of(requests, self._context.site))
        return f"It takes {'about ' if divisions else ''}{cost}."

    def _finish(self, ledger: Ledger, run: Run) -> Run:
        """Walk what is open, then reconcile what moved meanwhile."""
        if run.is_done:
            return run
        progress = self._context.progress
        progress.start("records", run.total)
        progress.advance(ledger.rows)
        try:
            is_oai = self._scope.route_name == "oai"
            walk: WindowWalk = (OaiWindows if is_oai else SearchWindows)(self._scope, ledger)
            walk_open(walk, ledger)
            run = Reconciliation(self._scope, ledger).reconcile(lambda: walk_open(walk, ledger))
        finally:
            progress.finish()
        if run.is_update and (gone := ledger.changes.gone):
            named = ", ".join(f"{one.id} ({one.status})" for one in gone[:_NAMED])
            more = f" and {len(gone) - _NAMED:,} more" if len(gone) > _NAMED else ""
            progress.note(
                f"{count(len(gone), 'record')} {'is' if len(gone) == 1 else 'are'} gone: {named}{more}."
            )
        return run


def walk_open(walk: WindowWalk, ledger: Ledger) -> None:
    """Walk every window that is not done, in order."""
    while open_parts := [part for part in ledger.parts if not part.is_done]:
        for part in open_parts:
            walk.walk(part)


def _without_problems(ledger: Ledger, run: Run) -> Run:
    """Open the windows again that could not be brought whole."""
    with ledger.writing():
        for part in ledger.parts:
            if part.problem:
                ledger.keep_part(replace(part, is_done=False, problem=None))
        run = replace(run, is_done=False)
        ledger.keep_run(run)
    return run
