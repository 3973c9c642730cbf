"""Identifiers: of works, people, communities and grants."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from zenodo_harvest.deposit.metadata.checks.plain import Check, full_text, is_text
from zenodo_harvest.deposit.metadata.checks.report import Report
from zenodo_harvest.deposit.metadata.findings import Path
from zenodo_harvest.deposit.metadata.identifiers import (
    detected_scheme,
    is_person_identifier,
    is_web_address,
)
from zenodo_harvest.ids import bare_doi
from zenodo_harvest.vocabularies.funders import award_of_grant, funder_ror

_DIGITS = re.compile(r"\d{4}-?\d{4}-?\d{4}-?\d{3}[\dXx]")
_SLUG = re.compile(r"[-\w]{1,100}", re.ASCII)
_ZENODO = ("10.5281/", "10.5072/")
_NAMES = {"orcid": "ORCID", "isni": "ISNI", "gnd": "GND id", "ror": "ROR id"}


def doi(report: Report, path: Path, value: Any) -> None:
    """A DOI that another agency gave."""
    if not is_text(report, path, value):
        return
    if not value:
        report.warn(path, "The text is empty", "Leave the field out.")
    elif not (bare := bare_doi(value)):
        report.error(path, f"{value!r} is no DOI", "Write 10.1234/abc, or leave it out: Zenodo gives one.")
    elif bare.lower() != value.strip().lower():
        report.warn(path, "A DOI stands here without its address", f"Write {bare}.")
    elif bare.startswith(_ZENODO):
        report.warn(
            path,
            "Zenodo gives this DOI itself, and takes it whoever it belongs to",
            "Leave it out, save for the DOI reserved for this very upload.",
        )


def person_id(scheme: str) -> Check:
    """Return the check of one kind of identifier of people and organisations."""

    def check(report: Report, path: Path, value: Any) -> None:
        if value is None or not is_text(report, path, value):
            return
        if not value:
            report.warn(path, "The text is empty", "Leave the field out.")
        elif not is_person_identifier(scheme, value):
            digits = value.strip().rstrip("/").rpartition("/")[2]
            why = "has a wrong check digit" if _DIGITS.fullmatch(digits) else f"is no {_NAMES[scheme]}"
            report.error(path, f"{value!r} {why}", "Zenodo refuses it when the upload is published.")

    return check


def identifier(report: Report, path: Path, value: Any) -> None:
    """An identifier of a work whose scheme can be told."""
    if not is_text(report, path, value):
        return
    if not value.strip():
        report.error(path, "The identifier is empty")
    elif not detected_scheme(value):
        doi_meant = re.search(r"10\.\d{4,9}/\S+", value)
        hint = f"Did you mean {doi_meant[0]}?" if doi_meant else "Write a DOI, an address or a handle."
        report.error(path, f"{value!r} is no identifier that Zenodo recognises", hint)


def community(report: Report, path: Path, value: Any) -> None:
    """The slug of a community; whether there is one, the site alone knows."""
    if not is_text(report, path, value):
        return
    if not _SLUG.fullmatch(value.strip()):
        slug = urlsplit(value).path.rstrip("/").rpartition("/")[2]
        hint = f"Did you mean {slug}?" if "/" in value and _SLUG.fullmatch(slug) else ""
        report.error(
            path, f"{value!r} is no slug of a community", hint or "It is the end of the community's address."
        )
    else:
        report.warn(
            path,
            "Whether there is such a community, only the site can tell",
            "Zenodo leaves an unknown one out without a word.",
        )


def grant_id(report: Report, path: Path, value: Any) -> None:
    """A grant; whether there is one, the site alone knows."""
    if not is_text(report, path, value):
        return
    if not value.strip():
        report.error(path, "The grant is empty")
        return
    funder = value.partition("::")[0]
    known = "::" not in value or funder_ror(funder) != funder or not funder.startswith("10.")
    more = "" if known else f"; the funder {funder} is none that we know"
    report.warn(
        path,
        f"Whether there is such a grant ({award_of_grant(value)[1]}), only the site can tell{more}",
        "Zenodo refuses an unknown one.",
    )


def url(report: Report, path: Path, value: Any) -> None:
    """A web address; the server drops another text."""
    full_text(report, path, value)
    if isinstance(value, str) and value.strip() and not is_web_address(value):
        report.error(path, f"{value!r} is no web address", "Write https://…")


def isbn(report: Report, path: Path, value: Any) -> None:
    """An ISBN with its check digit; the server drops another text."""
    import idutils

    _checked(report, path, value, idutils.is_isbn, "ISBN")


def issn(report: Report, path: Path, value: Any) -> None:
    """An ISSN with its check digit; the server drops another text."""
    import idutils

    _checked(report, path, value, idutils.is_issn, "ISSN")


def _checked(report: Report, path: Path, value: Any, check: Any, noun: str) -> None:
    full_text(report, path, value)
    if isinstance(value, str) and value.strip() and not check(value):
        report.error(path, f"{value!r} is no {noun}, or has a wrong check digit")
