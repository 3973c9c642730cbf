"""`HarvestReceipt`: a receipt that also accounts for windows, gaps and what moved meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from zenodo_harvest.engine import Receipt

BLIND_SPOTS = (
    "One record that came into a window and one that left it, both without an edit, even out in the counts.",
    "Views and downloads move without an edit; they are as of the moment each page was read.",
)
"""What counts and times of edits cannot tell (zenodo-api.md §7 on `updated`, read 2026-08-20)."""


@dataclass(frozen=True, slots=True)
class WindowWalked:
    """A part of a harvest: what it covers, what the server counted in it, what it brought."""

    window: str
    total_start: int
    total_end: int
    rows: int
    duplicates: int = 0


@dataclass(frozen=True, slots=True)
class Gone:
    """A record that was there and is no longer found, or that OAI-PMH says to be deleted.

    Attributes:
        id: The record.
        status: ``deleted``; ``removed``, when not even a tombstone is left; or ``left``, when it exists but
            the search no longer finds it.
        reason: Why it was deleted, as its tombstone says.
        date: When it was deleted, as its tombstone or OAI-PMH says.
    """

    id: str
    status: str
    reason: str | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What moved on the server while records were fetched, or since the harvest before.

    Attributes:
        created_since: Records created after the frozen end; they are not in the rows.
        appeared: Ids of older records that came into the search.
        edited: Ids of records that were edited; their rows are the new ones.
        gone: Records that are no longer found; they have no row.
        unseen: Records that were counted at first and had gone before they were read.
    """

    created_since: int = 0
    appeared: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    gone: tuple[Gone, ...] = ()
    unseen: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class HarvestReceipt(Receipt):
    """What one harvest brought and how it can be sure; `total_start` and `total_end` are up to the end.

    Attributes:
        route: How it went: ``search``, ``oai`` or ``dump``.
        created_before: The frozen end; records created later are not in it.
        walked_at: When all pages were last read, of which views and downloads are; None for a dump.
        windows: Its parts, in order; they cover all time up to the end without overlap.
        gaps: What could not be reached, in words.
        changes: What moved on the server meanwhile.
        blind_spots: What the counts cannot tell.
        left_to_python: How many of the rows the compiled reader left to the reader in Python; None where it
            had no part.
    """

    route: str = "search"
    created_before: datetime
    walked_at: datetime | None = None
    windows: tuple[WindowWalked, ...] = ()
    gaps: tuple[str, ...] = ()
    changes: Changes = Changes()
    blind_spots: tuple[str, ...] = BLIND_SPOTS
    left_to_python: int | None = None
