"""`Route`: where a search goes, in the spelling of the site."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from zenodo_harvest.engine.community import Community, records_path
from zenodo_harvest.errors import redact
from zenodo_harvest.sites import Site

if TYPE_CHECKING:
    from zenodo_harvest.query import Query


@dataclass(frozen=True, slots=True)
class Route:
    """Where a search goes: its path and all parameters apart from page and size."""

    path: str
    params: tuple[tuple[str, str], ...] = ()

    def at(self, page: int, size: int) -> tuple[tuple[str, str], ...]:
        """Return the parameters that ask for one page."""
        return (*self.params, ("size", str(size)), ("page", str(page)))

    def url(self, site: Site, page: int, size: int) -> str:
        """Return the whole address of one page, without secrets."""
        return redact(f"{site.url}{self.path}?{urlencode(self.at(page, size))}")


def route_of(query: Query, communities: tuple[Community, ...], site: Site) -> Route:
    """Return where a query goes, given the verified communities.

    One community has its own route, in true order. Several go to Zenodo's repeated ``communities=``,
    which drops what it does not know (zenodo-api.md §1.5, read 2026-08-20), hence verified; other servers
    do not have it and get the communities' UUIDs in the query.
    """
    params = params_for(site, query.params)
    if not communities:
        return Route("/api/records", params)
    if len(communities) == 1:
        return Route(records_path(communities[0]), params)
    if site.speaks.has_communities:
        return Route("/api/records", (*params, *(("communities", one.id) for one in communities)))
    ids = " OR ".join(f'"{one.id}"' for one in communities)
    within = f"parent.communities.ids:({ids})"
    q = f"({query.q}) AND {within}" if query.q.strip() else within
    return Route("/api/records", (("q", q), *((name, value) for name, value in params if name != "q")))


def params_for(site: Site, params: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return parameters in the spelling of the site.

    ``all_versions`` is Zenodo's second name for InvenioRDM's ``allversions`` (zenodo-api.md §1.1 and §1.4,
    read 2026-08-20); a server that does not know a parameter ignores it and gives the latest versions alone.
    """
    own = site.speaks.all_versions
    return tuple((own if name == "all_versions" else name, value) for name, value in params)
