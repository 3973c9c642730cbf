"""CITATION.cff: what its published schema demands (version 1.2.0), and what Zenodo makes of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from zenodo_harvest.deposit.metadata.checks import plain, words
from zenodo_harvest.deposit.metadata.checks.plain import Check
from zenodo_harvest.deposit.metadata.checks.report import Report, did_you_mean, kind_of
from zenodo_harvest.deposit.metadata.dates import day_of
from zenodo_harvest.deposit.metadata.findings import Path
from zenodo_harvest.deposit.metadata.identifiers import is_person_identifier
from zenodo_harvest.deposit.metadata.sources.located import PlainNumber
from zenodo_harvest.vocabularies.license_ids import cff_licenses, license_id, licenses_like
from zenodo_harvest.vocabularies.terms import nearest

VERSION = "1.2.0"
_NEEDED = ("cff-version", "message", "title", "authors")
_NEEDED_OF_REFERENCE = ("authors", "title", "type")


def check_cff(report: Report, document: Any) -> None:
    """Check a whole CITATION.cff."""
    if not isinstance(document, dict):
        report.error((), f"A citation file is an object with keys, and this is {kind_of(document)}")
        return
    _members(report, (), document, _TOP)
    for key in _NEEDED:
        if key not in document:
            report.error((key,), f"{key} is missing", _ADVICE.get(key, "Add it: the schema demands it."))


_ADVICE = {
    "authors": "Name at least one author.",
    "cff-version": f"Add cff-version: {VERSION}.",
    "message": "Add message: Please cite it as below.",
}


def _members(report: Report, path: Path, members: Mapping[str, Any], kinds: Mapping[str, str]) -> None:
    for key, value in members.items():
        if report.is_full:
            return
        here = (*path, key)
        if key not in kinds:
            meant = _MEANT.get(key) or nearest(key, kinds, 0.7)
            hint = did_you_mean(meant) if meant in kinds else "Remove it."
            report.error(here, "The schema of CITATION.cff has no such key", hint)
        else:
            _CHECKS[kinds[key]](report, here, value)


_MEANT = {"licence": "license", "doi-url": "doi", "date": "date-released", "description": "abstract"}


def _text(report: Report, path: Path, value: Any) -> bool:
    """Check a text that is not empty; a plain number is none."""
    if isinstance(value, PlainNumber) or not isinstance(value, str):
        hint = "Put it in quotation marks." if isinstance(value, (PlainNumber, bool)) else ""
        report.error(path, f"A text is wanted here, and this is {kind_of(value)}", hint)
        return False
    if not value.strip():
        report.error(path, "The text is empty")
        return False
    return True


def _any_text(report: Report, path: Path, value: Any) -> None:
    _text(report, path, value)


def _text_or_number(report: Report, path: Path, value: Any) -> None:
    if not isinstance(value, PlainNumber):
        _text(report, path, value)


def _version(report: Report, path: Path, value: Any) -> None:
    _text_or_number(report, path, value)
    if isinstance(value, str):
        plain.version(report, path, value)


def _title(report: Report, path: Path, value: Any) -> None:
    if _text(report, path, value):
        plain.title(report, path, value)


def _abstract(report: Report, path: Path, value: Any) -> None:
    if _text(report, path, value):
        plain.html(report, path, value)


def _matching(pattern: str, message: str, hint: str = "") -> Check:
    """Return the check of a text against a pattern of the schema."""
    compiled = re.compile(pattern, re.ASCII)

    def check(report: Report, path: Path, value: Any) -> None:
        if _text(report, path, value) and not compiled.search(value):
            report.error(path, f"{value!r} {message}", hint)

    return check


def _date(report: Report, path: Path, value: Any) -> None:
    if _text(report, path, value) and day_of(value) is None:
        report.error(path, f"{value!r} is no date", "Write YYYY-MM-DD.")


def _orcid(report: Report, path: Path, value: Any) -> None:
    if not _text(report, path, value):
        return
    bare = value.rstrip("/").rpartition("/")[2]
    if not is_person_identifier("orcid", bare):
        report.error(path, f"{value!r} is no ORCID, or has a wrong check digit")
    elif not re.search(r"https://orcid\.org/\d{4}-\d{4}-\d{4}-\d{3}[\dX]", value, re.ASCII):
        report.error(path, "The schema wants an ORCID with its address", f"Write https://orcid.org/{bare}.")


def _one_of(choices: str) -> Check:
    allowed = choices.split()

    def check(report: Report, path: Path, value: Any) -> None:
        if _text(report, path, value) and value not in allowed:
            hint = did_you_mean(nearest(value, allowed)) or f"It is one of {', '.join(allowed[:12])}."
            report.error(path, f"{value!r} is none of the words that the schema has here", hint)

    return check


def _license(report: Report, path: Path, value: Any) -> None:
    if not isinstance(value, list):
        _one_license(report, path, value)
        return
    _list(report, path, value)
    for at, each in enumerate(value):
        _one_license(report, (*path, at), each)


def _one_license(report: Report, path: Path, value: Any) -> None:
    if not _text(report, path, value):
        return
    if value not in cff_licenses():
        hint = did_you_mean(*(name for name in licenses_like(value) if name in cff_licenses()))
        report.error(path, f"{value!r} is no SPDX identifier of the schema", hint)
    elif license_id(value) is None:
        report.warn(path, f"Zenodo does not know the license {value}", did_you_mean(*licenses_like(value)))
    else:
        words.license_word(report, path, value)


def _list(report: Report, path: Path, value: Any) -> bool:
    """Check that this is a list with items, none of them twice."""
    if not isinstance(value, list):
        report.error(
            path, f"A list is wanted here, and this is {kind_of(value)}", "Begin each item with a dash."
        )
        return False
    if not value:
        report.error(path, "The list is empty")
    seen: set[str] = set()
    for at, each in enumerate(value):
        if repr(each) in seen:
            report.error((*path, at), "This item stands here twice", "Remove one.")
        seen.add(repr(each))
    return True


def _texts(report: Report, path: Path, value: Any) -> None:
    for at, each in _items(report, path, value):
        _text(report, (*path, at), each)


def _codes(report: Report, path: Path, value: Any) -> None:
    check = _matching(r"^[a-z]{2,3}$", "is no language code")
    for at, each in _items(report, path, value):
        check(report, (*path, at), each)


def _items(report: Report, path: Path, value: Any) -> Iterable[tuple[int, Any]]:
    return enumerate(value) if _list(report, path, value) else ()


def _people(report: Report, path: Path, value: Any) -> None:
    for at, each in _items(report, path, value):
        here = (*path, at)
        if not isinstance(each, dict):
            report.error(
                here, f"A person is wanted here, and this is {kind_of(each)}", "Write family-names: …"
            )
        elif "name" in each:
            _members(report, here, each, _ENTITY)
        else:
            _members(report, here, each, _PERSON)
            if not any(each.get(key) for key in ("family-names", "given-names", "alias")):
                report.error((*here, "family-names"), "The person has no name", "Add family-names.")


def _entity(report: Report, path: Path, value: Any) -> None:
    if not isinstance(value, dict):
        report.error(path, f"An object is wanted here, and this is {kind_of(value)}", "Write name: …")
        return
    _members(report, path, value, _ENTITY)
    if "name" not in value:
        report.error((*path, "name"), "The name is missing")


def _identifiers(report: Report, path: Path, value: Any) -> None:
    for at, each in _items(report, path, value):
        here = (*path, at)
        if not isinstance(each, dict):
            report.error(here, f"An object is wanted here, and this is {kind_of(each)}")
            continue
        kind = each.get("type")
        values = _CHECKS.get(f"identifier {kind}", _any_text)
        _members(report, here, {key: one for key, one in each.items() if key != "value"}, _IDENTIFIER)
        if "value" in each:
            values(report, (*here, "value"), each["value"])
        for key in ("type", "value"):
            if key not in each:
                report.error((*here, key), f"The {key} is missing")


def _reference(report: Report, path: Path, value: Any) -> None:
    if not isinstance(value, dict):
        report.error(path, f"A reference is an object, and this is {kind_of(value)}")
        return
    _members(report, path, value, _REFERENCE)
    for key in _NEEDED_OF_REFERENCE:
        if key not in value:
            report.error((*path, key), f"The {key} is missing")


def _references(report: Report, path: Path, value: Any) -> None:
    for at, each in _items(report, path, value):
        _reference(report, (*path, at), each)


def _kinds(**names: str) -> dict[str, str]:
    return {name: kind.replace("_", " ") for kind, listed in names.items() for name in listed.split()}


_PERSON = _kinds(
    text="address affiliation alias city country family-names fax given-names name-particle name-suffix "
    "region tel",
    email="email",
    orcid="orcid",
    text_or_number="post-code",
    url="website",
)
_ENTITY = _kinds(
    text="address alias city country fax location name region tel",
    date="date-end date-start",
    email="email",
    orcid="orcid",
    text_or_number="post-code",
    url="website",
)
_IDENTIFIER = _kinds(identifier_type="type", text="description value")
_TOP = _kinds(
    cff_version="cff-version",
    text="commit message",
    title="title",
    abstract="abstract",
    people="authors contact",
    date="date-released",
    doi="doi",
    identifiers="identifiers",
    texts="keywords",
    license="license",
    url="license-url repository repository-artifact repository-code url",
    reference="preferred-citation",
    references="references",
    type="type",
    version="version",
)
_REFERENCE = _kinds(
    text="abbreviation abstract collection-title collection-type commit copyright data-type database "
    "department edition entry filename format issue-date issue-title journal medium nihmsid notes scope term "
    "thesis-type title volume-title",
    people="authors contact editors editors-series recipients senders translators",
    doi="collection-doi doi",
    entity="conference database-provider institution location publisher",
    date="date-accessed date-downloaded date-published date-released",
    text_or_number="end issue loc-end loc-start month number number-volumes pages section start version "
    "volume year year-original",
    identifiers="identifiers",
    isbn="isbn",
    issn="issn",
    texts="keywords patent-states",
    codes="languages",
    license="license",
    url="license-url repository repository-artifact repository-code url",
    pmcid="pmcid",
    status="status",
    reference_type="type",
)
_DOI = r"^10\.\d{4,9}(\.\d+)?/[A-Za-z0-9:/_;\-\.\(\)\[\]\\]+$"
_URL = r"^(https|http|ftp|sftp)://.+"

_CHECKS: Mapping[str, Check] = {
    "text": _any_text,
    "text or number": _text_or_number,
    "version": _version,
    "title": _title,
    "abstract": _abstract,
    "date": _date,
    "orcid": _orcid,
    "doi": _matching(_DOI, "is no DOI as the schema wants it", "Write 10.1234/abc, without its address."),
    "url": _matching(_URL, "is no address", "Write https://…"),
    "email": _matching(r"^\S+@\S+\.\S{2,}$", "is no e-mail address"),
    "isbn": _matching(r"^[0-9\- ]{10,17}X?$", "is no ISBN"),
    "issn": _matching(r"^\d{4}-\d{3}[\dxX]$", "is no ISSN"),
    "pmcid": _matching(r"^PMC[0-9]{7}$", "is no PMCID"),
    "cff version": _matching(r"^1\.2\.0$", "is not the version of the schema", f"Write {VERSION}."),
    "texts": _texts,
    "codes": _codes,
    "license": _license,
    "people": _people,
    "entity": _entity,
    "identifiers": _identifiers,
    "reference": _reference,
    "references": _references,
    "type": _one_of("software dataset"),
    "status": _one_of("abstract advance-online in-preparation in-press preprint submitted"),
    "reference type": _one_of(
        "art article audiovisual bill blog book catalogue conference-paper conference data database "
        "dictionary edited-work encyclopedia film-broadcast generic government-document grant hearing "
        "historical-work legal-case legal-rule magazine-article manual map multimedia music "
        "newspaper-article pamphlet patent personal-communication proceedings report serial slides "
        "software-code software-container software-executable software-virtual-machine software "
        "sound-recording standard statute thesis unpublished video website"
    ),
    "identifier type": _one_of("doi url swh other"),
    "identifier doi": _matching(_DOI, "is no DOI as the schema wants it", "Write 10.1234/abc."),
    "identifier url": _matching(_URL, "is no address", "Write https://…"),
    "identifier swh": _matching(r"^swh:1:(snp|rel|rev|dir|cnt):[0-9a-fA-F]{40}$", "is no SWHID"),
}
