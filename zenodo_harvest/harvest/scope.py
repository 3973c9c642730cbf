"""`Scope`: one search confined to windows of time, counted and walked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property, partial
from math import ceil
from typing import Literal, Self
from urllib.parse import urlencode

from zenodo_harvest.engine import (
    Account,
    Asked,
    Community,
    Fetch,
    Pager,
    Route,
    ask_least,
    count_rows,
    guest_page_size,
    page_size,
    params_for,
    read_page,
    resolve_communities,
    route_of,
)
from zenodo_harvest.errors import UsageError, redact
from zenodo_harvest.http import Context
from zenodo_harvest.oai import list_params
from zenodo_harvest.query import BEGINNING, Counted, Query, Search, Window, compile_search, divide, within
from zenodo_harvest.records import read_head

OAI_WINDOW_ROWS = 5_000
"""Records of one OAI-PMH list: a list that is cut off begins anew, so none is long."""
SearchedRoute = Literal["search", "oai"]
"""The routes that ask for windows."""
FUTURE = timedelta(days=1)
"""How far beyond now what was created since is looked for: clocks differ."""


class Scope:
    """What a harvest is of: a query in its communities, without limit and in the order of creation.

    Nothing is asked until it is used, except what an unknown server is.

    Args:
        context: Where to ask.
        search: What is asked.
        route: ``oai`` divides by time of edit instead: OAI-PMH knows no other.

    Raises:
        QueryRefused: The query would not mean what it says.
        UsageError: It has a limit or an order of its own.
    """

    def __init__(self, context: Context, search: Search, route: SearchedRoute = "search") -> None:
        if search.limit is not None:
            raise UsageError(
                "A harvest takes everything and knows no limit.",
                hint="Use `search` with --limit (in Python limit=) for the first ones, or narrow the query.",
            )
        if search.sort is not None:
            raise UsageError(
                "A harvest has its own order: by time of creation, then by id.",
                hint="Leave --sort (in Python sort=) out, and sort the table.",
            )
        self.context = context
        self.account = Account(context)
        """What the harvest takes, the verification of its communities included."""
        self.search = search
        site, today = context.site, context.now().date()
        self.query: Query = compile_search(search, site.speaks, today=today, site=site)
        """What it became."""
        self.route_name = route
        self.field: Literal["created", "updated"] = "updated" if route == "oai" else "created"
        """The time that windows divide."""

    @cached_property
    def communities(self) -> tuple[Community, ...]:
        """The communities; each is verified with one request when they are first needed."""
        return resolve_communities(self.context, self.search.communities)

    def verify(self) -> Self:
        """Make sure that the communities exist and that the route can bring them; return the scope.

        Raises:
            UnknownCommunity: One of them does not exist.
            UsageError: OAI-PMH cannot give it.
        """
        self.context.tell(self.query.findings)
        _ = self.communities  # asked for now, if it was not before
        if self.route_name == "oai" and (obstacle := self.oai_obstacle):
            raise UsageError(
                f"This cannot be harvested by OAI-PMH: {obstacle}.",
                hint="Leave --route (in Python route=) out, or change that.",
            )
        return self

    @property
    def oai_obstacle(self) -> str | None:
        """Why OAI-PMH cannot give this, None if it can (zenodo-api.md §7, read 2026-08-20)."""
        if self.query.q.strip():
            return "it knows no query"
        if len(self.communities) > 1:
            return "it gives one community at a time"
        return (
            None
            if self.search.all_versions
            else "it gives all versions (add --all-versions, in Python all_versions=True)"
        )

    @property
    def oai_set(self) -> str | None:
        """The set of OAI-PMH that holds the community, None for everything (zenodo-api.md §7)."""
        prefix = self.context.site.speaks.oai_set
        return f"{prefix}{self.communities[0].slug}" if self.communities else None

    @property
    def cap(self) -> int:
        """The most records a window may hold: one fewer than can be paged through."""
        return OAI_WINDOW_ROWS if self.route_name == "oai" else self.context.site.window - 1

    def whole(self, end: datetime) -> Window:
        """Return the window of all records before `end`."""
        return Window(BEGINNING, end, field=self.field)

    @property
    def page_size(self) -> int:
        """Rows a page."""
        return page_size(self.context)

    def route(self, *windows: Window) -> Route:
        """Return where the records go that lie in all of `windows`, the oldest first."""
        query = self.query
        for window in windows:
            query = within(query, window)
        route = route_of(query, self.communities, self.context.site)
        return Route(route.path, (*route.params, ("sort", "oldest"))) if windows else route

    def pages(self, rows: int, route: SearchedRoute | None = None) -> int:
        """Return how many requests bring so many rows, by another route if one is given."""
        is_oai = (route or self.route_name) == "oai"
        size = self.context.site.speaks.oai_page_rows if is_oai else self.page_size
        return max(1, ceil(rows / size))

    def reconciling_requests(self, route: SearchedRoute | None = None) -> int:
        """Return how many requests see what moved: two counts, and the edits where those are told."""
        return 2 if (route or self.route_name) == "oai" else 3

    @property
    def opening_requests(self) -> int:
        """Requests that verify the communities and prove the token."""
        site = self.context.site
        is_proved = self.context.transport.has_token and guest_page_size(site) < site.page_size_user
        return len(self.communities) + is_proved

    def asked(self, request: str = "") -> Asked:
        """Return what is asked, for a receipt.

        Args:
            request: The first request that was sent for it, if that is not a search or an OAI-PMH list.
        """
        route = self.route()
        if self.route_name == "oai":
            params = (("verb", "ListRecords"), *list_params(self.oai_set))
            route = Route(self.context.site.oai_path, params)
            request = redact(f"{self.context.site.url}{route.path}?{urlencode(params)}")
        return Asked.of(
            self.search,
            self.query,
            self.communities,
            params=route.params,
            request=request or route.url(self.context.site, 1, self.page_size),
        )

    def count(self, *windows: Window, in_haste: bool = False) -> int:
        """Return how many records the server counts in all of `windows`; `in_haste` as for `count_rows`."""
        return count_rows(self.context, self.route(*windows), in_haste=in_haste).total

    def counts(self, end: datetime) -> dict[str, int]:
        """Return how many records before `end` the server counts in each community, by its slug."""
        query, site = within(self.query, self.whole(end)), self.context.site
        routes = {one.slug: route_of(query, (one,), site) for one in self.communities}
        return {slug: count_rows(self.context, route).total for slug, route in routes.items()}

    def divide(self, whole: Counted, cap: int | None = None, *, in_haste: bool = False) -> list[Counted]:
        """Return windows of at most `cap` records that make up `whole`; OAI-PMH divides no moment."""
        count = partial(self.count, in_haste=in_haste)
        return list(divide(whole, count, cap=cap or self.cap, by_ids=self.route_name != "oai"))

    def ids_found(self, q: str, most: int) -> set[str]:
        """Return the ids of the first `most` records of any version that a query finds, with one request."""
        route = Route("/api/records", params_for(self.context.site, (("q", q), ("all_versions", "true"))))
        page = read_page(self.context.transport.get(route.path, route.at(1, most)).content)
        return {head.id for head in map(read_head, page.rows) if head.id}

    def now(self) -> datetime:
        """Return the server's time, to the second."""
        answer = ask_least(self.context, self.route())
        try:
            return parsedate_to_datetime(answer.headers.get("Date", "")).astimezone(UTC)
        except ValueError:
            return self.context.now().replace(microsecond=0)

    def fetch(self, *windows: Window) -> Fetch:
        """Return what brings all records in all of `windows`."""
        return Fetch(self.context, self.route(*windows))

    def pager(self, window: Window, *, in_haste: bool = False) -> Pager:
        """Return what asks for the pages of a window; `in_haste` as for `Pager`."""
        return Pager(self.context, self.route(window), in_haste=in_haste)
