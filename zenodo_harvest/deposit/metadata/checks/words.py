"""Controlled words: types, licenses, languages, roles, relations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from zenodo_harvest.deposit.metadata.checks.plain import is_text
from zenodo_harvest.deposit.metadata.checks.report import Report, did_you_mean, kind_of, one_of
from zenodo_harvest.deposit.metadata.findings import Path
from zenodo_harvest.vocabularies.languages import is_language, language_code, two_letters
from zenodo_harvest.vocabularies.license_ids import (
    DEPRECATED,
    UNVERSIONED,
    license_id,
    license_of,
    licenses_like,
)
from zenodo_harvest.vocabularies.relations import RELATIONS
from zenodo_harvest.vocabularies.roles import ROLES
from zenodo_harvest.vocabularies.terms import (
    DATE_TYPES,
    DESCRIPTION_TYPES,
    IDENTIFIER_SCHEMES,
    PERSON_SCHEMES,
    TITLE_TYPES,
    nearest,
)
from zenodo_harvest.vocabularies.types import RESOURCE_TYPES, TOP_TYPES, subtype_ids, type_ids

TYPES_SHOWN = "dataset software publication image poster presentation lesson video other".split()
ACCESS_RIGHTS = ("open", "embargoed", "restricted")
_LETTERS = 2
_CODE = 3
ALTERNATE = "isAlternateIdentifier"
_NOT_SHOWN = frozenset("istranslationof hastranslation iscollectedby collects other".split())
"""Relations that the deposit API reads and does not write (zenodo-api.md §9.9, read 2026-08-20)."""
CLASSIC_RELATIONS = tuple(name[0].lower() + name[1:] for name in RELATIONS)
"""Relations as the deposit API writes them."""


def upload_type(report: Report, path: Path, value: Any) -> None:
    """The first half of a resource type, or all of it."""
    if not is_text(report, path, value):
        return
    if value in TOP_TYPES:
        return
    if value in RESOURCE_TYPES:
        top, _, sub = value.partition("-")
        report.warn(path, "The kind belongs into a field of its own", f"Write {top}, and {top}_type: {sub}.")
        return
    found = type_ids(value)
    if found:
        top, _, sub = found[0].partition("-")
        hint = f"Did you mean {top}{f' with {top}_type: {sub}' if sub else ''}?"
    else:
        hint = did_you_mean(nearest(value, TOP_TYPES)) or one_of(TYPES_SHOWN)
    report.error(path, f"{value!r} is no upload type", hint)


def subtype(report: Report, path: Path, value: Any) -> None:
    """The second half of a resource type; which first half it belongs to is checked with the whole."""
    if not is_text(report, path, value):
        return
    if not value:
        report.warn(path, "The text is empty", "Leave the field out.")
        return
    top = str(path[-1]).removesuffix("_type")
    known = [name.partition("-")[2] for name in RESOURCE_TYPES if name.startswith(f"{top}-")]
    if value not in known:
        alike = [each.partition("-")[2] for each in subtype_ids(value) if each.startswith(f"{top}-")]
        hint = did_you_mean(*alike[:1]) or did_you_mean(nearest(value, known))
        report.error(path, f"{value!r} is no {top} type", hint or one_of(known))


def resource_type(report: Report, path: Path, value: Any) -> None:
    """A resource type in one word."""
    if is_text(report, path, value) and value and value not in RESOURCE_TYPES:
        hint = did_you_mean(*type_ids(value)[:2]) or did_you_mean(nearest(value, RESOURCE_TYPES))
        report.error(path, f"{value!r} is no resource type", hint)


def access_right(report: Report, path: Path, value: Any) -> None:
    """Who may see the files."""
    if not is_text(report, path, value):
        return
    if not value:
        report.warn(path, "The text is empty, and the files would be open", "Leave the field out.")
    elif value == "closed":
        report.warn(path, "Zenodo has no closed access any more: it becomes restricted", "Write restricted.")
    elif value not in ACCESS_RIGHTS:
        hint = did_you_mean(nearest(value, ACCESS_RIGHTS)) or one_of(ACCESS_RIGHTS)
        report.error(path, f"{value!r} is no access right", hint)


def access_record(report: Report, path: Path, value: Any) -> None:
    """Who may see the record."""
    _one_of(report, path, value, ("public", "restricted"), "protection of the record")
    if value == "restricted":
        report.warn(path, "Zenodo itself restricts no records, other sites do (only the site can tell)")


def license_(report: Report, path: Path, value: Any) -> None:
    """One license, by its id or as ``{"id": …}``."""
    if isinstance(value, dict):
        if "id" not in value:
            report.error((*path, "id"), "The id of the license is missing", 'Write {"id": "CC-BY-4.0"}.')
            return
        for key, each in value.items():
            if key == "id":
                license_word(report, (*path, "id"), each)
            else:
                report.error((*path, key), "Zenodo ignores this key", "Leave the id alone.")
    elif isinstance(value, list):
        report.error(path, "The deposit API takes one license, and this is a list", "Choose one.")
    else:
        license_word(report, path, value)


def license_word(report: Report, path: Path, value: Any) -> None:
    """The id of a license in a spelling that the server knows."""
    if not is_text(report, path, value):
        return
    found, word = license_id(value), value.strip().lower()
    known = license_of(found) if found else None
    if known is None:
        hint = did_you_mean(*licenses_like(value)) or "Write an SPDX identifier such as CC-BY-4.0."
        report.error(path, f"{value!r} is no license that Zenodo knows", hint)
    elif word in DEPRECATED:
        others = " or ".join(dict.fromkeys((known.name, known.name.replace("-only", "-or-later"))))
        report.warn(
            path, f"{value} is a deprecated SPDX id, and Zenodo reads it as {known.name}", f"Write {others}."
        )
    elif word in UNVERSIONED:
        report.warn(
            path, f"{value} names no version, and Zenodo reads it as {known.name}", f"Write {known.name}."
        )
    elif known.id == "notspecified":
        report.warn(path, "Without a license nobody knows what is allowed", "Name one such as CC-BY-4.0.")


def language(report: Report, path: Path, value: Any) -> None:
    """A language as the deposit API takes it: three letters, or two."""
    if not is_text(report, path, value):
        return
    if len(value) == _LETTERS and two_letters(value):
        return
    language_id(report, path, value)


def language_id(report: Report, path: Path, value: Any) -> None:
    """A language by its code of three letters."""
    if is_text(report, path, value) and not is_language(value):
        meant = language_code(value)
        hint = did_you_mean(meant) if meant and is_language(meant) else "Write three letters, such as eng."
        report.error(path, f"{value!r} is no language code", hint)


def role(report: Report, path: Path, value: Any) -> None:
    """What a contributor did; in any case."""
    _any_case(report, path, value, ROLES, "role")
    if report.is_classic and str(value).lower() == "translator":
        report.warn(path, "The deposit API takes this role, and does not show it again")


def relation(report: Report, path: Path, value: Any) -> None:
    """How another work relates; in any case, save one."""
    if value == "isOrignialFormOf":
        report.warn(path, "The word is misspelt, and Zenodo mends it", "Write isOriginalFormOf.")
        return
    _any_case(report, path, value, CLASSIC_RELATIONS, "relation")
    if not isinstance(value, str) or not report.is_classic:
        return
    if value.lower() == ALTERNATE.lower() and value != ALTERNATE:
        report.error(path, f"Zenodo knows {ALTERNATE} in this spelling alone", did_you_mean(ALTERNATE))
    elif value.lower() in _NOT_SHOWN:
        report.warn(path, "The deposit API takes this relation, and does not show it again")


def date_type(report: Report, path: Path, value: Any) -> None:
    """The kind of a date; in any case."""
    _any_case(report, path, value, DATE_TYPES, "date type")


def title_type(report: Report, path: Path, value: Any) -> None:
    """The kind of an additional title."""
    _one_of(report, path, value, TITLE_TYPES, "title type")


def description_type(report: Report, path: Path, value: Any) -> None:
    """The kind of an additional description."""
    _one_of(report, path, value, DESCRIPTION_TYPES, "description type")


def scheme(report: Report, path: Path, value: Any) -> None:
    """The kind of an identifier; the deposit API finds it out itself."""
    if report.is_classic:
        return
    _one_of(report, path, value, IDENTIFIER_SCHEMES, "identifier scheme")


def person_scheme(report: Report, path: Path, value: Any) -> None:
    """The kind of a person's identifier."""
    _one_of(report, path, value, PERSON_SCHEMES, "identifier scheme of people")


def name_type(report: Report, path: Path, value: Any) -> None:
    """Person or organisation."""
    _one_of(report, path, value, ("personal", "organizational"), "type of name")


def _any_case(report: Report, path: Path, value: Any, words: Iterable[str], noun: str) -> None:
    if not isinstance(value, str):
        report.error(path, f"A {noun} is wanted here, and this is {kind_of(value)}")
    elif value.lower() not in {word.lower() for word in words}:
        hint = did_you_mean(nearest(value, words)) or one_of(words)
        report.error(path, f"{value!r} is no {noun}", hint)


def _one_of(report: Report, path: Path, value: Any, words: Iterable[str], noun: str) -> None:
    if is_text(report, path, value) and value not in words:
        hint = did_you_mean(nearest(value, words)) or one_of(words)
        report.error(path, f"{value!r} is no {noun}", hint)
