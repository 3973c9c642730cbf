"""Deposits in the classic JSON: drafts and published records alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from zenodo_harvest.emulator.answers import legacy
from zenodo_harvest.emulator.answers.links import deposit_links, doi_url, path_text
from zenodo_harvest.emulator.defaults import Json

_FLAT = {
    "journal": ("journal:journal", ("title", "volume", "issue", "pages")),
    "conference": (
        "meeting:meeting",
        ("title", "acronym", "dates", "place", "url", "session", "session_part"),
    ),
    "imprint": ("imprint:imprint", ("isbn", "place")),
    "partof": ("imprint:imprint", ("pages", "title")),
    "thesis": ("thesis:thesis", ("university",)),
}
_PRESERVED = "10.5281/zenodo"


def write(
    item: Json,
    *,
    base: str,
    is_record: bool,
    parent: Json,
    slug: Callable[[str], str | None],
    grant: Callable[[Json], str | None],
    files: Mapping[str, Json],
    bucket_id: str | None,
) -> Json:
    """Return a deposit (zenodo-api.md §9.4, read 2026-08-20).

    Args:
        item: The draft or the published record, its vocabularies filled in.
        base: Scheme and host of the server.
        is_record: Whether it is the published record, without an open draft.
        parent: What all versions share.
        slug: Gives the slug of a community.
        grant: Gives the classic id of a grant.
        files: The native entries of the files, by name.
        bucket_id: The bucket, if it is shown.
    """
    id_ = item["id"]
    doi = item["pids"].get("doi", {}).get("identifier")
    links = deposit_links(
        item, base, is_record=is_record, parent=parent, keys=list(files), bucket_id=bucket_id
    )
    return legacy.present(
        {
            "created": item["created"],
            "modified": item["updated"],
            "id": _number(id_),
            "conceptrecid": parent["id"],
            "doi": doi,
            "conceptdoi": parent.get("pids", {}).get("doi", {}).get("identifier"),
            "doi_url": doi_url(doi) if doi else None,
            "metadata": _metadata(item, doi, _communities(item, parent, slug), grant),
            "title": item["metadata"].get("title", ""),
            "links": links,
            "record_id": _number(id_),
            "owner": _number(str(parent["access"]["owned_by"]["user"])),
            "files": [_listed(id_, entry, links["files"], base) for entry in files.values()],
            "state": _state(is_record=is_record, is_published=item["is_published"]),
            "submitted": item["is_published"],
        }
    )


def file(record_id: str, key: str, entry: Json, base: str, *, is_record: bool) -> Json:
    """Return one file, as the classic file list and uploads do: with its size as a float."""
    shown = {**entry, "id": entry["file_id"], "key": key}
    written = _listed(record_id, shown, f"{base}/api/deposit/depositions/{record_id}/files", base)
    if is_record:
        written["links"]["download"] = f"{base}/api/records/{record_id}/files/{path_text(key)}/content"
    return {**written, "filesize": float(entry["size"])}


def bucket_object(bucket_id: str, key: str, entry: Json, base: str) -> Json:
    """Return one file as the bucket does (zenodo-api.md §9.7, read 2026-08-20)."""
    url = f"{base}/api/files/{bucket_id}/{path_text(key)}"
    return {
        **{name: entry[name] for name in ("created", "updated", "version_id")},
        "key": key,
        **{name: entry[name] for name in ("size", "mimetype", "checksum")},
        "is_head": True,
        "delete_marker": False,
        "links": {
            "self": url,
            "version": f"{url}?version_id={entry['version_id']}",
            "uploads": f"{url}?uploads=1",
        },
    }


def _listed(record_id: str, entry: Json, files_url: str, base: str) -> Json:
    download = f"{base}/api/records/{record_id}/draft/files/{path_text(entry['key'])}/content"
    return {
        "id": entry["id"],
        "filename": entry["key"],
        "filesize": entry["size"],
        "checksum": entry["checksum"].partition(":")[2],
        "links": {"self": f"{files_url}/{entry['id']}", "download": download},
    }


def _number(id_: str) -> int | str:
    return int(id_) if id_.isdigit() else id_


def _state(*, is_record: bool, is_published: bool) -> str:
    if not is_published:
        return "unsubmitted"
    return "done" if is_record else "inprogress"


def _communities(item: Json, parent: Json, slug: Callable[[str], str | None]) -> list[Json] | None:
    """Return the communities asked for at deposit and those it is in."""
    found = dict.fromkeys(item["custom_fields"].get("legacy:communities", ()))
    slugs = (slug(id_) for id_ in parent.get("communities", {}).get("ids", ()))
    found |= dict.fromkeys(name for name in slugs if name)
    return [{"identifier": name} for name in found] or None


def _metadata(
    item: Json, doi: str | None, communities: list[Json] | None, grant: Callable[[Json], str | None]
) -> Json:
    metadata, custom = item["metadata"], item["custom_fields"]
    license_ = legacy.license_of(metadata.get("rights", ()))
    alternates = [
        {**one, "relation_type": {"id": "isalternateidentifier"}} for one in metadata.get("identifiers", ())
    ]
    related = [*metadata.get("related_identifiers", ()), *alternates]
    grants = [id_ for one in metadata.get("funding", ()) if (id_ := grant(one))]
    kind, dash, subtype = str(metadata.get("resource_type", {}).get("id", "")).partition("-")
    subjects = metadata.get("subjects", ())
    written = {
        "title": metadata.get("title"),
        "doi": doi,
        "publication_date": metadata.get("publication_date"),
        "description": metadata.get("description"),
        "access_right": _access_right(item["access"]),
        "embargo_date": (item["access"].get("embargo") or {}).get("until"),
        "creators": [_person(one, legacy.person) for one in metadata.get("creators", ())] or None,
        "contributors": [_person(one, legacy.contributor) for one in metadata.get("contributors", ())]
        or None,
        "keywords": [one["subject"] for one in subjects if "id" not in one and one.get("subject")] or None,
        "subjects": custom.get("legacy:subjects"),
        "related_identifiers": [legacy.related(one) for one in related] or None,
        "locations": _list(legacy.location, metadata.get("locations", {}).get("features", ())),
        "dates": _list(legacy.dated, metadata.get("dates", ())),
        "version": metadata.get("version"),
        "references": [one["reference"] for one in metadata.get("references", ()) if "reference" in one]
        or None,
        "language": next((one.get("id") for one in metadata.get("languages", ())), None),
        "custom": {name: one for name, one in custom.items() if not name.startswith(legacy.OWN_PREFIXES)}
        or None,
        "grants": [{"id": id_} for id_ in grants] or None,
        "license": license_["id"] if license_ else None,
        "imprint_publisher": metadata.get("publisher"),
        "communities": communities,
        "notes": next(iter(legacy.described(metadata, "notes")), None),
        "method": next(reversed(legacy.described(metadata, "methods")), None),
        "upload_type": kind or None,
        "prereserve_doi": {"doi": f"{_PRESERVED}.{item['id']}", "recid": _number(item["id"])},
    }
    if dash:
        written[f"{kind}_type"] = subtype.rpartition("-")[2]
    for prefix, (name, parts) in _FLAT.items():
        written |= {f"{prefix}_{part}": custom.get(name, {}).get(part) for part in parts}
    return legacy.present(written)


def _person(entry: Json, write_person: Callable[[Mapping[str, Any]], Json]) -> Json:
    """Return a person; one whose name is wrong has none."""
    written = write_person({"person_or_org": {}, **entry})
    for name in ("gnd", "orcid"):
        if name in written:
            written[name] = written[name].removeprefix(f"{name}:")
    if "name" not in entry.get("person_or_org", {}):
        del written["name"]
    return written


def _list(
    write_item: Callable[[Mapping[str, Any]], Json], items: Iterable[Mapping[str, Any]]
) -> list[Json] | None:
    return [write_item(item) for item in items] or None


def _access_right(access: Json) -> str:
    if access["files"] == "public":
        return "open"
    return "embargoed" if (access.get("embargo") or {}).get("active") else "restricted"
