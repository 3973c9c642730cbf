"""`Account`: what a fetch was asked for, brought and took; every receipt is made of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from zenodo_harvest.search.receipt import CommunityUsed, Receipt

if TYPE_CHECKING:
    from zenodo_harvest.query import Query, Search
    from zenodo_harvest.search.communities import Community
    from zenodo_harvest.search.engine import Engine

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
        return f"The server counts {self.total_end or 0:,} records and {self.rows:,} rows are there."


class Account:
    """Opened when a fetch begins, so that its receipt counts what it alone has taken.

    Args:
        engine: What the fetch uses.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._before = engine.transport.usage
        self.started_at = engine.now()
        """When the fetch began (UTC)."""

    def receipt(self, kind: type[AnyReceipt], asked: Asked, brought: Brought, **more: Any) -> AnyReceipt:
        """Return the receipt of the fetch up to now.

        Args:
            kind: The class of the receipt.
            asked: What was asked.
            brought: What came.
            more: Fields that only this kind of receipt has.
        """
        engine, before, after = self._engine, self._before, self._engine.transport.usage
        return kind(
            tool=engine.tool,
            site=engine.site.name,
            base_url=engine.site.url,
            query=asked.query,
            requests_sent=asked.requests_sent,
            params=asked.params,
            findings=asked.findings,
            communities=asked.communities,
            sort=asked.sort,
            all_versions=asked.all_versions,
            limit=asked.limit,
            dialect=brought.dialect,
            page_size=brought.page_size,
            total_start=brought.total_start,
            total_end=brought.total_end,
            rows=brought.rows,
            duplicates=brought.duplicates,
            missed=brought.missed,
            complete=brought.complete,
            reason=brought.reason,
            started_at=self.started_at,
            ended_at=engine.now(),
            requests=after.requests - before.requests,
            waited_s=round(after.waited_s - before.waited_s, 3),
            retries=after.retries - before.retries,
            elsewhere=after.elsewhere,
            **more,
        )
