"""`Results`: the records of one search, fetched when they are used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from zenodo_harvest.display import count, html_table
from zenodo_harvest.engine.community import Community, resolve_communities
from zenodo_harvest.engine.cost import Cost, cost_of
from zenodo_harvest.engine.created_period import CreatedPeriod
from zenodo_harvest.engine.fetch import Fetch, Tally
from zenodo_harvest.engine.options import PREVIEW_ROWS
from zenodo_harvest.engine.page_sizes import page_size
from zenodo_harvest.engine.receipt import Account, Asked, Brought, Receipt
from zenodo_harvest.engine.remote_records import Outcome, RemoteRecords, provenance_of
from zenodo_harvest.engine.route import Route, route_of
from zenodo_harvest.engine.totals import count_rows
from zenodo_harvest.errors import Incomplete
from zenodo_harvest.http import Context
from zenodo_harvest.query import Finding, Query, Search, compile_search
from zenodo_harvest.records import Record, read_record


@dataclass(frozen=True, slots=True, repr=False)
class Explanation:
    """What a search will send, and why it differs from what was typed.

    Attributes:
        typed: The query as typed.
        sent: The query as sent.
        params: All parameters sent, apart from page and size.
        requests: Addresses asked, the first page for all of them.
        findings: What the linter says.
        communities: The communities searched, verified.
        total: The server's total, None if it was not asked.
        cost: What fetching everything costs, None if the total was not asked.
    """

    typed: str
    sent: str
    params: tuple[tuple[str, str], ...]
    requests: tuple[str, ...]
    findings: tuple[Finding, ...]
    communities: tuple[Community, ...]
    total: int | None = None
    cost: Cost | None = None

    def __repr__(self) -> str:
        told = "; ".join(f"{name}: {value}" for name, value in self._facts())
        return f"<Explanation of {self.typed!r}: {told}>"

    def _repr_html_(self) -> str:
        return html_table(self.typed, (), self._facts())

    def _facts(self) -> list[tuple[str, object]]:
        facts: list[tuple[str, object]] = [("sent", self.sent)]
        facts += [("community", community.slug) for community in self.communities]
        facts += [(finding.level, str(finding)) for finding in self.findings]
        facts += [("request", url) for url in self.requests]
        return facts + ([] if self.total is None else [("records", self.total), ("cost", str(self.cost))])


class Results(RemoteRecords):
    """The records of one search.

    Nothing is asked until it is used, except what an unknown server is. What was fetched whole is kept (see
    `RemoteRecords`); `fetch` asks anew. `total` and `cost` come from the latest answer; without one a single
    small request is made.

    Raises:
        QueryRefused: The query would not mean what it says (when the object is made).
    """

    def __init__(self, context: Context, search: Search) -> None:
        super().__init__(context.progress)
        self.search = search
        """What was asked."""
        site, today = context.site, context.now().date()
        self.query: Query = compile_search(search, site.speaks, today=today, site=site)
        """What it became."""
        self._period = CreatedPeriod(search)
        self._context = context
        self._total: int | None = None
        self._head: tuple[Record, ...] = ()

    def __repr__(self) -> str:
        return f"<Results of {self.search} on {self._context.transport.site.name}: {self._counted()}>"

    def _repr_html_(self) -> str:
        """Show what is known without a request."""
        facts: list[tuple[str, object]] = [("site", self._context.transport.site.name)]
        facts += [("sent", self.query.q)] * bool(self.query.q)
        facts.append(("records", self._counted()))
        facts += [(finding.level, str(finding)) for finding in self.findings]
        return html_table(f"Results of {self.search}", (), facts)

    def _counted(self) -> str:
        """Return how many records are wanted, of how many, as far as that is known."""
        total, limit = self._total, self.search.limit
        if total is None:
            return "not counted yet"
        return (
            count(total, "record")
            if limit is None or limit >= total
            else f"{limit:,} of {count(total, 'record')}"
        )

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the linter changed or warns about."""
        return tuple(self.query.findings)

    @cached_property
    def communities(self) -> tuple[Community, ...]:
        """The communities searched; each is verified with one request before the search."""
        return resolve_communities(self._context, self.search.communities)

    @cached_property
    def route(self) -> Route:
        """Where the search goes."""
        return route_of(self.query, self.communities, self._context.site)

    @property
    def requests(self) -> tuple[str, ...]:
        """The address of the first page; the others differ in ``page`` alone. No secrets."""
        size = page_size(self._context, self.search.limit)
        return (self.route.url(self._context.site, 1, size),)

    @property
    def total(self) -> int:
        """How many records the server counts, whatever the limit."""
        if self._total is None:
            self._total = count_rows(self._context, self.route).total
        return self._total

    @property
    def most(self) -> int:
        """How many records the server lets anyone page through."""
        return self._context.site.window

    @property
    def cost(self) -> Cost:
        """What fetching all that is asked for takes."""
        rows = self.total if self.search.limit is None else min(self.total, self.search.limit)
        return cost_of(rows, self._context.site, has_token=self._context.transport.has_token)

    def _walk(self, *, keep_raw: bool) -> Iterator[Record]:
        context, account = self._context, Account(self._context)
        self._outcome = Outcome()
        fetch = Fetch(context, self.route, limit=self.search.limit)
        provenance = provenance_of(context, account.started_at, keep_raw=keep_raw)
        is_started = False
        try:
            for raw in fetch.records():
                if not is_started:
                    is_started = True
                    self._total = fetch.tally.total_end
                    context.progress.start("records", self._wanted(fetch.tally))
                yield self._period.marked(read_record(raw.body, provenance))
                context.progress.advance()
        except Incomplete:
            self._end(fetch.tally, account)
            raise
        finally:
            if is_started:
                context.progress.finish()
        self._end(fetch.tally, account)

    def _forget(self) -> None:
        super()._forget()
        self._head, self._total = (), None

    def preview(self, rows: int = PREVIEW_ROWS) -> tuple[Record, ...]:
        """Return the first records; `total` and `cost` are known afterwards without another request."""
        limit = rows if self.search.limit is None else min(rows, self.search.limit)
        if kept := self._kept.get(False):
            return kept[0][:limit]
        if self._total is not None and len(self._head) >= min(limit, self._total):
            return self._head[:limit]
        fetch = Fetch(self._context, self.route, limit=limit)
        provenance = provenance_of(self._context)
        self._head = tuple(self._period.marked(read_record(raw.body, provenance)) for raw in fetch.records())
        self._total = fetch.tally.total_end
        return self._head

    def explain(self, *, with_total: bool = False) -> Explanation:
        """Return what will be sent; communities are verified, and the search is asked only for its total.

        Args:
            with_total: Ask for total and cost as well: one small request.
        """
        return Explanation(
            typed=self.search.address or self.search.q,
            sent=self.query.q,
            params=self.route.params,
            requests=self.requests,
            findings=self.findings,
            communities=self.communities,
            total=self.total if with_total else None,
            cost=self.cost if with_total else None,
        )

    def _wanted(self, tally: Tally) -> int | None:
        total, limit = tally.total_end, self.search.limit
        return total if total is None or limit is None else min(total, limit)

    def _end(self, tally: Tally, account: Account) -> None:
        self._total = tally.total_end
        route = self.route
        request = route.url(self._context.site, 1, tally.page_size)
        asked = Asked.of(self.search, self.query, self.communities, params=route.params, request=request)
        brought = Brought(
            rows=tally.rows,
            total_start=tally.total_start,
            total_end=tally.total_end,
            duplicates=tally.duplicates,
            missing=tally.missing,
            is_over=tally.is_over,
            dialect=tally.dialect,
            page_size=tally.page_size,
            remark=tally.reason,
        )
        self._outcome = Outcome(account.receipt(Receipt, asked, brought))
