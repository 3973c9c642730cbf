"""Reads native InvenioRDM JSON (zenodo-api.md §3.4, read 2026-08-20).

Each reader adds its columns and leaves in the object what no column holds.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from zenodo_harvest.records.metadata import read_metadata
from zenodo_harvest.records.parts import (
    as_json,
    day_of,
    file_types,
    file_url,
    filled,
    first_text,
    time_of,
)
from zenodo_harvest.records.record import File, Imprint, Journal, Meeting
from zenodo_harvest.records.remains import kept, settled
from zenodo_harvest.records.shapes import (
    Access,
    Communities,
    Counts,
    Entry,
    Files,
    NativeRecord,
    Parent,
    Pid,
    Stats,
)
from zenodo_harvest.records.taking import BEYOND, Taker


def read_native(record: NativeRecord, record_url: str | None, problems: list[str]) -> dict[str, Any]:
    """Take all columns out of a native record; what stays behind has no column."""
    columns: dict[str, Any] = {}
    if (id_ := record.id) is not None:
        columns["id"] = str(id_)
        record.id = None
    columns["revision"], record.revision_id = record.revision_id, None
    columns["created"], record.created = time_of(record.created, "created", problems)
    columns["updated"], record.updated = time_of(record.updated, "updated", problems)
    if (swh := record.swh) is not None:
        columns["swhid"] = swh.swhid
    record.links = record.ui = record.expanded = record.swh = None
    if (parent := record.parent) is not None:
        _parent(parent, columns)
    if (pids := record.pids) is not None:
        columns["doi"] = _pid(pids.doi)
        columns["oai_id"] = _pid(pids.oai)
    if (versions := record.versions) is not None:
        columns["version_index"], columns["is_latest"] = versions.index, versions.is_latest
        versions.index = versions.is_latest = None
        record.versions = kept(versions)
    if (metadata := record.metadata) is not None:
        read_metadata(metadata, columns, problems)
    if record.custom_fields:
        _custom_fields(record.custom_fields, columns, problems)
        record.custom_fields = {}
    if (files := record.files) is not None:
        _files(files, record_url, columns)
    if (access := record.access) is not None:
        _access(access, columns, problems)
    if (stats := record.stats) is not None:
        _stats(stats, columns, problems)
        record.stats = stats if stats.this_version or stats.all_versions else None
    if columns.get("title") in (None, record.title):
        columns["title"] = record.title if record.title is not None else columns.get("title")
        record.title = None
    return columns


def _parent(parent: Parent, columns: dict[str, Any]) -> None:
    if (id_ := parent.id) is not None:
        columns["concept_id"] = str(id_)
        parent.id = None
    if parent.pids is not None:
        columns["concept_doi"] = _pid(parent.pids.doi)
    access = parent.access
    if access is not None:
        access.links = []
        if (owner := access.owned_by) is not None:
            columns["owner_id"] = None if owner.user is None else str(owner.user)
            access.owned_by = None
    if parent.communities is not None:
        _communities(parent.communities, columns)
        parent.communities = kept(parent.communities)


def _pid(pid: Pid | None) -> str | None:
    if pid is None:
        return None
    identifier, pid.identifier = pid.identifier, None
    return identifier


def _communities(communities: Communities, columns: dict[str, Any]) -> None:
    ids = [id_ for id_ in communities.ids if id_ is not None]
    slugs = []
    for entry in communities.entries:
        if entry is not None:
            if entry.slug is not None:
                slugs.append(entry.slug)
                entry.slug = None
            if entry.id in ids:
                entry.id = None
            entry.links = None
    columns["communities"] = tuple(sorted(slugs))
    columns["community_ids"] = tuple(sorted(ids))
    communities.ids = []
    communities.entries = settled(communities.entries)


def _custom_fields(fields: dict[str, Any], columns: dict[str, Any], problems: list[str]) -> None:
    custom = Taker({"custom_fields": fields}, problems).inside("custom_fields")
    columns["journal"] = filled(Journal, (custom.inside("journal:journal"), ""))
    columns["meeting"] = filled(Meeting, (custom.inside("meeting:meeting"), ""))
    columns["imprint"] = filled(Imprint, (custom.inside("imprint:imprint"), ""))
    columns["thesis_university"] = first_text(
        (custom.inside("thesis:thesis"), "university"), (custom, "thesis:university")
    )
    columns["custom_fields"] = as_json(fields)


def _files(files: Files, record_url: str | None, columns: dict[str, Any]) -> None:
    """Take the files; the server counts 0 to those who may not see them (recordings of 2026-11-23)."""
    found, extensions = [], set()
    for name, entry in files.entries.items():
        found.append(_file(name, entry, record_url))
        if entry.ext is not None:
            extension = entry.ext.lower()
            extensions.add(extension)
            if extension == entry.ext:
                entry.ext = None
    columns["files"] = tuple(sorted(found, key=attrgetter("key")) if len(found) > 1 else found)
    columns["file_types"] = file_types(extensions)
    if found or files.enabled is not True:
        columns["file_count"], columns["total_bytes"] = files.count, files.total_bytes
        files.count = files.total_bytes = None


def _file(name: str, entry: Entry, record_url: str | None) -> File:
    key = entry.key or name
    file = File(
        key=key,
        size_bytes=entry.size,
        checksum=entry.checksum,
        mimetype=entry.mimetype,
        id=entry.id,
        url=file_url(record_url, key),
    )
    entry.key = entry.checksum = entry.mimetype = entry.id = entry.size = entry.links = None
    return file


def _access(access: Access, columns: dict[str, Any], problems: list[str]) -> None:
    columns["access_status"], columns["access_record"] = access.status, access.record
    columns["access_files"] = access.files
    access.status = access.record = access.files = None
    if (embargo := access.embargo) is not None:
        columns["embargo_until"], embargo.until = day_of(embargo.until, "access.embargo.until", problems)


def _stats(stats: Stats, columns: dict[str, Any], problems: list[str]) -> None:
    if (this := stats.this_version) is not None:
        columns["views"], columns["unique_views"] = this.views, this.unique_views
        columns["downloads"], columns["unique_downloads"] = this.downloads, this.unique_downloads
        columns["data_volume_bytes"] = _volume(this, "this_version", problems)
        stats.this_version = this if this.data_volume is not None else None
    if (every := stats.all_versions) is not None:
        columns["all_versions_views"] = every.views
        columns["all_versions_unique_views"] = every.unique_views
        columns["all_versions_downloads"] = every.downloads
        columns["all_versions_unique_downloads"] = every.unique_downloads
        columns["all_versions_data_volume_bytes"] = _volume(every, "all_versions", problems)
        stats.all_versions = every if every.data_volume is not None else None


def _volume(counts: Counts, part: str, problems: list[str]) -> int | None:
    """Return the bytes, which the server writes as a float; a part of a byte is no number of bytes."""
    volume = counts.data_volume
    counts.views = counts.unique_views = counts.downloads = counts.unique_downloads = None
    if volume is None:
        return None
    if (isinstance(volume, int) or volume.is_integer()) and -BEYOND <= volume < BEYOND:
        counts.data_volume = None
        return int(volume)
    problems.append(f"stats.{part}.data_volume: no whole number of 64 bits")
    return None
