"""The native dialect, read: a record or a draft as the server shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from zenodo_harvest.deposit.metadata.model import Metadata
from zenodo_harvest.deposit.metadata.native_writing import LEGACY_SUBJECTS
from zenodo_harvest.deposit.metadata.persons import is_split_back, joined_name
from zenodo_harvest.deposit.metadata.settling import taken_from_custom
from zenodo_harvest.vocabularies.relations import datacite_relation
from zenodo_harvest.vocabularies.roles import datacite_role

_PERSON_IDS = ("orcid", "gnd", "isni", "ror")
_SHOWN_OF_TERM = frozenset(("id", "title", "props", "icon"))
"""What the server shows of a term in a custom field."""


def from_native(record: Mapping[str, Any]) -> Metadata:
    """Return the metadata of a native record or draft (zenodo-api.md §3.4, read 2026-08-20).

    What it does not know, or knows in another shape, stays behind: `edit` changes a draft without touching
    it. Terms of vocabularies come to their ids, communities to their slugs as far as the answer holds them.
    """
    said = _object(record.get("metadata"))
    custom = _custom(_object(record.get("custom_fields")))
    subjects = list(_objects(said.get("subjects")))
    legacy = custom.pop(LEGACY_SUBJECTS, [])
    named, rest = taken_from_custom(custom)
    document = {
        "title": said.get("title"),
        "upload_type": _id(said.get("resource_type")),
        "creators": [_person(each, "role") for each in _objects(said.get("creators"))],
        "description": said.get("description"),
        "publication_date": said.get("publication_date"),
        "version": said.get("version"),
        "licenses": [_license(each) for each in _objects(said.get("rights"))],
        "copyright": said.get("copyright"),
        **_access(_object(record.get("access"))),
        "keywords": [each["subject"] for each in subjects if "id" not in each and each.get("subject")],
        "subjects": [
            *({"id": each["id"]} for each in subjects if "id" in each),
            *({key: value for key, value in each.items() if value} for each in _objects(legacy)),
        ],
        "languages": [code for each in _objects(said.get("languages")) if (code := _id(each))],
        "additional_descriptions": [
            {"description": each.get("description"), **_typed(each)}
            for each in _objects(said.get("additional_descriptions"))
        ],
        "additional_titles": [
            {"title": each.get("title"), **_typed(each)} for each in _objects(said.get("additional_titles"))
        ],
        "contributors": [_person(each, "type") for each in _objects(said.get("contributors"))],
        "related_identifiers": [_related(each) for each in _objects(said.get("related_identifiers"))],
        "identifiers": [_identifier(each) for each in _objects(said.get("identifiers"))],
        "references": [
            _some(each, "reference", "identifier", "scheme") for each in _objects(said.get("references"))
        ],
        "dates": [
            {"date": each.get("date"), "type": _id(each.get("type")), "description": each.get("description")}
            for each in _objects(said.get("dates"))
        ],
        "locations": [_location(each) for each in _objects(_object(said.get("locations")).get("features"))],
        "funding": [_funding(each) for each in _objects(said.get("funding"))],
        "communities": list(_communities(record)),
        "doi": _object(_object(record.get("pids")).get("doi")).get("identifier"),
        "publisher": said.get("publisher"),
        "sizes": said.get("sizes"),
        "formats": said.get("formats"),
        **named,
        "custom_fields": rest,
        "default_preview": _object(record.get("files")).get("default_preview"),
    }
    return Metadata.from_settled(document, lenient=True)


def _person(entry: Mapping[str, Any], word: str) -> dict[str, Any]:
    said = _object(entry.get("person_or_org"))
    role = _id(entry.get("role"))
    person: dict[str, Any] = {"name": said.get("name") or ""}
    if said.get("type") == "organizational":
        person["name_type"] = "organizational"
    else:
        family, given = said.get("family_name") or None, said.get("given_name") or None
        person["name"] = joined_name(family, given) or person["name"]
        if not is_split_back(family, given) and (family or given):
            person |= {"family_name": family, "given_name": given}
    others = []
    for each in _objects(said.get("identifiers")):
        scheme = each.get("scheme")
        if scheme in _PERSON_IDS and scheme not in person:
            person[scheme] = each.get("identifier")
        else:
            others.append(_identifier(each))
    return {
        **person,
        "identifiers": others,
        "affiliations": [_some(each, "name", "id") for each in _objects(entry.get("affiliations"))],
        word: datacite_role(role) if role else None,
    }


def _license(said: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": said["id"]} if said.get("id") else _some(said, "title", "description", "link", "props")


def _related(said: Mapping[str, Any]) -> dict[str, Any]:
    relation = datacite_relation(_id(said.get("relation_type")) or "")
    return {
        **_identifier(said),
        "relation": relation[:1].lower() + relation[1:] or None,
        "resource_type": _id(said.get("resource_type")),
    }


def _location(said: Mapping[str, Any]) -> dict[str, Any]:
    geometry = _object(said.get("geometry"))
    place = {
        **_some(said, "place", "description"),
        "identifiers": [_identifier(each) for each in _objects(said.get("identifiers"))],
    }
    match geometry:
        case {"type": "Point", "coordinates": [int() | float() as lon, int() | float() as lat], **more} if (
            not more
        ):
            return {**place, "lat": lat, "lon": lon}
    return {**place, "geometry": geometry or None}


def _funding(said: Mapping[str, Any]) -> dict[str, Any]:
    funder, award = _object(said.get("funder")), _object(said.get("award"))
    known = (
        {"id": award.get("id")}
        if award.get("id")
        else {
            **_some(award, "number", "title", "acronym", "program"),
            "identifiers": [_identifier(each) for each in _objects(award.get("identifiers"))],
        }
    )
    return {
        "funder": ({"id": funder["id"]} if funder.get("id") else _some(funder, "name")) or None,
        "award": known if award else None,
    }


def _access(said: Mapping[str, Any]) -> dict[str, Any]:
    if not said:
        return {}
    embargo = _object(said.get("embargo"))
    is_open = said.get("files") == "public"
    return {
        "access_right": "open" if is_open else "embargoed" if embargo.get("active") else "restricted",
        "embargo_date": embargo.get("until"),
        "embargo_reason": embargo.get("reason"),
        "access_record": None if said.get("record") == "public" else said.get("record"),
    }


def _communities(record: Mapping[str, Any]) -> Iterator[str]:
    entries = _object(_object(record.get("parent")).get("communities")).get("entries")
    return (each["slug"] for each in _objects(entries) if isinstance(each.get("slug"), str))


def _custom(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return custom fields with their terms of vocabularies by id."""
    return {key: term_by_id(value) for key, value in said.items()}


def term_by_id(value: Any) -> Any:
    """Return a term that the server shows with its title by its id alone; another value as it is."""
    if isinstance(value, list):
        return [term_by_id(each) for each in value]
    if isinstance(value, dict) and isinstance(value.get("title"), dict) and _SHOWN_OF_TERM.issuperset(value):
        return {"id": value["id"]} if isinstance(value.get("id"), str) else value
    return value


def _typed(said: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": _id(said.get("type")), "lang": _id(said.get("lang"))}


def _identifier(said: Mapping[str, Any]) -> dict[str, Any]:
    return _some(said, "identifier", "scheme")


def _some(said: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: said[key] for key in keys if said.get(key) is not None}


def _id(term: Any) -> str | None:
    found = term.get("id") if isinstance(term, Mapping) else None
    return found if isinstance(found, str) else None


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    return (each for each in (value if isinstance(value, list) else ()) if isinstance(each, Mapping))
