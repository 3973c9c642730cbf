"""`Metadata`: what Zenodo is told about an upload, in one typed form for files and both dialects."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from zenodo_harvest.deposit.metadata.settling import settled, without_empty
from zenodo_harvest.errors import UsageError


class Part(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What all parts of the model have in common: frozen, by name, nothing unknown."""


class Identifier(Part, frozen=True):
    """An identifier and its scheme; without one the server finds it out."""

    identifier: str = ""
    scheme: str | None = None


class Affiliation(Part, frozen=True):
    """An institution, by its name, its ROR id or both; the native dialect gets the id where there is one."""

    name: str | None = None
    id: str | None = None


class Person(Part, frozen=True):
    """A person or an organisation.

    Attributes:
        name: ``Family, Given`` or the name of an organisation.
        family_name: The family name where `name` does not tell: it is split at its only comma.
        given_name: The given name where `name` does not tell.
        name_type: ``organizational``; None means a person.
        affiliations: Institutions, in order.
        orcid: The bare ORCID.
        gnd: The GND id.
        isni: The ISNI.
        ror: The ROR id of an organisation.
        identifiers: Identifiers of other schemes.
    """

    name: str = ""
    family_name: str | None = None
    given_name: str | None = None
    name_type: str | None = None
    affiliations: tuple[Affiliation, ...] = ()
    orcid: str | None = None
    gnd: str | None = None
    isni: str | None = None
    ror: str | None = None
    identifiers: tuple[Identifier, ...] = ()


class Creator(Person, frozen=True):
    """An author; `role` is what they did, as DataCite spells it."""

    role: str | None = None


class Contributor(Person, frozen=True):
    """Somebody who helped; `type` is what they did, as DataCite spells it (``DataCollector``)."""

    type: str | None = None


class License(Part, frozen=True):
    """A license of Zenodo's by its `id`, or one's own by title, text and address.

    Attributes:
        id: Zenodo's id, in lower case.
        title: The title by language code.
        description: The text by language code.
        link: The address.
        props: Further properties.
    """

    id: str | None = None
    title: dict[str, str] = {}
    description: dict[str, str] = {}
    link: str | None = None
    props: dict[str, Any] = {}


class Subject(Part, frozen=True):
    """A term of a vocabulary: by its `id` at the site, or as term, address and scheme."""

    id: str | None = None
    term: str | None = None
    identifier: str | None = None
    scheme: str | None = None


class Title(Part, frozen=True):
    """An additional title; `lang` is a language code of three letters."""

    title: str = ""
    type: str | None = None
    lang: str | None = None


class Description(Part, frozen=True):
    """An additional description as HTML; `lang` is a language code of three letters."""

    description: str = ""
    type: str | None = None
    lang: str | None = None


class Related(Part, frozen=True):
    """Another work; `relation` is spelt as the deposit API spells it (``isSupplementTo``)."""

    identifier: str = ""
    relation: str | None = None
    scheme: str | None = None
    resource_type: str | None = None


class Reference(Part, frozen=True):
    """A reference as text, perhaps with its identifier."""

    reference: str = ""
    identifier: str | None = None
    scheme: str | None = None


class Date(Part, frozen=True):
    """A date or interval (EDTF level 0) and what happened then."""

    date: str = ""
    type: str | None = None
    description: str | None = None


class Location(Part, frozen=True):
    """A place: a point by `lat` and `lon` in degrees, another shape by its GeoJSON `geometry`."""

    place: str | None = None
    lat: float | int | None = None
    lon: float | int | None = None
    description: str | None = None
    geometry: dict[str, Any] | None = None
    identifiers: tuple[Identifier, ...] = ()


class Funder(Part, frozen=True):
    """A funder, by its ROR id or by its name."""

    id: str | None = None
    name: str | None = None


class Award(Part, frozen=True):
    """An award, by its id at the site or by what is known of it."""

    id: str | None = None
    number: str | None = None
    title: dict[str, str] = {}
    acronym: str | None = None
    program: str | None = None
    identifiers: tuple[Identifier, ...] = ()


class Funding(Part, frozen=True):
    """Who paid, and with which award."""

    funder: Funder | None = None
    award: Award | None = None


class Metadata(Part, frozen=True):
    """What Zenodo is told about an upload.

    The names are those of our own format (`names.NAMES`, the table of docs/metadata.md), in the spelling
    that says most: ``licenses`` for ``license``, ``languages`` for ``language``, ``funding`` for ``grants``.
    What is not said is None or empty. `communities` are slugs; they are no part of a record's body, one asks
    for them.
    """

    title: str | None = None
    upload_type: str | None = None
    publication_type: str | None = None
    image_type: str | None = None
    software_type: str | None = None
    creators: tuple[Creator, ...] = ()
    description: str | None = None
    publication_date: str | None = None
    version: str | None = None
    licenses: tuple[License, ...] = ()
    copyright: str | None = None
    access_right: str | None = None
    embargo_date: str | None = None
    embargo_reason: str | None = None
    access_record: str | None = None
    keywords: tuple[str, ...] = ()
    subjects: tuple[Subject, ...] = ()
    languages: tuple[str, ...] = ()
    additional_descriptions: tuple[Description, ...] = ()
    additional_titles: tuple[Title, ...] = ()
    contributors: tuple[Contributor, ...] = ()
    related_identifiers: tuple[Related, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    references: tuple[Reference, ...] = ()
    dates: tuple[Date, ...] = ()
    locations: tuple[Location, ...] = ()
    funding: tuple[Funding, ...] = ()
    communities: tuple[str, ...] = ()
    doi: str | None = None
    publisher: str | None = None
    sizes: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    journal_title: str | None = None
    journal_volume: str | None = None
    journal_issue: str | None = None
    journal_pages: str | None = None
    journal_issn: str | None = None
    conference_title: str | None = None
    conference_acronym: str | None = None
    conference_dates: str | None = None
    conference_place: str | None = None
    conference_url: str | None = None
    conference_session: str | None = None
    conference_session_part: str | None = None
    imprint_isbn: str | None = None
    imprint_place: str | None = None
    imprint_edition: str | None = None
    partof_title: str | None = None
    partof_pages: str | None = None
    thesis_university: str | None = None
    thesis_department: str | None = None
    thesis_type: str | None = None
    thesis_submitted: str | None = None
    thesis_defended: str | None = None
    custom_fields: dict[str, Any] = {}
    default_preview: str | None = None

    @property
    def resource_type(self) -> str | None:
        """The resource type in one word: ``publication-article``."""
        subtype = (
            getattr(self, f"{self.upload_type}_type", None) if self.upload_type in _WITH_SUBTYPE else None
        )
        return f"{self.upload_type}-{subtype}" if subtype else self.upload_type

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Metadata:
        """Return what a document of our own format says.

        Raises:
            UsageError: A field has a name or a type that there is not; `validate` says more.
        """
        return cls.from_settled(settled(document))

    @classmethod
    def from_settled(cls, document: Mapping[str, Any], *, lenient: bool = False) -> Metadata:
        """Return what a document in the one spelling of the model says; fields may be empty or None.

        Args:
            document: The fields.
            lenient: Leave out the fields that are of another type than the model's.

        Raises:
            UsageError: A field has a name or a type that there is not.
        """
        fields = without_empty(document)
        while True:
            try:
                return msgspec.convert(fields, cls)
            except msgspec.ValidationError as error:
                odd = _FIELD.search(str(error))
                if not (lenient and odd and fields.pop(odd[1], None) is not None):
                    raise UsageError(
                        f"The metadata cannot be used: {error}.", hint="Run deposit validate."
                    ) from error

    def as_document(self) -> dict[str, Any]:
        """Return a document of our own format that says the same."""
        document: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(self))
        if "references" in document:
            document["references"] = [
                each["reference"] if list(each) == ["reference"] else each for each in document["references"]
            ]
        return document


_FIELD = re.compile(r"at `\$\.([a-z_]+)")
_WITH_SUBTYPE = ("publication", "image", "software")
