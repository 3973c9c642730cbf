"""Records in native JSON, as a list shows them and as the single record does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from zenodo_harvest.emulator.answers import ui
from zenodo_harvest.emulator.answers.links import file_links, record_links
from zenodo_harvest.emulator.defaults import Json, has_open_files, owner_of


@dataclass(frozen=True, slots=True)
class View:
    """Who looks, and at what: `base` of the server, `path` asked for, a single record or a list.

    `is_prepared` tells of a concept whether a new version is being prepared; `has_ui` and `is_zenodo` whether
    the answer has ``ui`` and what Zenodo adds.
    """

    base: str
    path: str
    viewer_id: str | None
    is_single: bool
    community: Callable[[str], Json | None]
    is_prepared: Callable[[str], bool] = lambda _: False
    has_ui: bool = True
    is_zenodo: bool = True

    def is_owner(self, record: Mapping[str, Any]) -> bool:
        """Tell whether the viewer owns the record."""
        return self.viewer_id is not None and self.viewer_id == owner_of(record)

    def shows_files(self, record: Mapping[str, Any]) -> bool:
        """Tell whether file names are shown: closed ones only to the owner, and never in a list."""
        return has_open_files(record) or (self.is_single and self.is_owner(record))

    def file_keys(self, record: Mapping[str, Any]) -> list[str]:
        """Return the names thumbnails are made of; a single record takes them from all its files."""
        return list(record["files"]["entries"]) if self.is_single or has_open_files(record) else []


def write(record: Json, view: View) -> Json:
    """Return the record in native JSON with ``ui`` (zenodo-api.md §3.4, §13 Records)."""
    if not view.has_ui:
        return write_bare(record, view)
    shown = ui.access_status(record, is_guest=view.viewer_id is None, path=view.path)
    written = (record.get("ui") or ui.build(record)) | {"access_status": shown}
    return write_bare(record, view) | {"ui": written}


def write_bare(record: Json, view: View) -> Json:
    """Return the record in native JSON without ``ui``, as the dumps hold it (zenodo-api.md §8)."""
    is_owner = view.is_owner(record)
    parent, versions = record["parent"], dict(record["versions"])
    if is_owner:
        versions["is_latest_draft"] = versions["is_latest"] and not view.is_prepared(parent["id"])
    else:
        hidden = ("grants", "links")
        access = {name: value for name, value in parent["access"].items() if name not in hidden}
        parent = {**parent, "access": access}
    if view.is_single and "entries" in parent["communities"]:
        entries = [
            _full_entry(view.community(entry["id"]) or entry) for entry in parent["communities"]["entries"]
        ]
        parent = {**parent, "communities": {**parent["communities"], "entries": entries}}
    written = record | {
        "links": record_links(record, view.base, keys=view.file_keys(record)),
        "parent": parent,
        "versions": versions,
        "files": _files(record, view),
        "media_files": record["media_files"] if view.shows_files(record) or is_owner else {"enabled": False},
        "swh": record.get("swh") or ({} if view.is_single else None),
    }
    for name in ("ui",) if view.is_zenodo else ("ui", "swh"):
        written.pop(name, None)
    return written


def _files(record: Json, view: View) -> Json:
    files: Json = record["files"]
    if not view.shows_files(record):
        enabled = {"enabled": files["enabled"]}
        return (
            {**enabled, "order": [], "count": 0, "total_bytes": 0, "entries": {}}
            if view.is_owner(record)
            else enabled
        )
    if not view.is_single:
        return files
    entries = {
        key: {**entry, "storage_class": "L", "links": file_links(view.base, record["id"], key)}
        for key, entry in files["entries"].items()
    }
    return {**files, "entries": entries}


def _full_entry(community: Json) -> Json:
    """Return a community as the single record shows it: from the database, not from the index."""
    metadata = dict(community["metadata"])
    if "type" in metadata:
        metadata["type"] = {"id": metadata["type"]["id"]}
    return {**community, "links": {}, "metadata": metadata}
