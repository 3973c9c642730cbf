"""`harvest` and `plan`: everything a search finds, provably whole, and what that takes."""

from __future__ import annotations

from typing import Annotated

from typer import Option

from zenodo_harvest.cli.findings import pointing_at, tell_findings
from zenodo_harvest.cli.options import Filters, Outputs, Query, Within, search_options
from zenodo_harvest.cli.output import tell_files
from zenodo_harvest.cli.session import Session
from zenodo_harvest.errors import UsageError

_PANEL = "Harvest"


def harvest(
    session: Session,
    within: Within,
    filters: Filters,
    outputs: Outputs,
    update: Annotated[
        bool,
        Option("--update", metavar="", help="Bring an earlier harvest up to date.", rich_help_panel=_PANEL),
    ] = False,
    fresh: Annotated[
        bool,
        Option("--fresh", metavar="", help="Forget what an earlier run brought.", rich_help_panel=_PANEL),
    ] = False,
    full_walk_weeks: Annotated[
        int,
        Option(
            "--full-walk-weeks",
            metavar="N",
            min=0,
            help="With --update: fetch everything again after so many weeks.",
            rich_help_panel=_PANEL,
        ),
    ] = 4,
    query: Query = "",
) -> None:
    """Fetch everything a search finds, however many, and account for it.

    The server lets nobody page past 10,000 results: all time is divided into windows
    below that. A journal beside the first output survives any kill: the same command
    goes on where it was stopped. receipt.json says what was counted and brought; if
    anything is missing the exit code is 5.

    Examples:
      zenodo-harvest harvest --community enes-data-space -o catalogue.parquet
      zenodo-harvest harvest --community enes-data-space -o catalogue.parquet --update
    """
    if not outputs.output:
        raise UsageError(
            "A harvest needs an output.", hint="Name a file with -o, such as -o records.parquet."
        )
    outputs.check()
    with session.client() as client, pointing_at(query, session):
        options = search_options(within, filters)
        tell_findings(client.search(query, **options).findings, session)
        receipt = client.harvest(
            query,
            *outputs.output,
            update=update,
            fresh=fresh,
            full_walk_weeks=full_walk_weeks,
            save=outputs.save_options(),
            **options,
        )
        tell_files(receipt, outputs, session)
