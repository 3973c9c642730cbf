"""Records in the legacy Zenodo JSON, the server's default, made from the native record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zenodo_harvest.emulator.answers.links import file_links, record_links
from zenodo_harvest.emulator.answers.native import View
from zenodo_harvest.emulator.defaults import Json

_RELATION_NAMES = """
    isCitedBy cites isSupplementTo isSupplementedBy isContinuedBy continues isDescribedBy describes
    hasMetadata isMetadataFor hasVersion isVersionOf isNewVersionOf isPreviousVersionOf isPartOf hasPart
    isPublishedIn isReferencedBy references isDocumentedBy documents isCompiledBy compiles isVariantFormOf
    isOriginalFormOf isIdenticalTo isReviewedBy reviews isDerivedFrom isSourceOf isRequiredBy requires
    isObsoletedBy obsoletes isAlternateIdentifier
"""
_ROLE_NAMES = """
    ContactPerson DataCollector DataCurator DataManager Distributor Editor HostingInstitution Producer
    ProjectLeader ProjectManager ProjectMember RegistrationAgency RegistrationAuthority RelatedPerson
    Researcher ResearchGroup RightsHolder Sponsor Supervisor WorkPackageLeader Other
"""
_RELATIONS = {name.lower(): name for name in _RELATION_NAMES.split()}
_ROLES = {name.lower(): name for name in _ROLE_NAMES.split()}
_LICENSES = {
    "cc0-1.0": "cc-zero",
    "mit": "mit-license",
    "apache-2.0": "apache2.0",
    "gpl-3.0-only": "gpl-3.0",
    "lgpl-3.0-only": "lgpl-3.0",
    "bsd-2-clause": "bsd-2-clause-netbsd",
    "odbl-1.0": "odc-odbl",
    "agpl-3.0-only": "apgl-v3",
}
_CUSTOM = {
    "journal:journal": ("journal", ("title", "volume", "issue", "pages")),
    "meeting:meeting": ("meeting", ("title", "acronym", "dates", "place", "url", "session", "session_part")),
    "imprint:imprint": ("imprint", ("place", "isbn")),
    "thesis:thesis": ("thesis", ("university",)),
}
OWN_PREFIXES = ("legacy:", "thesis:", "imprint:", "meeting:", "journal:", "part_of:")
_COUNTS = ("downloads", "unique_downloads", "views", "unique_views")


def write(record: Json, view: View) -> Json:
    """Return the record in legacy JSON; what that dialect loses is in zenodo-api.md §3.3."""
    metadata, record_id = record["metadata"], record["id"]
    doi = record["pids"].get("doi", {}).get("identifier")
    concept_doi = record["parent"].get("pids", {}).get("doi", {}).get("identifier")
    keys = list(record["files"]["entries"]) if view.shows_files(record) else []
    links = record_links(record, view.base, keys=view.file_keys(record))
    owner = record["parent"]["access"].get("owned_by") or {}
    swh = record.get("swh") or ({} if view.is_single else None)
    return present(
        {
            "created": record["created"],
            "modified": record["updated"],
            "id": int(record_id) if record_id.isdigit() else record_id,
            "conceptrecid": record["parent"]["id"],
            "doi": doi,
            "conceptdoi": concept_doi,
            "doi_url": links.get("doi"),
            "metadata": _metadata(record, doi),
            "title": metadata.get("title", ""),
            "links": links,
            "updated": record["updated"],
            "recid": record_id,
            "revision": record["revision_id"],
            "files": [_file(record["files"]["entries"][key], view.base, record_id) for key in keys],
            "owners": [{"id": str(owner["user"])}] if "user" in owner else [],
            "status": "published",
            "stats": _stats(record["stats"]),
            "state": "done",
            "submitted": True,
        }
    ) | {"swh": swh}


def present(values: Mapping[str, Any]) -> Json:
    """Return what is there of the values."""
    return {name: value for name, value in values.items() if value is not None}


def _metadata(record: Json, doi: str | None) -> Json:
    metadata, custom = record["metadata"], record["custom_fields"]
    subjects = [item["subject"] for item in metadata.get("subjects", ()) if "id" not in item]
    written = {
        "title": metadata.get("title"),
        "doi": doi,
        "publication_date": metadata.get("publication_date"),
        "description": metadata.get("description"),
        "access_right": status
        if (status := record["access"]["status"]) in {"embargoed", "restricted"}
        else "open",
        "embargo_date": record["access"]["embargo"].get("until"),
        "creators": [person(one) for one in metadata.get("creators", ())],
        "contributors": [contributor(one) for one in metadata.get("contributors", ())] or None,
        "keywords": subjects or None,
        "subjects": custom.get("legacy:subjects"),
        "related_identifiers": [related(item) for item in metadata.get("related_identifiers", ())] or None,
        "alternate_identifiers": _alternates(metadata.get("identifiers", ())) or None,
        "references": [item["reference"] for item in metadata.get("references", ()) if "reference" in item]
        or None,
        "version": metadata.get("version"),
        "language": next((item["id"] for item in metadata.get("languages", ())), None),
        "resource_type": _resource_type(metadata.get("resource_type") or {}),
        "license": license_of(metadata.get("rights", ())),
        "grants": [_grant(item) for item in metadata.get("funding", ()) if _is_known_award(item)] or None,
        "communities": _slugs(record["parent"]["communities"]) or None,
        "relations": {"version": [_version(record)]},
        "locations": [location(item) for item in metadata.get("locations", {}).get("features", ())] or None,
        "dates": [dated(item) for item in metadata.get("dates", ())] or None,
        "notes": next(iter(described(metadata, "notes")), None),
        "method": next(reversed(described(metadata, "methods")), None),
        "custom": {name: value for name, value in custom.items() if not name.startswith(OWN_PREFIXES)}
        or None,
    }
    for field, (name, parts) in _CUSTOM.items():
        written[name] = {part: custom[field][part] for part in parts if part in custom.get(field, {})} or None
    return present(written)


def described(metadata: Mapping[str, Any], kind: str) -> list[str]:
    """Return the descriptions of a kind."""
    found = metadata.get("additional_descriptions", ())
    kinds = (item.get("description", "") for item in found if item.get("type", {}).get("id") == kind)
    return [text for text in kinds if text]


def _alternates(identifiers: Sequence[Mapping[str, Any]]) -> list[Json]:
    return [{"identifier": item["identifier"]} for item in identifiers]


def _slugs(communities: Mapping[str, Any]) -> list[Json]:
    return [{"id": item["slug"]} for item in communities.get("entries", ())]


def person(entry: Mapping[str, Any]) -> Json:
    """Return a creator, with the first affiliation alone."""
    named = entry.get("person_or_org", {})
    affiliations = entry.get("affiliations") or [{}]
    written: Json = {"name": named.get("name", ""), "affiliation": affiliations[0].get("name")}
    for identifier in named.get("identifiers", ()):
        if identifier.get("scheme") in {"orcid", "gnd"}:
            written[identifier["scheme"]] = identifier.get("identifier")
    return written


def contributor(entry: Mapping[str, Any]) -> Json:
    """Return a contributor with the old name of the role."""
    return {**person(entry), "type": _ROLES.get(entry.get("role", {}).get("id", ""))}


def related(item: Mapping[str, Any]) -> Json:
    """Return a relation by its old name, or without one."""
    written = {
        "identifier": item.get("identifier"),
        "relation": _RELATIONS.get(item.get("relation_type", {}).get("id")),
        "scheme": item.get("scheme"),
        "resource_type": item.get("resource_type", {}).get("id"),
    }
    return present(written)


def _resource_type(kind: Mapping[str, Any]) -> Json:
    name, _, subtype = str(kind.get("id", "")).partition("-")
    written = {"title": kind.get("title", {}).get("en", ""), "type": name, "subtype": subtype or None}
    return present(written)


def license_of(rights: Sequence[Mapping[str, Any]]) -> Json | None:
    """Return the first license by its old id; free-text rights are lost."""
    first = next((item["id"] for item in rights if "id" in item), None)
    return {"id": _LICENSES.get(first, first)} if first else None


def _is_known_award(item: Mapping[str, Any]) -> bool:
    return "id" in item.get("award", {}) and "id" in item.get("funder", {})


def _grant(item: Mapping[str, Any]) -> Json:
    funder, award = item["funder"], item["award"]
    written = {
        "code": award.get("number"),
        "internal_id": award["id"],
        "funder": {"name": funder.get("name", "")},
        "title": award.get("title", {}).get("en"),
        "acronym": award.get("acronym"),
        "program": award.get("program"),
    }
    return present(written)


def _version(record: Json) -> Json:
    return {
        "index": record["versions"]["index"] - 1,
        "is_last": record["versions"]["is_latest"],
        "parent": {"pid_type": "recid", "pid_value": record["parent"]["id"]},
    }


def location(feature: Mapping[str, Any]) -> Json:
    """Return a place; of a geometry only a point."""
    written = {"place": feature.get("place"), "description": feature.get("description")}
    geometry = feature.get("geometry", {})
    coordinates = geometry.get("coordinates")
    if geometry.get("type") == "Point" and isinstance(coordinates, list) and len(coordinates) > 1:
        written["lon"], written["lat"] = coordinates[:2]
    return present(written)


def dated(item: Mapping[str, Any]) -> Json:
    """Return a date with its ends; a single date loses its value."""
    start, _, end = item.get("date", "").partition("/")
    ends = {"start": start, "end": end} if end else {}
    return present({"type": item.get("type", {}).get("id"), "description": item.get("description"), **ends})


def _file(entry: Mapping[str, Any], base: str, record_id: str) -> Json:
    kept = {name: entry.get(name) for name in ("id", "key", "size", "checksum")}
    return {**kept, "links": {"self": file_links(base, record_id, entry["key"])["content"]}}


def _stats(stats: Mapping[str, Any]) -> Json:
    """Return the counts: bare names are of all versions, ``version_`` ones of this."""
    every = {name: stats["all_versions"][name] for name in _COUNTS}
    return every | {f"version_{name}": stats["this_version"][name] for name in _COUNTS}
