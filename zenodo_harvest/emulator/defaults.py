"""The shape of stored records and communities: what each has, filled in where a seed leaves it out."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from zenodo_harvest.emulator.flavours import ZENODO, Flavour

Json = dict[str, Any]

_EPOCH = "2024-01-01T00:00:00+00:00"
NO_FILES: Json = {"enabled": False, "order": [], "count": 0, "total_bytes": 0, "entries": {}}
_COUNTS: Json = {"views": 0, "unique_views": 0, "downloads": 0, "unique_downloads": 0, "data_volume": 0.0}
_SETTINGS: Json = {
    "allow_user_requests": False,
    "allow_guest_requests": False,
    "accept_conditions_text": None,
    "secret_link_expiration": 0,
}
_POLICIES: Json = {
    "visibility": "public",
    "members_visibility": "public",
    "member_policy": "open",
    "record_submission_policy": "open",
    "review_policy": "open",
}


def complete(record: Json, communities: Mapping[str, Json], flavour: Flavour = ZENODO) -> Json:
    """Return the record with the fields every published record has, and without ``links``."""
    created = record.get("created", _EPOCH)
    versions = {"index": 1, "is_latest": True, **record.get("versions", {})}
    versions.pop("is_latest_draft", None)
    access = {"record": "public", "files": "public", "status": "open", **record.get("access", {})}
    access["embargo"] = {"active": False, "reason": None, **access.get("embargo", {})}
    media, stats = record.get("media_files", {}), record.get("stats", {})
    completed = {
        "revision_id": 4,
        "is_published": True,
        "is_draft": False,
        "custom_fields": {},
        "status": "published",
        "deletion_status": {"is_deleted": False, "status": "P"},
        "swh": None,
        "updated": created,
        **record,
        "id": str(record["id"]),
        "created": created,
        "pids": {"oai": _oai(record, flavour), **record.get("pids", {})},
        "parent": _parent(record, communities),
        "versions": versions,
        "metadata": {"title": "", "publication_date": created[:10], **record.get("metadata", {})},
        "access": access,
        "files": _files(record),
        "media_files": media if "entries" in media else NO_FILES,
        "stats": {name: {**_COUNTS, **stats.get(name, {})} for name in ("this_version", "all_versions")},
    }
    for name in ("links", "expanded"):
        completed.pop(name, None)
    return completed


def complete_community(community: Json) -> Json:
    """Return the community with the fields every community has, and without ``links``."""
    slug = str(community.get("slug") or community["id"])
    created = community.get("created", _EPOCH)
    completed = {
        "updated": created,
        "revision_id": 2,
        "custom_fields": {},
        "deletion_status": {"is_deleted": False, "status": "P"},
        "children": {"allow": False},
        **community,
        "created": created,
        "slug": slug,
        "metadata": {"title": slug, **community.get("metadata", {})},
        "access": {**_POLICIES, **community.get("access", {})},
    }
    completed.pop("links", None)
    return completed


def indexed_entry(community: Json) -> Json:
    """Return a community as the index denormalises it into a record: no description, default policies."""
    kept = ("id", "created", "updated", "revision_id", "slug", "deletion_status", "children")
    metadata = {
        name: community["metadata"][name] for name in ("title", "type") if name in community["metadata"]
    }
    policies = {"member_policy": "closed", "review_policy": "closed"}
    return {
        **{name: community[name] for name in kept},
        "links": {},
        "metadata": metadata,
        "access": {**community["access"], **policies},
    }


def is_deleted(record: Mapping[str, Any]) -> bool:
    """Tell whether the record was deleted; only its tombstone is left then."""
    return bool(record.get("deletion_status", {}).get("is_deleted"))


def owner_of(record: Mapping[str, Any]) -> str | None:
    """Return the id of the record's owner."""
    owner = record["parent"]["access"].get("owned_by") or {}
    return str(owner["user"]) if "user" in owner else None


def has_open_files(record: Mapping[str, Any]) -> bool:
    """Tell whether anybody may read the files."""
    return bool(record["access"]["files"] == "public")


def complete_parent(parent: Json) -> Json:
    """Return what the versions of a record share, with the fields it always has."""
    defaults = {"grants": [], "owned_by": {"user": "1"}, "links": [], "settings": _SETTINGS}
    return {
        "pids": {},
        **parent,
        "access": {**defaults, **parent.get("access", {})},
        "communities": dict(parent.get("communities", {})),
    }


def _oai(record: Json, flavour: Flavour) -> Json:
    return {"identifier": flavour.oai_identifier(record["id"]), "provider": "oai"}


def _parent(record: Json, communities: Mapping[str, Json]) -> Json:
    parent = complete_parent({"id": f"{record['id']}0", **record.get("parent", {})})
    memberships = parent["communities"]
    if memberships.get("ids") and "entries" not in memberships:
        found = (communities.get(id_) for id_ in memberships["ids"])
        memberships["entries"] = [indexed_entry(item) for item in found if item]
    return parent


def _files(record: Json) -> Json:
    files = {"enabled": True, "order": [], **record.get("files", {})}
    entries = {key: _file(record, key, entry) for key, entry in files.get("entries", {}).items()}
    sizes = [entry["size"] for entry in entries.values()]
    return {**files, "count": len(sizes), "total_bytes": sum(sizes), "entries": entries}


def _file(record: Json, key: str, entry: Json) -> Json:
    completed = {
        "checksum": "",
        "ext": key.rpartition(".")[2].lower() if "." in key else "",
        "size": 0,
        "metadata": {},
        "access": {"hidden": False},
        **entry,
        "key": key,
    }
    if "id" not in completed:
        completed["id"] = str(uuid5(NAMESPACE_URL, f"{record['id']}/{key}"))
    if "mimetype" not in completed:
        guessed, packing = mimetypes.guess_type(key)
        completed["mimetype"] = f"application/{packing}" if packing else guessed or "application/octet-stream"
    for name in ("links", "storage_class"):
        completed.pop(name, None)
    return completed
