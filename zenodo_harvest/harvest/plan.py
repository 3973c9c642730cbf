"""`Plan`: the routes by which a search can be harvested, what each costs and what it cannot deliver."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zenodo_harvest.display import count, html_table
from zenodo_harvest.engine import RouteName, minutes_of, spoken
from zenodo_harvest.errors import UsageError
from zenodo_harvest.harvest.scope import Scope, SearchedRoute

if TYPE_CHECKING:
    from zenodo_harvest.dumps import Dump

DUMP_BYTES_PER_MINUTE = 300_000_000
"""What a download is taken to bring: 5 MB a second."""
PATIENCE_MINUTES = 60
"""A search longer than this gives way to a dump."""
FREEZING_REQUESTS = 2
"""Requests that freeze the end and count what lies before it."""
DUMP_REQUESTS = 6
"""Two lists of dumps, the dump itself, and three counts."""


@dataclass(frozen=True, slots=True)
class RoutePlan:
    """One way to harvest.

    Attributes:
        name: ``search``, ``oai`` or ``dump``.
        requests: Requests it takes.
        minutes: Minutes it takes at the site's budget of today.
        delivers: What it brings.
        lacks: What it cannot bring.
        obstacle: Why it cannot be taken for this search, None if it can.
    """

    name: RouteName
    requests: int
    minutes: float
    delivers: str
    lacks: str
    obstacle: str | None = None

    def __str__(self) -> str:
        return spoken(self.requests, self.minutes)


@dataclass(frozen=True, slots=True, repr=False)
class Plan:
    """The routes of one harvest, and the one to take.

    Attributes:
        total: Records the search finds.
        routes: All routes, also those that cannot be taken.
        chosen: The one to take.
        reason: Why that one.
    """

    total: int
    routes: tuple[RoutePlan, ...]
    chosen: RouteName
    reason: str

    def __repr__(self) -> str:
        chosen = next(one for one in self.routes if one.name == self.chosen)
        return f"<Plan: {count(self.total, 'record')} by {self.chosen}, {chosen}; {self.reason}>"

    def _repr_html_(self) -> str:
        rows = [(one.name, str(one), one.delivers, one.lacks, one.obstacle) for one in self.routes]
        title = f"{count(self.total, 'record')}. By {self.chosen}: {self.reason}."
        return html_table(title, ("route", "takes", "brings", "lacks", "cannot be taken"), rows)


def make_plan(scope: Scope, dumps: Sequence[Dump], route: RouteName | None = None) -> Plan:
    """Compare the routes of a harvest and pick one; two small requests.

    Without a `route` it is the one of fewest minutes among those that bring every column as the server holds
    it today: the search, or a dump when there is one and the search would take more than an hour.

    Args:
        scope: What is harvested.
        dumps: The dumps that the server offers.
        route: Take this one.

    Raises:
        UsageError: The route asked for cannot be taken for this search.
    """
    total = scope.count()
    routes = (_by_search(scope, total), _by_oai(scope, total), _by_dump(scope, dumps))
    if route is not None:
        forced = next(one for one in routes if one.name == route)
        if forced.obstacle:
            raise _refused(route, forced.obstacle)
        return Plan(total, routes, route, "asked for")
    search, _, dump = routes
    if dump.obstacle is None and search.minutes > PATIENCE_MINUTES and dump.minutes < search.minutes:
        return Plan(total, routes, "dump", "every column in the fewest minutes, as of the day of the dump")
    return Plan(total, routes, "search", "every column, as the server holds it now")


def _by_search(scope: Scope, total: int) -> RoutePlan:
    divisions = 2 * (total // scope.cap)
    requests = _around(scope, "search") + divisions + scope.pages(total, "search")
    return RoutePlan(
        "search",
        requests,
        minutes_of(requests, scope.context.site),
        "every column; " + ("all versions" if scope.search.all_versions else "latest versions"),
        "deletions, which an update finds",
    )


def _by_oai(scope: Scope, total: int) -> RoutePlan:
    requests = _around(scope, "oai") + scope.pages(total, "oai")
    return RoutePlan(
        "oai",
        requests,
        minutes_of(requests, scope.context.site),
        "DataCite metadata of all versions",
        "files, statistics, communities other than the harvested one, custom fields, deletions",
        scope.oai_obstacle,
    )


def _by_dump(scope: Scope, dumps: Sequence[Dump]) -> RoutePlan:
    fitting = _fitting(scope, dumps)
    obstacle = _dump_obstacle(scope, fitting)
    size_bytes = fitting[0].size_bytes if fitting else 0
    made = f"as of {fitting[0].created:%Y-%m-%d}; " if fitting else ""
    return RoutePlan(
        "dump",
        scope.opening_requests + DUMP_REQUESTS,
        size_bytes / DUMP_BYTES_PER_MINUTE,
        f"every column, {made}all versions",
        "what was published since it was made",
        obstacle,
    )


def dump_for(scope: Scope, dumps: Sequence[Dump]) -> Dump:
    """Return the newest dump that holds what a scope is of.

    Raises:
        UsageError: There is none.
    """
    fitting = _fitting(scope, dumps)
    if obstacle := _dump_obstacle(scope, fitting):
        raise _refused("dump", obstacle)
    return fitting[0]


def _refused(route: RouteName, obstacle: str) -> UsageError:
    return UsageError(
        f"This cannot be harvested by {route}: {obstacle}.",
        hint="Leave --route (in Python route=) out, or see what `plan` says of each route.",
    )


def _dump_obstacle(scope: Scope, fitting: Sequence[Dump]) -> str | None:
    if scope.query.q.strip():
        return "a dump holds everything, whatever the query"
    if len(scope.communities) > 1:
        return "a dump holds one community or everything"
    if not scope.search.all_versions:
        return "a dump holds all versions (add --all-versions, in Python all_versions=True)"
    return None if fitting else "the server offers no such dump"


def _fitting(scope: Scope, dumps: Sequence[Dump]) -> list[Dump]:
    """Return the dumps that hold what a scope is of, the newest first."""
    prefix = f"{scope.communities[0].slug}/" if scope.communities else ""
    fitting = [dump for dump in dumps if dump.key == f"{prefix}records-json.tar.gz"]
    return sorted(fitting, key=lambda dump: dump.created, reverse=True)


def _around(scope: Scope, route: SearchedRoute) -> int:
    """Return the requests of a harvest before and after its rows are brought."""
    return scope.opening_requests + FREEZING_REQUESTS + scope.reconciling_requests(route)
