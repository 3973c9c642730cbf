"""Reads native InvenioRDM JSON (zenodo-api.md §3.4, read 2026-08-20)."""

from __future__ import annotations

from typing import Any

from zenodo_harvest.records.derived import total_of
from zenodo_harvest.records.fields import (
    Json,
    Where,
    aligned,
    by_scheme,
    check,
    columns_of,
    day,
    each,
    first,
    flag,
    gather,
    having,
    identifier,
    inside,
    is_number,
    mapped,
    number,
    part,
    report,
    spread,
    term,
    text,
    text_or_name,
    texts,
    time,
    use,
    within,
    words,
)
from zenodo_harvest.records.leftover import as_json
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
from zenodo_harvest.vocabularies.licenses import spdx
from zenodo_harvest.vocabularies.relations import datacite_relation
from zenodo_harvest.vocabularies.roles import datacite_role
from zenodo_harvest.vocabularies.types import todays_type

_GEOMETRY = ("type", "coordinates", "geometries")
_WHOLE = "no whole number of 64 bits"
"""The server writes bytes as a float; a part of a byte is no number of bytes."""


def _communities(value: Json, _: Where, columns: dict[str, Any]) -> None:
    """Drop the id of each entry that is among the ids of the record."""
    ids, entries = columns["community_ids"], value.get("entries")
    for entry in entries if entries.__class__ is list else ():
        if entry.__class__ is dict and entry.get("id") in ids:
            del entry["id"]


def _files(value: Json, where: Where, columns: dict[str, Any]) -> None:
    """Put back the 0 that the server counts to who may not see the files (recordings of 2026-11-23).

    What is not counted is, by the files that are listed.
    """
    enabled = value.get("enabled")
    if enabled.__class__ is not bool:
        check(enabled, bool, where, "enabled")
    elif enabled and not columns["files"]:
        for name, column in (("count", "file_count"), ("total_bytes", "total_bytes")):
            if (counted := columns.pop(column)) is not None:
                value[name] = counted
    elif files := columns["files"]:
        for column, counted in (("file_count", len(files)), ("total_bytes", total_of(files))):
            columns[column] = counted if columns[column] is None else columns[column]


def _custom(value: Json, _: Where, columns: dict[str, Any]) -> None:
    """Keep the custom fields without a column as one of JSON."""
    columns["custom_fields"] = as_json(value, without=())
    value.clear()


def _place(feature: Json, where: Where, columns: dict[str, Any]) -> None:
    """Take the point of a place; a geometry that is more is kept as GeoJSON."""
    geometry: Any = feature.get("geometry")
    match geometry:
        case {"type": "Point", "coordinates": [x, y]} if is_number(x, y):
            columns |= {"longitude": float(x), "latitude": float(y)}
            del geometry["coordinates"]
        case {"type": "Point", "coordinates": [*numbers]} if not is_number(*numbers):
            report(where, "geometry", "no numbers as coordinates")
        case {"type": str(), "coordinates": [_, *_]} | {"type": str(), "geometries": [_, *_]}:
            parts = {name: geometry.pop(name, None) for name in _GEOMETRY}
            columns["geometry"] = as_json(parts, without=())
        case {"type": str()} | {"coordinates": [_, *_]}:
            report(where, "geometry", "no GeoJSON")
        case _:
            check(geometry, dict, where, "geometry")


_PERSON = part(
    Person,
    inside(
        "person_or_org",
        by_scheme("identifiers", ("orcid", "gnd", "isni", "ror")),
        name=text("name"),
        family_name=text("family_name"),
        given_name=text("given_name"),
        type=text("type"),
    ),
    aligned("affiliations", ("affiliations", text("name")), ("affiliation_ids", text("id"))),
    role=term("role", datacite_role),
)
_METADATA = inside(
    "metadata",
    gather(
        "subjects",
        subjects=having(
            "id", part(Subject, subject_id=text("id"), subject=text("subject"), scheme=text("scheme"))
        ),
        keywords=text("subject"),
    ),
    gather(
        "rights",
        licenses=first(mapped("id", spdx), words("title")),
        license_urls=first(within("props", text("url")), text("link")),
    ),
    inside(
        "locations",
        locations=each(
            "features", part(Location, _place, place=text("place"), description=text("description"))
        ),
    ),
    title=text("title"),
    resource_type=term("resource_type", todays_type),
    description_html=text("description"),
    languages=each("languages", text("id")),
    publisher=text("publisher"),
    version_label=text("version"),
    publication_date=text("publication_date"),
    creators=each("creators", _PERSON),
    contributors=each("contributors", _PERSON),
    related=each(
        "related_identifiers",
        part(
            Related,
            identifier=text("identifier"),
            scheme=text("scheme"),
            relation=term("relation_type", datacite_relation),
            related_resource_type=term("resource_type", todays_type),
        ),
    ),
    alternate=each("identifiers", part(Alternate, identifier=text("identifier"), scheme=text("scheme"))),
    references=each("references", text("reference")),
    funding=each(
        "funding",
        part(
            Funding,
            inside("funder", funder_id=text("id"), funder_name=text("name")),
            inside(
                "award",
                award_id=text("id"),
                award_number=text("number"),
                award_title=words("title"),
                award_acronym=text("acronym"),
            ),
        ),
    ),
    dates=each(
        "dates", part(RecordDate, date=text("date"), type=term("type"), description=text("description"))
    ),
    additional_titles=each(
        "additional_titles",
        part(Title, additional_title=text("title"), type=term("type"), language=term("lang")),
    ),
    additional_descriptions=each(
        "additional_descriptions",
        part(Description, description=text("description"), type=term("type"), language=term("lang")),
    ),
)
read_native = columns_of(
    _METADATA,
    inside(
        "parent",
        inside("pids", concept_doi=within("doi", text("identifier"))),
        inside("access", owner_id=within("owned_by", identifier("user"))),
        inside(
            "communities",
            gather("entries", communities=text("slug")),
            _communities,
            community_ids=texts("ids"),
        ),
        concept_id=identifier("id"),
    ),
    inside("pids", doi=within("doi", text("identifier")), oai_id=within("oai", text("identifier"))),
    inside("versions", version_index=number("index"), is_latest=flag("is_latest")),
    inside(
        "access",
        access_status=text("status"),
        access_record=text("record"),
        access_files=text("files"),
        embargo_until=within("embargo", day("until")),
    ),
    inside(
        "files",
        gather(
            "entries",
            dict,
            files=part(
                File,
                key=text_or_name("key"),
                size_bytes=number("size"),
                checksum=text("checksum"),
                mimetype=text("mimetype"),
                file_id=text("id"),
            ),
            file_types=mapped("ext", str.lower),
        ),
        _files,
        file_count=number("count"),
        total_bytes=number("total_bytes"),
    ),
    inside(
        "stats",
        inside("this_version", **use("", "", number("data_volume", _WHOLE))),
        inside("all_versions", **use("all_versions_", "", number("data_volume", _WHOLE))),
    ),
    inside(
        "custom_fields",
        spread(Journal, "journal:journal"),
        spread(Meeting, "meeting:meeting"),
        spread(Imprint, "imprint:imprint"),
        _custom,
        code_repository=text("code:codeRepository"),
        thesis_university=first(within("thesis:thesis", text("university")), text("thesis:university")),
    ),
    id=identifier("id"),
    revision=number("revision_id"),
    created=time("created"),
    updated=time("updated"),
    swhid=within("swh", text("swhid")),
)
"""Takes all columns out of a native record; what stays behind has no column."""
