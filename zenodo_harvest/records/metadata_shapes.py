"""The shape of the metadata in native InvenioRDM JSON, as types; see `shapes`."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Raw, Struct

Words = dict[str, str]
"""A text in several languages, by two-letter code."""
NOTHING = Raw()
"""A part that is absent, or of which nothing remains."""


class Shape(Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """An object of native JSON; None is what the JSON leaves out and what a reader has taken."""


class Term(Shape):
    """A term of a vocabulary."""

    id: str | None = None
    title: Words = {}


RawTerm = Annotated[Raw, Term]
"""A term as it came: `repeats` reads it."""


class Identifier(Shape):
    """An identifier of a person, an affiliation or the work."""

    identifier: str | None = None
    scheme: str | None = None


class Affiliation(Shape):
    """Where somebody works."""

    id: str | None = None
    identifiers: list[Identifier] = []
    name: str | None = None


class PersonOrOrg(Shape):
    """A person or an organisation."""

    family_name: str | None = None
    given_name: str | None = None
    identifiers: list[Identifier | None] = []
    name: str | None = None
    type: str | None = None


class Creator(Shape):
    """A creator or contributor."""

    affiliations: list[Affiliation | None] = []
    person_or_org: PersonOrOrg | None = None
    role: RawTerm = NOTHING


class AdditionalTitle(Shape):
    """A further title."""

    lang: RawTerm = NOTHING
    title: str | None = None
    type: RawTerm = NOTHING


class AdditionalDescription(Shape):
    """A further description."""

    description: str | None = None
    lang: RawTerm = NOTHING
    type: RawTerm = NOTHING


class AnyDate(Shape):
    """A further date."""

    date: str | None = None
    description: str | None = None
    type: RawTerm = NOTHING


class AnySubject(Shape):
    """A keyword, or a subject of a vocabulary if it has an id."""

    id: str | None = None
    scheme: str | None = None
    subject: str | None = None


class RightProps(Shape):
    """Where a license comes from."""

    scheme: str | None = None
    url: str | None = None


class Right(Shape):
    """A license."""

    description: Words = {}
    icon: str | None = None
    id: str | None = None
    link: str | None = None
    props: RightProps | None = None
    title: Words = {}


class RelatedIdentifier(Shape):
    """A link to another work."""

    identifier: str | None = None
    relation_type: RawTerm = NOTHING
    resource_type: RawTerm = NOTHING
    scheme: str | None = None


class Reference(Shape):
    """A reference."""

    identifier: str | None = None
    reference: str | None = None
    scheme: str | None = None


class Funder(Shape):
    """Who paid."""

    id: str | None = None
    name: str | None = None


class Award(Shape):
    """What was granted."""

    acronym: str | None = None
    id: str | None = None
    identifiers: list[Identifier | None] = []
    number: str | None = None
    program: str | None = None
    title: Words = {}


class FunderAward(Shape):
    """A funder and an award."""

    award: Award | None = None
    funder: Funder | None = None


class Geometry(Shape):
    """A GeoJSON geometry."""

    coordinates: list[Any] = []
    geometries: list[Any] = []
    type: str | None = None


class Feature(Shape):
    """A place."""

    description: str | None = None
    geometry: Geometry | None = None
    identifiers: list[Identifier] = []
    place: str | None = None


class Features(Shape):
    """The places of a record."""

    features: list[Feature | None] = []


class Metadata(Shape):
    """What the authors wrote."""

    additional_descriptions: list[AdditionalDescription | None] = []
    additional_titles: list[AdditionalTitle | None] = []
    contributors: list[Creator | None] = []
    copyright: str | None = None
    creators: list[Creator | None] = []
    dates: list[AnyDate | None] = []
    description: str | None = None
    formats: list[str] = []
    funding: list[FunderAward | None] = []
    identifiers: list[Identifier | None] = []
    languages: Annotated[Raw, list[Term | None]] = NOTHING
    locations: Features | None = None
    publication_date: str | None = None
    publisher: str | None = None
    references: list[Reference | None] = []
    related_identifiers: list[RelatedIdentifier | None] = []
    resource_type: RawTerm = NOTHING
    rights: Annotated[Raw, list[Right | None]] = NOTHING
    sizes: list[str] = []
    subjects: list[AnySubject | None] = []
    title: str | None = None
    version: str | None = None
