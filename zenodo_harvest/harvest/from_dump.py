"""`harvest_dump`: everything, or one community, from a dump, held against what the server counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from zenodo_harvest.display import with_problems
from zenodo_harvest.durable import Unnamed, beside
from zenodo_harvest.engine import Brought
from zenodo_harvest.errors import Incomplete, UsageError
from zenodo_harvest.export import try_sinks, write_receipt
from zenodo_harvest.harvest.plan import dump_for
from zenodo_harvest.harvest.receipt import Changes, HarvestReceipt
from zenodo_harvest.harvest.scope import FUTURE, Scope
from zenodo_harvest.query import Window

if TYPE_CHECKING:
    from zenodo_harvest.dumps import Conversion, Dumps
    from zenodo_harvest.engine import SaveOptions

BLIND_SPOTS = (
    "A dump is made over hours: what changed meanwhile may be in it or not.",
    "As many records that are missing and that have gone since even out in the counts.",
    "What was edited since the dump was made is as it was before.",
)
"""What counts cannot tell of a dump (zenodo-api.md §8, read 2026-08-20)."""


def harvest_dump(
    scope: Scope,
    dumps: Dumps,
    paths: Sequence[Path],
    save: SaveOptions,
    *,
    update: bool = False,
    fresh: bool = False,
) -> HarvestReceipt:
    """Fetch the dump of a scope beside the first output, make tables of it, and write a receipt.

    Args:
        scope: What is harvested.
        dumps: The dumps of the site.
        paths: The files, as for `RemoteRecords.save`.
        save: How they are written.
        update: Refused: a dump is taken whole.
        fresh: Refused: there is no journal to forget.

    Raises:
        Refused: An output is a file of the user.
        UsageError: No dump holds what is asked for, or it was to be updated or begun anew.
        Incomplete: The dump holds other records than the server counts up to when it was made. The files
            hold what the dump has.
    """
    if update or fresh:
        option = "update" if update else "fresh"
        raise UsageError(
            f"A harvest by dump knows no {option}: each takes the whole dump and keeps no journal.",
            hint=f"Leave {option} out, or harvest by search.",
        )
    try_sinks(paths, **save)
    context, account = scope.context, scope.account
    dump = dump_for(scope, dumps.list())
    made_at = dump.created.replace(microsecond=dump.created.microsecond // 1000 * 1000)
    until = scope.whole(made_at)
    total_start = scope.count(until)
    context.progress.note(f"The dump was made {made_at:%Y-%m-%d %H:%M} UTC, {_age(context.now() - made_at)}.")
    place = beside(paths[0], ".dump.tar.gz")
    fetched = dumps.fetch(dump.key, place, version_id=dump.version_id, overwrite=True)
    sealed: list[HarvestReceipt] = []

    def seal(made: Conversion, outputs: Unnamed) -> None:
        if odd := made.rows_with_problems:
            context.progress.note(with_problems(odd))
        total_end = scope.count(until)
        since = scope.count(Window(made_at, context.now() + FUTURE))
        context.progress.note(
            f"Created since and not in the dump: {since:,}. Edits since are not in it either."
        )
        receipt = account.receipt(
            HarvestReceipt,
            scope.asked(dump.url),
            _brought(made, total_start, total_end),
            route="dump",
            created_before=made_at,
            changes=Changes(created_since=since),
            blind_spots=BLIND_SPOTS,
            left_to_python=made.left_to_python,
        )
        sealed.append(write_receipt(receipt, outputs))

    dumps.convert(fetched.path, *paths, retrieved_at=account.started_at, save=dict(save), seal=seal)
    (receipt,) = sealed
    if not receipt.complete:
        raise Incomplete(
            f"{receipt.reason} The files hold the {receipt.rows:,} rows of the dump.",
            hint="Take them for what the dump is, or harvest by search for what the server holds now.",
        )
    return receipt


def _brought(made: Conversion, total_start: int, total_end: int) -> Brought:
    """Hold what came of a dump against what the server counts."""
    different = made.rows - made.duplicates
    return Brought(
        rows=made.rows,
        total_start=total_start,
        total_end=total_end,
        duplicates=made.duplicates,
        missing=max(0, total_end - different),
        surplus=max(0, different - total_end),
        dialect="native",
        remark=_difference(different, total_end, made.duplicates),
    )


def _difference(records: int, total: int, duplicates: int) -> str | None:
    """Say what it means that a dump holds other records than the server counts; None where nothing is odd."""
    again = f"{duplicates:,} row{' has' if duplicates == 1 else 's have'} the id of a row before."
    told = [f"The dump holds {records:,} records; of those created before, the server counts {total:,}."]
    if records < total:
        told.append(f"{total - records:,} are not in it: they may have come while it was made.")
    elif records > total:
        told.append(f"{records - total:,} are no longer found: they were deleted or withdrawn since.")
    else:
        told.clear()
    return " ".join([*told, again] if duplicates else told) or None


def _age(age: timedelta) -> str:
    hours = max(0, int(age.total_seconds() // 3600))
    if hours < 1:
        return "less than an hour ago"
    if hours < 48:
        return f"{hours} hour{'' if hours == 1 else 's'} ago"
    return f"{hours // 24} days ago"
