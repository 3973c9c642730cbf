"""Records in DataCite 4.5 XML, bare and in the wrapper of ``oai_datacite``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lxml import etree

from zenodo_harvest.emulator.answers.oai.elements import (
    SCHEMA_LOCATION,
    XSI,
    Element,
    access_right,
    dois,
    grow,
    plain,
    rights,
    slugs,
)
from zenodo_harvest.emulator.defaults import Json
from zenodo_harvest.vocabularies.relations import datacite_relation
from zenodo_harvest.vocabularies.roles import datacite_role
from zenodo_harvest.vocabularies.types import general_type

_OAI = "http://schema.datacite.org/oai/oai-1.1/"
_KERNEL = "http://datacite.org/schema/kernel-4"
_WHERE = f"{_KERNEL} http://schema.datacite.org/meta/kernel-4.5/metadata.xsd"
_NS = f"{{{_KERNEL}}}"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_SCHEMES = {"arxiv": "arXiv", "ark": "ARK", "bibcode": "bibcode", "handle": "Handle", "w3id": "w3id"}
_DESCRIPTIONS = {"notes": "Other"}

Values = Mapping[str, Any]


def write(record: Json, base: str, *, with_address: bool = False) -> Element:
    """Return the record's ``resource`` in the server's order of elements.

    Args:
        record: The native record.
        base: Scheme and host of the server.
        with_address: Whether the address of the record's page is among its identifiers, as in dumps.
    """
    metadata = record["metadata"]
    root = etree.Element(f"{_NS}resource", {SCHEMA_LOCATION: _WHERE}, {None: _KERNEL, "xsi": XSI})
    _add_alternates(root, record, f"{base}/records/{record['id']}" if with_address else None)
    _add_people(root, "creator", metadata.get("creators", ()))
    _add_titles(root, metadata)
    if "publisher" in metadata:
        grow(root, f"{_NS}publisher", metadata["publisher"])
    grow(root, f"{_NS}publicationYear", metadata["publication_date"][:4])
    _add_texts(root, "subjects", "subject", (item["subject"] for item in metadata.get("subjects", ())))
    _add_people(root, "contributor", metadata.get("contributors", ()))
    _add_dates(root, record)
    for language in metadata.get("languages", ())[:1]:
        grow(root, f"{_NS}language", language["id"])
    _add_type(root, metadata.get("resource_type") or {})
    doi, _ = dois(record)
    if doi:
        grow(root, f"{_NS}identifier", doi, {"identifierType": "DOI"})
    _add_related(root, record, base)
    _add_texts(root, "sizes", "size", metadata.get("sizes", ()))
    _add_texts(root, "formats", "format", metadata.get("formats", ()))
    if "version" in metadata:
        grow(root, f"{_NS}version", metadata["version"])
    _add_rights(root, record)
    _add_descriptions(root, metadata)
    _add_places(root, metadata.get("locations", {}).get("features", ()))
    _add_funding(root, metadata.get("funding", ()))
    return root


def wrapped(resource: Element) -> Element:
    """Return the resource inside the wrapper that names the schema's version and the data centre."""
    where = {SCHEMA_LOCATION: f"{_OAI} {_OAI}oai.xsd"}
    root = etree.Element(f"{{{_OAI}}}oai_datacite", where, {None: _OAI, "xsi": XSI})
    grow(root, f"{{{_OAI}}}schemaVersion", "4.5")
    grow(root, f"{{{_OAI}}}datacentreSymbol", "CERN.ZENODO")
    grow(root, f"{{{_OAI}}}payload").append(resource)
    return root


def scheme_name(scheme: str) -> str:
    """Return DataCite's name of an identifier scheme."""
    return _SCHEMES.get(scheme, scheme.upper())


def general(type_id: str) -> str:
    """Return DataCite's general type."""
    return general_type(type_id) or "Other"


def related(record: Json, base: str) -> list[tuple[str, str, str | None, str]]:
    """Return relation, scheme, general type and identifier of all that the record is related to.

    The concept, the communities and the journal come after what the depositor named.
    """
    found = [
        (
            datacite_relation(item["relation_type"]["id"]),
            scheme_name(item.get("scheme", "")),
            general(item["resource_type"]["id"]) if item.get("resource_type") else None,
            item["identifier"],
        )
        for item in record["metadata"].get("related_identifiers", ())
    ]
    _, concept_doi = dois(record)
    if concept_doi:
        found.append(("IsVersionOf", "DOI", None, concept_doi))
    found += [("IsPartOf", "URL", None, f"{base}/communities/{slug}/") for slug in slugs(record)]
    if issn := record["custom_fields"].get("journal:journal", {}).get("issn"):
        found.append(("IsPartOf", "ISSN", "Collection", issn))
    return found


def dates(record: Json) -> list[tuple[str, str, str | None]]:
    """Return type, date and remark of the record's dates."""
    metadata = record["metadata"]
    named = [
        (_camel(item["type"]["id"]), item["date"], item.get("description"))
        for item in metadata.get("dates", ())
    ]
    return [
        ("Issued", metadata["publication_date"], None),
        *named,
        ("Updated", record["updated"][:10], None),
    ]


def _camel(id_: str) -> str:
    return "".join(part.capitalize() for part in id_.split("-"))


def _add_texts(root: Element, many: str, one: str, texts: Iterable[str]) -> None:
    found = list(texts)
    if found:
        group = grow(root, f"{_NS}{many}")
        for text in found:
            grow(group, f"{_NS}{one}", text)


def _add_alternates(root: Element, record: Json, address: str | None) -> None:
    found = [("URL", address)] if address else []
    found += [("oai", record["pids"]["oai"]["identifier"])] if "oai" in record["pids"] else []
    alternates = record["metadata"].get("identifiers", ())
    found += [(scheme_name(item.get("scheme", "")), item["identifier"]) for item in alternates]
    if found:
        group = grow(root, f"{_NS}alternateIdentifiers")
        for kind, identifier in found:
            grow(group, f"{_NS}alternateIdentifier", identifier, {"alternateIdentifierType": kind})


def _add_people(root: Element, role: str, people: Iterable[Values]) -> None:
    entries = list(people)
    group = grow(root, f"{_NS}{role}s") if entries else root
    for entry in entries:
        person = entry["person_or_org"]
        kind = {"contributorType": datacite_role(entry.get("role", {}).get("id", "other"))}
        element = grow(group, f"{_NS}{role}", None, kind if role == "contributor" else None)
        name_type = str(person.get("type", "personal")).capitalize()
        grow(element, f"{_NS}{role}Name", person.get("name", ""), {"nameType": name_type})
        for field, tag in (("given_name", "givenName"), ("family_name", "familyName")):
            if person.get(field):
                grow(element, f"{_NS}{tag}", person[field])
        for item in person.get("identifiers", ()):
            scheme = {"nameIdentifierScheme": str(item.get("scheme", "")).upper()}
            grow(element, f"{_NS}nameIdentifier", item["identifier"], scheme)
        for item in entry.get("affiliations", ()):
            grow(element, f"{_NS}affiliation", item.get("name", ""))


def _add_titles(root: Element, metadata: Values) -> None:
    group = grow(root, f"{_NS}titles")
    grow(group, f"{_NS}title", plain(metadata.get("title", "")))
    for item in metadata.get("additional_titles", ()):
        attributes = {_LANG: item["lang"]["id"]} if "lang" in item else {}
        attributes["titleType"] = _camel(item["type"]["id"])
        grow(group, f"{_NS}title", plain(item["title"]), attributes)


def _add_dates(root: Element, record: Json) -> None:
    group = grow(root, f"{_NS}dates")
    for kind, date, remark in dates(record):
        information = {"dateInformation": remark} if remark else {}
        grow(group, f"{_NS}date", date, {"dateType": kind, **information})


def _add_type(root: Element, kind: Values) -> None:
    """Add the general type, with the title of a subtype that has no general type of its own."""
    type_id = str(kind.get("id", "other"))
    top, is_sub, _ = type_id.partition("-")
    is_shared = bool(is_sub) and general(type_id) == general(top)
    title = kind.get("title", {}).get("en", "") if is_shared else ""
    grow(root, f"{_NS}resourceType", title, {"resourceTypeGeneral": general(type_id)})


def _add_related(root: Element, record: Json, base: str) -> None:
    found = related(record, base)
    group = grow(root, f"{_NS}relatedIdentifiers") if found else root
    for relation, scheme, kind, identifier in found:
        of_type = {"resourceTypeGeneral": kind} if kind else {}
        attributes = {"relationType": relation, **of_type, "relatedIdentifierType": scheme}
        grow(group, f"{_NS}relatedIdentifier", identifier, attributes)


def _add_rights(root: Element, record: Json) -> None:
    group = grow(root, f"{_NS}rightsList")
    for one, title, url in rights(record):
        attributes = {"rightsURI": url} if url else {}
        if scheme := one.get("props", {}).get("scheme"):
            attributes["rightsIdentifierScheme"] = scheme
        if "id" in one:
            attributes["rightsIdentifier"] = one["id"]
        grow(group, f"{_NS}rights", title, attributes)
    grow(group, f"{_NS}rights", None, {"rightsURI": access_right(record)})


def _add_descriptions(root: Element, metadata: Values) -> None:
    found = [("Abstract", metadata["description"])] if metadata.get("description") else []
    for item in metadata.get("additional_descriptions", ()):
        kind = item["type"]["id"]
        found.append((_DESCRIPTIONS.get(kind) or _camel(kind), item["description"]))
    group = grow(root, f"{_NS}descriptions") if found else root
    for kind, text in found:
        grow(group, f"{_NS}description", plain(text), {"descriptionType": kind})


def _add_places(root: Element, features: Iterable[Values]) -> None:
    """Add places and points; other shapes are not written."""
    found = list(features)
    group = grow(root, f"{_NS}geoLocations") if found else root
    for feature in found:
        location, geometry = grow(group, f"{_NS}geoLocation"), feature.get("geometry", {})
        if "place" in feature:
            grow(location, f"{_NS}geoLocationPlace", feature["place"])
        if geometry.get("type") == "Point":
            point = grow(location, f"{_NS}geoLocationPoint")
            grow(point, f"{_NS}pointLongitude", geometry["coordinates"][0])
            grow(point, f"{_NS}pointLatitude", geometry["coordinates"][1])


def _add_funding(root: Element, funding: Iterable[Values]) -> None:
    found = list(funding)
    group = grow(root, f"{_NS}fundingReferences") if found else root
    for item in found:
        funder, award = item.get("funder", {}), item.get("award", {})
        reference = grow(group, f"{_NS}fundingReference")
        grow(reference, f"{_NS}funderName", funder.get("name", ""))
        if "id" in funder:
            grow(reference, f"{_NS}funderIdentifier", funder["id"], {"funderIdentifierType": "ROR"})
        if "number" in award:
            grow(reference, f"{_NS}awardNumber", award["number"])
        if title := award.get("title", {}).get("en"):
            grow(reference, f"{_NS}awardTitle", title)
