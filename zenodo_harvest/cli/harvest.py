"""`harvest` and `plan`: everything a search finds, provably whole, and what that takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, cast, get_args

from typer import Option

from zenodo_harvest.cli.findings import pointing_at
from zenodo_harvest.cli.options import Filters, Outputs, Query, Within, search_options
from zenodo_harvest.cli.output import print_lines, show_rows, tell_files
from zenodo_harvest.cli.session import Session
from zenodo_harvest.client import RouteName
from zenodo_harvest.display import count
from zenodo_harvest.errors import UsageError

_PANEL = "Harvest"
ROUTES = get_args(RouteName)
Route = Annotated[
    str | None,
    Option(
        "--route",
        metavar="ROUTE",
        help="search, oai or dump; `plan` compares them.",
        rich_help_panel=_PANEL,
        show_default=False,
        autocompletion=lambda: list(ROUTES),
    ),
]


def harvest(
    session: Session,
    within: Within,
    filters: Filters,
    outputs: Outputs,
    route: Route = None,
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
    goes on where it was stopped. The receipt beside it says what was counted and
    brought; if anything is missing the exit code is 5.

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
        receipt = client.harvest(
            query,
            *outputs.output,
            route=cast("RouteName", route or "search"),
            update=update,
            fresh=fresh,
            full_walk_weeks=full_walk_weeks,
            save=outputs.save_options(),
            **search_options(within, filters),
        )
        tell_files(receipt, outputs.folder, session)


def plan(session: Session, within: Within, filters: Filters, route: Route = None, query: Query = "") -> None:
    """Compare the routes of a harvest: requests, minutes, what each can bring.

    Example:
      zenodo-harvest plan --community enes-data-space --all-versions
    """
    with session.client() as client, pointing_at(query, session):
        found = client.plan(query, route=cast("RouteName | None", route), **search_options(within, filters))
    if session.outside.shows_tables:
        print_lines(line for one in found.routes for line in _lines(one, is_chosen=one.name == found.chosen))
    else:
        show_rows([_plan_row(found, one) for one in found.routes], (), session)
    session.progress.note(f"{count(found.total, 'record')}. By {found.chosen}: {found.reason}.")


def _lines(one: Any, *, is_chosen: bool) -> Iterator[list[tuple[str, str]]]:
    """Yield one route as lines for a person."""
    style = "dim" if one.obstacle else ""
    yield [(f"{'→' if is_chosen else ' '} {one.name:7}", "bold"), (str(one), style)]
    yield [("         brings ", "bold"), (one.delivers, style)]
    yield [("         lacks  ", "bold"), (one.lacks, style)]
    if one.obstacle:
        yield [("         cannot be taken: ", "bold"), (one.obstacle, "")]


def _plan_row(found: Any, one: Any) -> dict[str, Any]:
    return {
        "route": one.name,
        "chosen": one.name == found.chosen,
        "requests": one.requests,
        "minutes": round(one.minutes, 1),
        "delivers": one.delivers,
        "lacks": one.lacks,
        "obstacle": one.obstacle,
    }
