"""Reads the creators and contributors of DataCite XML."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from zenodo_harvest.records.elements import KERNEL, Element, around, name_of, put, settle, tree
from zenodo_harvest.records.record import Funding, Person
from zenodo_harvest.vocabularies.datacite import NAME_SCHEMES, NAME_TYPES

_PEOPLE = {f"{KERNEL}{name}s": (f"{name}s", f"{KERNEL}{name}") for name in ("creator", "contributor")}
_AFFILIATION, _IDENTIFIER = f"{KERNEL}affiliation", f"{KERNEL}nameIdentifier"
_NAMES = {
    f"{KERNEL}creatorName": "name",
    f"{KERNEL}contributorName": "name",
    f"{KERNEL}givenName": "given_name",
    f"{KERNEL}familyName": "family_name",
}
Attributes = list[tuple[str, str]]


def read_people(people: Element, columns: dict[str, Any], rest: dict[str, Any], _: list[str]) -> None:
    """Take the creators, or the contributors with their roles."""
    column, tag = _PEOPLE[people.tag]
    found, remains = [], []
    for each in people:
        if each.tag == tag:
            person, remain = _person(each)
            found.append(person)
            remains.append(remain)
        else:
            remains.append(tree(each))
    columns[column] = tuple(found)
    if grants := tuple(filter(None, map(_grant, people))):
        columns["funding"] = (*columns.get("funding", ()), *grants)
    settle(people, remains, rest)


def _person(element: Element) -> tuple[Person, dict[str, Any] | None]:
    """Return a person, and those parts whole that say more than a column holds."""
    known: dict[str, str | None] = {}
    affiliations: list[str] = []
    ids: list[str | None] = []
    rest = around(element, "contributorType")
    if (role := element.get("contributorType")) is not None:
        known["role"] = role
    for part in element:
        tag, text, said = part.tag, part.text, part.items()
        if text is None or len(part):
            is_taken = False
        elif tag == _AFFILIATION:
            affiliations.append(text)
            ids.append(_ror(dict(said)))
            is_taken = not said
        elif tag == _IDENTIFIER:
            is_taken = _identify(text, said, known)
        else:
            is_taken = _name(_NAMES.get(tag), text, said, known)
        if not is_taken:
            put(rest, name_of(tag), tree(part))
    return Person(**known, affiliations=tuple(affiliations), affiliation_ids=tuple(ids)), rest or None


def _grant(element: Element) -> Funding | None:
    """Return the award of a funder that stands among the contributors, as before schema 4 of DataCite."""
    if element.get("contributorType") != "Funder":
        return None
    for part in element.iter(_IDENTIFIER):
        _, found, said = (part.text or "").strip().partition("info:eu-repo/grantAgreement/")
        parts = [unquote(each) or None for each in said.split("/")] + [None] * 6
        if found and parts[2]:
            name = element.findtext(f"{KERNEL}contributorName") or parts[0]
            return Funding(
                funder_name=name, award_number=parts[2], award_title=parts[4], award_acronym=parts[5]
            )
    return None


def _ror(said: dict[str, str]) -> str | None:
    """Return the ROR id of an affiliation, bare of the address it may be written as."""
    id_ = said.get("affiliationIdentifier", "").strip()
    is_ror = said.get("affiliationIdentifierScheme") == "ROR" or "//ror.org/" in id_
    return id_.rpartition("/")[2] or None if is_ror else None


def _name(column: str | None, text: str, said: Attributes, known: dict[str, str | None]) -> bool:
    """Take a name; return whether that is all its element says."""
    if column is None or column in known:
        return False
    known[column] = text
    if not said:
        return True
    key, value = said[0]
    if key != "nameType" or value not in NAME_TYPES:
        return False
    known["type"] = NAME_TYPES[value]
    return len(said) == 1


def _identify(text: str, said: Attributes, known: dict[str, str | None]) -> bool:
    """Take an identifier, bare of the address it may be written as; return whether that is all."""
    key, scheme = said[0] if said else ("", "")
    column = NAME_SCHEMES.get(scheme)
    if key != "nameIdentifierScheme" or column is None or column in known:
        return False
    bare = text.strip().rpartition("/")[2]
    known[column] = bare
    return len(said) == 1 and bare == text
