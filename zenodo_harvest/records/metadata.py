"""Reads the metadata of native InvenioRDM JSON (zenodo-api.md §3.4, read 2026-08-20)."""

from __future__ import annotations

from typing import Any

from zenodo_harvest.records.leftover import as_json
from zenodo_harvest.records.parts import publication, text_columns
from zenodo_harvest.records.record import (
    Alternate,
    Description,
    Funding,
    Location,
    Person,
    RecordDate,
    Related,
    Subject,
    Title,
)
from zenodo_harvest.records.taker import Taker, is_number
from zenodo_harvest.vocabularies.licenses import spdx
from zenodo_harvest.vocabularies.relations import datacite_relation
from zenodo_harvest.vocabularies.roles import datacite_role
from zenodo_harvest.vocabularies.types import general_type, todays_type

_PERSON_SCHEMES = ("orcid", "gnd", "isni", "ror")
_GEOMETRY = ("type", "coordinates", "geometries")


def read_metadata(metadata: Taker) -> dict[str, Any]:
    """Take the columns of the metadata; what stays behind has no column."""
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
