"""`About`: what a page, a feed and a README say of a catalogue as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CommunityShown:
    """A community of the catalogue: its slug, title, web address and description, as the site has them."""

    slug: str
    title: str
    url: str
    description: str | None = None


@dataclass(frozen=True, slots=True)
class About:
    """A catalogue as a whole.

    Attributes:
        title: Its title: that of its one community, unless ``catalog.toml`` names another.
        site: The name of the site.
        site_url: The address of the site.
        query: What is searched for besides the communities, as it was sent; may be empty.
        communities: Its communities; none for a saved search.
        records: How many records it holds.
        synced_at: When it was last compared with the site.
        changed_at: When something in it last changed.
        problem: Why the last comparison was not complete, None if it was.
    """

    title: str
    site: str
    site_url: str
    query: str
    communities: tuple[CommunityShown, ...]
    records: int
    synced_at: datetime
    changed_at: datetime
    problem: str | None = None
