"""Reads the metadata of native InvenioRDM JSON (zenodo-api.md §3.4, read 2026-08-20).

Each reader returns columns, and leaves in the object what no column holds. A part of a record is a tuple of
the fields of its class, in order (see `rows`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from zenodo_harvest.records.metadata_shapes import (
    AdditionalDescription,
    AdditionalTitle,
    Affiliation,
    AnyDate,
    Award,
    Creator,
    Feature,
    Funder,
    FunderAward,
    Geometry,
    Identifier,
    Metadata,
    PersonOrOrg,
    Reference,
    RelatedIdentifier,
    Right,
    Shape,
    Term,
)
from zenodo_harvest.records.parts import as_json, is_number, published
from zenodo_harvest.records.remains import renamed, settled
from zenodo_harvest.records.repeats import Repeated
from zenodo_harvest.records.rows import Row
from zenodo_harvest.records.text import text_of
from zenodo_harvest.vocabularies.licenses import spdx
from zenodo_harvest.vocabularies.relations import datacite_relation
from zenodo_harvest.vocabularies.roles import datacite_role
from zenodo_harvest.vocabularies.types import general_type, todays_type

_Item = TypeVar("_Item", bound=Shape)
_Ids = tuple[str | None, str | None, str | None, str | None]
_SCHEMES = ("orcid", "gnd", "isni", "ror")
_WITH_ORCID = PersonOrOrg(identifiers=[Identifier(scheme="orcid")])
"""What remains of a person with an ORCID: like all that remains, it is not changed any more."""


def read_metadata(metadata: Metadata, problems: list[str]) -> Row:
    """Take the columns of the metadata, from `title` to `locations`; see the end for their order."""
    title, metadata.title = metadata.title, None
    (type_id, general_type_id), metadata.resource_type = RESOURCE_TYPE[bytes(metadata.resource_type)]
    html, metadata.description = metadata.description, None
    languages, metadata.languages = LANGUAGES[bytes(metadata.languages)]
    publisher, metadata.publisher = metadata.publisher, None
    keywords, subjects = _subjects(metadata.subjects) if metadata.subjects else ((), ())
    version_label, metadata.version = metadata.version, None
    date, metadata.publication_date = metadata.publication_date, None
    (licenses, license_urls), metadata.rights = RIGHTS[bytes(metadata.rights)]
    return (
        title,
        type_id,
        general_type_id,
        html,
        text_of(html) if html is not None else None,
        languages,
        publisher,
        keywords,
        subjects,
        version_label,
        published(date, problems),
        _people(metadata.creators),
        _people(metadata.contributors) if metadata.contributors else (),
        licenses,
        license_urls,
        _items(metadata.related_identifiers, _related),
        _items(metadata.identifiers, _alternate),
        _references(metadata.references) if metadata.references else (),
        _items(metadata.funding, _funding),
        _items(metadata.dates, _date),
        _items(metadata.additional_titles, _title),
        _items(metadata.additional_descriptions, _description),
        _locations(metadata.locations.features, problems) if metadata.locations is not None else (),
    )


def _items(items: list[_Item | None], read: Callable[[_Item], Row]) -> tuple[Row, ...]:
    """Return the parts that a list holds; what remains of its items stays in the list."""
    if not items:
        return ()
    found = tuple([read(each) for each in items if each is not None])
    items[:] = settled(items)
    return found


def _subjects(items: list[Any]) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    keywords, subjects = [], []
    rest: list[Any] = []
    is_left = False
    for each in items:
        kept = None
        if each is None:
            pass
        elif each.id is not None:
            subjects.append((each.id, each.subject, each.scheme))
        else:
            if each.subject is not None:
                keywords.append(each.subject)
                each.subject = None
            if each.scheme is not None:
                kept, is_left = each, True
        rest.append(kept)
    items[:] = rest if is_left else ()
    return tuple(keywords), tuple(subjects)


def _licenses(rights: list[Right | None]) -> Row:
    names, urls = [], []
    for right in rights:
        if right is None:
            continue
        name = renamed(right, spdx) if right.id is not None else _in_english(right)
        if name is not None:
            names.append(name)
        props = right.props
        if props is not None and props.url is not None:
            urls.append(props.url)
            props.url = None
            if props.scheme is None:
                right.props = None
        elif right.link is not None:
            urls.append(right.link)
            right.link = None
    return tuple(names), tuple(urls)


def _in_english(named: Right | Award) -> str | None:
    """Take the English title, or the first where there is none."""
    words = named.title
    return words.pop("en" if "en" in words else next(iter(words))) if words else None


def _languages(terms: list[Term | None]) -> tuple[str, ...]:
    ids = tuple([term.id for term in terms if term is not None and term.id is not None])
    for term in terms:
        if term is not None:
            term.id = None
    return ids


def _id(term: Term) -> str | None:
    id_, term.id = term.id, None
    return id_


def _people(creators: list[Creator | None]) -> tuple[Row, ...]:
    found = []
    is_left = False
    for place, creator in enumerate(creators):
        if creator is None:
            continue
        name = family = given = type_ = orcid = gnd = isni = ror = None
        if (who := creator.person_or_org) is not None:
            name, family, given, type_ = who.name, who.family_name, who.given_name, who.type
            creator.person_or_org = None
            if who.identifiers:
                (orcid, gnd, isni, ror), creator.person_or_org = _identifiers(who.identifiers)
        role = None
        if creator.role:
            role, creator.role = ROLE[bytes(creator.role)]
        affiliations = _affiliations(creator.affiliations) if creator.affiliations else ()
        found.append((name, family, given, type_, orcid, gnd, isni, ror, role, affiliations))
        if creator.person_or_org is None and not creator.role and not creator.affiliations:
            creators[place] = None
        else:
            is_left = True
    if not is_left:
        creators.clear()
    return tuple(found)


def _identifiers(identifiers: list[Identifier | None]) -> tuple[_Ids, PersonOrOrg]:
    """Return ORCID, GND, ISNI and ROR, and what remains; a second one of a kind stays."""
    if len(identifiers) == 1 and (only := identifiers[0]) is not None and only.scheme == "orcid":
        return (only.identifier, None, None, None), _WITH_ORCID
    ids: dict[str | None, str | None] = {}
    for each in identifiers:
        if each is not None and (scheme := each.scheme) in _SCHEMES and scheme not in ids:
            ids[scheme], each.identifier = each.identifier, None
    remains = PersonOrOrg(identifiers=settled(identifiers))
    return (ids.get("orcid"), ids.get("gnd"), ids.get("isni"), ids.get("ror")), remains


def _affiliations(places: list[Affiliation | None]) -> tuple[str, ...]:
    names = []
    rest: list[Affiliation | None] = []
    is_left = False
    for place in places:
        kept = None
        if place is not None:
            if place.name is not None:
                names.append(place.name)
                place.name = None
            if place.id is not None or place.identifiers:
                kept, is_left = place, True
        rest.append(kept)
    places[:] = rest if is_left else ()
    return tuple(names)


def _title(title: AdditionalTitle) -> Row:
    text, title.title = title.title, None
    type_, title.type = TERM[bytes(title.type)]
    language, title.lang = TERM[bytes(title.lang)]
    return text, type_, language


def _description(description: AdditionalDescription) -> Row:
    text, description.description = description.description, None
    type_, description.type = TERM[bytes(description.type)]
    language, description.lang = TERM[bytes(description.lang)]
    return text, type_, language


def _date(date: AnyDate) -> Row:
    type_, date.type = TERM[bytes(date.type)]
    read = date.date, type_, date.description
    date.date = date.description = None
    return read


def _related(related: RelatedIdentifier) -> Row:
    relation, related.relation_type = RELATION[bytes(related.relation_type)]
    type_, related.resource_type = TYPE[bytes(related.resource_type)]
    read = related.identifier, related.scheme, relation, type_
    related.identifier = related.scheme = None
    return read


def _alternate(identifier: Identifier) -> Row:
    read = identifier.identifier, identifier.scheme
    identifier.identifier = identifier.scheme = None
    return read


def _references(references: list[Reference | None]) -> tuple[str, ...]:
    texts = [each.reference for each in references if each is not None and each.reference is not None]
    for each in references:
        if each is not None:
            each.reference = None
    references[:] = settled(references)
    return tuple(texts)


def _funding(funding: FunderAward) -> Row:
    funder, award = funding.funder or Funder(), funding.award or Award()
    read = funder.id, funder.name, award.id, award.number, _in_english(award), award.acronym
    funding.funder = None
    award.id = award.number = award.acronym = None
    award.identifiers = settled(award.identifiers)
    if not (award.title or award.program or award.identifiers):
        funding.award = None
    return read


def _locations(features: list[Feature | None], problems: list[str]) -> tuple[Row, ...]:
    found = tuple(
        _location(each, f"metadata.locations.features.{number}", problems)
        for number, each in enumerate(features)
        if each is not None
    )
    features[:] = settled(features)
    return found


def _location(feature: Feature, path: str, problems: list[str]) -> Row:
    geometry = feature.geometry
    point: tuple[float | None, float | None] = None, None
    json = None
    match geometry:
        case Geometry(type="Point", coordinates=[longitude, latitude]) if is_number(longitude, latitude):
            point = float(latitude), float(longitude)
            geometry.coordinates = []
        case Geometry(type="Point", coordinates=[*numbers]) if not is_number(*numbers):
            problems.append(f"{path}.geometry: no numbers as coordinates")
        case Geometry(type=str(), coordinates=[_, *_]) | Geometry(type=str(), geometries=[_, *_]):
            json = as_json(geometry)
            feature.geometry = None
        case Geometry(type=str()) | Geometry(coordinates=[_, *_]):
            problems.append(f"{path}.geometry: no GeoJSON")
    read = feature.place, feature.description, *point, json
    feature.place = feature.description = None
    return read


def _resource_type(term: Term) -> tuple[str | None, str | None]:
    type_id = renamed(term, todays_type)
    return type_id, general_type(type_id) if type_id else None


TERM = Repeated(Term, _id, None)
TYPE = Repeated(Term, partial(renamed, change=todays_type), None)
RESOURCE_TYPE: Repeated[tuple[str | None, str | None]] = Repeated(Term, _resource_type, (None, None))
ROLE = Repeated(Term, partial(renamed, change=datacite_role), None)
RELATION = Repeated(Term, partial(renamed, change=datacite_relation), None)
LANGUAGES: Repeated[tuple[str, ...]] = Repeated(list[Term | None], _languages, ())
RIGHTS: Repeated[Row] = Repeated(list[Right | None], _licenses, ((), ()))
