"""Several files make one metadata; the order of precedence decides, and each conflict names its winner."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from zenodo_harvest.deposit.metadata import Reading, files_in, has_errors, read
from zenodo_harvest.errors import LocalError, UsageError

TODAY = date(2026, 11, 28)
CFF = """cff-version: 1.2.0
message: Please cite it.
title: Snow tools
authors:
  - {family-names: Okoro, given-names: Nkem, name-particle: van, orcid: "https://orcid.org/0000-0002-1825-0097"}
  - {name: The Snow Group}
license: [Apache-2.0, MIT]
version: 1.10
date-released: 2024-03-01
keywords: [snow]
repository-code: https://example.org/snow
abstract: Tools for snow.
"""
CODEMETA = {
    "@context": "https://w3id.org/codemeta/3.0",
    "type": "SoftwareSourceCode",
    "name": "Snow tools of codemeta",
    "author": [
        {
            "type": "Person",
            "givenName": "Nkem",
            "familyName": "Okoro",
            "id": "https://orcid.org/0000-0002-1825-0097",
        },
        {"type": "Organization", "name": "The Snow Group"},
    ],
    "contributor": {"type": "Person", "name": "Moreau, Ada", "affiliation": {"name": "Institute"}},
    "license": "https://spdx.org/licenses/GPL-3.0-or-later.html",
    "keywords": "snow, ice",
    "softwareVersion": "2",
    "datePublished": "2024-03-01T00:00:00",
    "codeRepository": "https://example.org/snow",
    "description": "Tools for snow.",
}
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return the function that writes a file and returns its path."""

    def go(name: str, content: Any) -> Path:
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
        return path

    return go


def reading(*paths: Path, **settings: Any) -> Reading:
    return read(paths, today=TODAY, **settings)


def test_citation_cff_says_what_it_can(write: Write) -> None:
    said = reading(write("CITATION.cff", CFF))
    assert said.findings == ()
    assert said.metadata.as_document() == {
        "title": "Snow tools",
        "upload_type": "software",
        "creators": [
            {"name": "van Okoro, Nkem", "orcid": "0000-0002-1825-0097"},
            {"name": "The Snow Group", "name_type": "organizational"},
        ],
        "description": "Tools for snow.",
        "publication_date": "2024-03-01",
        "version": "1.10",
        "licenses": [{"id": "apache-2.0"}, {"id": "mit"}],
        "keywords": ["snow"],
        "custom_fields": {"code:codeRepository": "https://example.org/snow"},
    }


def test_codemeta_says_what_it_can(write: Write) -> None:
    said = reading(write("codemeta.json", CODEMETA)).metadata.as_document()
    assert said == {
        "title": "Snow tools of codemeta",
        "upload_type": "software",
        "creators": [
            {"name": "Okoro, Nkem", "orcid": "0000-0002-1825-0097"},
            {"name": "The Snow Group", "name_type": "organizational"},
        ],
        "description": "Tools for snow.",
        "publication_date": "2024-03-01",
        "version": "2",
        "licenses": [{"id": "gpl-3.0-or-later"}],
        "keywords": ["snow", "ice"],
        "contributors": [{"name": "Moreau, Ada", "affiliations": [{"name": "Institute"}], "type": "Other"}],
        "custom_fields": {"code:codeRepository": "https://example.org/snow"},
    }


def test_the_file_that_stands_higher_wins_whatever_the_order_on_the_command_line(write: Write) -> None:
    cff, ours = write("CITATION.cff", CFF), write("zenodo.yaml", "title: Snow of ours\nversion: 2\n")
    for paths in ((cff, ours), (ours, cff)):
        said = reading(*paths)
        assert (said.metadata.title, said.metadata.version) == ("Snow of ours", "2")
        assert said.metadata.creators[0].name == "van Okoro, Nkem"
        assert [(each.field, each.winner, each.loser) for each in said.conflicts] == [
            ("title", str(ours), str(cff)),
            ("version", str(ours), str(cff)),
        ]


def test_the_same_said_twice_is_no_conflict(write: Write) -> None:
    cff = write("CITATION.cff", CFF)
    ours = write("zenodo.yaml", "title: Snow tools\nlicenses: [apache-2.0, MIT]\nversion: '1.10'\n")
    assert reading(cff, ours).conflicts == ()


def test_a_type_and_its_kind_come_from_one_file(write: Write) -> None:
    ours = write("zenodo.yaml", "upload_type: dataset\naccess_right: open\n")
    classic = write(
        ".zenodo.json",
        {
            "title": "Snow tools",
            "upload_type": "publication",
            "publication_type": "article",
            "access_right": "embargoed",
            "embargo_date": "2099-01-01",
            "creators": [{"name": "Okoro, Nkem"}],
            "description": "Tools",
        },
    )
    said = reading(ours, classic)
    assert (said.metadata.resource_type, said.metadata.embargo_date) == ("dataset", None)
    assert {each.field for each in said.conflicts} == {
        "upload_type",
        "publication_type",
        "access_right",
        "embargo_date",
    }


def test_what_publishing_needs_is_missed_in_all_files_together(write: Write) -> None:
    path = write("zenodo.yaml", "title: Snow\ndescription: Daily.\n")
    assert {one.path for one in reading(path).findings} == {"upload_type", "creators"}
    assert reading(path, partial=True).changes.values == {("title",): "Snow", ("description",): "Daily."}


def test_metadata_with_an_error_is_not_handed_out(write: Write) -> None:
    said = reading(write("zenodo.yaml", "title: Snow\nlicense: LGPLv3\n"), partial=True)
    assert has_errors(said.findings)
    with pytest.raises(UsageError) as refused:
        _ = said.metadata
    assert "zenodo.yaml:2:1: error: license" in refused.value.hint


def test_a_folder_means_the_files_of_known_names(write: Write, tmp_path: Path) -> None:
    for name in ("CITATION.cff", "zenodo.yaml", "other.json"):
        write(name, CFF)
    assert [path.name for path in files_in(tmp_path)] == ["zenodo.yaml", "CITATION.cff"]


def test_a_folder_without_metadata_and_a_file_of_another_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        files_in(tmp_path)
    with pytest.raises(UsageError):
        reading(tmp_path / "README.md")


def test_a_file_that_is_not_there_is_a_local_error(tmp_path: Path) -> None:
    with pytest.raises(LocalError):
        reading(tmp_path / "zenodo.yaml")


def test_a_license_of_codemeta_that_nobody_knows_keeps_its_address(write: Write) -> None:
    said = reading(write("codemeta.json", {**CODEMETA, "license": "https://example.org/mine"}))
    assert [(one.level, one.path) for one in said.findings] == [("warning", "license")]
    assert said.metadata.licenses[0].link == "https://example.org/mine"


@pytest.mark.parametrize("blank", ["", "  ", {"name": ""}, [None, ""]])
def test_a_blank_affiliation_of_codemeta_is_none(write: Write, blank: Any) -> None:
    author = {"type": "Person", "givenName": "Nkem", "familyName": "Okoro", "affiliation": blank}
    said = reading(write("codemeta.json", {**CODEMETA, "author": author})).metadata
    assert [person.affiliations for person in said.creators] == [()]
