"""`sync_all`: several catalogues at once, whose common records are fetched once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from zenodo_harvest.catalog.catalog import Catalog
from zenodo_harvest.catalog.sync import JOURNAL, SLACK, Synced
from zenodo_harvest.errors import UnknownCommunity, ZenodoHarvestError
from zenodo_harvest.harvest import Found, Harvest


def sync_all(
    catalogs: Sequence[Catalog], *, full: bool = False, keep: int | None = None
) -> Iterator[tuple[Catalog, Synced | ZenodoHarvestError]]:
    """Sync catalogues one after the other, and yield what came of each, complete or not; none stops another.

    Where several that ask the same of different communities are to read all pages, the pages of all their
    communities are read first, once, and each takes its records from there. Counts tell whether they are all.

    Args:
        catalogs: The catalogues.
        full: Read all pages again, and note views and downloads, though it is not time.
        keep: Keep so many of the newest snapshots of each; None is what its ``catalog.toml`` says.
    """
    groups: dict[object, list[Catalog]] = {}
    for catalog in catalogs:
        groups.setdefault(_likeness(catalog, full=full), []).append(catalog)
    for group in groups.values():
        journal = group[0].folder / f"{JOURNAL}.shared"
        with ExitStack() as stack:
            shared = _shared(group, journal, stack, full=full)
            for catalog in group:
                try:
                    yield catalog, catalog.attempt(full=full, keep=keep, shared=shared)
                except ZenodoHarvestError as error:
                    yield catalog, error
        if shared:
            journal.unlink(missing_ok=True)


def _likeness(catalog: Catalog, *, full: bool) -> object:
    """Return what catalogues have in common that can share their records; of others it is their own."""
    with suppress(ZenodoHarvestError):  # the sync will raise it
        search = catalog.config.what()
        if search.communities and (full or catalog.is_due):
            return catalog.context.transport, replace(search, communities=())
    return catalog


def _shared(group: Sequence[Catalog], journal: Path, stack: ExitStack, *, full: bool) -> Found | None:
    """Read the pages of all communities that exist; None if there is nothing to share, or that fails."""
    if len(group) < 2:
        return None
    searches = [catalog.config.what() for catalog in group]
    communities = dict.fromkeys(name for search in searches for name in search.communities)
    harvest = Harvest(group[0].context, replace(searches[0], communities=tuple(communities)))
    try:
        return stack.enter_context(
            harvest.brought(journal, update=True, full_walk_after=timedelta() if full else SLACK, renew=True)
        )
    except UnknownCommunity:
        known = [catalog for catalog in group if _exists(catalog)]
        return _shared(known, journal, stack, full=full) if len(known) < len(group) else None
    except ZenodoHarvestError as error:
        group[0].context.progress.note(f"{error.message} Each catalogue is synced by itself.")
    return None


def _exists(catalog: Catalog) -> bool:
    """Tell whether all communities of a catalogue exist."""
    with suppress(ZenodoHarvestError):
        return bool(Harvest(catalog.context, catalog.config.what()).communities)
    return False
