"""`Receipt`: what was asked, what the server counted, what was written."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self, TypeVar

import msgspec

from zenodo_harvest.display import count, cut, html_facts, one_line
from zenodo_harvest.export import OutputsReceipt
from zenodo_harvest.http import Context

if TYPE_CHECKING:
    from zenodo_harvest.engine.community import Community
    from zenodo_harvest.query import Query, Search


@dataclass(frozen=True, slots=True)
class CommunityUsed:
    """A community that was searched, verified before."""

    slug: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Receipt(OutputsReceipt):
    """What one fetch asked for and brought; it holds no token.

    Attributes:
        tool: Name and version of this package.
        site: The site's name.
        base_url: Its address.
        query: The query as typed.
        requests_sent: The first request for records, with all that was sent.
        params: The parameters sent, apart from page and size.
        findings: What the linter said.
        communities: The communities searched, verified before.
        sort: The order asked for; None leaves it to the server.
        all_versions: Whether all versions were asked for, not only the latest.
        limit: Rows wanted, None for all.
        dialect: The JSON dialect of the answers.
        page_size: Rows a page; None where the server alone decides.
        total_start: The server's total on the first page.
        total_end: The server's total on the last page.
        rows: Rows given out, each record once save by a dump that holds one twice.
        duplicates: Rows that came again and were given out once; of a dump, rows of an id that came before.
        missed: What was asked for by name and not found.
        complete: Whether all that was asked for is there, judged by the server's counts.
        reason: Why it is not complete, or what moved meanwhile.
        started_at: When the fetch began (UTC).
        ended_at: When it ended.
        requests: Requests made.
        waited_s: Seconds waited for the budget.
        retries: Requests made again after a failure.
        elsewhere: Other origins than the site's that it sent us to.
    """

    tool: str
    site: str
    base_url: str
    query: str = ""
    requests_sent: tuple[str, ...] = ()
    params: tuple[tuple[str, str], ...] = ()
    findings: tuple[str, ...] = ()
    communities: tuple[CommunityUsed, ...] = ()
    sort: str | None = None
    all_versions: bool = False
    limit: int | None = None
    dialect: str | None = None
    page_size: int | None = None
    total_start: int | None = None
    total_end: int | None = None
    rows: int = 0
    duplicates: int = 0
    missed: tuple[str, ...] = ()
    complete: bool = False
    reason: str | None = None
    started_at: datetime
    ended_at: datetime
    requests: int = 0
    waited_s: float = 0.0
    retries: int = 0
    elsewhere: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {', '.join(map(str, self._shown().values()))}>"

    def _repr_html_(self) -> str:
        told = {"rows": self.rows, "complete": "yes" if self.complete else "no", "limit": self.limit}
        return html_facts(
            type(self).__name__, {name: told.get(name, fact) for name, fact in self._shown().items()}
        )

    def _shown(self) -> dict[str, str]:
        facts = {
            "rows": count(self.rows, "row"),
            "limit": "" if self.limit is None else f"limit {self.limit:,}",
            "complete": "complete" if self.complete else "not complete",
            "remark": cut(self.reason or "", 200),
            "query": repr(cut(self.query, 100)) if self.query else "",
            "site": self.site,
            "took": count(self.requests, "request"),
            "files": ", ".join(one_line(written.path) for written in self.outputs),
        }
        return {name: fact for name, fact in facts.items() if fact}

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a receipt that `to_json` wrote; keys it does not know are left out.

        Raises:
            ValueError: The text is no receipt.
        """
        try:
            return msgspec.json.decode(text, type=cls)
        except msgspec.MsgspecError as error:
            raise ValueError("this is no receipt") from error


AnyReceipt = TypeVar("AnyReceipt", bound=Receipt)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked; the fields are those of `Receipt`."""

    query: str = ""
    requests_sent: tuple[str, ...] = ()
    params: tuple[tuple[str, str], ...] = ()
    findings: tuple[str, ...] = ()
    communities: tuple[CommunityUsed, ...] = ()
    sort: str | None = None
    all_versions: bool = False
    limit: int | None = None

    @classmethod
    def of(
        cls,
        search: Search,
        query: Query,
        communities: tuple[Community, ...],
        *,
        params: tuple[tuple[str, str], ...],
        request: str,
    ) -> Asked:
        """Return what a search asked, with the parameters and the first request that were sent for it."""
        return cls(
            query=search.q,
            requests_sent=(request,),
            params=params,
            findings=tuple(str(finding) for finding in query.findings),
            communities=tuple(CommunityUsed(used.slug, used.id) for used in communities),
            sort=search.sort,
            all_versions=search.all_versions,
            limit=search.limit,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What came, against what the server counted; fields that `Receipt` has mean the same.

    Attributes:
        rows: Rows given out, each record once.
        missing: Rows that the server counts and that did not come, or may not have.
        surplus: Rows that came and that the server does not count.
        missed: What was asked for by name and not found.
        gaps: What could not be reached, in words.
        is_over: Whether the fetch has come to its end.
        remark: Why it is not complete, or what moved meanwhile.
    """

    rows: int
    total_start: int | None
    total_end: int | None
    duplicates: int = 0
    missing: int = 0
    surplus: int = 0
    missed: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    is_over: bool = True
    dialect: str | None = None
    page_size: int | None = None
    remark: str | None = None

    @property
    def complete(self) -> bool:
        """Whether all that was asked for is there and nothing else, judged by these counts alone."""
        return self.is_over and not (self.missing or self.surplus or self.missed or self.gaps)

    @property
    def reason(self) -> str | None:
        """Why it is not complete, or what moved meanwhile."""
        if self.complete or self.remark:
            return self.remark
        brought = count(self.rows, "row")
        return f"The server counts {count(self.total_end or 0, 'record')}, and {brought} came."


class Account:
    """Opened when a fetch begins, so that its receipt counts what it alone has taken.

    Args:
        context: What the fetch uses.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._before = context.transport.usage
        self.started_at = context.now()
        """When the fetch began (UTC)."""

    @property
    def requests(self) -> int:
        """Requests made so far."""
        return self._context.transport.usage.requests - self._before.requests

    def receipt(self, kind: type[AnyReceipt], asked: Asked, brought: Brought, **more: Any) -> AnyReceipt:
        """Return the receipt of the fetch up to now.

        Args:
            kind: The class of the receipt.
            asked: What was asked.
            brought: What came.
            more: Fields that only this kind of receipt has.
        """
        context, before, after = self._context, self._before, self._context.transport.usage
        return kind(
            **{field.name: getattr(asked, field.name) for field in fields(asked)},
            dialect=brought.dialect,
            page_size=brought.page_size,
            total_start=brought.total_start,
            total_end=brought.total_end,
            rows=brought.rows,
            duplicates=brought.duplicates,
            missed=brought.missed,
            complete=brought.complete,
            reason=brought.reason,
            tool=context.tool,
            site=context.site.name,
            base_url=context.site.url,
            started_at=self.started_at,
            ended_at=context.now(),
            requests=after.requests - before.requests,
            waited_s=round(after.waited_s - before.waited_s, 3),
            retries=after.retries - before.retries,
            elsewhere=after.elsewhere,
            **more,
        )
