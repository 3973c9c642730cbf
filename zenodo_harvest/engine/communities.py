"""`Communities`: the communities of a site, found by words and verified before they are searched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Unpack

from zenodo_harvest.engine.community import Community, count_records, find_communities, resolve_community
from zenodo_harvest.engine.options import lists_options
from zenodo_harvest.engine.results import Results
from zenodo_harvest.errors import UsageError, unpicklable
from zenodo_harvest.http import Transport
from zenodo_harvest.query import Options


class Communities:
    """The communities of a site, found by words and verified before they are searched."""

    def __init__(self, transport: Callable[[], Transport], search: Callable[..., Results]) -> None:
        self._transport = transport
        self._search = search

    def __repr__(self) -> str:
        return "<Communities: find(words), show(slug), count(slug), records(slug, query)>"

    def __reduce__(self) -> tuple[Any, ...]:
        raise unpicklable("What asks for communities")

    def find(self, text: str = "", limit: int = 25) -> tuple[Community, ...]:
        """Return the communities that words find, those named exactly so first."""
        return find_communities(self._transport(), str(text), limit)

    def show(self, ref: str | Community) -> Community:
        """Return the community of a slug, UUID, URL or exact title, as it is now.

        Raises:
            UnknownCommunity: There is none; the nearest slugs are named.
            Deleted: It was deleted.
            UsageError: It is no name.
        """
        name = getattr(ref, "slug", ref)
        if not isinstance(name, str):
            raise UsageError(f"{ref!r} names no community.", hint="Give a slug such as enes-data-space.")
        return resolve_community(self._transport(), name)

    def count(self, ref: str | Community, *, all_versions: bool = False) -> int:
        """Return how many records a community has."""
        return count_records(self._transport(), self.show(ref), all_versions=all_versions)

    @lists_options(without=("community",))
    def records(self, ref: str | Community, q: str = "", **options: Unpack[Options]) -> Results:
        """Return the records of one community that match, as `Client.search` does.

        Args:
            ref: The community, as for `show`.
            q: The query.
            options: As for `Client.search`.
        """
        return self._search(q, **{**options, "community": ref})
