"""CITATION.cff is held against its published schema, codemeta.json against what metadata can be made of."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from zenodo_harvest.deposit.metadata.findings import Finding

ERROR, WARNING = "error", "warning"
CFF = {
    "cff-version": "1.2.0",
    "message": '"Please cite it."',
    "title": "Snow tools",
    "authors": "[{family-names: Okoro}]",
}
REFERENCE = "{type: article, title: Snow, authors: [{name: A}], "
CODEMETA = {
    "@context": "https://w3id.org/codemeta/3.0",
    "type": "SoftwareSourceCode",
    "name": "Snow tools",
    "author": [{"type": "Person", "givenName": "Nkem", "familyName": "Okoro"}],
}
Findings = Callable[..., tuple[Finding, ...]]


def of_cff(findings: Findings, **fields: str | None) -> list[tuple[str, str]]:
    changed = {name.replace("_", "-"): value for name, value in fields.items()}
    text = "".join(f"{name}: {value}\n" for name, value in {**CFF, **changed}.items() if value is not None)
    return [(one.level, one.path) for one in findings(text, "cff")]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"version": "1.10", "date_released": "2024-03-01", "license": "MIT", "type": "dataset"},
        {"license": "[Apache-2.0, MIT]"},
        {"authors": "[{name: The Snow Group, website: 'https://a.org'}, {alias: nkem}]"},
        {"authors": "[{family-names: Okoro, orcid: 'https://orcid.org/0000-0002-1825-0097'}]"},
        {"identifiers": "[{type: doi, value: 10.5281/zenodo.1}, {type: other, value: x}]"},
        {"preferred_citation": "{type: article, title: Snow, authors: [{family-names: Okoro}], year: 2020}"},
        {"doi": "10.5281/zenodo.1003150", "repository_code": "https://a.org", "keywords": "[snow]"},
    ],
)
def test_nothing_is_said_against(fields: dict[str, str], findings: Findings) -> None:
    assert of_cff(findings, **fields) == []


@pytest.mark.parametrize(
    ("fields", "level", "path"),
    [
        ({"cff_version": None}, ERROR, "cff-version"),
        ({"cff_version": "1.1.0"}, ERROR, "cff-version"),
        ({"cff_version": "1.2"}, ERROR, "cff-version"),
        ({"message": None}, ERROR, "message"),
        ({"title": "5"}, ERROR, "title"),
        ({"title": "ab"}, ERROR, "title"),
        ({"authors": "[]"}, ERROR, "authors"),
        ({"authors": "Nkem Okoro"}, ERROR, "authors"),
        ({"authors": "[Nkem Okoro]"}, ERROR, "authors.0"),
        ({"authors": "[{family-name: Okoro, given-names: N}]"}, ERROR, "authors.0.family-name"),
        ({"authors": "[{affiliation: Institute}]"}, ERROR, "authors.0.family-names"),
        ({"authors": "[{family-names: A}, {family-names: A}]"}, ERROR, "authors.1"),
        ({"authors": "[{name: A, family-names: B}]"}, ERROR, "authors.0.family-names"),
        ({"authors": "[{family-names: A, orcid: 0000-0002-1825-0097}]"}, ERROR, "authors.0.orcid"),
        (
            {"authors": "[{family-names: A, orcid: 'https://orcid.org/0000-0002-1825-0098'}]"},
            ERROR,
            "authors.0.orcid",
        ),
        ({"authors": "[{family-names: A, email: nobody}]"}, ERROR, "authors.0.email"),
        ({"date_released": "2024-13-01"}, ERROR, "date-released"),
        ({"date_released": "2024"}, ERROR, "date-released"),
        ({"license": "GPL-3"}, ERROR, "license"),
        ({"license": "mit"}, ERROR, "license"),
        ({"license": "[MIT, GPLv3]"}, ERROR, "license.1"),
        ({"license": "GPL-3.0"}, WARNING, "license"),
        ({"license": "NAIST-2003"}, WARNING, "license"),
        ({"license": ""}, ERROR, "license"),
        ({"licence": "MIT"}, ERROR, "licence"),
        ({"type": "paper"}, ERROR, "type"),
        ({"keywords": "snow"}, ERROR, "keywords"),
        ({"keywords": "[1]"}, ERROR, "keywords.0"),
        ({"doi": "https://doi.org/10.5281/zenodo.1"}, ERROR, "doi"),
        ({"repository_code": "example.org/snow"}, ERROR, "repository-code"),
        ({"identifiers": "[{type: swh, value: x}]"}, ERROR, "identifiers.0.value"),
        ({"identifiers": "[{type: isbn, value: x}]"}, ERROR, "identifiers.0.type"),
        ({"preferred_citation": "{type: article, title: Snow}"}, ERROR, "preferred-citation.authors"),
        ({"references": "[]"}, ERROR, "references"),
        ({"preferred_citation": "Snow"}, ERROR, "preferred-citation"),
        ({"preferred_citation": REFERENCE + "isbn: x}"}, ERROR, "preferred-citation.isbn"),
        ({"preferred_citation": REFERENCE + "issn: x}"}, ERROR, "preferred-citation.issn"),
        ({"preferred_citation": REFERENCE + "pmcid: x}"}, ERROR, "preferred-citation.pmcid"),
        (
            {"preferred_citation": REFERENCE + "languages: [english]}"},
            ERROR,
            "preferred-citation.languages.0",
        ),
        ({"preferred_citation": REFERENCE + "publisher: X}"}, ERROR, "preferred-citation.publisher"),
        (
            {"preferred_citation": REFERENCE + "publisher: {city: X}}"},
            ERROR,
            "preferred-citation.publisher.name",
        ),
        ({"preferred_citation": REFERENCE + "status: done}"}, ERROR, "preferred-citation.status"),
        ({"identifiers": "[x]"}, ERROR, "identifiers.0"),
        ({"identifiers": "[{type: doi}]"}, ERROR, "identifiers.0.value"),
        ({"references": "[{type: paper, title: S, authors: [{name: A}]}]"}, ERROR, "references.0.type"),
    ],
)
def test_one_fault_of_a_citation_file_is_one_finding(
    fields: dict[str, str], level: str, path: str, findings: Findings
) -> None:
    assert of_cff(findings, **fields) == [(level, path)]


@pytest.mark.parametrize(
    ("fields", "level", "path"),
    [
        ({"@context": None}, ERROR, "@context"),
        ({"@context": "https://schema.org"}, WARNING, "@context"),
        ({"type": None}, WARNING, "@type"),
        ({"type": "SofwareSourceCode"}, ERROR, "type"),
        ({"name": None}, ERROR, "name"),
        ({"name": "ab"}, ERROR, "name"),
        ({"author": None}, ERROR, "author"),
        ({"author": []}, ERROR, "author"),
        ({"author": "Nkem Okoro"}, ERROR, "author"),
        ({"author": [{"type": "Person"}]}, ERROR, "author.0.name"),
        ({"author": {"familyName": "A", "id": "https://orcid.org/0000-0002-1825-0098"}}, ERROR, "author.id"),
        ({"license": 5}, ERROR, "license"),
        ({"license": "GPLv3"}, WARNING, "license"),
        ({"datePublished": "March 2024"}, ERROR, "datePublished"),
        ({"keywords": 5}, ERROR, "keywords"),
        ({"codeRepository": "nowhere"}, WARNING, "codeRepository"),
        ({"author": {"type": "Person", "name": "Nkem Okoro"}}, WARNING, "author.name"),
        ({"codeRepositry": "https://a.org"}, WARNING, "codeRepositry"),
        ({"description": "ab"}, ERROR, "description"),
    ],
)
def test_one_fault_of_codemeta_is_one_finding(
    fields: dict[str, Any], level: str, path: str, findings: Findings
) -> None:
    document = {name: value for name, value in {**CODEMETA, **fields}.items() if value is not None}
    assert [(one.level, one.path) for one in findings(json.dumps(document), "codemeta")] == [(level, path)]


def test_version_2_of_codemeta_is_as_good(findings: Findings) -> None:
    author = {"@type": "Organization", "name": "The Snow Group"}
    document = {"@context": "https://doi.org/10.5063/schema/codemeta-2.0", "@type": "SoftwareSourceCode"}
    text = json.dumps(
        {
            **document,
            "name": "Snow tools",
            "author": author,
            "license": {"@id": "https://spdx.org/licenses/MIT"},
        }
    )
    assert findings(text, "codemeta") == ()
