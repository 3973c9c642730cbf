"""`Sync`: one comparison of a catalogue with its site, up to the moment at which `latest/` is exchanged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from zenodo_harvest.catalog.about import About, CommunityShown
from zenodo_harvest.catalog.change import Change
from zenodo_harvest.catalog.checks import Checks, PendingRecord, pending_records
from zenodo_harvest.catalog.config import CatalogConfig
from zenodo_harvest.catalog.draft import Draft
from zenodo_harvest.catalog.history import HISTORY, History, use_of
from zenodo_harvest.catalog.latest import LATEST, LINES, ROWS, keep_strangers, write_documents
from zenodo_harvest.catalog.portion import Overview, Portion, Recipe, made_of, read_portions
from zenodo_harvest.catalog.snapshots import Snapshot, Snapshots
from zenodo_harvest.display import count
from zenodo_harvest.durable import exchange, local_errors, room_in
from zenodo_harvest.engine import Community
from zenodo_harvest.errors import Incomplete, LocalError
from zenodo_harvest.export import Output, OutputWritten, describe_output
from zenodo_harvest.harvest import Found, Harvest, HarvestReceipt
from zenodo_harvest.http import Context
from zenodo_harvest.records import SCHEMA_VERSION, no_collection

if TYPE_CHECKING:
    from zenodo_harvest.deposit import Deposits

JOURNAL = "catalog.journal"
SNAPSHOTS = "snapshots"
RECEIPT = "receipt.json"
NEVER = timedelta.max
SLACK = timedelta(days=1)
"""A timer does not come to the second; what is due tomorrow is done today."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SyncReceipt(HarvestReceipt):
    """What a sync asked for and brought.

    Attributes:
        snapshot: The snapshot that ``latest/`` shows.
        changed_at: When it was taken.
        changes_found: How many changes this sync found.
        made_of: Digest of what all rows were made of; empty where some did not come.
    """

    snapshot: str
    changed_at: datetime
    changes_found: int = 0
    made_of: str = ""


class _Kept(msgspec.Struct):
    """What a later sync asks of a receipt."""

    outputs: tuple[OutputWritten, ...]
    snapshot: str
    made_of: str = ""


@dataclass(frozen=True, slots=True)
class Synced:
    """What a sync came to.

    Attributes:
        folder: The folder of the catalogue.
        records: How many records it holds.
        changes: What changed since the sync before.
        receipt: What was asked and brought; without `complete` what did not come is as it was.
    """

    folder: Path
    records: int
    changes: tuple[Change, ...]
    receipt: SyncReceipt

    def __str__(self) -> str:
        whole = "complete" if self.receipt.complete else "incomplete"
        return (
            f"{self.folder}: {count(self.records, 'record')}, {count(len(self.changes), 'change')}, {whole}"
        )

    def check(self) -> None:
        """Make sure that nothing is missing.

        Raises:
            Incomplete: Something is.
        """
        if not self.receipt.complete:
            raise Incomplete(
                f"{self}. {self.receipt.reason}",
                hint="Run the same command again: it asks only for what is missing.",
            )


class Sync:
    """Compares a catalogue with its site, once.

    Everything is made in a hidden folder, for which the history is replaced. When all of it is there the
    snapshot gets its name, then ``latest/`` is exchanged: whenever the process is killed, ``latest/`` is
    whole, and the next sync goes on from the last snapshot.

    Args:
        folder: The folder of the catalogue, which nobody else writes to.
        config: What it is of.
        context: Where to ask.
        deposits: One's own deposits, which know what waits for a community.
    """

    def __init__(
        self, folder: Path, config: CatalogConfig, context: Context, deposits: Callable[[], Deposits]
    ) -> None:
        self._folder = folder
        self._config = config
        self._context = context
        self._deposits = deposits
        self._harvest = Harvest(context, config.what())
        self._snapshots = Snapshots(folder / SNAPSHOTS)
        self._history = History(folder / HISTORY)
        self._now = context.now().replace(microsecond=0)

    def run(self, *, full: bool = False, shared: Found | None = None) -> Synced:
        """Bring the catalogue up to date.

        Args:
            full: Read all pages again, and note views and downloads, though it is not time.
            shared: What a harvest of more communities than these has just brought.

        Raises:
            UnknownCommunity: A community does not exist.
            LocalError: The disk or the permissions do not allow it.
        """
        self._harvest.verify()
        is_due = full or self.is_due
        # a walk that was cut off by a kill is gone on with, and not begun again
        after = timedelta() if full else SLACK if is_due else NEVER
        found = self._bring(NEVER if shared else after, is_due=is_due, shared=shared)
        found = found or self._bring(timedelta(), is_due=True)
        if found is None:
            raise RuntimeError("all pages were read")
        return found

    def _bring(
        self, full_walk_after: timedelta, *, is_due: bool, shared: Found | None = None
    ) -> Synced | None:
        """Bring the catalogue up to date, or return None if only a reading of all pages can."""
        with (
            self._harvest.brought(
                self._folder / JOURNAL,
                update=True,
                full_walk_after=full_walk_after,
                renew=True,
                shared=shared,
                keep_read=True,
            ) as found,
            local_errors(self._folder),
            room_in(self._folder) as room,
            no_collection(),
        ):
            return self._write(found, room, is_due=is_due)

    @property
    def is_due(self) -> bool:
        """Whether it is time to read all pages again."""
        times = self._history.times()
        interval = timedelta(weeks=self._config.history.interval_weeks)
        return not times or self._now - times[-1] >= interval - SLACK

    def _write(self, found: Found, room: Path, *, is_due: bool) -> Synced | None:
        receipt = found.receipt()
        gone = {one.id: one for one in receipt.changes.gone}
        untold = self._untold()
        slugs = tuple(sorted(one.slug for one in self._harvest.communities))
        digest = found.digest() if receipt.complete else ""
        waiting = pending_of(self._context, self._harvest.communities, self._deposits)
        checks = checks_for(self._config, self._context, waiting)
        kept = self._rows_made_of(digest) if digest and not is_due else None
        recipe = Recipe(checks, slugs, with_csv=not kept)
        walked_at = receipt.walked_at if is_due and receipt.complete else None
        new_draft = partial(Draft, snapshots=self._snapshots, slugs=slugs, is_walked=bool(walked_at))
        draft = new_draft(room / "first")
        if kept:
            draft.keep(self._folder / LATEST)
            portions = read_portions(draft.latest / LINES, self._history.last())
            overview = self._overview(portions, recipe, receipt.rows, draft)
        else:
            overview = self._fill(draft, found, receipt, recipe)
            if outdated := draft.outdated:
                draft = new_draft(room / "second", superseded=outdated)
                overview = self._fill(draft, found, receipt, recipe)
        if not is_due and self._has_moved(draft, receipt):
            return None
        with ThreadPoolExecutor(1) as beside:  # digests are reckoned while Python does other things
            rows = beside.submit(lambda: kept or [describe_output(draft.latest / name) for name in ROWS])
            unknown = sorted(self._unheld(draft) - gone.keys())
            gone |= {one.id: one for one in self._harvest.fates(unknown)}
            changes = draft.changes(gone, self._now)
            snapshot = draft.snapshot(changes, self._now)
            about = self._about(receipt, snapshot, draft.records)
            if walked_at and draft.statistics:
                self._history.append(walked_at, draft.statistics)
            written = write_documents(
                draft.latest,
                about,
                overview.page,
                changes=[*changes, *self._snapshots.changes()],
                findings=overview.findings.in_order(),
                totals=self._history.totals(),
                rows=rows.result,
            )
        sealed = _sealed(found.receipt(), snapshot, len(changes) + len(untold), digest, written)
        (draft.latest / RECEIPT).write_text(sealed.to_json(), "utf-8")
        keep_strangers(self._folder / LATEST, draft.latest)
        if draft.is_new:
            self._snapshots.add(draft.part, snapshot)
        exchange(draft.latest, self._folder / LATEST)
        return Synced(self._folder, about.records, (*changes, *untold), sealed)

    def _fill(self, draft: Draft, found: Found, receipt: HarvestReceipt, recipe: Recipe) -> Overview:
        """Write all rows; return what they come to."""
        with draft:
            return self._overview(self._portions(draft, found, receipt), recipe, receipt.rows, draft)

    def _overview(self, portions: Iterable[Portion], recipe: Recipe, rows: int, draft: Draft) -> Overview:
        """Return what portions come to, and give a draft their CSV where it is needed."""
        overview, progress = Overview(recipe.checks), self._context.progress
        progress.start("rows", rows)
        try:
            for made in made_of(portions, recipe, rows):
                if recipe.with_csv:
                    draft.take_csv(made.csv)
                overview.take(made)
                progress.advance(len(made.page.lines))
        finally:
            progress.finish()
        return overview

    def _portions(self, draft: Draft, found: Found, receipt: HarvestReceipt) -> Iterator[Portion]:
        """Write rows, and yield them."""
        last = {} if draft.is_walked else self._history.last()
        for records in found.batches():
            known = {one.id: last[one.id] for one in records if one.id in last}
            yield Portion(draft.take(records), use_of(records) if draft.is_walked else known)
        if not receipt.complete:
            for records in draft.carried_over(self._unheld(draft) - {one.id for one in receipt.changes.gone}):
                yield Portion(draft.take(records), {})

    def _unheld(self, draft: Draft) -> set[str]:
        """Return the records that are missing, but for those that a later version has taken the place of."""
        return draft.missing if self._all_versions else draft.missing - draft.superseded

    @property
    def _all_versions(self) -> bool:
        return self._config.what().all_versions

    def _untold(self) -> tuple[Change, ...]:
        """Return the changes of snapshots after the one that ``latest/`` shows: a sync was killed there."""
        kept = self._kept()
        later = (one for one in self._snapshots.all() if kept and one.name > kept.snapshot)
        return tuple(change for one in later for change in self._snapshots.changes_of(one))

    def _kept(self) -> _Kept | None:
        with suppress(OSError, msgspec.MsgspecError):
            return msgspec.json.decode((self._folder / LATEST / RECEIPT).read_bytes(), type=_Kept)
        return None

    def _has_moved(self, draft: Draft, receipt: HarvestReceipt) -> bool:
        """Tell whether a record left or joined one of several communities, which moves no other count."""
        if len(self._harvest.communities) < 2 or not receipt.complete:
            return False
        return Counter(self._harvest.counts(receipt.created_before)) != draft.members

    def _rows_made_of(self, made_of: str) -> list[Output] | None:
        """Return the rows of ``latest/`` if this version made them of the same, and nobody touched them."""
        latest = self._folder / LATEST
        try:
            kept = self._kept()
            last = [(one.name, one.schema_version) for one in self._snapshots.all()[-1:]]
            if not kept or kept.made_of != made_of or last != [(kept.snapshot, SCHEMA_VERSION)]:
                return None
            written = {one.path: one.sha256 for one in kept.outputs}
            rows = [describe_output(latest / name) for name in ROWS]
        except LocalError:
            return None
        return rows if all(one.sha256 == written.get(one.path.name) for one in rows) else None

    def _about(self, receipt: HarvestReceipt, snapshot: Snapshot, records: int) -> About:
        site = self._context.site
        communities = tuple(
            CommunityShown(one.slug, one.title, f"{site.url}/communities/{one.slug}", one.description)
            for one in self._harvest.communities
        )
        query = self._harvest.query.q
        titles = ", ".join(one.title for one in communities)
        return About(
            title=self._config.title or titles or query,
            site=site.name,
            site_url=site.url,
            query=query,
            communities=communities,
            records=records,
            synced_at=self._now,
            changed_at=snapshot.taken_at,
            problem=None if receipt.complete else receipt.reason,
        )


def pending_of(
    context: Context, communities: Sequence[Community], deposits: Callable[[], Deposits]
) -> list[PendingRecord]:
    """Return what waits for communities, which only a token shows.

    Raises:
        NotAllowed: The token is wrong.
    """
    if not communities or not context.transport.has_token:
        return []
    return pending_records(deposits(), {one.slug: one.id for one in communities})


def checks_for(config: CatalogConfig, context: Context, pending: Iterable[PendingRecord]) -> Checks:
    """Return what looks for what a curator would mend."""
    return Checks(
        doi_prefix=context.site.doi_prefix if context.site.flavour == "zenodo" else None,
        site_url=context.site.url,
        off=config.checks.off,
        today=context.now().date(),
        pending=pending,
    )


def _sealed(
    receipt: HarvestReceipt, snapshot: Snapshot, changes: int, made_of: str, written: Sequence[Output]
) -> SyncReceipt:
    """Return the receipt, with what all other files are."""
    outputs = [OutputWritten(one.path.name, one.size_bytes, one.sha256, one.rows) for one in written]
    facts = {field.name: getattr(receipt, field.name) for field in fields(receipt)} | {
        "outputs": tuple(outputs)
    }
    return SyncReceipt(
        **facts,
        snapshot=snapshot.name,
        changed_at=snapshot.taken_at,
        changes_found=changes,
        made_of=made_of,
    )
