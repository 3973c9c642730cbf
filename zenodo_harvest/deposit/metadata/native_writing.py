"""The native dialect, written: the body of a draft, without loss."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from zenodo_harvest.deposit.metadata.model import (
    Affiliation,
    Award,
    Contributor,
    Creator,
    Funding,
    Identifier,
    License,
    Location,
    Metadata,
    Person,
    Subject,
)
from zenodo_harvest.deposit.metadata.names import CUSTOM_NAMES
from zenodo_harvest.deposit.metadata.persons import split_name

LEGACY_SUBJECTS = "legacy:subjects"
LEGACY_COMMUNITIES = "legacy:communities"
"""Where the deposit API keeps the communities to ask; the native dialect asks by requests."""
_MANAGED = ("10.5281/", "10.5072/")
"""Prefixes of DOIs that Zenodo and its sandbox give; another one is of somebody else."""
_PERSON_IDS = ("orcid", "gnd", "isni", "ror")


def to_native(metadata: Metadata) -> dict[str, Any]:
    """Return the body of a draft in the native dialect (zenodo-api.md §3.4 and §10, read 2026-08-20).

    It holds ``metadata``, and ``access``, ``custom_fields``, ``pids`` and ``files`` as far as the metadata
    says something about them. Terms of vocabularies are written by id alone. Communities are no part of a
    body.
    """
    others = {
        "access": _access(metadata),
        "custom_fields": _custom_fields(metadata),
        "pids": _pids(metadata),
        "files": _files(metadata),
    }
    return {"metadata": _without_empty(_metadata(metadata)), **_without_empty(others)}


def _metadata(said: Metadata) -> dict[str, Any]:
    return {
        "resource_type": _id(said.resource_type),
        "creators": [_person(each) for each in said.creators],
        "title": said.title,
        "additional_titles": [
            _without_empty({"title": each.title, "type": _id(each.type), "lang": _id(each.lang)})
            for each in said.additional_titles
        ],
        "publisher": said.publisher,
        "publication_date": said.publication_date,
        "subjects": [
            *({"subject": keyword} for keyword in said.keywords),
            *({"id": each.id} for each in said.subjects if each.id),
        ],
        "contributors": [_person(each) for each in said.contributors],
        "dates": [
            _without_empty({"date": each.date, "type": _id(each.type), "description": each.description})
            for each in said.dates
        ],
        "languages": [{"id": code} for code in said.languages],
        "identifiers": [_identifier(each) for each in said.identifiers],
        "related_identifiers": [
            _without_empty(
                {
                    "identifier": each.identifier,
                    "scheme": each.scheme,
                    "relation_type": _id(each.relation.lower() if each.relation else None),
                    "resource_type": _id(each.resource_type),
                }
            )
            for each in said.related_identifiers
        ],
        "sizes": list(said.sizes),
        "formats": list(said.formats),
        "version": said.version,
        "rights": [_right(each) for each in said.licenses],
        "copyright": said.copyright,
        "description": said.description,
        "additional_descriptions": [
            _without_empty({"description": each.description, "type": _id(each.type), "lang": _id(each.lang)})
            for each in said.additional_descriptions
        ],
        "locations": _without_empty({"features": [_feature(each) for each in said.locations]}),
        "funding": [_funding(each) for each in said.funding],
        "references": [
            _without_empty(
                {"reference": each.reference, "identifier": each.identifier, "scheme": each.scheme}
            )
            for each in said.references
        ],
    }


def _person(said: Person) -> dict[str, Any]:
    word = said.role if isinstance(said, Creator) else said.type if isinstance(said, Contributor) else None
    return _without_empty(
        {
            "person_or_org": _person_or_org(said),
            "role": _id(word.lower() if word else None),
            "affiliations": [_affiliation(each) for each in said.affiliations],
        }
    )


def _person_or_org(said: Person) -> dict[str, Any]:
    identifiers = [
        *(
            {"identifier": value, "scheme": scheme}
            for scheme in _PERSON_IDS
            if (value := getattr(said, scheme)) is not None
        ),
        *(_identifier(each) for each in said.identifiers),
    ]
    named: dict[str, Any]
    if said.name_type is not None:
        named = {"type": said.name_type, "name": said.name}
    else:
        family, given = names_of(said)
        named = {"type": "personal", "name": said.name, "given_name": given, "family_name": family}
    return _without_empty({**named, "identifiers": identifiers})


def names_of(said: Person) -> tuple[str | None, str | None]:
    """Return family name and given name of a person."""
    if said.family_name is not None or said.given_name is not None:
        return said.family_name, said.given_name
    return split_name(said.name)


def _affiliation(said: Affiliation) -> dict[str, Any]:
    return {"id": said.id} if said.id else _without_empty({"name": said.name})


def _identifier(said: Identifier) -> dict[str, Any]:
    return _without_empty({"identifier": said.identifier, "scheme": said.scheme})


def _right(said: License) -> dict[str, Any]:
    if said.id:
        return {"id": said.id}
    return _without_empty(
        {
            "title": dict(said.title),
            "description": dict(said.description),
            "link": said.link,
            "props": dict(said.props),
        }
    )


def _feature(said: Location) -> dict[str, Any]:
    geometry = said.geometry
    if geometry is None and said.lat is not None and said.lon is not None:
        geometry = {"type": "Point", "coordinates": [said.lon, said.lat]}
    return _without_empty(
        {
            "geometry": geometry,
            "place": said.place,
            "description": said.description,
            "identifiers": [_identifier(each) for each in said.identifiers],
        }
    )


def _funding(said: Funding) -> dict[str, Any]:
    funder = said.funder
    return _without_empty(
        {
            "funder": None
            if funder is None
            else {"id": funder.id}
            if funder.id
            else _without_empty({"name": funder.name}),
            "award": None if said.award is None else _award(said.award),
        }
    )


def _award(said: Award) -> dict[str, Any]:
    if said.id:
        return {"id": said.id}
    return _without_empty(
        {
            "number": said.number,
            "title": dict(said.title),
            "acronym": said.acronym,
            "program": said.program,
            "identifiers": [_identifier(each) for each in said.identifiers],
        }
    )


def _access(said: Metadata) -> dict[str, Any]:
    embargo = _without_empty({"until": said.embargo_date, "reason": said.embargo_reason})
    if not (said.access_right or said.access_record or embargo):
        return {}
    is_open = said.access_right in (None, "open")
    access: dict[str, Any] = {
        "record": said.access_record or "public",
        "files": "public" if is_open else "restricted",
    }
    is_embargoed = said.access_right == "embargoed"
    return access | ({"embargo": {"active": is_embargoed, **embargo}} if is_embargoed or embargo else {})


def _custom_fields(said: Metadata) -> dict[str, Any]:
    custom: dict[str, Any] = msgspec.to_builtins(said.custom_fields)
    for name, (field, part) in CUSTOM_NAMES.items():
        value = getattr(said, name)
        if value is not None:
            custom[field] = {**custom.get(field, {}), part: value}
    legacy = [_term(each) for each in said.subjects if not each.id]
    return custom | ({LEGACY_SUBJECTS: legacy} if legacy else {})


def _term(said: Subject) -> dict[str, Any]:
    return _without_empty({"term": said.term, "identifier": said.identifier, "scheme": said.scheme})


def _pids(said: Metadata) -> dict[str, Any]:
    if not said.doi:
        return {}
    if said.doi.startswith(_MANAGED):
        return {"doi": {"identifier": said.doi, "provider": "datacite", "client": "datacite"}}
    return {"doi": {"identifier": said.doi, "provider": "external"}}


def _files(said: Metadata) -> dict[str, Any]:
    return {"enabled": True, "default_preview": said.default_preview} if said.default_preview else {}


def _id(term: str | None) -> dict[str, str] | None:
    return {"id": term} if term else None


def _without_empty(members: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in members.items() if value not in (None, "", [], {})}
