"""The servers we talk to and what sets each apart."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from zenodo_harvest.errors import UsageError
from zenodo_harvest.origins import Origin
from zenodo_harvest.vocabularies.flavours import FLAVOURS, Flavour, FlavourName

Dialect = Literal["native", "legacy"]
Bucket = Literal["search", "other"]
_HOST = re.compile(r"[0-9a-z_-]+(?:\.[0-9a-z_-]+)*\.?|[0-9a-f.]*:[0-9a-f:.]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `requests` in any `window_s` seconds."""

    requests: int
    window_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Site:
    """One InvenioRDM server.

    Attributes:
        name: What people call it: ``zenodo``, ``sandbox``, ``emulator`` or the host name. It gives no right
            to a token: those belong to the origin.
        url: The base URL, without a slash at the end.
        flavour: ``zenodo`` or ``inveniordm``, see `speaks`; None until the server has been asked.
        page_size_guest: Largest page for anonymous readers (25 on Zenodo, zenodo-api.md §1.4).
        page_size_user: Largest page with a token (100 on Zenodo).
        window: Results that can be paged through (10,000, zenodo-api.md §1.4).
        doi_prefix: The prefix of the DOIs that it mints.
        oai_path: Path of its OAI-PMH endpoint.
        search_rate: Starting budget of record search, community search and OAI together (§6).
        other_rate: Starting budget of everything else; the server's headers replace both.
        stands_for: Host names in addresses of records that mean this site as well.
        is_emulator: Whether it was started in this process to stand for Zenodo.
    """

    name: str
    url: str
    flavour: FlavourName | None = "zenodo"
    page_size_guest: int = 25
    page_size_user: int = 100
    window: int = 10_000
    doi_prefix: str = "10.5281"
    oai_path: str = "/oai2d"
    search_rate: Rate = Rate(30)
    other_rate: Rate = Rate(60)
    stands_for: tuple[str, ...] = ()
    is_emulator: bool = False

    @property
    def speaks(self) -> Flavour:
        """What it calls things, and can do."""
        return FLAVOURS[self.flavour]

    @property
    def host(self) -> str:
        """The name of its host."""
        return urlsplit(self.url).hostname or ""

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names of hosts in addresses that are of it."""
        return (self.host, *self.stands_for)

    @property
    def api(self) -> str:
        """The base URL of the REST API."""
        return f"{self.url}/api"

    @property
    def origin(self) -> Origin:
        """Where it is: the only place the token may be sent to."""
        return Origin.of(self.url)


NAMES = ("zenodo", "sandbox", "emulator")
"""What a host cannot be called: a site of such a name is one of ours."""
ZENODO = Site("zenodo", "https://zenodo.org")
SANDBOX = Site("sandbox", "https://sandbox.zenodo.org", doi_prefix="10.5072")


def find_site(name_or_url: str) -> Site:
    """Return the site of this name (``zenodo``, ``sandbox``, or the host of either) or base URL.

    A server known only by its URL has `flavour` None: what it speaks is found out when it first answers.

    Raises:
        UsageError: It is neither a known name nor an http(s) URL.
    """
    for site in (ZENODO, SANDBOX):
        if name_or_url.strip().lower().removesuffix("/").removeprefix("www.") in (site.name, site.host):
            return site
    if "@" in name_or_url:
        raise UsageError(
            "The address of a site holds no user name and no password.",
            hint="Leave out what stands before the @. A token goes into an environment variable.",
        )
    with suppress(ValueError):
        address = name_or_url.strip()
        parts, origin = urlsplit(address), Origin.of(address)
        host = origin.host.removeprefix("www.") if origin.host.endswith(".zenodo.org") else origin.host
        for site in (ZENODO, SANDBOX):
            if host == site.host and origin.port in (80, 443):
                return site
        if _HOST.fullmatch(host):
            netloc = parts.netloc.lower()
            url = f"{origin.scheme}://{netloc}{parts.path}".rstrip("/").removesuffix("/api")
            return Site(url if netloc in NAMES else netloc, url, flavour=None)
    raise UsageError(
        f"{name_or_url!r} is not a site.",
        hint="Use zenodo, sandbox, emulator or the address of an InvenioRDM server (https://…).",
    )
