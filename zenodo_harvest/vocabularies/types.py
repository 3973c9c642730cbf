"""Resource types: Zenodo's ids, the short names people use for them, and DataCite's general types."""

from __future__ import annotations

from functools import cache

from zenodo_harvest.vocabularies.pairs import read_pairs

_GENERAL = read_pairs("resource_types.csv")
RESOURCE_TYPES = tuple(_GENERAL)
"""The resource types of the software (zenodo-api.md §9.9, read 2026-08-20); Zenodo may have added some."""

TOP_TYPES: frozenset[str] = frozenset(name for name in RESOURCE_TYPES if "-" not in name)
"""The ids without a subtype."""

WITH_SUBTYPES: frozenset[str] = frozenset(name.split("-")[0] for name in RESOURCE_TYPES if "-" in name)
"""The types that have subtypes."""

SUBTYPES: tuple[str, ...] = tuple(
    dict.fromkeys(name.partition("-")[2] for name in RESOURCE_TYPES if "-" in name)
)
"""What stands after the type in an id, each once; more than one type has an ``other``."""

_RENAMED = {"publication-thesis": "publication-dissertation"}
"""Renamed by the server (zenodo-api.md §2.3, read 2026-08-20)."""


def todays_type(type_id: str) -> str:
    """Return today's id of a resource type."""
    return _RENAMED.get(type_id, type_id)


def general_type(type_id: str) -> str | None:
    """Return DataCite's resourceTypeGeneral for a resource type id, None for an unknown one."""
    return _GENERAL.get(type_id) or _GENERAL.get(type_id.partition("-")[0]) or None


def type_ids(name: str) -> tuple[str, ...]:
    """Return the resource types that `name` may mean, in any case; empty if there is none.

    An id means itself, a subtype alone (``article``) the ids that end in it, a general type of DataCite's
    (``JournalArticle``) the one of the same meaning.
    """
    lowered = name.strip().lower().rpartition("::")[2]
    if lowered in RESOURCE_TYPES:
        return (lowered,)
    if lowered in _RENAMED:
        return (_RENAMED[lowered],)
    word = lowered.replace(" ", "")
    return _by_subtype().get(word) or _by_general().get(word, ())


def subtype_ids(name: str) -> tuple[str, ...]:
    """Return the resource types below a type that `name` may mean; ``other`` means two."""
    lowered = name.strip().lower()
    return _by_subtype().get(lowered) or tuple(one for one in type_ids(lowered) if "-" in one)


@cache
def _by_subtype() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {"thesis": ("publication-dissertation",)}
    for name in RESOURCE_TYPES:
        _, dash, subtype = name.partition("-")
        if dash:
            found[subtype] = (*found.get(subtype, ()), name)
    return found


@cache
def _by_general() -> dict[str, tuple[str, ...]]:
    known = ((name, general) for name, general in _GENERAL.items() if general and general != "Collection")
    return {general.lower(): (name,) for name, general in known}
