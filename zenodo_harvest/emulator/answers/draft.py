"""Drafts in native JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zenodo_harvest.emulator.answers import legacy, ui
from zenodo_harvest.emulator.answers.links import draft_links
from zenodo_harvest.emulator.answers.native import View
from zenodo_harvest.emulator.defaults import NO_FILES, Json, complete_parent


def write(
    draft: Json,
    *,
    base: str,
    parent: Json,
    access: Json,
    entries: dict[str, Json],
    status: str,
    is_latest: bool,
    is_latest_draft: bool,
    faults: Sequence[tuple[str, str]] = (),
    with_ui: bool = True,
) -> Json:
    """Return a draft in native JSON (zenodo-api.md §10, §13 Deposits).

    Args:
        draft: The draft, its vocabularies filled in.
        base: Scheme and host of the server.
        parent: What all versions share.
        access: Who may see record and files, with the status.
        entries: The native entries of the files, by name.
        status: What stage the draft is at.
        is_latest: Whether its record is the latest version.
        is_latest_draft: Whether there is no newer draft.
        faults: What is wrong with it, as the server tells when it saves one.
        with_ui: Whether to add the display strings.
    """
    sizes = [entry["size"] for entry in entries.values()]
    shown = {key: {**entry, "storage_class": "L"} for key, entry in entries.items()}
    written: dict[str, Any] = {
        **{name: draft[name] for name in ("id", "created", "updated")},
        "links": draft_links(draft, parent, base, keys=list(entries)),
        "revision_id": draft["revision_id"],
        "parent": complete_parent(parent),
        "versions": {
            "is_latest": is_latest,
            "is_latest_draft": is_latest_draft,
            "index": draft["versions"]["index"],
        },
        "is_published": draft["is_published"],
        "is_draft": True,
        "expires_at": draft["expires_at"],
        **{name: draft[name] for name in ("pids", "metadata", "custom_fields")},
        "access": access,
        "files": {**draft["files"], "count": len(sizes), "total_bytes": sum(sizes), "entries": shown},
        "media_files": NO_FILES,
        "status": status,
    }
    if faults:
        written["errors"] = grouped(faults)
    if with_ui:
        shown_access = ui.access_status(written, is_guest=False, path="")
        written["ui"] = ui.build(written) | {"access_status": shown_access}
    return written


def legacy_draft(written: Json, view: View) -> Json:
    """Return a draft in legacy JSON, made from its native JSON; it has no counts (§13 Records)."""
    empty = dict.fromkeys(("views", "unique_views", "downloads", "unique_downloads"), 0)
    record = {**written, "stats": {"this_version": empty, "all_versions": empty}}
    body = legacy.write(record, view)
    is_published = written["is_published"]
    body |= {
        "links": written["links"],
        "status": written["status"],
        "state": "inprogress" if is_published else "unsubmitted",
        "submitted": is_published,
    }
    return {name: value for name, value in body.items() if name not in ("stats", "swh")}


def grouped(faults: Sequence[tuple[str, str]]) -> list[Json]:
    """Return faults as the server lists them: one entry a field."""
    by_field: dict[str, list[str]] = {}
    for name, message in faults:
        by_field.setdefault(name, []).append(message)
    return [{"field": name, "messages": messages} for name, messages in by_field.items()]
