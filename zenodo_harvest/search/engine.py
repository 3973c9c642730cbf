"""`Engine`: answers searches, counts and look-ups on one site."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cached_property

from zenodo_harvest.http import Clock, Transport
from zenodo_harvest.ids import parse_community_ref
from zenodo_harvest.progress import NoProgress, Progress
from zenodo_harvest.query import Finding, Search
from zenodo_harvest.records import Provenance
from zenodo_harvest.search.communities import Community, resolve_community
from zenodo_harvest.search.counts import Counts, count
from zenodo_harvest.search.detect import detect_flavour
from zenodo_harvest.search.fetched import Exporter
from zenodo_harvest.search.references import References
from zenodo_harvest.search.results import Results
from zenodo_harvest.sites import Site


class Engine:
    """What a search needs to run: transport, clock, progress. It keeps no answers.

    Args:
        transport: Talks to the site.
        clock: Tells the time and waits.
        exporter: Makes tables and files of records.
        progress: Is told where a walk stands.
        tool: Name and version for receipts.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        clock: Clock,
        exporter: Exporter,
        progress: Progress | None = None,
        tool: str = "zenodo-harvest",
    ) -> None:
        self.transport = transport
        self.clock = clock
        self.exporter = exporter
        self.progress: Progress = progress or NoProgress()
        self.tool = tool
        self.proved_by: tuple[int, int] | None = None
        """The caps of pages, of guests and users, by which the server has shown that it knows the token."""

    @cached_property
    def site(self) -> Site:
        """The site with its flavour and caps as the server tells them; an unknown server is asked once."""
        return detect_flavour(self.transport)

    def now(self) -> datetime:
        """The time by the clock (UTC)."""
        return datetime.fromtimestamp(self.clock.now(), UTC)

    def provenance(self, *, keep_raw: bool = False) -> Provenance:
        """Where the records fetched from now on come from."""
        return Provenance(
            site=self.site.name,
            source="search",
            retrieved_at=self.now(),
            base_url=self.site.url,
            keep_raw=keep_raw,
        )

    def communities(self, texts: Iterable[str]) -> tuple[Community, ...]:
        """Return the communities meant, each verified with one request and named once.

        Raises:
            UnknownCommunity: One of them does not exist.
        """
        found = []
        for text in texts:
            community = resolve_community(self.transport, text)
            if parse_community_ref(text).kind == "text":
                self.progress.note(f"{text!r} is taken for {community.slug}: {community.title}.")
            found.append(community)
        return tuple({community.id: community for community in found}.values())

    def tell(self, findings: Iterable[Finding]) -> None:
        """Say what the linter changed or warns about."""
        for finding in findings:
            self.progress.note(str(finding))

    def search(self, search: Search) -> Results:
        """Return the results of a search; nothing is asked until they are used.

        Raises:
            QueryRefused: The query would not mean what it says.
        """
        return Results(self, search)

    def count(self, search: Search, by: Iterable[str] = ()) -> Counts:
        """Count the records of a search, and count them by type, year, access, file type or subject.

        Raises:
            QueryRefused: The query would not mean what it says.
            UsageError: This server does not count so.
        """
        return count(self, search, tuple(by))

    def references(self, refs: Iterable[str], *, unread: Sequence[str] = ()) -> References:
        """Return the records of a list of ids, DOIs or URLs, up to 100 a request; see `References`.

        Raises:
            UsageError: One of them is none of these.
        """
        return References(self, refs, unread=unread)
