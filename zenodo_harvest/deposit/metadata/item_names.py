"""The names inside the objects of a metadata file: people, works, dates, places."""

from __future__ import annotations

from collections.abc import Mapping

from zenodo_harvest.deposit.metadata.names import Name

_NAME = Name("name", "person name", '"Family, Given", or the name of an organisation', "person_or_org.name")
_AFFILIATION = Name("affiliation", "text", "institution", "affiliations.0.name", stands_for="affiliations")
_ORCID = Name("orcid", "orcid", "ORCID", "person_or_org.identifiers (orcid)")
_GND = Name("gnd", "gnd", "GND", "person_or_org.identifiers (gnd)")
_OF_PERSON = (
    _NAME,
    Name("family_name", "text", "where `name` cannot be split", "person_or_org.family_name", classic=False),
    Name("given_name", "text", "where `name` cannot be split", "person_or_org.given_name", classic=False),
    Name(
        "name_type",
        "name type",
        "personal (by default) or organizational",
        "person_or_org.type",
        classic=False,
    ),
    _AFFILIATION,
    Name(
        "affiliations",
        "affiliations",
        "several institutions, by name or ROR id",
        "affiliations",
        classic=False,
    ),
    _ORCID,
    _GND,
    Name("isni", "isni", "ISNI", "person_or_org.identifiers (isni)", classic=False),
    Name("ror", "ror", "ROR id of an organisation", "person_or_org.identifiers (ror)", classic=False),
    Name(
        "identifiers",
        "person identifiers",
        "identifiers of other schemes",
        "person_or_org.identifiers",
        classic=False,
    ),
)

ITEMS: Mapping[str, tuple[Name, ...]] = {
    "creators": (*_OF_PERSON, Name("role", "role", "what they did", "role.id", classic=False)),
    "creators of thesis": _OF_PERSON,
    "contributors": (*_OF_PERSON, Name("type", "role", "what they did: DataCollector …", "role.id")),
    "affiliations": (
        Name("id", "text", "ROR id", "id", classic=False),
        Name("name", "text", "name", "name", classic=False),
    ),
    "related identifiers": (
        Name("identifier", "identifier", "DOI, address, handle …", "identifier"),
        Name("relation", "relation", "cites, isSupplementTo …", "relation_type.id"),
        Name("scheme", "scheme", "kind of identifier; found out if left out", "scheme"),
        Name(
            "resource_type",
            "resource type",
            "what the other work is: publication-article",
            "resource_type.id",
        ),
    ),
    "identifiers": (
        Name("identifier", "identifier", "DOI, address, handle …", "identifier"),
        Name("scheme", "scheme", "kind of identifier; found out if left out", "scheme"),
    ),
    "person identifiers": (
        Name("identifier", "text", "identifier", "identifier", classic=False),
        Name("scheme", "person scheme", "kind of identifier", "scheme", classic=False),
    ),
    "plain identifiers": (
        Name("identifier", "text", "identifier", "identifier", classic=False),
        Name("scheme", "text", "kind of identifier", "scheme", classic=False),
    ),
    "dates": (
        Name("date", "edtf time", "the date or interval", "date", classic=False),
        Name("start", "edtf time", "start of an interval, or the date", "date"),
        Name("end", "edtf time", "end of an interval", "date"),
        Name("type", "date type", "collected, valid …", "type.id"),
        Name("description", "text", "what happened then", "description"),
    ),
    "locations": (
        Name("place", "text", "name of the place", "place"),
        Name("lat", "latitude", "degrees north", "geometry.coordinates.1"),
        Name("lon", "longitude", "degrees east", "geometry.coordinates.0"),
        Name("description", "text", "description", "description"),
        Name("geometry", "object", "GeoJSON geometry that is no point", "geometry", classic=False),
        Name("identifiers", "plain identifiers", "identifiers of the place", "identifiers", classic=False),
    ),
    "grants": (Name("id", "grant id", "funder's DOI::number", "award.id"),),
    "communities": (Name("identifier", "community", "slug of the community", ""),),
    "subjects": (
        Name("term", "text", "the term", "custom_fields.legacy:subjects.term"),
        Name("identifier", "text", "its address", "custom_fields.legacy:subjects.identifier"),
        Name("scheme", "text", "kind of identifier", "custom_fields.legacy:subjects.scheme"),
        Name("id", "text", "id in a vocabulary of the site", "metadata.subjects.id", classic=False),
    ),
    "licenses": (
        Name("id", "license id", "SPDX identifier or Zenodo's id", "id", classic=False),
        Name("title", "localised", "title of a license of one's own", "title", classic=False),
        Name("description", "localised", "its text", "description", classic=False),
        Name("link", "url", "its address", "link", classic=False),
    ),
    "license": (Name("id", "license id", "SPDX identifier or Zenodo's id", "id"),),
    "references": (
        Name("reference", "text", "the reference", "reference", classic=False),
        Name("identifier", "text", "its identifier", "identifier", classic=False),
        Name("scheme", "scheme", "kind of identifier", "scheme", classic=False),
    ),
    "additional titles": (
        Name("title", "title", "at least 3 characters", "title", classic=False),
        Name("type", "title type", "subtitle, translated-title …", "type.id", classic=False),
        Name("lang", "language id", "language, three letters", "lang.id", classic=False),
    ),
    "additional descriptions": (
        Name("description", "html", "at least 3 characters, HTML", "description", classic=False),
        Name("type", "description type", "abstract, methods, notes …", "type.id", classic=False),
        Name("lang", "language id", "language, three letters", "lang.id", classic=False),
    ),
    "funding": (
        Name("funder", "funder", "the funder", "funder", classic=False),
        Name("award", "award", "the award", "award", classic=False),
    ),
    "funder": (
        Name("id", "text", "ROR id", "id", classic=False),
        Name("name", "text", "name", "name", classic=False),
    ),
    "award": (
        Name("id", "text", "id in the site's vocabulary: ROR id::number", "id", classic=False),
        Name("number", "text", "number of the award", "number", classic=False),
        Name("title", "localised", "title", "title", classic=False),
        Name("acronym", "text", "acronym", "acronym", classic=False),
        Name("program", "text", "programme", "program", classic=False),
        Name(
            "identifiers",
            "plain identifiers",
            "identifiers, such as its address",
            "identifiers",
            classic=False,
        ),
    ),
}
"""The names inside the objects of a kind."""
ITEMS = {**ITEMS, "alternate identifiers": ITEMS["identifiers"]}

NEEDED: Mapping[str, tuple[str, ...]] = {
    "creators": ("name",),
    "creators of thesis": ("name",),
    "contributors": ("name", "type"),
    "related identifiers": ("identifier", "relation"),
    "alternate identifiers": ("identifier",),
    "identifiers": ("identifier",),
    "dates": ("type",),
    "grants": ("id",),
    "communities": ("identifier",),
    "license": ("id",),
    "references": ("reference",),
    "additional titles": ("title", "type"),
    "additional descriptions": ("description", "type"),
    "funding": ("funder",),
    "person identifiers": ("identifier", "scheme"),
}
"""What an object of a kind cannot do without."""
