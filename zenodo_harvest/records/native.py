"""Reads native InvenioRDM JSON (zenodo-api.md §3.4, read 2026-08-20)."""

from __future__ import annotations

from typing import Any

from zenodo_harvest.records.leftover import as_json
from zenodo_harvest.records.metadata import read_metadata
from zenodo_harvest.records.parts import (
    Addresses,
    by_key,
    check_id,
    counts,
    file_types,
    filled,
    first_text,
)
from zenodo_harvest.records.record import File, Imprint, Journal, Meeting
from zenodo_harvest.records.taker import BEYOND, Taker

_COUNTS = ("views", "unique_views", "downloads", "unique_downloads")


def read_native(record: Taker, addresses: Addresses) -> dict[str, Any]:
    """Take all columns out of a native record; what stays behind has no column."""
    metadata, access, versions = record.inside("metadata"), record.inside("access"), record.inside("versions")
    pids, parent = record.inside("pids"), record.inside("parent")
    id_ = record.identifier("id")
    check_id(id_, record.problems)
    return {
        "id": id_,
        "concept_id": parent.identifier("id"),
        "doi": pids.inside("doi").text("identifier"),
        "concept_doi": parent.inside("pids").inside("doi").text("identifier"),
        "oai_id": pids.inside("oai").text("identifier"),
        "version_index": versions.number("index"),
        "is_latest": versions.flag("is_latest"),
        "revision": record.number("revision_id"),
        "created": record.time("created"),
        "updated": record.time("updated"),
        **read_metadata(metadata),
        "owner_id": parent.inside("access").inside("owned_by").identifier("user"),
        "access_status": access.text("status"),
        "access_record": access.text("record"),
        "access_files": access.text("files"),
        "embargo_until": access.inside("embargo").day("until"),
        "swhid": record.inside("swh").text("swhid"),
        **_communities(parent.inside("communities")),
        **_custom(record.inside("custom_fields")),
        **_files(record.inside("files"), addresses),
        **_use("", record.inside("stats").inside("this_version")),
        **_use("all_versions_", record.inside("stats").inside("all_versions")),
    }


def _communities(communities: Taker) -> dict[str, Any]:
    """Take slugs and ids; an entry that is not among the ids of the record keeps its own."""
    ids, slugs = communities.texts("ids"), []
    for entry in communities.each("entries"):
        slug = entry.text("slug")
        if slug is not None:
            slugs.append(slug)
        if entry.value.get("id") in ids:
            del entry.value["id"]
    return {"communities": tuple(sorted(slugs)), "community_ids": tuple(sorted(ids))}


def _custom(fields: Taker) -> dict[str, Any]:
    """Take journal, meeting, imprint and university; the rest is one column of JSON."""
    if not fields.value:
        return {}
    columns = {
        "journal": filled(Journal, (fields.inside("journal:journal"), "")),
        "meeting": filled(Meeting, (fields.inside("meeting:meeting"), "")),
        "imprint": filled(Imprint, (fields.inside("imprint:imprint"), "")),
        "thesis_university": first_text(
            (fields.inside("thesis:thesis"), "university"), (fields, "thesis:university")
        ),
        "custom_fields": as_json(fields.value, without=()),
    }
    fields.value.clear()
    return columns


def _files(files: Taker, addresses: Addresses) -> dict[str, Any]:
    """Take the files; the server counts 0 to those who may not see them (recordings of 2026-11-23)."""
    found, extensions = [], set()
    for name, entry in files.inside("entries").named():
        key = entry.text("key") or name
        extension = entry.mapped("ext", str.lower)
        extensions.add(extension or "")
        found.append(
            File(
                key=key,
                size_bytes=entry.number("size"),
                checksum=entry.text("checksum"),
                mimetype=entry.text("mimetype"),
                id=entry.text("id"),
                url=addresses.file(key),
            )
        )
    is_seen = bool(found) or files.value.get("enabled") is not True
    return {
        "files": tuple(sorted(found, key=by_key)),
        "file_count": files.number("count") if is_seen else None,
        "total_bytes": files.number("total_bytes") if is_seen else None,
        "file_types": file_types(extensions),
    }


def _use(prefix: str, stats: Taker) -> dict[str, int | None]:
    return counts(prefix, (*map(stats.number, _COUNTS), _volume(stats)))


def _volume(stats: Taker) -> int | None:
    """Take the bytes, which the server writes as a float; a part of a byte is no number of bytes."""
    volume = stats.value.get("data_volume")
    if volume.__class__ in (int, float) and not (volume % 1 == 0 and -BEYOND <= volume < BEYOND):
        stats.problems.append(f"{stats.path('data_volume')}: no whole number of 64 bits")
        return None
    return stats.number("data_volume")
