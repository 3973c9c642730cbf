"""Servers that run beside us and stand for Zenodo, such as the emulator, and how a name starts one."""

from __future__ import annotations

from inspect import signature
from typing import Protocol

from zenodo_harvest.errors import UsageError
from zenodo_harvest.sites import ZENODO, Site, find_site
from zenodo_harvest.vocabularies.flavours import FlavourName

SITES_GROUP = "zenodo_harvest.sites"
"""The entry points that start a site of their own: a name, and what returns a running `Server`.

One that can keep what is written from one server to the next takes ``keep_state=True``; one that knows a
token for its first user has it as ``token``.
"""


class Server(Protocol):
    """A running server that can be closed, such as the emulator."""

    @property
    def url(self) -> str:
        """Its base address."""

    def close(self) -> None:
        """Stop it."""


def site_called(name: str, *, keep_state: bool) -> tuple[Site, Server | None]:
    """Return the site of a name or address, and the server if one was started for it.

    Raises:
        UsageError: There is no such site.
    """
    try:
        return find_site(name), None
    except UsageError:
        from importlib.metadata import entry_points

        found = entry_points(group=SITES_GROUP, name=name)
        if not found:
            raise
        start = next(iter(found)).load()
        can_keep = keep_state and "keep_state" in signature(start).parameters
        server: Server = start(keep_state=True) if can_keep else start()
        return site_of(server, name), server


def site_of(server: Server, name: str = "emulator") -> Site:
    """Return the site of a server that stands for Zenodo, or for another if its `flavour` says so.

    Raises:
        UsageError: It is no server.
    """
    if not isinstance(getattr(server, "url", None), str):
        raise UsageError(f"{server!r} is not a site.", hint="Give a name such as zenodo, or an address.")
    flavour: FlavourName = getattr(server, "flavour", "zenodo")
    stands_for = (ZENODO.host,) if flavour == "zenodo" else ()
    return Site(name, server.url.rstrip("/"), flavour, stands_for=stands_for, is_emulator=True)
