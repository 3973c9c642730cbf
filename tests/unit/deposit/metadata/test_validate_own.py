"""Our own format says more than the deposit API, and is checked as strictly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from zenodo_harvest.deposit.metadata.findings import Finding

ERROR, WARNING = "error", "warning"


@pytest.mark.parametrize(
    "fields",
    [
        {"languages": ["eng", "fra"]},
        {"creators": [{"name": "The Snow Group", "name_type": "organizational", "ror": "04wxnsj81"}]},
        {"creators": [{"family_name": "Okoro", "given_name": "Nkem, Jr.", "role": "ProjectLeader"}]},
        {"creators": [{"name": "Okoro, Nkem", "affiliations": ["A", {"id": "04wxnsj81"}]}]},
        {"funding": [{"funder": {"name": "X"}, "award": {"number": "1", "title": "T"}}]},
        {"additional_titles": [{"title": "Neige", "type": "translated-title", "lang": "fra"}]},
        {"additional_descriptions": [{"description": "How", "type": "methods"}]},
        {"dates": [{"date": "2020/2021", "type": "collected"}]},
        {"locations": [{"place": "Null Island", "lat": 0, "lon": 0}]},
        {"references": ["A", {"reference": "B", "identifier": "10.1234/x", "scheme": "doi"}]},
        {"access_right": "embargoed", "embargo_date": "2099-01-01", "embargo_reason": "The paper"},
        {
            "journal_title": "Annals",
            "journal_issn": "2049-3630",
            "sizes": ["1 page"],
            "formats": ["text/csv"],
        },
        {"custom_fields": {"code:programmingLanguage": [{"id": "python"}]}},
    ],
)
def test_nothing_is_said_against(fields: dict[str, Any], own: Callable[..., Any]) -> None:
    assert own(**fields) == []


@pytest.mark.parametrize(
    ("fields", "level", "path"),
    [
        ({"licenses": ["MIT"]}, ERROR, "license"),
        ({"languages": "eng"}, ERROR, "languages"),
        ({"languages": ["english"]}, ERROR, "languages.0"),
        ({"creators": [{"name": "The Snow Group"}]}, WARNING, "creators.0.name"),
        ({"creators": [{"name": "X, Y", "name_type": "person"}]}, ERROR, "creators.0.name_type"),
        ({"creators": [{"name": "X, Y", "isni": "0000 0001 2103 2684"}]}, ERROR, "creators.0.isni"),
        ({"creators": [{"name": "X, Y", "role": "Boss"}]}, ERROR, "creators.0.role"),
        ({"additional_titles": [{"title": "ab", "type": "subtitle"}]}, ERROR, "additional_titles.0.title"),
        ({"additional_titles": [{"title": "Neige"}]}, ERROR, "additional_titles.0.type"),
        ({"funding": [{"funder": {}}]}, ERROR, "funding.0.funder"),
        ({"funding": [{"funder": {"name": "X"}, "award": {}}]}, ERROR, "funding.0.award"),
        ({"journal_issn": "2049-3631"}, ERROR, "journal_issn"),
        ({"identifiers": [{"identifier": "x", "scheme": "url2"}]}, ERROR, "identifiers.0.scheme"),
        ({"access_record": "restricted"}, WARNING, "access_record"),
        ({"sizes": "1 page"}, ERROR, "sizes"),
        ({"dates": [{"date": "2020-01-01T25:00:00", "type": "valid"}]}, ERROR, "dates.0.date"),
        ({"locations": [{"geometry": "Point"}]}, ERROR, "locations.0.geometry"),
        (
            {"funding": [{"funder": {"name": "X"}, "award": {"title": {"en": "A", "de": "B"}}}]},
            ERROR,
            "funding.0.award.title",
        ),
        (
            {"funding": [{"funder": {"name": "X"}, "award": {"title": {"en": ""}}}]},
            ERROR,
            "funding.0.award.title.en",
        ),
        ({"funding": [{"funder": "X"}]}, ERROR, "funding.0.funder"),
        ({"communities": ["snow", "snow"]}, ERROR, "communities.1"),
        ({"thesis_submitted": "soon"}, ERROR, "thesis_submitted"),
        ({"references": [{"identifier": "10.1234/x"}]}, ERROR, "references.0.reference"),
        ({"communities": ["snow"]}, WARNING, "communities.0"),
    ],
)
def test_one_fault_is_named(fields: dict[str, Any], level: str, path: str, own: Callable[..., Any]) -> None:
    assert (level, path) in own(**fields)


HEAD = "title: Snow depth\nupload_type: dataset\ndescription: Daily.\ncreators: [{name: 'Okoro, Nkem'}]\n"


def test_plain_numbers_and_dates_of_yaml_are_texts(findings: Callable[..., tuple[Finding, ...]]) -> None:
    assert findings(f"{HEAD}version: 1.10\npublication_date: 2024-03-01\n", "own") == ()
    assert findings(f"{HEAD}publication_date: 2020\n", "own") == ()


def test_a_wrong_field_of_yaml_is_found_by_its_line(findings: Callable[..., tuple[Finding, ...]]) -> None:
    (found,) = findings(f"{HEAD}dates:\n  - date: 2020\n    type: gathered\n", "own")
    assert (found.path, found.line, found.column) == ("dates.0.type", 7, 5)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (f"{HEAD}title: Again\n", 5, "twice"),
        (f"{HEAD}notes: a: b\n", 5, "mapping values"),
        (f"{HEAD}version: true\n", 5, "true or false"),
        ("- a\n- b\n", 1, "an object with fields"),
        ("", 1, "empty"),
        (f"{HEAD}notes: !secret x\n", 5, "tag"),
        ("a: &x [*x]\n", None, "deeply"),
    ],
)
def test_yaml_that_means_nothing_is_named(
    text: str, line: int | None, words: str, findings: Callable[..., tuple[Finding, ...]]
) -> None:
    errors = [one for one in findings(text, "own") if one.level == ERROR]
    assert any(one.line == line and words in one.message for one in errors), errors
