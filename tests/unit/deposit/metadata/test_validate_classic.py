"""Every field of `.zenodo.json` and every kind of wrongness: the level, and the path that is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from zenodo_harvest.deposit.metadata.findings import Finding

ERROR, WARNING = "error", "warning"


def creators(**fields: Any) -> dict[str, Any]:
    return {"creators": [{"name": "Okoro, Nkem", **fields}]}


def contributors(**fields: Any) -> dict[str, Any]:
    return {"contributors": [{"name": "Moreau, Ada", **fields}]}


def related(**fields: Any) -> dict[str, Any]:
    return {"related_identifiers": [{"identifier": "10.1234/abc", "relation": "cites", **fields}]}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"license": "mit"},
        {"license": "cc-zero"},
        {"license": {"id": "MIT"}},
        {"license": "other-open"},
        {"publication_date": "2020"},
        {"publication_date": "2019/2020"},
        {"upload_type": "publication", "publication_type": "article"},
        {"upload_type": "image", "image_type": "figure"},
        {"upload_type": "software"},
        {"access_right": "embargoed", "embargo_date": "2030-01-01"},
        {"access_right": "restricted"},
        creators(orcid="https://orcid.org/0000-0002-1825-0097"),
        creators(orcid=None, affiliation=None, gnd="gnd:4079154-3"),
        contributors(type="DataCollector"),
        contributors(type="datacollector"),
        {"thesis_supervisors": [{"name": "Moreau, Ada"}]},
        related(),
        related(relation="IsCitedBy"),
        related(relation="isAlternateIdentifier"),
        related(scheme="doi", resource_type="publication-article"),
        {"language": "eng"},
        {"language": "en"},
        {"keywords": []},
        {"references": ["A paper"]},
        {"dates": [{"start": "2020-01-01", "end": "2020-12-31", "type": "Collected"}]},
        {"locations": [{"place": "Port-Blanc", "lat": 48.5, "lon": -3.2}]},
        {"locations": [{"place": "Port-Blanc"}]},
        {"subjects": [{"term": "Frost", "identifier": "https://example.org/s", "scheme": "url"}]},
        {"doi": "10.1234/own"},
        {"version": "1.2.0", "notes": "Some", "method": "<p>How</p>"},
        {"imprint_isbn": "978-3-16-148410-0", "conference_url": "https://example.org/wcd"},
        {"custom": {"code:codeRepository": "https://example.org/git"}},
    ],
)
def test_nothing_is_said_against(fields: dict[str, Any], classic: Callable[..., Any]) -> None:
    assert classic(**fields) == []


@pytest.mark.parametrize(
    ("fields", "level", "path"),
    [
        ({"title": None}, ERROR, "title"),
        ({"title": 5}, ERROR, "title"),
        ({"title": "ab"}, ERROR, "title"),
        ({"title": "   "}, ERROR, "title"),
        ({"title": ["A title"]}, ERROR, "title"),
        ({"upload_type": None}, ERROR, "upload_type"),
        ({"upload_type": "Dataset"}, ERROR, "upload_type"),
        ({"upload_type": "article"}, ERROR, "upload_type"),
        ({"upload_type": "publication"}, WARNING, "publication_type"),
        ({"upload_type": "publication-article"}, WARNING, "upload_type"),
        ({"upload_type": "publication", "publication_type": ""}, WARNING, "publication_type"),
        ({"access_right": ""}, WARNING, "access_right"),
        ({"doi": ""}, WARNING, "doi"),
        ({"doi": 5}, ERROR, "doi"),
        ({"notes": ""}, WARNING, "notes"),
        ({"method": 5}, ERROR, "method"),
        ({"license": {"id": "MIT", "url": "x"}}, ERROR, "license.url"),
        ({"license": "notspecified"}, WARNING, "license"),
        (creators(orcid=""), WARNING, "creators.0.orcid"),
        (creators(name="Okoro,"), WARNING, "creators.0.name"),
        (related(relation="isOrignialFormOf"), WARNING, "related_identifiers.0.relation"),
        (related(relation=5), ERROR, "related_identifiers.0.relation"),
        ({"grants": [{"id": ""}]}, ERROR, "grants.0.id"),
        ({"grants": [{"id": 5}]}, ERROR, "grants.0.id"),
        ({"locations": [{"place": "X", "lat": 100, "lon": 2}]}, ERROR, "locations.0.lat"),
        ({"subjects": [{"term": "A", "scheme": "url"}]}, ERROR, "subjects.0.identifier"),
        ({"custom": "x"}, ERROR, "custom"),
        ({"custom": {"dwc:snowDepthOfTheSite": ["x"]}}, WARNING, "custom.dwc:snowDepthOfTheSite"),
        ({"custom": {"code:codeRepository": "x"}}, ERROR, "custom.code:codeRepository"),
        ({"custom": {"code:programmingLanguage": "python"}}, ERROR, "custom.code:programmingLanguage"),
        ({"custom": {"code:developmentStatus": "active"}}, ERROR, "custom.code:developmentStatus"),
        ({"publication_date": "2024-03-01T10:00:00Z"}, ERROR, "publication_date"),
        ({"upload_type": "publication", "publication_type": "thesis"}, ERROR, "publication_type"),
        ({"upload_type": "publication", "publication_type": "Article"}, ERROR, "publication_type"),
        ({"publication_type": "article"}, ERROR, "publication_type"),
        ({"upload_type": "image", "image_type": "Figure"}, ERROR, "image_type"),
        ({"description": ""}, ERROR, "description"),
        ({"description": None}, ERROR, "description"),
        ({"description": "<script>x</script><p>text</p>"}, WARNING, "description"),
        ({"notes": "ab"}, ERROR, "notes"),
        ({"notes": None}, WARNING, "notes"),
        ({"publication_date": 2020}, ERROR, "publication_date"),
        ({"publication_date": "2024/03/01"}, ERROR, "publication_date"),
        ({"publication_date": "2024-02-30"}, ERROR, "publication_date"),
        ({"publication_date": "2021/2020"}, ERROR, "publication_date"),
        ({"version": 1.2}, ERROR, "version"),
        ({"version": "v" * 192}, ERROR, "version"),
        ({"license": None}, ERROR, "license"),
        ({"license": ["MIT"]}, ERROR, "license"),
        ({"license": "GPL-3"}, ERROR, "license"),
        ({"license": "LGPLv3"}, ERROR, "license"),
        ({"license": "cc-by"}, WARNING, "license"),
        ({"license": "GPL-2.0+"}, WARNING, "license"),
        ({"license": {"title": "Mine"}}, ERROR, "license.id"),
        ({"access_right": "Open"}, ERROR, "access_right"),
        ({"access_right": "closed"}, WARNING, "access_right"),
        ({"access_right": "restricted", "access_conditions": "Ask."}, WARNING, "access_conditions"),
        ({"access_right": "embargoed", "embargo_date": "2030"}, ERROR, "embargo_date"),
        ({"access_right": "embargoed", "embargo_date": "2026-11-28"}, ERROR, "embargo_date"),
        ({"access_right": "embargoed", "embargo_date": None}, ERROR, "embargo_date"),
        ({"embargo_date": "2030-01-01"}, ERROR, "embargo_date"),
        ({"embargo_date": "2001-01-01"}, WARNING, "embargo_date"),
        ({"creators": []}, ERROR, "creators"),
        ({"creators": None}, ERROR, "creators"),
        ({"creators": {"name": "Okoro, Nkem"}}, ERROR, "creators"),
        ({"creators": ["Okoro, Nkem"]}, ERROR, "creators.0"),
        ({"creators": [{}]}, ERROR, "creators.0.name"),
        (creators(name=""), ERROR, "creators.0.name"),
        (creators(name=5), ERROR, "creators.0.name"),
        (creators(name="Okoro"), WARNING, "creators.0.name"),
        (creators(name="Okoro, Nkem, Jr."), WARNING, "creators.0.name"),
        (creators(name=", Nkem"), ERROR, "creators.0.name"),
        (creators(orcid="0000-0002-1825-0098"), ERROR, "creators.0.orcid"),
        (creators(orcid=5), ERROR, "creators.0.orcid"),
        (creators(gnd="xx"), ERROR, "creators.0.gnd"),
        (creators(affliation="x"), ERROR, "creators.0.affliation"),
        (creators(affiliation=["x"]), ERROR, "creators.0.affiliation"),
        (creators(role="Editor"), ERROR, "creators.0.role"),
        ({"contributors": None}, ERROR, "contributors"),
        (contributors(), ERROR, "contributors.0.type"),
        (contributors(type=None), ERROR, "contributors.0.type"),
        (contributors(type="Data Collector"), ERROR, "contributors.0.type"),
        (contributors(type="Translator"), WARNING, "contributors.0.type"),
        ({"keywords": "snow, frost"}, ERROR, "keywords"),
        ({"keywords": None}, ERROR, "keywords"),
        ({"keywords": ["snow", ""]}, ERROR, "keywords.1"),
        ({"keywords": ["snow", 5]}, ERROR, "keywords.1"),
        ({"keywords": ["snow, frost"]}, WARNING, "keywords.0"),
        ({"references": "A paper"}, ERROR, "references"),
        ({"related_identifiers": {"identifier": "10.1234/abc"}}, ERROR, "related_identifiers"),
        ({"related_identifiers": ["10.1234/abc"]}, ERROR, "related_identifiers.0"),
        (related(relation=None), ERROR, "related_identifiers.0.relation"),
        (related(relation="IsAlternateIdentifier"), ERROR, "related_identifiers.0.relation"),
        (related(relation="isTranslationOf"), WARNING, "related_identifiers.0.relation"),
        (related(identifier=""), ERROR, "related_identifiers.0.identifier"),
        (related(identifier="www.example.org"), ERROR, "related_identifiers.0.identifier"),
        (related(resource_type="Dataset"), ERROR, "related_identifiers.0.resource_type"),
        ({"language": "ENG"}, ERROR, "language"),
        ({"language": "fre"}, ERROR, "language"),
        ({"language": "xxx"}, ERROR, "language"),
        ({"language": ["eng"]}, ERROR, "language"),
        ({"communities": "snow"}, ERROR, "communities"),
        (
            {"communities": [{"identifier": "https://zenodo.org/communities/a"}]},
            ERROR,
            "communities.0.identifier",
        ),
        ({"grants": ["283595"]}, ERROR, "grants.0"),
        ({"grants": [{"id": "283595"}]}, WARNING, "grants.0.id"),
        ({"dates": [{"start": "2020"}]}, ERROR, "dates.0.type"),
        ({"dates": [{"type": "Valid"}]}, ERROR, "dates.0.start"),
        ({"dates": [{"start": "2020", "end": "2019", "type": "Valid"}]}, ERROR, "dates.0.end"),
        ({"locations": [{"lat": 1, "lon": 2}]}, ERROR, "locations.0.place"),
        ({"locations": [{"place": "X", "lat": 0, "lon": 2}]}, ERROR, "locations.0.lat"),
        ({"locations": [{"place": "X", "lat": "1", "lon": 2}]}, ERROR, "locations.0.lat"),
        ({"locations": [{"place": "X", "lat": 1}]}, ERROR, "locations.0.lon"),
        ({"doi": "not a doi"}, ERROR, "doi"),
        ({"doi": "https://doi.org/10.1234/own"}, WARNING, "doi"),
        ({"doi": "10.5281/zenodo.1"}, WARNING, "doi"),
        ({"prereserve_doi": True}, WARNING, "prereserve_doi"),
        ({"imprint_isbn": "978-3-16-148410-1"}, ERROR, "imprint_isbn"),
        ({"conference_url": "example.org"}, ERROR, "conference_url"),
        ({"journal_volume": 3}, ERROR, "journal_volume"),
        ({"custom": {"snow:depth": 1}}, ERROR, "custom.snow:depth"),
        ({"custom": {"code:programmingLanguage": ["python"]}}, ERROR, "custom.code:programmingLanguage.0"),
        ({"licence": "MIT"}, ERROR, "licence"),
        ({"languages": ["eng"]}, ERROR, "languages"),
    ],
)
def test_one_fault_is_one_finding(
    fields: dict[str, Any], level: str, path: str, classic: Callable[..., Any]
) -> None:
    assert classic(**fields) == [(level, path)]


@pytest.mark.parametrize("name", ["title", "upload_type", "creators"])
def test_what_publishing_needs_is_missed(
    name: str, good: dict[str, Any], findings: Callable[..., tuple[Finding, ...]]
) -> None:
    del good[name]
    assert [(one.level, one.path) for one in findings(json.dumps(good), "classic")] == [(ERROR, name)]


def test_a_misspelt_key_is_named_beside_the_one_that_is_missing(classic: Callable[..., Any]) -> None:
    found = classic(creators=[{"naem": "Okoro, Nkem"}])
    assert sorted(found) == [(ERROR, "creators.0.naem"), (ERROR, "creators.0.name")]


def test_a_community_that_stands_there_twice_fails_the_publication(classic: Callable[..., Any]) -> None:
    found = classic(communities=[{"identifier": "snow"}, {"identifier": "snow"}])
    assert [path for level, path in found if level == ERROR] == ["communities.1.identifier"]


def test_the_body_of_an_api_call_is_no_metadata_file(
    good: dict[str, Any], findings: Callable[..., tuple[Finding, ...]]
) -> None:
    found = findings(json.dumps({"metadata": good}), "classic")
    assert [(one.level, one.path) for one in found] == [(ERROR, "metadata")]


@pytest.mark.parametrize(
    ("fields", "hint"),
    [
        ({"license": "GPL-3"}, "Did you mean GPL-3.0-only or GPL-3.0-or-later?"),
        ({"license": "LGPLv3"}, "Did you mean LGPL-3.0-only or LGPL-3.0-or-later?"),
        ({"license": "https://creativecommons.org/licenses/by/4.0/"}, "Did you mean CC-BY-4.0?"),
        ({"upload_type": "article"}, "Did you mean publication with publication_type: article?"),
        ({"upload_type": "publication", "publication_type": "thesis"}, "Did you mean dissertation?"),
        (contributors(type="Data Colector"), "Did you mean DataCollector?"),
        (related(relation="is supplement to"), "Did you mean isSupplementTo?"),
        ({"language": "English"}, "Did you mean eng?"),
        ({"language": "ger"}, "Did you mean deu?"),
        ({"publication_date": "2024/3/1"}, "Did you mean 2024-03-01?"),
        ({"licence": "MIT"}, "Did you mean license?"),
        ({"authors": []}, "Did you mean creators?"),
        (creators(name="Nkem Okoro"), "Did you mean Okoro, Nkem?"),
        ({"custom": {"dwc:gemus": ["A"]}}, "Did you mean dwc:genus?"),
        ({"communities": [{"identifier": "https://zenodo.org/communities/snow"}]}, "Did you mean snow?"),
    ],
)
def test_what_was_meant_is_offered(
    fields: dict[str, Any], hint: str, good: dict[str, Any], findings: Callable[..., tuple[Finding, ...]]
) -> None:
    (found,) = findings(json.dumps({**good, **fields}), "classic")
    assert hint in found.hint


def test_a_finding_points_at_its_line_and_column(findings: Callable[..., tuple[Finding, ...]]) -> None:
    text = '{\n "title": "Snow depth",\n "upload_type": "dataset",\n "description": "Snow.",\n'
    text += ' "creators": [{"name": "Okoro, Nkem"},\n  {"name": "Lind, Tove",   "orcid": "0000"}]\n}'
    (found,) = findings(text, "classic")
    assert (found.path, found.line, found.column) == ("creators.1.orcid", 6, 28)
    assert str(found).startswith("6:28: error: creators.1.orcid: '0000' is no ORCID.")
