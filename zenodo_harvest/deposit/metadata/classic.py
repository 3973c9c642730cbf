"""The dialect of the deposit API: what it can say, and what is lost in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from zenodo_harvest.deposit.metadata.identifiers import detected_scheme
from zenodo_harvest.deposit.metadata.model import (
    Contributor,
    Creator,
    Date,
    Description,
    Funding,
    License,
    Location,
    Metadata,
    Person,
    Related,
    Subject,
)
from zenodo_harvest.deposit.metadata.names import NAMES
from zenodo_harvest.deposit.metadata.native_writing import names_of
from zenodo_harvest.deposit.metadata.persons import is_split_back
from zenodo_harvest.deposit.metadata.settling import ALTERNATE_NAME
from zenodo_harvest.vocabularies.funders import grant_of_award
from zenodo_harvest.vocabularies.license_ids import license_id


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that the deposit API cannot say: its `path` in our own format, and why, as a clause."""

    path: str
    why: str

    def __str__(self) -> str:
        return f"{self.path}: {self.why}"


@dataclass(frozen=True, slots=True)
class Classic:
    """The ``metadata`` object of the deposit API, and what it leaves out."""

    metadata: dict[str, Any]
    losses: tuple[Loss, ...] = ()


_UNKNOWN = "the deposit API has no field for it"
_PLAIN = tuple(
    name.name
    for name in NAMES
    if name.classic
    and not name.stands_for
    and name.kind in ("text", "title", "html", "version", "edtf date", "url", "isbn")
)
_ONLY_NATIVE = tuple(
    name.name
    for name in NAMES
    if not name.classic
    and name.name
    not in (
        "licenses",
        "languages",
        "identifiers",
        "funding",
        "publisher",
        "custom_fields",
        "additional_descriptions",
    )
)
_SHORT = {"notes": "notes", "methods": "method"}


def to_classic(metadata: Metadata) -> Classic:
    """Return what the deposit API takes of the metadata, and every single thing that it cannot say.

    A PUT replaces everything (zenodo-api.md §9.9 and §13, run 2026-11-27), so what is named here would be
    gone from the upload. ``access_right`` is always there: without it the server opens the files.
    """
    writer = _Writer()
    writer.write(metadata)
    made = {key: value for key, value in writer.made.items() if value not in (None, "", [], {})}
    return Classic(made, tuple(writer.losses))


class _Writer:
    """Writes one object, and notes what does not fit."""

    def __init__(self) -> None:
        self.made: dict[str, Any] = {}
        self.losses: list[Loss] = []

    def write(self, said: Metadata) -> None:
        """Write all fields, in the order in which the deposit API shows them."""
        for name in ("title", "upload_type", "publication_type", "image_type", "software_type"):
            self.made[name] = getattr(said, name)
        self.made["creators"] = [
            self._creator(f"creators.{at}", each) for at, each in enumerate(said.creators)
        ]
        self._access(said)
        for name in _PLAIN:
            self.made.setdefault(name, getattr(said, name))
        self.made["imprint_publisher"] = said.publisher
        self.made["doi"] = said.doi
        self.made["keywords"] = list(said.keywords)
        self.made["language"] = said.languages[0] if said.languages else None
        self._others("languages", said.languages, "the deposit API keeps one language")
        self._licenses(said)
        self._descriptions(said.additional_descriptions)
        self.made["contributors"] = [
            self._contributor(f"contributors.{at}", each) for at, each in enumerate(said.contributors)
        ]
        self._works(said)
        self.made["subjects"] = list(self._subjects(said.subjects))
        self.made["dates"] = [self._date(each) for each in said.dates]
        self.made["locations"] = list(self._locations(said.locations))
        self.made["grants"] = list(self._grants(said.funding))
        self.made["communities"] = [{"identifier": slug} for slug in said.communities]
        self._custom(said.custom_fields)
        for name in _ONLY_NATIVE:
            if getattr(said, name) not in (None, ()):
                self._lose(name, _UNKNOWN)

    def _lose(self, path: str, why: str) -> None:
        self.losses.append(Loss(path, why))

    def _others(self, path: str, items: tuple[Any, ...], why: str) -> None:
        for at in range(1, len(items)):
            self._lose(f"{path}.{at}", why)

    def _access(self, said: Metadata) -> None:
        right = said.access_right or "open"
        if right == "embargoed" and not said.embargo_date:
            self._lose("access_right", "the deposit API takes no embargo without its end")
            right = "restricted"
        self.made["access_right"] = right
        if right == "embargoed":
            self.made["embargo_date"] = said.embargo_date
        elif said.embargo_date:
            self._lose("embargo_date", "the deposit API forgets an embargo that is over")

    def _licenses(self, said: Metadata) -> None:
        chosen = next((at for at, each in enumerate(said.licenses) if _is_known(each)), None)
        for at, each in enumerate(said.licenses):
            if at == chosen:
                self.made["license"] = each.id
            elif each.id and not _is_known(each):
                self._lose(f"licenses.{at}", f"the deposit API does not know the license {each.id}")
            elif not each.id:
                self._lose(f"licenses.{at}", "the deposit API knows no licenses of one's own")
            else:
                self._lose(f"licenses.{at}", "the deposit API keeps one license")
        if chosen is None and self.made["access_right"] != "restricted":
            default = "cc0-1.0" if said.upload_type == "dataset" else "cc-by-4.0"
            self._lose("licenses", f"where no license is given, the deposit API gives {default}")

    def _descriptions(self, said: Iterable[Description]) -> None:
        for at, each in enumerate(said):
            path = f"additional_descriptions.{at}"
            short = _SHORT.get(each.type or "")
            if short is None:
                self._lose(path, _UNKNOWN)
            elif short in self.made:
                self._lose(path, f"the deposit API keeps one description of the type {each.type}")
            else:
                self.made[short] = each.description
                if each.lang:
                    self._lose(f"{path}.lang", _UNKNOWN)

    def _creator(self, path: str, said: Creator) -> dict[str, Any]:
        if said.role:
            self._lose(f"{path}.role", _UNKNOWN)
        return self._person(path, said)

    def _contributor(self, path: str, said: Contributor) -> dict[str, Any]:
        return self._person(path, said) | ({"type": said.type} if said.type else {})

    def _person(self, path: str, said: Person) -> dict[str, Any]:
        if said.name_type is not None:
            self._lose(f"{path}.name_type", "the deposit API takes everybody for a person")
        elif not is_split_back(*names_of(said)):
            for half in ("family_name", "given_name"):
                if getattr(said, half) is not None:
                    self._lose(f"{path}.{half}", "the deposit API splits the name at its only comma itself")
        for name in ("isni", "ror"):
            if getattr(said, name) is not None:
                self._lose(f"{path}.{name}", _UNKNOWN)
        for at in range(len(said.identifiers)):
            self._lose(f"{path}.identifiers.{at}", _UNKNOWN)
        self._others(f"{path}.affiliations", said.affiliations, "the deposit API keeps one affiliation")
        person: dict[str, Any] = {"name": said.name}
        if said.affiliations:
            first = said.affiliations[0]
            if first.id:
                self._lose(f"{path}.affiliations.0{'.id' if first.name else ''}", _UNKNOWN)
            person["affiliation"] = first.name
        person |= {"orcid": said.orcid, "gnd": said.gnd}
        return {key: value for key, value in person.items() if value is not None}

    def _works(self, said: Metadata) -> None:
        related = [
            self._related(f"related_identifiers.{at}", each)
            for at, each in enumerate(said.related_identifiers)
        ]
        related += [
            self._related(
                f"identifiers.{at}",
                Related(identifier=each.identifier, relation=ALTERNATE_NAME, scheme=each.scheme),
            )
            for at, each in enumerate(said.identifiers)
        ]
        related = [each for each in related if each]
        self.made["related_identifiers"] = related
        self.made["references"] = [each.reference for each in said.references]
        for at, reference in enumerate(said.references):
            for name in ("identifier", "scheme"):
                if getattr(reference, name) is not None:
                    self._lose(f"references.{at}.{name}", _UNKNOWN)

    def _related(self, path: str, said: Related) -> dict[str, Any]:
        """Return a related work; the server finds out itself what kind of identifier it has."""
        found = detected_scheme(said.identifier)
        if not found or not said.relation:
            self._lose(path, "the deposit API refuses an identifier of an unknown kind or without a relation")
            return {}
        if said.scheme and found != said.scheme:
            self._lose(
                f"{path}.scheme", f"the deposit API takes the identifier for one of the scheme {found}"
            )
        made = {
            "identifier": said.identifier,
            "relation": said.relation,
            "scheme": said.scheme if said.scheme == found else None,
            "resource_type": said.resource_type,
        }
        return {key: value for key, value in made.items() if value is not None}

    def _subjects(self, said: Iterable[Subject]) -> Iterator[dict[str, Any]]:
        for at, each in enumerate(said):
            if each.id:
                self._lose(f"subjects.{at}", "the deposit API knows no subjects of vocabularies")
            else:
                yield {
                    key: value
                    for key, value in (
                        ("term", each.term),
                        ("identifier", each.identifier),
                        ("scheme", each.scheme),
                    )
                    if value is not None
                }

    def _date(self, said: Date) -> dict[str, Any]:
        start, _, end = said.date.partition("/")
        made = {"start": start, "end": end, "type": said.type, "description": said.description}
        return {key: value for key, value in made.items() if value}

    def _locations(self, said: Iterable[Location]) -> Iterator[dict[str, Any]]:
        for at, each in enumerate(said):
            path = f"locations.{at}"
            if each.place is None:
                self._lose(path, "the deposit API takes no place without a name")
                continue
            made: dict[str, Any] = {"place": each.place, "description": each.description}
            if each.geometry is not None:
                self._lose(f"{path}.geometry", "the deposit API knows points alone")
            elif each.lat and each.lon:
                made |= {"lat": each.lat, "lon": each.lon}
            else:
                for name in ("lat", "lon"):
                    if getattr(each, name) is not None:
                        self._lose(
                            f"{path}.{name}", "the deposit API drops points on the equator or prime meridian"
                        )
            for number in range(len(each.identifiers)):
                self._lose(f"{path}.identifiers.{number}", _UNKNOWN)
            yield {key: value for key, value in made.items() if value is not None}

    def _grants(self, said: Iterable[Funding]) -> Iterator[dict[str, Any]]:
        for at, each in enumerate(said):
            funder = each.funder.id if each.funder else None
            award = each.award.id if each.award else None
            grant = grant_of_award(funder, award) if funder and award else None
            if grant is None:
                self._lose(f"funding.{at}", "the deposit API knows awards of the site's vocabulary alone")
            else:
                yield {"id": grant}

    def _custom(self, said: Mapping[str, Any]) -> None:
        self.made["custom"] = {}
        for field, value in said.items():
            if field.split(":")[0] in _NOT_CUSTOM:
                for part in value if isinstance(value, Mapping) else [""]:
                    self._lose(f"custom_fields.{field}{f'.{part}' if part else ''}", _UNKNOWN)
            else:
                self.made["custom"][field] = msgspec.to_builtins(value)


_NOT_CUSTOM = ("legacy", "thesis", "imprint", "meeting", "journal", "part_of")
"""Custom fields that have names of their own in the deposit API (zenodo-api.md §3.3, read 2026-08-20)."""


def _is_known(said: License) -> bool:
    return bool(said.id and license_id(said.id) == said.id)


def from_classic(metadata: Mapping[str, Any]) -> Metadata:
    """Return what the ``metadata`` object of a deposit says (zenodo-api.md §9.4 and §9.9, read 2026-08-20).

    Deposits of old Zenodo are read as well. What the server computes (``prereserve_doi``) or ignores
    (``access_conditions``) is left out.

    Raises:
        UsageError: A field has a type that deposits do not have.
    """
    names = {name.name for name in NAMES if name.classic}
    document = {key: value for key, value in metadata.items() if key in names}
    for key in ("upload_type", "access_right"):
        if isinstance(document.get(key), str):
            document[key] = document[key].lower()
    return Metadata.from_document(document)
