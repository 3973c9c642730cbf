"""Zenodo as data: search, harvest and normalise records into tables.

The public names are imported when they are first used, so that ``import zenodo_harvest``
stays cheap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zenodo_harvest._version import __version__ as __version__
    from zenodo_harvest.client import Client as Client
    from zenodo_harvest.client import search as search
    from zenodo_harvest.errors import ZenodoHarvestError as ZenodoHarvestError
    from zenodo_harvest.records import Record as Record

_HOMES = {
    "Client": "zenodo_harvest.client",
    "Record": "zenodo_harvest.records",
    "ZenodoHarvestError": "zenodo_harvest.errors",
    "__version__": "zenodo_harvest._version",
    "search": "zenodo_harvest.client",
}

__all__ = ["Client", "Record", "ZenodoHarvestError", "__version__", "search"]


def __getattr__(name: str) -> Any:
    """Import a public name from its home when it is first asked for."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return value
