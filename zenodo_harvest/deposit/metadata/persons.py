"""Names of people, split and joined as the server does it."""

from __future__ import annotations


def split_name(name: str) -> tuple[str | None, str | None]:
    """Return family name and given name of a name in one piece.

    It is split at its only comma; else all of it is the family name. So does the deposit API
    (zenodo-api.md §9.9, read 2026-08-20).
    """
    if name.count(",") == 1:
        family, given = (part.strip() for part in name.split(","))
        return family or None, given or None
    return name.strip() or None, None


def joined_name(family: str | None, given: str | None) -> str:
    """Return the name that the server makes of its halves."""
    return ", ".join(part for part in (family, given) if part)


def is_split_back(family: str | None, given: str | None) -> bool:
    """Tell whether the joined name splits into these very halves."""
    return split_name(joined_name(family, given)) == (family, given)
