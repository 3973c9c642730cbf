"""Reads the metadata of native InvenioRDM JSON (zenodo-api.md §3.4, read 2026-08-20).

Each reader returns its columns and leaves in the object what no column holds.
"""

from __future__ import annotations

from typing import Any

from zenodo_harvest.records.metadata_shapes import (
    AdditionalDescription,
    AdditionalTitle,
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
    Term,
)
from zenodo_harvest.records.parts import as_json, is_number, publication, text_columns
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
from zenodo_harvest.records.remains import renamed, settled
from zenodo_harvest.vocabularies.licenses import spdx
from zenodo_harvest.vocabularies.relations import datacite_relation
from zenodo_harvest.vocabularies.roles import datacite_role
from zenodo_harvest.vocabularies.types import general_type, todays_type

_SCHEMES = ("orcid", "gnd", "isni", "ror")
_NOBODY = PersonOrOrg()
_NO_IDS: dict[str | None, str | None] = {}


def read_metadata(metadata: Metadata, columns: dict[str, Any], problems: list[str]) -> None:
    """Take the columns of the metadata."""
    columns["title"], metadata.title = metadata.title, None
    columns["publisher"], metadata.publisher = metadata.publisher, None
    columns["version_label"], metadata.version = metadata.version, None
    columns.update(text_columns(metadata.description))
    metadata.description = None
    columns.update(publication(metadata.publication_date, problems))
    metadata.publication_date = None
    if (type_ := metadata.resource_type) is not None:
        type_id = renamed(type_, todays_type)
        columns["resource_type"] = type_id
        columns["resource_type_general"] = general_type(type_id) if type_id else None
    if metadata.subjects:
        _subjects(metadata, columns)
    if metadata.rights:
        _rights(metadata, columns)
    if (locations := metadata.locations) is not None:
        columns["locations"] = tuple(
            _location(each, f"metadata.locations.features.{number}", problems)
            for number, each in enumerate(locations.features)
            if each is not None
        )
        locations.features = settled(locations.features)
    if people := metadata.creators:
        columns["creators"] = tuple([_person(each) for each in people if each is not None])
        metadata.creators = settled(people)
    if people := metadata.contributors:
        columns["contributors"] = tuple([_person(each) for each in people if each is not None])
        metadata.contributors = settled(people)
    if languages := metadata.languages:
        columns["languages"] = tuple([id_ for each in languages if (id_ := _id(each)) is not None])
        metadata.languages = settled(languages)
    if related := metadata.related_identifiers:
        columns["related"] = tuple([_related(each) for each in related if each is not None])
        metadata.related_identifiers = settled(related)
    if references := metadata.references:
        texts = [_reference(each) for each in references if each is not None]
        columns["references"] = tuple([text for text in texts if text is not None])
        metadata.references = settled(references)
    if funding := metadata.funding:
        columns["funding"] = tuple([_funding(each) for each in funding if each is not None])
        metadata.funding = settled(funding)
    if identifiers := metadata.identifiers:
        columns["alternate"] = tuple([_alternate(each) for each in identifiers if each is not None])
        metadata.identifiers = settled(identifiers)
    if dates := metadata.dates:
        columns["dates"] = tuple([_date(each) for each in dates if each is not None])
        metadata.dates = settled(dates)
    if titles := metadata.additional_titles:
        columns["additional_titles"] = tuple([_title(each) for each in titles if each is not None])
        metadata.additional_titles = settled(titles)
    if descriptions := metadata.additional_descriptions:
        columns["additional_descriptions"] = tuple(
            [_description(each) for each in descriptions if each is not None]
        )
        metadata.additional_descriptions = settled(descriptions)


def _subjects(metadata: Metadata, columns: dict[str, Any]) -> None:
    keywords, subjects = [], []
    rest: list[Any] = []
    for each in metadata.subjects:
        kept = None
        if each is None:
            pass
        elif each.id is not None:
            subjects.append(Subject(id=each.id, subject=each.subject, scheme=each.scheme))
        elif each.subject is not None:
            keywords.append(each.subject)
            if each.scheme is not None:
                kept = each
                kept.subject = None
        elif each.scheme is not None:
            kept = each
        rest.append(kept)
    columns["keywords"], columns["subjects"] = tuple(keywords), tuple(subjects)
    metadata.subjects = rest if any(rest) else []


def _rights(metadata: Metadata, columns: dict[str, Any]) -> None:
    names, urls = [], []
    for right in metadata.rights:
        if right is None:
            continue
        if right.id is not None:
            name: str | None = renamed(right, spdx)
        else:
            name = _in_english(right)
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
    columns["licenses"], columns["license_urls"] = tuple(names), tuple(urls)
    metadata.rights = settled(metadata.rights)


def _in_english(named: Right | Award) -> str | None:
    """Take the English title, or the first where there is none."""
    words = named.title
    return words.pop("en" if "en" in words else next(iter(words))) if words else None


def _id(term: Term | None) -> str | None:
    if term is None:
        return None
    id_, term.id = term.id, None
    return id_


def _person(creator: Creator) -> Person:
    who, ids = creator.person_or_org or _NOBODY, _NO_IDS
    if identifiers := who.identifiers:
        ids = {}
        for each in identifiers:
            if each is not None and (scheme := each.scheme) in _SCHEMES and scheme not in ids:
                ids[scheme], each.identifier = each.identifier, None
        creator.person_or_org = PersonOrOrg(identifiers=settled(identifiers))
    else:
        creator.person_or_org = None
    role = creator.role
    return Person(
        name=who.name,
        family_name=who.family_name,
        given_name=who.given_name,
        type=who.type,
        orcid=ids.get("orcid"),
        gnd=ids.get("gnd"),
        isni=ids.get("isni"),
        ror=ids.get("ror"),
        role=None if role is None else renamed(role, datacite_role),
        affiliations=_affiliations(creator) if creator.affiliations else (),
    )


def _affiliations(creator: Creator) -> tuple[str, ...]:
    names, rest, is_left = [], [], False
    for place in creator.affiliations:
        kept = None
        if place is not None:
            if place.name is not None:
                names.append(place.name)
                place.name = None
            if place.id is not None or place.identifiers:
                kept, is_left = place, True
        rest.append(kept)
    creator.affiliations = rest if is_left else []
    return tuple(names)


def _title(title: AdditionalTitle) -> Title:
    text, title.title = title.title, None
    return Title(title=text, type=_id(title.type), language=_id(title.lang))


def _description(description: AdditionalDescription) -> Description:
    text, description.description = description.description, None
    return Description(description=text, type=_id(description.type), language=_id(description.lang))


def _date(date: AnyDate) -> RecordDate:
    read = RecordDate(date=date.date, type=_id(date.type), description=date.description)
    date.date = date.description = None
    return read


def _related(related: RelatedIdentifier) -> Related:
    relation, type_ = related.relation_type, related.resource_type
    read = Related(
        identifier=related.identifier,
        scheme=related.scheme,
        relation=None if relation is None else renamed(relation, datacite_relation),
        resource_type=None if type_ is None else renamed(type_, todays_type),
    )
    related.identifier = related.scheme = None
    return read


def _alternate(identifier: Identifier) -> Alternate:
    read = Alternate(identifier=identifier.identifier, scheme=identifier.scheme)
    identifier.identifier = identifier.scheme = None
    return read


def _reference(reference: Reference) -> str | None:
    text, reference.reference = reference.reference, None
    return text


def _funding(funding: FunderAward) -> Funding:
    funder, award = funding.funder or Funder(), funding.award or Award()
    read = Funding(
        funder_id=funder.id,
        funder_name=funder.name,
        award_id=award.id,
        award_number=award.number,
        award_title=_in_english(award),
        award_acronym=award.acronym,
    )
    funding.funder = None
    award.id = award.number = award.acronym = None
    if not (award.title or award.program or award.identifiers):
        funding.award = None
    return read


def _location(feature: Feature, path: str, problems: list[str]) -> Location:
    geometry = feature.geometry
    where: dict[str, Any] = {}
    match geometry:
        case Geometry(type="Point", coordinates=[longitude, latitude]) if is_number(longitude, latitude):
            where = {"latitude": float(latitude), "longitude": float(longitude)}
            geometry.coordinates = []
        case Geometry(type="Point", coordinates=[*numbers]) if not is_number(*numbers):
            problems.append(f"{path}.geometry: no numbers as coordinates")
        case Geometry(type=str(), coordinates=[_, *_]) | Geometry(type=str(), geometries=[_, *_]):
            where = {"geometry": as_json(geometry)}
            feature.geometry = None
        case Geometry(type=str()) | Geometry(coordinates=[_, *_]):
            problems.append(f"{path}.geometry: no GeoJSON")
    read = Location(place=feature.place, description=feature.description, **where)
    feature.place = feature.description = None
    return read
