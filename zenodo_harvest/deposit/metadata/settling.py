"""From what people write to the one spelling of the model: other names, other shapes, other cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from zenodo_harvest.deposit.metadata.identifiers import bare_person_identifier
from zenodo_harvest.deposit.metadata.names import CUSTOM_NAMES
from zenodo_harvest.deposit.metadata.persons import is_split_back, joined_name, split_name
from zenodo_harvest.deposit.metadata.sources.located import PlainNumber
from zenodo_harvest.ids import bare_doi
from zenodo_harvest.vocabularies.funders import award_of_grant
from zenodo_harvest.vocabularies.languages import two_letters
from zenodo_harvest.vocabularies.license_ids import license_id
from zenodo_harvest.vocabularies.relations import datacite_relation
from zenodo_harvest.vocabularies.roles import datacite_role
from zenodo_harvest.vocabularies.types import todays_type

ALTERNATE_NAME = "isAlternateIdentifier"
"""How the deposit API relates a work to its other identifiers."""
SUPERVISOR = "Supervisor"
IGNORED = ("access_conditions", "prereserve_doi")
"""What old Zenodo knew and today's ignores."""
_NUMBERS_IN = ("lat", "lon", "geometry", "custom", "custom_fields")
_PERSON_IDS = ("orcid", "gnd", "isni", "ror")


def settled(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document in the one spelling of the model; where two names say the same, the short one wins.

    Values that say nothing (null, an empty text, an empty list) are left out; what is wrong stays wrong.
    """
    fields = {
        key: value
        for key, value in _plain(dict(document)).items()
        if key not in IGNORED and not _says_nothing(value)
    }
    for step in (_types, _words, _short_names, _people, _works, _rest):
        step(fields)
    return fields


def without_empty(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a settled document without what says nothing; a resource type in one word gets its two names."""
    fields = dict(document)
    _types(fields)
    return {
        key: value if key == "custom_fields" else _without_none(value)
        for key, value in fields.items()
        if not _says_nothing(value)
    }


def _without_none(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_none(each) for each in value]
    if isinstance(value, dict):
        return {key: _without_none(each) for key, each in value.items() if each is not None}
    return value


def _says_nothing(value: Any) -> bool:
    return value is None or (isinstance(value, (str, list, tuple, dict)) and not value)


def _plain(value: Any, *, numbers: bool = False) -> Any:
    """Return a value in which a plain number of YAML is a text, save where numbers are wanted."""
    if isinstance(value, PlainNumber):
        return value.number if numbers else str(value)
    if isinstance(value, Mapping):
        return {key: _plain(each, numbers=numbers or key in _NUMBERS_IN) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each, numbers=numbers) for each in value]
    return value


def _types(fields: dict[str, Any]) -> None:
    """Give a resource type in one word its two names; drop the kind of what is something else."""
    top = fields.get("upload_type")
    if not isinstance(top, str):
        return
    stem, dash, kind = todays_type(top).partition("-")
    if dash and stem in _WITH_SUBTYPE:
        fields |= {"upload_type": stem, f"{stem}_type": kind}
    for name in _WITH_SUBTYPE:
        key = f"{name}_type"
        if name != fields["upload_type"]:
            fields.pop(key, None)
        elif isinstance(fields.get(key), str):
            fields[key] = todays_type(f"{name}-{fields[key]}").removeprefix(f"{name}-")


_WITH_SUBTYPE = ("publication", "image", "software")


def _words(fields: dict[str, Any]) -> None:
    if fields.get("access_right") == "closed":
        fields["access_right"] = "restricted"
    if isinstance(day := fields.get("publication_date"), str):
        fields["publication_date"] = day.strip()
    if isinstance(doi := fields.get("doi"), str):
        fields["doi"] = bare_doi(doi) or doi


def _short_names(fields: dict[str, Any]) -> None:
    """Replace the classic names by those that can say more."""
    if "license" in fields:
        fields["licenses"] = [fields.pop("license")]
    if "language" in fields:
        fields["languages"] = [fields.pop("language")]
    for short, full in (
        ("imprint_publisher", "publisher"),
        ("alternate_identifiers", "identifiers"),
        ("custom", "custom_fields"),
    ):
        if short in fields:
            fields[full] = fields.pop(short)
    if "grants" in fields:
        fields["funding"] = [_of_grant(each) for each in _listed(fields.pop("grants"))]
    for short, kind in (("notes", "notes"), ("method", "methods")):
        if short in fields:
            _describe(fields, fields.pop(short), kind)
    if "licenses" in fields:
        fields["licenses"] = _each(fields["licenses"], _license)
    if "languages" in fields:
        fields["languages"] = _each(fields["languages"], _language)


def _describe(fields: dict[str, Any], text: Any, kind: str) -> None:
    """Put a text in the place of the first additional description of its kind, or behind the others."""
    others = list(_listed(fields.get("additional_descriptions", [])))
    made = {"description": text, "type": kind}
    for at, each in enumerate(others):
        if isinstance(each, dict) and each.get("type") == kind:
            others[at] = each | made
            break
    else:
        others.append(made)
    fields["additional_descriptions"] = others


def _of_grant(grant: Any) -> Any:
    if not isinstance(grant, dict) or not isinstance(grant.get("id"), str):
        return grant
    funder, award = award_of_grant(grant["id"])
    return {"funder": {"id": funder}, "award": {"id": award}}


def _license(value: Any) -> Any:
    if isinstance(value, str):
        return {"id": license_id(value) or value}
    if isinstance(value, dict):
        known = {"id": license_id(value["id"]) or value["id"]} if isinstance(value.get("id"), str) else {}
        return (
            value
            | known
            | {key: {"en": value[key]} for key in ("title", "description") if isinstance(value.get(key), str)}
        )
    return value


def _language(value: Any) -> Any:
    return two_letters(value) or value if isinstance(value, str) else value


def _people(fields: dict[str, Any]) -> None:
    for key in ("creators", "contributors", "thesis_supervisors"):
        if key in fields:
            fields[key] = _each(fields[key], _person)
    if supervisors := fields.pop("thesis_supervisors", None):
        named = [
            each | {"type": SUPERVISOR} if isinstance(each, dict) else each for each in _listed(supervisors)
        ]
        others = [each for each in _listed(fields.get("contributors", [])) if each not in named]
        fields["contributors"] = [*named, *others]


def _person(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    person = {key: each for key, each in value.items() if not _says_nothing(each)}
    if "affiliation" in person:
        first = person.pop("affiliation")
        person["affiliations"] = [first, *_listed(person.get("affiliations", []))[1:]]
    if "affiliations" in person:
        person["affiliations"] = _each(
            person["affiliations"], lambda one: {"name": one} if isinstance(one, str) else one
        )
    for scheme in _PERSON_IDS:
        if isinstance(person.get(scheme), str):
            person[scheme] = bare_person_identifier(scheme, person[scheme])
    for key in ("role", "type"):
        if isinstance(person.get(key), str):
            person[key] = datacite_role(person[key])
    if person.get("name_type") == "personal":
        del person["name_type"]
    return _named(person)


def _named(person: dict[str, Any]) -> dict[str, Any]:
    """Keep the halves of a name where the name alone does not tell them."""
    family, given = person.get("family_name"), person.get("given_name")
    if person.get("name_type") == "organizational":
        return {key: value for key, value in person.items() if key not in ("family_name", "given_name")}
    if family is None and given is None:
        if isinstance(name := person.get("name"), str):
            person["name"] = joined_name(*split_name(name))
        return person
    if isinstance(family, str | None) and isinstance(given, str | None):
        person["name"] = joined_name(family, given)
        if is_split_back(family, given):
            person.pop("family_name", None)
            person.pop("given_name", None)
    return person


def _works(fields: dict[str, Any]) -> None:
    """Separate other identifiers of the work itself from those of other works."""
    related, alternate = [], []
    for each in _listed(fields.pop("related_identifiers", [])):
        one = _related(each)
        is_alternate = isinstance(one, dict) and str(one.get("relation")).lower() == ALTERNATE_NAME.lower()
        if is_alternate:
            alternate.append({key: value for key, value in one.items() if key in ("identifier", "scheme")})
        else:
            related.append(one)
    if related:
        fields["related_identifiers"] = related
    if alternate:
        fields["identifiers"] = [*_listed(fields.get("identifiers", [])), *alternate]
    if "references" in fields:
        fields["references"] = _each(
            fields["references"], lambda one: {"reference": one} if isinstance(one, str) else one
        )


def _related(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    made = {key: each for key, each in value.items() if not _says_nothing(each)}
    if isinstance(relation := made.get("relation"), str):
        full = datacite_relation("isOriginalFormOf" if relation == "isOrignialFormOf" else relation)
        made["relation"] = full[0].lower() + full[1:]
    return made


def _rest(fields: dict[str, Any]) -> None:
    for key, step in (
        ("dates", _date),
        ("locations", _location),
        ("funding", _funding),
        ("communities", _community),
    ):
        if key in fields:
            fields[key] = _each(fields[key], step)
    if isinstance(subjects := fields.get("subjects"), list):
        # the server keeps the two kinds in two places, and their order with them
        fields["subjects"] = sorted(subjects, key=lambda each: not (isinstance(each, dict) and "id" in each))
    if isinstance(custom := fields.get("custom_fields"), dict):
        found, rest = taken_from_custom(custom)
        fields["custom_fields"] = rest
        for name, value in found.items():
            fields.setdefault(name, value)


def taken_from_custom(custom: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, Any]]:
    """Return the parts of custom fields that have names of their own, and what is left of the others."""
    found: dict[str, str] = {}
    rest = {key: value for key, value in custom.items() if not _says_nothing(value)}
    for name, (field, part) in CUSTOM_NAMES.items():
        members = rest.get(field)
        if isinstance(members, dict) and isinstance(members.get(part), str):
            rest[field] = {key: value for key, value in members.items() if key != part}
            found |= {name: members[part]} if members[part] else {}
    return found, {key: value for key, value in rest.items() if not _says_nothing(value)}


def _date(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    made = dict(value)
    start, _, end = str(made.get("date") or "").partition("/")
    start, end = made.pop("start", None) or start, made.pop("end", None) or end
    if start or end:
        made["date"] = f"{start}/{end}" if start and end and start != end else start or end
    if isinstance(made.get("type"), str):
        made["type"] = made["type"].lower()
    return {key: each for key, each in made.items() if not _says_nothing(each)}


def _location(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {key: each for key, each in value.items() if not _says_nothing(each)}


def _funding(value: Any) -> Any:
    if not isinstance(value, dict) or not isinstance(award := value.get("award"), dict):
        return value
    title = award.get("title")
    return value | {"award": award | ({"title": {"en": title}} if isinstance(title, str) else {})}


def _community(value: Any) -> Any:
    named = value.get("identifier") if isinstance(value, dict) else value
    return named if isinstance(named, str) else value


def _each(value: Any, step: Callable[[Any], Any]) -> Any:
    return [step(each) for each in value] if isinstance(value, list) else value


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
