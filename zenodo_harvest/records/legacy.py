"""Reads legacy Zenodo JSON, today's and that of before October 2023 (zenodo-api.md §3.3, read 2026-08-20)."""

from __future__ import annotations

from typing import Any

from zenodo_harvest.records.parts import (
    Addresses,
    by_key,
    check_id,
    counts,
    extension_of,
    file_types,
    filled,
    first_text,
    publication,
    text_columns,
    total_bytes,
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
)
from zenodo_harvest.records.taker import BEYOND, Taker, as_json
from zenodo_harvest.vocabularies.licenses import spdx
from zenodo_harvest.vocabularies.relations import datacite_relation
from zenodo_harvest.vocabularies.roles import datacite_role
from zenodo_harvest.vocabularies.types import general_type, todays_type

_COUNTS = ("views", "unique_views", "downloads", "unique_downloads", "volume")
_IDS = ("id", "recid", "record_id")
_STATUS = {"closed": "restricted"}


def read_legacy(record: Taker, addresses: Addresses, *, is_todays: bool) -> dict[str, Any]:
    """Take all columns out of a legacy record; what stays behind has no column.

    Args:
        record: The record.
        addresses: Where it is found.
        is_todays: Whether it is from after the move of October 2023: the two eras count use the other
            way round.
    """
    metadata = record.inside("metadata")
    return {
        **_identity(record, metadata),
        **_what(metadata),
        **publication(metadata.text("publication_date"), metadata.problems),
        **_links(metadata),
        **_pages(metadata),
        **_files(record, addresses),
        **_stats(record.inside("stats"), is_todays=is_todays),
        "created": record.time("created"),
        "updated": _updated(record),
        "creators": tuple(_person(person) for person in metadata.each("creators")),
        "contributors": tuple(_person(person) for person in metadata.each("contributors")),
        "owner_id": _owner(record),
        "access_status": metadata.mapped("access_right", lambda status: _STATUS.get(status, status)),
        "embargo_until": metadata.day("embargo_date"),
        "communities": tuple(
            sorted(
                slug
                for each in metadata.each("communities")
                if (slug := each.text("identifier" if "identifier" in each.value else "id")) is not None
            )
        ),
        "swhid": record.inside("swh").text("swhid"),
        "custom_fields": as_json(metadata.value.pop("custom", None), without=()),
    }


def _identity(record: Taker, metadata: Taker) -> dict[str, Any]:
    id_ = next((record.identifier(key) for key in _IDS if record.value.get(key) is not None), None)
    for key in _IDS:
        if type(record.value.get(key)) in (str, int) and str(record.value[key]) == id_:
            del record.value[key]
    check_id(id_, record.problems)
    doi = record.text("doi") if "doi" in record.value else metadata.text("doi")
    if metadata.value.get("doi") == doi:
        metadata.value.pop("doi", None)
    version = next(iter(metadata.inside("relations").each("version")), Taker({}, []))
    index = version.number("index")
    if index is not None:
        version.value["index"] = index  # counts from 0, unlike the column
    parent = version.inside("parent")
    concept_id = record.identifier("conceptrecid")
    if concept_id in (None, parent.value.get("pid_value")):
        concept_id = parent.identifier("pid_value")
    return {
        "id": id_,
        "concept_id": concept_id,
        "doi": doi,
        "concept_doi": record.text("conceptdoi"),
        "version_index": index + 1 if index is not None and index < BEYOND - 1 else None,
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
        **text_columns(metadata.text("description")),
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
        halves, keys = metadata, ("upload_type", f"{metadata.value['upload_type']}_type")
    else:
        halves, keys = metadata.inside("resource_type"), ("type", "subtype")
    general, special = (halves.value.get(key) for key in keys)
    if not special or type(general) is not str:
        general = halves.text(keys[0])
    if type(special) is not str:
        special = halves.text(keys[1])
    return todays_type(f"{general}-{special}" if special else general) if general else general


def _license(metadata: Taker) -> str | None:
    if type(metadata.value.get("license")) is str:
        return metadata.mapped("license", spdx)
    return metadata.inside("license").mapped("id", spdx)


def _date(each: Taker) -> RecordDate:
    """Return a date as EDTF; the ends of an interval stay behind as they are written."""
    start, end = each.value.get("start"), each.value.get("end")
    if start == end:
        text, _ = each.text("start"), each.text("end")
    elif all(value is None or type(value) is str for value in (start, end)):
        text = f"{start or ''}/{end or ''}"
    else:
        text = None
        each.problems.append(f"{each.path()}: text was expected as start and end")
    return RecordDate(date=text, type=each.text("type"), description=each.text("description"))


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
    """Take what a work appeared in; deposits write it without objects (zenodo-api.md §9.9)."""
    place = metadata.inside("imprint")
    return {
        "publisher": first_text((place, "publisher"), (metadata, "imprint_publisher")),
        "journal": filled(Journal, (metadata.inside("journal"), ""), (metadata, "journal_")),
        "meeting": filled(Meeting, (metadata.inside("meeting"), ""), (metadata, "conference_")),
        "imprint": filled(
            Imprint,
            (place, ""),
            (metadata.inside("part_of"), ""),
            (metadata, "imprint_"),
            (metadata, "partof_"),
        ),
        "thesis_university": first_text(
            (metadata.inside("thesis"), "university"), (metadata, "thesis_university")
        ),
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
    return record.time("updated" if text is not None else "modified")


def _owner(record: Taker) -> str | None:
    """Return the owner's id from ``[7]``, ``[{"id": 7}]``, ``[{"id": "7"}]`` or ``"owner": 7``."""
    if "owner" in record.value:
        return record.identifier("owner")
    match record.value.get("owners"):
        case [int() as owner, *others] if type(owner) is int:
            record.value["owners"] = others
            return str(owner)
        case [{"id": _}, *_]:
            return next(iter(record.each("owners"))).identifier("id")
        case [] | None:
            return None
    record.problems.append("owners: a list of numbers or of objects with an id was expected")
    return None


def _files(record: Taker, addresses: Addresses) -> dict[str, Any]:
    """Take the files in any of the three spellings that were served."""
    found, extensions = [], set()
    for file in record.each("files"):
        name = "filename" if "filename" in file.value else "key"
        size = "filesize" if "filesize" in file.value else "size"
        link = file.inside("links").value.get("self")
        checksum = file.mapped("checksum", lambda text: text if ":" in text or not text else f"md5:{text}")
        key = file.text(name)
        is_old = "bucket" in file.value
        extension = extension_of(key or "")
        extensions.add(extension)
        if extension and file.value.get("type") == extension:
            del file.value["type"]
        found.append(
            File(
                key=key,
                size_bytes=file.number(size),
                checksum=checksum,
                id=file.text("id"),
                url=link if is_old and type(link) is str else addresses.file(key),
            )
        )
    return {
        "files": tuple(sorted(found, key=by_key)),
        "file_count": len(found) or None,
        "total_bytes": total_bytes(found),
        "file_types": file_types(extensions),
    }


def _stats(stats: Taker, *, is_todays: bool) -> dict[str, Any]:
    """Return the counts: ``views`` is all versions today and was this version before October 2023."""
    this, all_ = ("version_", "") if is_todays else ("", "version_")
    return {
        **counts("", [stats.number(this + name) for name in _COUNTS]),
        **counts("all_versions_", [stats.number(all_ + name) for name in _COUNTS]),
    }
