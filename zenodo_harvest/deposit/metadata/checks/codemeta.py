"""codemeta.json, versions 2 and 3: what is needed to make metadata of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zenodo_harvest.deposit.metadata.checks import plain
from zenodo_harvest.deposit.metadata.checks.report import Report, did_you_mean, kind_of
from zenodo_harvest.deposit.metadata.findings import Path
from zenodo_harvest.deposit.metadata.identifiers import is_person_identifier
from zenodo_harvest.deposit.metadata.sources.codemeta import (
    license_meant,
    license_text,
    repository_of,
    type_of,
)
from zenodo_harvest.vocabularies.license_ids import licenses_like
from zenodo_harvest.vocabularies.terms import nearest

TERMS = frozenset(
    "address affiliation applicationCategory applicationSubCategory citation codeRepository contributor "
    "copyrightHolder copyrightYear dateCreated dateModified datePublished description downloadUrl email "
    "editor encoding endDate familyName fileFormat fileSize funder givenName hasPart identifier "
    "installUrl isAccessibleForFree isPartOf keywords license memoryRequirements name operatingSystem "
    "permissions position processorRequirements producer programmingLanguage provider publisher "
    "relatedLink review reviewAspect reviewBody releaseNotes roleName runtimePlatform sameAs softwareHelp "
    "softwareRequirements softwareVersion sponsor startDate storageRequirements supportingData "
    "targetProduct url version author softwareSuggestions continuousIntegration contIntegration "
    "buildInstructions developmentStatus embargoEndDate embargoDate funding readme issueTracker "
    "referencePublication maintainer hasSourceCode isSourceCodeOf alternateName creator inLanguage "
    "abstract image audience educationalUse thumbnailUrl softwareAddOn featureList screenshot "
    "requirements type id graph context language value".split()
)
"""The terms of codemeta 2 and 3, and a few of schema.org that people add."""
_TYPES = ("SoftwareSourceCode", "SoftwareApplication", "Dataset", "CreativeWork")
_DATES = ("dateCreated", "dateModified", "datePublished", "embargoEndDate", "embargoDate")


def check_codemeta(report: Report, document: Any) -> None:
    """Check a whole codemeta.json."""
    if not isinstance(document, dict):
        report.error((), f"codemeta.json holds an object, and this is {kind_of(document)}")
        return
    _context(report, document)
    _type(report, document)
    for key in document:
        if not key.startswith(("@", "codemeta:", "schema:", "http")) and key not in TERMS:
            report.warn(
                (key,),
                "codemeta has no such term, and it is left out",
                did_you_mean(nearest(key, TERMS, 0.75)),
            )
    _name(report, document)
    _authors(report, document)
    _license(report, document)
    _others(report, document)


def _context(report: Report, document: Mapping[str, Any]) -> None:
    context = document.get("@context")
    if context is None:
        report.error(
            ("@context",),
            "@context is missing, and without it the file is no codemeta",
            'Add "@context": "https://w3id.org/codemeta/3.0".',
        )
    elif "codemeta" not in str(context):
        report.warn(
            ("@context",), "@context names no version of codemeta", "Write https://w3id.org/codemeta/3.0."
        )


def _type(report: Report, document: Mapping[str, Any]) -> None:
    key = "@type" if "@type" in document else "type"
    value = type_of(document)
    if value is None:
        report.warn(("@type",), "The type is missing, and taken for SoftwareSourceCode", "Add it.")
    elif value not in _TYPES:
        hint = did_you_mean(nearest(str(value), _TYPES)) or f"It is one of {', '.join(_TYPES)}."
        report.error((key,), f"{value!r} is no type that codemeta describes", hint)


def _name(report: Report, document: Mapping[str, Any]) -> None:
    if document.get("name") is None:
        report.error(("name",), "The name is missing", "Add it: it becomes the title.")
    else:
        plain.title(report, ("name",), document["name"])
    if document.get("description") is not None:
        plain.html(report, ("description",), document["description"])


def _authors(report: Report, document: Mapping[str, Any]) -> None:
    key = "creator" if "creator" in document and "author" not in document else "author"
    if document.get(key) in (None, [], {}):
        report.error((key,), "There is no author", "Name at least one.")
    for role in ("author", "creator", "contributor", "maintainer", "editor"):
        if document.get(role) is not None:
            _people(report, (role,), document[role])


def _people(report: Report, path: Path, value: Any) -> None:
    if isinstance(value, list):
        for at, each in enumerate(value):
            _person(report, (*path, at), each)
    else:
        _person(report, path, value)


def _person(report: Report, path: Path, value: Any) -> None:
    if not isinstance(value, dict):
        report.error(
            path,
            f"A person or an organisation is wanted here, and this is {kind_of(value)}",
            'Write {"@type": "Person", "givenName": …, "familyName": …}.',
        )
        return
    if type_of(value) == "Role":
        return
    if not any(value.get(key) for key in ("name", "familyName", "givenName")):
        report.error((*path, "name"), "The name is missing", "Add familyName and givenName, or name.")
    for key in ("name", "familyName", "givenName", "email"):
        if value.get(key) is not None:
            plain.text(report, (*path, key), value[key])
    name = value.get("name")
    is_whole = not value.get("familyName") and not value.get("givenName") and type_of(value) != "Organization"
    if is_whole and isinstance(name, str) and "," not in name:
        report.warn(
            (*path, "name"),
            "The name has no comma, and all of it becomes the family name",
            "Write familyName and givenName.",
        )
    for key in ("@id", "id"):
        identifier = value.get(key)
        orcid = identifier.rstrip("/").rpartition("/")[2] if isinstance(identifier, str) else ""
        if "orcid.org" in str(identifier) and not is_person_identifier("orcid", orcid):
            report.error((*path, key), f"{identifier!r} is no ORCID, or has a wrong check digit")


def _license(report: Report, document: Mapping[str, Any]) -> None:
    value = document.get("license")
    if value is None:
        return
    for at, each in enumerate(value if isinstance(value, list) else [value]):
        path: Path = ("license", at) if isinstance(value, list) else ("license",)
        text = license_text(each)
        if not text:
            report.error(path, f"A license is an address or a name, and this is {kind_of(each)}")
        elif license_meant(text) is None:
            report.warn(
                path,
                f"{text!r} is no license that Zenodo knows",
                did_you_mean(*licenses_like(text)) or "Write https://spdx.org/licenses/ and the identifier.",
            )


def _others(report: Report, document: Mapping[str, Any]) -> None:
    for key in _DATES:
        value = document.get(key)
        if isinstance(value, str) and "T" in value:
            plain.edtf_time(report, (key,), value)
        elif value is not None:
            plain.edtf_date(report, (key,), value)
    for key in ("version", "softwareVersion"):
        value = document.get(key)
        if value is not None and not isinstance(value, (int, float)):
            plain.version(report, (key,), value)
    repository = document.get("codeRepository")
    if repository is not None and repository_of(repository) is None:
        report.warn(("codeRepository",), "This is no web address, and it is left out", "Write https://…")
    words = document.get("keywords")
    if words is not None and not isinstance(words, (str, list)):
        report.error(("keywords",), f"A list of texts is wanted here, and this is {kind_of(words)}")
    for at, each in enumerate(words if isinstance(words, list) else ()):
        plain.full_text(report, ("keywords", at), each)
