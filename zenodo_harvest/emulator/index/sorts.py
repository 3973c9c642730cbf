"""The orders a search can ask for."""

from __future__ import annotations

from collections.abc import Mapping

from zenodo_harvest.emulator.index.postings import Docs, Store
from zenodo_harvest.emulator.index.refusals import bad_query, engine_failure

_PUBLICATION, _JOURNAL = "metadata.publication_date", "custom_fields.journal:journal."
_MEETING = "custom_fields.meeting:meeting."
_VIEWS, _DOWNLOADS = "stats.all_versions.unique_views", "stats.all_versions.unique_downloads"
_VOLUME = (f"{_JOURNAL}volume", f"{_JOURNAL}issue", f"{_JOURNAL}pages")
_SESSION = (f"{_MEETING}session", f"{_MEETING}session_part")
_DOWN_FIRST = tuple(f"-{name}" for name in _SESSION)

RECORD_SORTS: Mapping[str, tuple[str, ...]] = {
    "bestmatch": (),
    "newest": ("-created",),
    "mostrecent": ("-created",),
    "oldest": ("created",),
    "-mostrecent": ("created",),
    "updated-desc": ("-updated",),
    "updated-asc": ("updated",),
    "version": ("-versions.index",),
    "-version": ("versions.index",),
    "mostviewed": (f"-{_VIEWS}",),
    "-mostviewed": (_VIEWS,),
    "mostdownloaded": (f"-{_DOWNLOADS}",),
    "-mostdownloaded": (_DOWNLOADS,),
    "publication-desc": (f"-{_PUBLICATION}", "-created"),
    "publication_date": (f"-{_PUBLICATION}", "-created"),
    "publication-asc": (_PUBLICATION, "created"),
    "-publication_date": (_PUBLICATION, "created"),
    "journal-desc": (f"-{_PUBLICATION}", *_VOLUME),
    "journal": (f"-{_PUBLICATION}", *_VOLUME),
    "-journal": (_PUBLICATION, *_VOLUME),
    "conference-desc": _DOWN_FIRST,
    "conference_session": _DOWN_FIRST,
    "-conference_session": _SESSION,
}
"""Fields by name of the order, ``-`` for the greatest first (zenodo-api.md §1.3, read 2026-08-20)."""

COMMUNITY_SORTS: Mapping[str, tuple[str, ...]] = {
    "bestmatch": (),
    "newest": ("-created",),
    "oldest": ("created",),
    "version": ("-version_id",),
    "updated-desc": ("-updated",),
    "updated-asc": ("updated",),
}

ITEM_SORTS: Mapping[str, tuple[str, ...]] = {
    "bestmatch": (),
    "newest": ("-created",),
    "oldest": ("created",),
    **dict.fromkeys(("title", "name", "subject"), ("label",)),
}


def applied_sort(sort: str | None, q: str | None) -> str:
    """Return the order that is used: without a query there is no best match (zenodo-api.md §1.1)."""
    return ("bestmatch" if q else "newest") if not sort or (sort == "bestmatch" and not q) else sort


def sort_fields(sorts: Mapping[str, tuple[str, ...]], sort: str) -> tuple[str, ...]:
    """Return the fields of an order.

    Raises:
        EngineError: The index lacks the field, or the order is ``-bestmatch``, which the engine cannot do.
    """
    if sort in sorts:
        return sorts[sort]
    raise engine_failure() if sort == "-bestmatch" else bad_query()


def ordered(store: Store, docs: Docs, fields: tuple[str, ...], scores: Mapping[int, int]) -> list[int]:
    """Return the documents in order; those without a value come last, equal ones in the order of indexing.

    Without fields the order is by score, the highest first.
    """
    found = sorted(docs)
    if not fields:
        found.sort(key=lambda doc: -scores.get(doc, 0))
    for field in reversed(fields):
        keys = store.keys(field.removeprefix("-"))
        present = [doc for doc in found if doc in keys]
        present.sort(key=keys.__getitem__, reverse=field.startswith("-"))
        found = present + [doc for doc in found if doc not in keys]
    return found
