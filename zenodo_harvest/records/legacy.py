"""Reads legacy Zenodo JSON, today's and that of before October 2023 (zenodo-api.md §3.3, read 2026-08-20)."""

from __future__ import annotations

from typing import Any

from zenodo_harvest.records.parts import (
    as_json,
    day_at,
    description,
    file_types,
    file_url,
    imprint,
    journal,
    meeting,
    publication,
    time_at,
)
from zenodo_harvest.records.record import (
    Alternate,
    Description,
    File,
    Funding,
    Location,
    Person,
    RecordDate,
    Related,
    Subject,
)
from zenodo_harvest.records.taking import Taker
from zenodo_harvest.vocabularies.licenses import spdx
from zenodo_harvest.vocabularies.relations import datacite_relation
from zenodo_harvest.vocabularies.roles import datacite_role
from zenodo_harvest.vocabularies.types import general_type, todays_type

_COUNTS = ("views", "unique_views", "downloads", "unique_downloads")
_STATUS = {"closed": "restricted"}


def read_legacy(record: Taker, record_url: str | None, *, is_todays: bool) -> dict[str, Any]:
    """Take all columns out of a legacy record; what stays behind has no column.

    Args:
        record: The record.
        record_url: Its address in the API.
        is_todays: Whether it is from after the move of October 2023: the two eras count use the other
            way round.
    """
    metadata = record.inside("metadata")
    return {
        **_identity(record, metadata),
        **_what(metadata),
        **publication(metadata),
        **_links(metadata),
        **_pages(metadata),
        **_files(record, record_url),
        **_stats(record.inside("stats"), is_todays=is_todays),
        "created": time_at(record, "created"),
        "updated": _updated(record),
        "creators": tuple(_person(person) for person in metadata.each("creators")),
        "contributors": tuple(_person(person) for person in metadata.each("contributors")),
        "owner_id": _owner(record),
        "access_status": metadata.mapped("access_right", lambda status: _STATUS.get(status, status)),
        "embargo_until": day_at(metadata, "embargo_date"),
        "communities": tuple(
            sorted(
                slug
                for each in metadata.each("communities")
                if (slug := each.text("identifier" if "identifier" in each.value else "id")) is not None
            )
        ),
        "swhid": record.inside("swh").text("swhid"),
        "custom_fields": as_json(metadata.value.pop("custom", None)),
    }


def _identity(record: Taker, metadata: Taker) -> dict[str, Any]:
    id_ = record.identifier("id")
    if str(record.value.get("recid")) == id_:
        del record.value["recid"]
    doi = record.text("doi") if "doi" in record.value else metadata.text("doi")
    if metadata.value.get("doi") == doi:
        metadata.value.pop("doi", None)
    version = next(metadata.inside("relations").each("version"), Taker({}, "", []))
    index = version.value.get("index")
    parent = version.inside("parent")
    concept_id = record.identifier("conceptrecid")
    if concept_id is None or str(parent.value.get("pid_value")) == concept_id:
        concept_id = parent.identifier("pid_value") or concept_id
    return {
        "id": id_,
        "concept_id": concept_id,
        "doi": doi,
        "concept_doi": record.text("conceptdoi"),
        "version_index": index + 1 if type(index) is int else None,
        "is_latest": version.flag("is_last"),
        "version_label": metadata.text("version"),
        "revision": record.number("revision"),
    }


def _what(metadata: Taker) -> dict[str, Any]:
    type_id = _type(metadata)
    license_ = _license(metadata)
    notes = (
        Description(description=text, type=kind)
        for key, kind in (("notes", "notes"), ("method", "methods"))
        if (text := metadata.text(key)) is not None
    )
    language = metadata.text("language")
    return {
        "title": metadata.text("title"),
        "resource_type": type_id,
        "resource_type_general": general_type(type_id) if type_id else None,
        **description(metadata),
        "languages": (language,) if language is not None else (),
        "keywords": metadata.texts("keywords"),
        "subjects": tuple(
            Subject(id=each.text("identifier"), subject=each.text("term"), scheme=each.text("scheme"))
            for each in metadata.each("subjects")
        ),
        "licenses": (license_,) if license_ is not None else (),
        "additional_descriptions": tuple(notes),
        "dates": tuple(_date(each) for each in metadata.each("dates")),
        "locations": tuple(
            Location(
                place=each.text("place"),
                description=each.text("description"),
                latitude=each.fraction("lat"),
                longitude=each.fraction("lon"),
            )
            for each in metadata.each("locations")
        ),
    }


def _type(metadata: Taker) -> str | None:
    """Return the type's id; the two halves stay behind unless the id is the same as the one there is."""
    if "upload_type" in metadata.value:
        general = metadata.value.get("upload_type")
        special = metadata.value.get(f"{general}_type")
    else:
        halves = metadata.inside("resource_type").value
        general, special = halves.get("type"), halves.get("subtype")
        if type(general) is str and not special:
            del halves["type"]
    if type(general) is not str:
        return None
    return todays_type(f"{general}-{special}" if special and type(special) is str else general)


def _license(metadata: Taker) -> str | None:
    if type(metadata.value.get("license")) is str:
        return metadata.mapped("license", spdx)
    return metadata.inside("license").mapped("id", spdx)


def _date(each: Taker) -> RecordDate:
    start, end = each.value.get("start"), each.value.get("end")
    text = f"{start or ''}/{end or ''}" if (start or end) and start != end else start
    if text == start:
        each.text("start")
        each.text("end")
    return RecordDate(
        date=text if type(text) is str else None, type=each.text("type"), description=each.text("description")
    )


def _links(metadata: Taker) -> dict[str, Any]:
    return {
        "related": tuple(
            Related(
                identifier=each.text("identifier"),
                scheme=each.text("scheme"),
                relation=each.mapped("relation", datacite_relation),
                resource_type=each.mapped("resource_type", todays_type),
            )
            for each in metadata.each("related_identifiers")
        ),
        "alternate": tuple(
            Alternate(identifier=each.text("identifier"), scheme=each.text("scheme"))
            for each in metadata.each("alternate_identifiers")
        ),
        "references": metadata.texts("references"),
        "funding": tuple(
            Funding(
                funder_name=each.inside("funder").text("name"),
                award_number=each.text("code"),
                award_title=each.text("title"),
                award_acronym=each.text("acronym"),
            )
            for each in metadata.each("grants")
        ),
    }


def _pages(metadata: Taker) -> dict[str, Any]:
    place = metadata.inside("imprint")
    return {
        "publisher": place.text("publisher"),
        "journal": journal(metadata.inside("journal")),
        "meeting": meeting(metadata.inside("meeting")),
        "imprint": imprint(place, metadata.inside("part_of")),
        "thesis_university": metadata.inside("thesis").text("university"),
    }


def _person(person: Taker) -> Person:
    affiliation = person.text("affiliation")
    return Person(
        name=person.text("name"),
        orcid=person.text("orcid"),
        gnd=person.text("gnd"),
        role=person.mapped("type", datacite_role),
        affiliations=(affiliation,) if affiliation is not None else (),
    )


def _updated(record: Taker) -> Any:
    text = record.value.get("updated")
    if record.value.get("modified") == text:
        record.value.pop("modified", None)
    return time_at(record, "updated" if text is not None else "modified")


def _owner(record: Taker) -> str | None:
    """Return the owner's id from ``[7]``, ``[{"id": 7}]``, ``[{"id": "7"}]`` or ``"owner": 7``."""
    if "owner" in record.value:
        return record.identifier("owner")
    match record.value.get("owners"):
        case [int() as owner]:
            del record.value["owners"]
            return str(owner)
        case [int() as owner, *others]:
            record.value["owners"] = others
            return str(owner)
        case [{"id": int() | str()}, *_]:
            return next(record.each("owners")).identifier("id")
    return None


def _files(record: Taker, record_url: str | None) -> dict[str, Any]:
    """Take the files in any of the three spellings that were served."""
    found, extensions = [], set()
    for file in record.each("files"):
        name = "filename" if "filename" in file.value else "key"
        size = "filesize" if "filesize" in file.value else "size"
        link = file.inside("links").value.get("self")
        checksum = file.mapped("checksum", lambda text: text if ":" in text or not text else f"md5:{text}")
        key = file.text(name)
        is_old = "bucket" in file.value
        extension = _extension(key or "")
        extensions.add(extension)
        if extension and file.value.get("type") == extension:
            del file.value["type"]
        found.append(
            File(
                key=key,
                size_bytes=file.number(size),
                checksum=checksum,
                id=file.text("id"),
                url=link if is_old and type(link) is str else file_url(record_url, key),
            )
        )
    return {
        "files": tuple(found),
        "file_count": len(found) or None,
        "total_bytes": sum(file.size_bytes or 0 for file in found) if found else None,
        "file_types": file_types(extensions),
    }


def _extension(key: str) -> str:
    stem, dot, extension = key.rpartition("/")[2].rpartition(".")
    return extension.lower() if stem.strip(".") and dot else ""


def _stats(stats: Taker, *, is_todays: bool) -> dict[str, Any]:
    """Return the counts: ``views`` is all versions today and was this version before October 2023."""
    this, all_ = ("version_", "") if is_todays else ("", "version_")
    columns: dict[str, int | None] = {}
    for source, prefix in ((this, ""), (all_, "all_versions_")):
        for name in _COUNTS:
            columns[prefix + name] = stats.number(source + name)
        columns[f"{prefix}data_volume_bytes"] = stats.number(f"{source}volume")
    return columns
