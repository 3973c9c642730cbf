"""Which kind of server answers at an address that we know nothing about."""

from __future__ import annotations

from dataclasses import replace

from zenodo_harvest.engine.pages import read_page
from zenodo_harvest.errors import BadAnswer, NotFound
from zenodo_harvest.http import PLAIN_JSON, Transport
from zenodo_harvest.records import read_head
from zenodo_harvest.sites import Site

_HINT = "Give the base address of Zenodo or of another InvenioRDM server."


def detect_flavour(transport: Transport) -> Site:
    """Return the transport's site with its flavour filled in; it costs one search, or nothing if known.

    Zenodo answers a plain request in its own legacy JSON, where ``conceptrecid`` stands beside ``id``;
    every other InvenioRDM answers in native JSON with ``parent`` (zenodo-api.md §0 and §3, read
    2026-08-20). A server without records cannot tell and is taken for an InvenioRDM.

    Raises:
        BadAnswer: What answers there is not an InvenioRDM server.
    """
    site = transport.site
    if site.flavour is not None:
        return site
    try:
        answer = transport.get("/api/records", [("size", "1")], accept=PLAIN_JSON)
        rows = read_page(answer.content).rows
    except (BadAnswer, NotFound):
        raise BadAnswer(f"{site.url} does not answer like an InvenioRDM server.", hint=_HINT) from None
    is_legacy = bool(rows) and read_head(rows[0]).dialect == "legacy"
    return replace(site, flavour="zenodo" if is_legacy else "inveniordm")
