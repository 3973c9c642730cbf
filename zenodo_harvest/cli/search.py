"""`search`, `count` and `explain`: the same query and filters, three questions."""

from __future__ import annotations

from typing import Annotated

from typer import Option

from zenodo_harvest.cli.explanation import show_explanation
from zenodo_harvest.cli.findings import pointing_at
from zenodo_harvest.cli.options import Extent, Filters, Outputs, Query, Within, search_options
from zenodo_harvest.cli.output import deliver, show_rows
from zenodo_harvest.cli.session import Session
from zenodo_harvest.cli.table import Column

_COUNT_COLUMNS = (
    Column("By", lambda row: row["by"], keeps_width=True),
    Column("Value", lambda row: row["label"]),
    Column("Records", lambda row: f"{row['count']:,}", keeps_width=True, is_number=True),
)


def search(
    session: Session, within: Within, filters: Filters, extent: Extent, outputs: Outputs, query: Query = ""
) -> None:
    """Find records: show them, or write them to files.

    A pipe gets all records as JSON Lines. A terminal shows a table: without -o,
    --all or --limit the first 25, the total, and what all of them would cost.

    Examples:
      zenodo-harvest search frost --community enes-data-space
      zenodo-harvest search 'title:(frost OR snow)' --type dataset --limit 100
      zenodo-harvest search frost -o frost.parquet -o frost.csv
    """
    outputs.check(extent)
    with session.client() as client, pointing_at(query, session):
        results = client.search(query, **search_options(within, filters, extent))
        deliver(results, outputs, extent, session)


def count(
    session: Session,
    within: Within,
    filters: Filters,
    by: Annotated[
        list[str] | None,
        Option(
            "--by",
            metavar="WHAT",
            help="type, year, access, filetype or subject; repeat for several.",
            autocompletion=lambda: ["type", "year", "access", "filetype", "subject"],
        ),
    ] = None,
    query: Query = "",
) -> None:
    """Count records by type, year, access, file type or subject.

    Example:
      zenodo-harvest count frost --community enes-data-space --by type --by year
    """
    with session.client() as client, pointing_at(query, session):
        counts = client.count(query, by=tuple(by or ()), **search_options(within, filters))
        show_rows(list(counts.rows(with_total=True)), _COUNT_COLUMNS, session)
        for note in counts.notes:
            session.progress.note(note)


def explain(session: Session, within: Within, filters: Filters, query: Query = "") -> None:
    """Show what a search would send, why, and what it would cost.

    Example:
      zenodo-harvest explain 'creators.name:Garcia OR created:2024' --type dataset
    """
    with session.client() as client, pointing_at(query, session):
        explanation = client.explain(query, with_total=True, **search_options(within, filters))
        show_explanation(explanation, session)
