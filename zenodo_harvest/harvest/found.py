"""`Found`: what a harvest has brought, as long as its journal is open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from zenodo_harvest.engine import Brought, CreatedPeriod
from zenodo_harvest.export import document_size, in_batches
from zenodo_harvest.harvest.ledger import Ledger, Run
from zenodo_harvest.harvest.readings import Readings
from zenodo_harvest.harvest.receipt import HarvestReceipt, WindowWalked
from zenodo_harvest.harvest.scope import Scope
from zenodo_harvest.raw_records import RawRecord
from zenodo_harvest.records import Provenance, Record, read_head


class Found:
    """What a harvest has brought, as long as its journal is open.

    Args:
        scope: What it is of.
        period: When its records were created.
        ledger: Its rows.
        run: How it ended.
        provenance: Where its records come from.
        readings: What its rows were read as, where that is kept.
    """

    def __init__(
        self,
        scope: Scope,
        period: CreatedPeriod,
        ledger: Ledger,
        run: Run,
        provenance: Provenance,
        readings: Readings | None = None,
    ) -> None:
        self._scope = scope
        self._period = period
        self._ledger = ledger
        self._run = run
        self._provenance = provenance
        self._readings = readings

    def batches(self) -> Iterator[Sequence[Record]]:
        """Yield all records by time of creation and id, some at a time."""
        if self._readings:
            for records in self._readings.batches(self._provenance.retrieved_at):
                yield self._period.all_marked(records)
            return
        for contents in in_batches(self._ledger.contents(), document_size):
            yield self._period.read(contents, self._provenance)

    def digest(self) -> str:
        """Return a digest that is the same where all records are."""
        return self._ledger.digest()

    def hand_over(self, ledger: Ledger, slugs: AbstractSet[str]) -> None:
        """Give another ledger the records that are in one of the communities of these slugs."""
        ledger.adopt(self._ledger, self._in(slugs))

    def _in(self, slugs: AbstractSet[str]) -> Iterator[list[RawRecord]]:
        for contents in in_batches(self._ledger.contents(), document_size):
            records = self._period.read(contents, self._provenance)
            heads = map(read_head, contents)
            yield [
                RawRecord(head.name, head.id, head.created, head.updated, content)
                for record, head, content in zip(records, heads, contents, strict=True)
                if not slugs.isdisjoint(record.communities)
            ]

    def receipt(self) -> HarvestReceipt:
        """Return what was asked, counted and brought."""
        scope, ledger, run = self._scope, self._ledger, self._run
        parts, rows = ledger.parts, ledger.rows
        is_oai = scope.route_name == "oai"
        gaps = tuple(f"{part.window}: {part.problem}" for part in parts if part.problem)
        more = f"{len(gaps)} of {len(parts)} windows could not be brought whole; {gaps[0]}" if gaps else None
        brought = Brought(
            rows=rows,
            total_start=run.total,
            total_end=run.total_end,
            duplicates=sum(part.duplicates for part in parts),
            missing=max(0, run.total_end - rows),
            surplus=max(0, rows - run.total_end),
            gaps=gaps,
            is_over=run.is_done,
            dialect="datacite" if is_oai else ledger.dialect,
            page_size=None if is_oai else scope.page_size,
            remark=more,
        )
        return scope.account.receipt(
            HarvestReceipt,
            scope.asked(),
            brought,
            route=scope.route_name,
            created_before=run.end,
            walked_at=run.walked_at,
            windows=tuple(
                WindowWalked(
                    str(part.window),
                    part.total_start,
                    part.total_end,
                    len(ledger.ids(part.window)),
                    part.duplicates,
                )
                for part in parts
            ),
            gaps=gaps,
            changes=run.changes,
        )
