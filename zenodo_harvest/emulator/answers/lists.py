"""The envelope around search hits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zenodo_harvest.emulator.answers.links import page_links
from zenodo_harvest.emulator.defaults import Json
from zenodo_harvest.emulator.params import Paging


def envelope(
    hits: Sequence[Json],
    *,
    url: str,
    paging: Paging,
    total: int,
    sort: str,
    aggregations: Mapping[str, Any] | None = None,
) -> Json:
    """Return ``hits``, ``aggregations`` (not on every list) and ``links`` (zenodo-api.md §3.2)."""
    params = {**paging.echoed, "size": paging.size, "sort": sort}
    links = page_links(url, params, page=paging.page, size=paging.size, total=total)
    found = {} if aggregations is None else {"aggregations": dict(aggregations)}
    return {"hits": {"hits": list(hits), "total": total}, **found, "links": links}
