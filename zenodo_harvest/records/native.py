"""Reads native InvenioRDM JSON (zenodo-api.md §3.4, read 2026-08-20)."""

from __future__ import annotations

from typing import Any

from zenodo_harvest.records.parts import (
    as_json,
    by_key,
    counts,
    day_at,
    description,
    file_types,
    file_url,
    filled,
    first_text,
    is_number,
    publication,
    time_at,
)
from zenodo_harvest.records.record import (
    Alternate,
    Description,
    File,
    Funding,
    Imprint,
    Journal,
    Location,
    Meeting,
    Person,
    RecordDate,
    Related,
    Subject,
    Title,
)
from zenodo_harvest.records.taking import Taker
from zenodo_harvest.vocabularies.licenses import spdx
from zenodo_harvest.vocabularies.relations import datacite_relation
from zenodo_harvest.vocabularies.roles import datacite_role
from zenodo_harvest.vocabularies.types import general_type, todays_type

_SCHEMES = ("orcid", "gnd", "isni", "ror")
_COUNTS = ("views", "unique_views", "downloads", "unique_downloads", "data_volume")


def read_native(record: Taker, record_url: str | None) -> dict[str, Any]:
    """Take all columns out of a native record; what stays behind has no column."""
    metadata, parent = record.inside("metadata"), record.inside("parent")
    return {
        **_identity(record, parent),
        **_what(metadata),
        **publication(metadata),
        **_links(metadata),
        **_custom_fields(record),
        **_files(record.inside("files"), record_url),
        **_communities(parent.inside("communities")),
        **_access(record.inside("access")),
        **_stats(record.inside("stats")),
        "version_label": metadata.text("version"),
        "created": time_at(record, "created"),
        "updated": time_at(record, "updated"),
        "creators": tuple(_person(person) for person in metadata.each("creators")),
        "contributors": tuple(_person(person) for person in metadata.each("contributors")),
        "owner_id": parent.inside("access").inside("owned_by").identifier("user"),
        "swhid": record.inside("swh").text("swhid"),
    }


def _identity(record: Taker, parent: Taker) -> dict[str, Any]:
    pids, versions = record.inside("pids"), record.inside("versions")
    return {
        "id": record.identifier("id"),
        "concept_id": parent.identifier("id"),
        "doi": pids.inside("doi").text("identifier"),
        "concept_doi": parent.inside("pids").inside("doi").text("identifier"),
        "oai_id": pids.inside("oai").text("identifier"),
        "version_index": versions.number("index"),
        "is_latest": versions.flag("is_latest"),
        "revision": record.number("revision_id"),
    }


def _what(metadata: Taker) -> dict[str, Any]:
    type_id = metadata.inside("resource_type").mapped("id", todays_type)
    keywords, subjects = [], []
    for subject in metadata.each("subjects"):
        if "id" in subject.value:
            subjects.append(
                Subject(id=subject.text("id"), subject=subject.text("subject"), scheme=subject.text("scheme"))
            )
        elif (keyword := subject.text("subject")) is not None:
            keywords.append(keyword)
    licenses = [_license(right) for right in metadata.each("rights")]
    return {
        "title": metadata.text("title"),
        "resource_type": type_id,
        "resource_type_general": general_type(type_id) if type_id else None,
        **description(metadata),
        "languages": tuple(
            id_ for each in metadata.each("languages") if (id_ := each.text("id")) is not None
        ),
        "publisher": metadata.text("publisher"),
        "keywords": tuple(keywords),
        "subjects": tuple(subjects),
        "licenses": tuple(name for name, _ in licenses if name is not None),
        "license_urls": tuple(url for _, url in licenses if url is not None),
        "additional_titles": tuple(
            Title(
                title=each.text("title"),
                type=each.inside("type").text("id"),
                language=each.inside("lang").text("id"),
            )
            for each in metadata.each("additional_titles")
        ),
        "additional_descriptions": tuple(
            Description(
                description=each.text("description"),
                type=each.inside("type").text("id"),
                language=each.inside("lang").text("id"),
            )
            for each in metadata.each("additional_descriptions")
        ),
        "dates": tuple(
            RecordDate(
                date=each.text("date"),
                type=each.inside("type").text("id"),
                description=each.text("description"),
            )
            for each in metadata.each("dates")
        ),
        "locations": tuple(_location(each) for each in metadata.inside("locations").each("features")),
    }


def _license(right: Taker) -> tuple[str | None, str | None]:
    name = right.mapped("id", spdx) if "id" in right.value else _in_english(right.inside("title"))
    return name, first_text((right.inside("props"), "url"), (right, "link"))


def _in_english(texts: Taker) -> str | None:
    """Take the English text, or the first where there is none."""
    return texts.text("en" if "en" in texts.value else next(iter(texts.value), "en"))


def _location(feature: Taker) -> Location:
    geometry = feature.inside("geometry").value
    where: dict[str, Any] = {}
    match geometry:
        case {"type": "Point", "coordinates": [longitude, latitude]} if is_number(longitude, latitude):
            del geometry["coordinates"]
            where = {"latitude": float(latitude), "longitude": float(longitude)}
        case {"type": "Point", "coordinates": [*numbers]} if not is_number(*numbers):
            feature.problems.append(f"{feature.path}geometry: no numbers as coordinates")
        case {"type": str(), "coordinates": [_, *_]} | {"type": str(), "geometries": [_, *_]}:
            where = {"geometry": as_json(feature.value.pop("geometry"))}
        case {"type": _} | {"coordinates": _}:
            feature.problems.append(f"{feature.path}geometry: no GeoJSON")
    return Location(place=feature.text("place"), description=feature.text("description"), **where)


def _links(metadata: Taker) -> dict[str, Any]:
    return {
        "related": tuple(
            Related(
                identifier=each.text("identifier"),
                scheme=each.text("scheme"),
                relation=each.inside("relation_type").mapped("id", datacite_relation),
                resource_type=each.inside("resource_type").mapped("id", todays_type),
            )
            for each in metadata.each("related_identifiers")
        ),
        "alternate": tuple(
            Alternate(identifier=each.text("identifier"), scheme=each.text("scheme"))
            for each in metadata.each("identifiers")
        ),
        "references": tuple(
            text for each in metadata.each("references") if (text := each.text("reference")) is not None
        ),
        "funding": tuple(_funding(each) for each in metadata.each("funding")),
    }


def _funding(funding: Taker) -> Funding:
    funder, award = funding.inside("funder"), funding.inside("award")
    return Funding(
        funder_id=funder.text("id"),
        funder_name=funder.text("name"),
        award_id=award.text("id"),
        award_number=award.text("number"),
        award_title=_in_english(award.inside("title")),
        award_acronym=award.text("acronym"),
    )


def _person(person: Taker) -> Person:
    who = person.inside("person_or_org")
    ids: dict[str, str | None] = {}
    for identifier in who.each("identifiers"):
        scheme = identifier.value.get("scheme")
        if scheme in _SCHEMES and scheme not in ids:
            ids[scheme] = identifier.text("identifier")
        elif type(scheme) is not str:
            identifier.text("scheme")
    return Person(
        name=who.text("name"),
        family_name=who.text("family_name"),
        given_name=who.text("given_name"),
        type=who.text("type"),
        role=person.inside("role").mapped("id", datacite_role),
        affiliations=tuple(
            name for each in person.each("affiliations") if (name := each.text("name")) is not None
        ),
        **ids,
    )


def _custom_fields(record: Taker) -> dict[str, Any]:
    custom = record.inside("custom_fields")
    columns: dict[str, Any] = {
        "journal": filled(Journal, (custom.inside("journal:journal"), "")),
        "meeting": filled(Meeting, (custom.inside("meeting:meeting"), "")),
        "imprint": filled(Imprint, (custom.inside("imprint:imprint"), "")),
        "thesis_university": first_text(
            (custom.inside("thesis:thesis"), "university"), (custom, "thesis:university")
        ),
    }
    return {**columns, "custom_fields": as_json(record.value.pop("custom_fields", None))}


def _files(files: Taker, record_url: str | None) -> dict[str, Any]:
    """Take the files; the server counts 0 to those who may not see them (recordings of 2026-11-23)."""
    found, extensions = [], set()
    entries = files.inside("entries")
    for name in entries.value:
        file = entries.inside(name)
        extensions.add(file.mapped("ext", str.lower) or "")
        key = file.text("key") or name
        found.append(
            File(
                key=key,
                size_bytes=file.number("size"),
                checksum=file.text("checksum"),
                mimetype=file.text("mimetype"),
                id=file.text("id"),
                url=file_url(record_url, key),
            )
        )
    is_hidden = not found and files.value.get("enabled") is True
    return {
        "files": tuple(sorted(found, key=by_key)),
        "file_count": None if is_hidden else files.number("count"),
        "total_bytes": None if is_hidden else files.number("total_bytes"),
        "file_types": file_types(extensions),
    }


def _communities(communities: Taker) -> dict[str, Any]:
    ids = communities.texts("ids")
    slugs = []
    for entry in communities.each("entries"):
        if (slug := entry.text("slug")) is not None:
            slugs.append(slug)
        if entry.value.get("id") in ids:
            del entry.value["id"]
    return {"communities": tuple(sorted(slugs)), "community_ids": tuple(sorted(ids))}


def _access(access: Taker) -> dict[str, Any]:
    return {
        "access_status": access.text("status"),
        "access_record": access.text("record"),
        "access_files": access.text("files"),
        "embargo_until": day_at(access.inside("embargo"), "until"),
    }


def _stats(stats: Taker) -> dict[str, Any]:
    this, all_ = stats.inside("this_version"), stats.inside("all_versions")
    return {
        **counts("", [this.number(name) for name in _COUNTS]),
        **counts("all_versions_", [all_.number(name) for name in _COUNTS]),
    }
