"""Rules about creators and contributors."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

from zenodo_harvest.catalog.checks.identifiers import is_valid
from zenodo_harvest.catalog.checks.rule import Around, RowRules, Rule
from zenodo_harvest.catalog.columns import CatalogRow

Person = Mapping[str, Any]

_SEVERAL = re.compile(r";\s*\S|\bet\.? al\b", re.IGNORECASE).search
_NOWHERE = re.compile(
    r"\s*(independent|freelance|private|retired|self-employed|none|n/?a)\b.*|\W*", re.IGNORECASE | re.DOTALL
).fullmatch
"""What stands for no affiliation, or for one that ROR cannot know."""


def _name(person: Person) -> str:
    return person.get("name") or "(no name)"


def _is_human(person: Person) -> bool:
    """Tell people from organisations; where the kind is not told, a comma in the name does."""
    kind = person.get("type")
    return kind == "personal" if kind else "," in _name(person)


def _none(row: CatalogRow, _: Around) -> Iterator[str]:
    if not row["creators"]:
        yield "no creator"


def _joined(row: CatalogRow, _: Around) -> Iterator[str]:
    for person in row["creators"]:
        name = _name(person)
        if (";" in name or " al" in name.lower()) and _SEVERAL(name) and _is_human(person):
            yield name


def _malformed_orcids(row: CatalogRow, _: Around) -> Iterator[str]:
    for person in (*row["creators"], *row["contributors"]):
        if (orcid := person["orcid"]) and not is_valid("orcid", orcid):
            yield f"{_name(person)}: {orcid}"


def _shared_orcids(row: CatalogRow, _: Around) -> Iterator[str]:
    owners: dict[str, str] = {}
    for person in row["creators"]:
        if person["orcid"] and (orcid := person["orcid"].strip().upper()[-19:]):
            if orcid in owners:
                yield f"{orcid}: {owners[orcid]}, {_name(person)}"
            owners[orcid] = _name(person)


def _without_orcid(row: CatalogRow, _: Around) -> Iterator[str]:
    return (_name(each) for each in row["creators"] if not each["orcid"] and _is_human(each))


def _without_affiliation(row: CatalogRow, _: Around) -> Iterator[str]:
    return (_name(each) for each in row["creators"] if not each["affiliations"] and _is_human(each))


def _without_ror(row: CatalogRow, _: Around) -> Iterator[str]:
    if str(row["dialect"]).startswith("legacy"):  # which cannot say
        return
    names = {
        name: None  # each once, since creators have them in common
        for person in row["creators"]
        for name, id_ in zip_longest(person["affiliations"], person["affiliation_ids"])
        if name and not id_
    }
    yield from (name for name in names if not _NOWHERE(name))


PEOPLE: RowRules = (
    (
        Rule(
            "creators-missing",
            "error",
            "No creator",
            "A work cannot be cited without a creator. Add the people or the organisation that made it.",
        ),
        _none,
    ),
    (
        Rule(
            "creators-joined",
            "warning",
            "Several people in one name",
            "Citations and searches take the whole text for one person. Enter each creator in a field of its "
            "own, all of them instead of et al.",
        ),
        _joined,
    ),
    (
        Rule(
            "orcid-malformed",
            "error",
            "ORCID that is none",
            "The number is not of the right form, or its check digit is wrong. Ask the person for the right "
            "one.",
        ),
        _malformed_orcids,
    ),
    (
        Rule(
            "orcid-shared",
            "error",
            "One ORCID for two creators",
            "An ORCID belongs to one person. Give each creator their own; if a person is listed twice, "
            "remove one entry.",
        ),
        _shared_orcids,
    ),
    (
        Rule(
            "orcid-missing",
            "note",
            "Creators without ORCID",
            "With an ORCID a person is told from others of the same name, and finds the record in their "
            "profile. Add those that you know.",
        ),
        _without_orcid,
    ),
    (
        Rule(
            "affiliation-missing",
            "note",
            "Creators without affiliation",
            "Institutions look for the works of their people by it. Add where they worked at the time.",
        ),
        _without_affiliation,
    ),
    (
        Rule(
            "ror-missing",
            "note",
            "Affiliations without ROR",
            "Spelt as plain text, one institution counts as many. Choose it from the list of suggestions "
            "when you edit, where ROR has it. Silent for records that were read from legacy JSON, which "
            "does not say.",
        ),
        _without_ror,
    ),
)
