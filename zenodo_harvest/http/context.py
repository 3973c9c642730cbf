"""`Context`: what everything that asks one site shares. It keeps no answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

from zenodo_harvest.errors import QueryWarning
from zenodo_harvest.http.clock import Clock, SystemClock
from zenodo_harvest.http.transport import Transport
from zenodo_harvest.progress import NoProgress, Progress
from zenodo_harvest.sites import Site


class ShownSite:
    """A site as its server has shown it so far: its kind, its caps, and whether it knows the token.

    Args:
        look: Returns the site with its kind; called once, when the site is first needed.
    """

    def __init__(self, look: Callable[[], Site]) -> None:
        self._look = look
        self.token_proved_by: tuple[int, int] | None = None
        """The caps of pages, of guests and users, by which the server has shown that it knows the token."""

    @cached_property
    def site(self) -> Site:
        """The site; caps that the server tells of later are set here."""
        return self._look()


@dataclass(frozen=True, slots=True)
class Context:
    """What everything that asks one site shares.

    Attributes:
        transport: Talks to the site.
        shown: The site as its server shows it.
        clock: Tells the time and waits.
        progress: Is told where a walk stands.
        tool: Name and version for receipts.
        warn: Is told what may surprise, with a category; without it `progress` is.
    """

    transport: Transport
    shown: ShownSite
    clock: Clock = field(default_factory=SystemClock)
    progress: Progress = field(default_factory=NoProgress)
    tool: str = "zenodo-harvest"
    warn: Callable[[str, type[Warning]], None] | None = None

    @property
    def site(self) -> Site:
        """The site with its kind and caps as the server tells them; an unknown server is asked once."""
        return self.shown.site

    def now(self) -> datetime:
        """The time by the clock (UTC)."""
        return datetime.fromtimestamp(self.clock.now(), UTC)

    def tell(self, findings: Iterable[object], category: type[Warning] = QueryWarning) -> None:
        """Tell people what was found on the way, such as what the linter changed."""
        for finding in findings:
            if self.warn is None:
                self.progress.note(str(finding))
            else:
                self.warn(str(finding), category)
