"""`catalog history`: the snapshots of a catalogue, and its views and downloads over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typer import Option

from zenodo_harvest.cli.catalog import Catalogs, Folder
from zenodo_harvest.cli.options import output_path
from zenodo_harvest.cli.output import show_rows, tell_file, write_text
from zenodo_harvest.cli.rows import RowOutputs, deliver_rows
from zenodo_harvest.cli.session import Session
from zenodo_harvest.cli.table import Column
from zenodo_harvest.display import count
from zenodo_harvest.errors import UsageError

if TYPE_CHECKING:
    from zenodo_harvest.catalog import Mover

_SHOWN = 10
"""So many of the last snapshots and sums are shown."""


def _statistics() -> list[str]:
    from zenodo_harvest.catalog import STATISTICS

    return list(STATISTICS)


@dataclass(frozen=True, slots=True)
class HistoryOptions:
    """What is told of the history."""

    by: Annotated[
        str,
        Option(
            "--by",
            metavar="STATISTIC",
            help="views, downloads, unique_downloads, all_versions_downloads or another statistic.",
            autocompletion=_statistics,
        ),
    ] = "downloads"
    top: Annotated[
        int, Option("--top", metavar="N", min=1, help="So many that rose, and so many that dropped.")
    ] = 10
    since: Annotated[
        str | None,
        Option(
            "--since",
            metavar="DATE",
            help="From this day on; else since the time before the last.",
            show_default=False,
        ),
    ] = None
    plot: Annotated[
        Path | None,
        Option(
            "--plot",
            parser=output_path,
            metavar="FILE",
            help="Draw the sum and what moved most: .svg, or .png with Matplotlib.",
            show_default=False,
        ),
    ] = None


def history(session: Session, folder: Folder, options: HistoryOptions, outputs: RowOutputs) -> None:
    """Tell how views and downloads moved.

    A terminal gets the snapshots, the sums and what moved most, a pipe what
    moved as JSON Lines, -o FILE the whole series: a row for each record and
    time. A new record was not there before; a count drops where the site
    corrects it. Statistics of all versions move once for all of them.

    Examples:
      zenodo-harvest catalog history demo-catalog --by views --plot views.svg
      zenodo-harvest catalog history demo-catalog --since 2026-01 -o history.csv
    """
    from zenodo_harvest.catalog import history_fields

    if outputs.columns and not outputs.output:
        raise UsageError("--columns is for -o FILE.", hint="Add -o FILE, or leave --columns out.")
    by, since = options.by, options.since
    with Catalogs(session) as catalogs:
        catalog = catalogs.at(folder)
        kept = catalog.history
        movers = kept.movers(by, since, options.top)
        titles = catalog.titles(movers)
        if options.plot:
            catalog.plot(options.plot, by, since, options.top, overwrite=outputs.force)
            tell_file(options.plot, None, options.plot.stat().st_size, session)
        if outputs.output:
            of_site = replace(session, site=catalog.config.site)
            deliver_rows(kept.rows(), "history", history_fields(), (), outputs, of_site)
            return
        start, sums = kept.since(since), kept.sums(by)
        if session.outside.shows_tables:
            _show("Snapshots", catalog.snapshots, _SNAPSHOTS, session)
            _show(f"Sum of {by}", _with_change(sums), _SUMS, session)
            if movers:
                write_text(f"\nMoved most by {by} since {start:%Y-%m-%d}\n")
        if not movers:
            session.progress.note(_nothing(by, start, sums, catalog.config.history.interval_weeks))
            return
        until = kept.times()[-1]
        rows = [_row(mover, title, by, start, until) for mover, title in zip(movers, titles, strict=True)]
        show_rows(rows, _MOVERS, session)
        if any(mover.moved == "dropped" for mover in movers):
            session.progress.note("A count drops where the site corrects it, as it does for robots.")


def _show(title: str, rows: Sequence[Any], columns: Sequence[Column], session: Session) -> None:
    """Show the last of some rows on a terminal."""
    if rows:
        earlier = f" (the last {_SHOWN} of {len(rows):,})" if len(rows) > _SHOWN else ""
        write_text(f"\n{title}{earlier}\n")
        show_rows(rows[-_SHOWN:], columns, session)


def _with_change(sums: Sequence[tuple[datetime, int]]) -> list[tuple[datetime, int, int | None]]:
    before = [None, *(figure for _, figure in sums)]
    return [
        (taken_at, figure, None if former is None else figure - former)
        for (taken_at, figure), former in zip(sums, before, strict=False)
    ]


def _row(mover: Mover, title: str | None, by: str, since: datetime | None, until: datetime) -> dict[str, Any]:
    return {
        "id": mover.id,
        "concept_id": mover.concept_id,
        "title": title,
        "statistic": by,
        "since": since,
        "until": until,
        "before": mover.before,
        "after": mover.after,
        "change": mover.change,
        "moved": mover.moved,
    }


def _nothing(by: str, since: datetime | None, sums: Sequence[object], weeks: int) -> str:
    """Say why nothing is shown."""
    if not sums:
        return f"No {by} are known yet: `catalog sync --full` takes them."
    if since is None:
        return (
            "Taken once so far: what moves shows when it is taken again, "
            f"after {count(weeks, 'week')} or by `catalog sync --full`."
        )
    return f"Nothing moved by {by}."


def _signed(change: int | None) -> str | None:
    return None if change is None else f"{change:+,}"


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


_SNAPSHOTS = (
    Column("Taken (UTC)", lambda each: _minute(each.taken_at), keeps_width=True),
    Column("Records", lambda each: f"{each.records:,}", is_number=True),
    Column("Changes", lambda each: f"{each.changes:,}", is_number=True),
    Column("Holds", lambda each: "all rows" if each.is_base else count(each.rows, "row")),
)
_SUMS = (
    Column("Taken (UTC)", lambda each: _minute(each[0]), keeps_width=True),
    Column("Sum", lambda each: f"{each[1]:,}", is_number=True),
    Column("Change", lambda each: _signed(each[2]), is_number=True),
)
_MOVERS = (
    Column("Title", itemgetter("title")),
    Column("Id", itemgetter("id"), from_width=76, keeps_width=True),
    Column("Before", lambda row: "" if row["before"] is None else f"{row['before']:,}", is_number=True),
    Column("After", lambda row: f"{row['after']:,}", is_number=True),
    Column("Change", lambda row: _signed(row["change"]), keeps_width=True, is_number=True),
    Column("", itemgetter("moved"), keeps_width=True),
)
