"""Reads native InvenioRDM JSON (zenodo-api.md §3.4, read 2026-08-20)."""

from __future__ import annotations

from typing import Any

from zenodo_harvest.records.parts import (
    Addresses,
    by_key,
    check_id,
    counts,
    file_types,
    filled,
    first_text,
    publication,
    text_columns,
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
from zenodo_harvest.records.taker import BEYOND, Taker, as_json, is_number
from zenodo_harvest.vocabularies.licenses import spdx
from zenodo_harvest.vocabularies.relations import datacite_relation
from zenodo_harvest.vocabularies.roles import datacite_role
from zenodo_harvest.vocabularies.types import general_type, todays_type

_COUNTS = ("views", "unique_views", "downloads", "unique_downloads")
_PERSON_SCHEMES = ("orcid", "gnd", "isni", "ror")
_GEOMETRY = ("type", "coordinates", "geometries")


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
        **_metadata(metadata),
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


def _metadata(metadata: Taker) -> dict[str, Any]:
    """Take what the authors wrote."""
    type_id = metadata.term("resource_type", todays_type)
    languages = (language.text("id") for language in metadata.each("languages"))
    return {
        "title": metadata.text("title"),
        "resource_type": type_id,
        "resource_type_general": general_type(type_id) if type_id else None,
        **text_columns(metadata.text("description")),
        "languages": tuple(language for language in languages if language is not None),
        "publisher": metadata.text("publisher"),
        "version_label": metadata.text("version"),
        **publication(metadata.text("publication_date"), metadata.problems),
        **_subjects(metadata),
        **_rights(metadata),
        "creators": tuple(map(_person, metadata.each("creators"))),
        "contributors": tuple(map(_person, metadata.each("contributors"))),
        "related": tuple(map(_related, metadata.each("related_identifiers"))),
        "alternate": tuple(map(_alternate, metadata.each("identifiers"))),
        "references": tuple(
            text for each in metadata.each("references") if (text := each.text("reference")) is not None
        ),
        "funding": tuple(map(_funding, metadata.each("funding"))),
        "dates": tuple(map(_date, metadata.each("dates"))),
        "additional_titles": tuple(map(_title, metadata.each("additional_titles"))),
        "additional_descriptions": tuple(map(_description, metadata.each("additional_descriptions"))),
        "locations": tuple(map(_location, metadata.inside("locations").each("features"))),
    }


def _subjects(metadata: Taker) -> dict[str, Any]:
    """Take keywords, which have no id, and subjects of a vocabulary; the scheme of a keyword stays."""
    keywords, subjects = [], []
    for each in metadata.each("subjects"):
        id_, text = each.text("id"), each.text("subject")
        if id_ is not None:
            subjects.append(Subject(id=id_, subject=text, scheme=each.text("scheme")))
        elif text is not None:
            keywords.append(text)
    return {"keywords": tuple(keywords), "subjects": tuple(subjects)}


def _rights(metadata: Taker) -> dict[str, Any]:
    names, urls = [], []
    for right in metadata.each("rights"):
        name = right.mapped("id", spdx) if right.value.get("id") is not None else _in_english(right)
        if name is not None:
            names.append(name)
        url = right.inside("props").text("url")
        if url is None:
            url = right.text("link")
        if url is not None:
            urls.append(url)
    return {"licenses": tuple(names), "license_urls": tuple(urls)}


def _in_english(named: Taker) -> str | None:
    """Take the English title, or the first where there is none."""
    words = named.inside("title")
    return words.text("en" if "en" in words.value else next(iter(words.value), "en"))


def _person(person: Taker) -> Person:
    who = person.inside("person_or_org")
    ids: dict[str, str | None] = {}
    for each in who.each("identifiers"):
        scheme = each.look("scheme")
        if scheme in _PERSON_SCHEMES and scheme not in ids:
            ids[scheme] = each.text("identifier")
    affiliations = (place.text("name") for place in person.each("affiliations"))
    return Person(
        name=who.text("name"),
        family_name=who.text("family_name"),
        given_name=who.text("given_name"),
        type=who.text("type"),
        role=person.term("role", datacite_role),
        affiliations=tuple(name for name in affiliations if name is not None),
        **ids,
    )


def _related(related: Taker) -> Related:
    return Related(
        identifier=related.text("identifier"),
        scheme=related.text("scheme"),
        relation=related.term("relation_type", datacite_relation),
        resource_type=related.term("resource_type", todays_type),
    )


def _alternate(other: Taker) -> Alternate:
    return Alternate(identifier=other.text("identifier"), scheme=other.text("scheme"))


def _funding(funding: Taker) -> Funding:
    funder, award = funding.inside("funder"), funding.inside("award")
    return Funding(
        funder_id=funder.text("id"),
        funder_name=funder.text("name"),
        award_id=award.text("id"),
        award_number=award.text("number"),
        award_title=_in_english(award),
        award_acronym=award.text("acronym"),
    )


def _date(each: Taker) -> RecordDate:
    return RecordDate(date=each.text("date"), type=each.term("type"), description=each.text("description"))


def _title(title: Taker) -> Title:
    return Title(title=title.text("title"), type=title.term("type"), language=title.term("lang"))


def _description(each: Taker) -> Description:
    return Description(
        description=each.text("description"), type=each.term("type"), language=each.term("lang")
    )


def _location(feature: Taker) -> Location:
    """Return a place; a geometry that is more than a point is kept as GeoJSON."""
    latitude = longitude = geometry = None
    found = feature.inside("geometry")
    match found.value:
        case {"type": "Point", "coordinates": [x, y]} if is_number(x, y):
            longitude, latitude = float(x), float(y)
            del found.value["coordinates"]
        case {"type": "Point", "coordinates": [*numbers]} if not is_number(*numbers):
            feature.problems.append(f"{found.path()}: no numbers as coordinates")
        case {"type": str(), "coordinates": [_, *_]} | {"type": str(), "geometries": [_, *_]}:
            geometry = as_json({name: found.value.pop(name, None) for name in _GEOMETRY}, without=())
        case {"type": str()} | {"coordinates": [_, *_]}:
            feature.problems.append(f"{found.path()}: no GeoJSON")
    return Location(
        place=feature.text("place"),
        description=feature.text("description"),
        latitude=latitude,
        longitude=longitude,
        geometry=geometry,
    )


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
