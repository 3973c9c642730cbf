"""Metadata dumps of a server: list them, fetch one, turn it into a table.

The room may start worker processes; importing it imports neither pyarrow nor requests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zenodo_harvest.dumps.archive import fetched_at as fetched_at
    from zenodo_harvest.dumps.cluster import dask_cluster as dask_cluster
    from zenodo_harvest.dumps.conversion import Conversion as Conversion
    from zenodo_harvest.dumps.conversion import convert as convert
    from zenodo_harvest.dumps.fetching import Fetched as Fetched
    from zenodo_harvest.dumps.fetching import fetch_dump as fetch_dump
    from zenodo_harvest.dumps.listing import Dump as Dump
    from zenodo_harvest.dumps.listing import find_dump as find_dump
    from zenodo_harvest.dumps.listing import list_dumps as list_dumps
    from zenodo_harvest.dumps.saved import read_documents as read_documents
    from zenodo_harvest.dumps.shelf import Dumps as Dumps

_HOMES = {
    "Conversion": "conversion",
    "Dump": "listing",
    "Dumps": "shelf",
    "Fetched": "fetching",
    "convert": "conversion",
    "dask_cluster": "cluster",
    "fetch_dump": "fetching",
    "fetched_at": "archive",
    "find_dump": "listing",
    "list_dumps": "listing",
    "read_documents": "saved",
}

__all__ = [
    "Conversion",
    "Dump",
    "Dumps",
    "Fetched",
    "convert",
    "dask_cluster",
    "fetch_dump",
    "fetched_at",
    "find_dump",
    "list_dumps",
    "read_documents",
]


def __getattr__(name: str) -> Any:
    """Import a public name from its module when it is first asked for."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return value
