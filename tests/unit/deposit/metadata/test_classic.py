"""What the deposit API cannot say is named, each thing by its path; what it can say is said."""

from __future__ import annotations

from typing import Any

import pytest

from zenodo_harvest.deposit.metadata import Metadata, from_classic, to_classic

SAID: dict[str, Any] = {"title": "Snow", "upload_type": "dataset", "license": "MIT", "access_right": "open"}


def losses(**fields: Any) -> set[str]:
    return {loss.path for loss in to_classic(Metadata.from_document({**SAID, **fields})).losses}


@pytest.mark.parametrize(
    ("fields", "paths"),
    [
        ({}, set()),
        ({"additional_titles": [{"title": "Neige", "type": "subtitle"}]}, {"additional_titles"}),
        (
            {"additional_descriptions": [{"description": "abc", "type": "abstract"}]},
            {"additional_descriptions.0"},
        ),
        ({"notes": "abc", "method": "def"}, set()),
        ({"languages": ["eng", "fra"]}, {"languages.1"}),
        ({"license": None, "licenses": ["MIT", "Apache-2.0"]}, {"licenses.1"}),
        ({"license": None, "licenses": [{"title": "Mine"}, "MIT"]}, {"licenses.0"}),
        ({"creators": [{"name": "X, Y", "affiliations": ["A", "B"]}]}, {"creators.0.affiliations.1"}),
        (
            {"creators": [{"name": "X, Y", "affiliations": [{"id": "04wxnsj81", "name": "A"}]}]},
            {"creators.0.affiliations.0.id"},
        ),
        ({"creators": [{"name": "X, Y", "role": "Editor"}]}, {"creators.0.role"}),
        ({"creators": [{"name": "X", "name_type": "organizational"}]}, {"creators.0.name_type"}),
        (
            {"creators": [{"family_name": "X", "given_name": "Y, Jr."}]},
            {"creators.0.family_name", "creators.0.given_name"},
        ),
        ({"creators": [{"name": "X, Y", "isni": "0000000121032683"}]}, {"creators.0.isni"}),
        ({"contributors": [{"name": "X, Y", "type": "Editor"}]}, set()),
        ({"funding": [{"funder": {"name": "X"}, "award": {"number": "1"}}]}, {"funding.0"}),
        ({"grants": [{"id": "10.13039/501100000780::283595"}]}, set()),
        ({"sizes": ["1 page"], "formats": ["a/b"], "copyright": "c"}, {"sizes", "formats", "copyright"}),
        (
            {"references": [{"reference": "A", "identifier": "10.1234/x", "scheme": "doi"}]},
            {"references.0.identifier", "references.0.scheme"},
        ),
        ({"dates": [{"date": "2020", "type": "valid"}]}, set()),
        ({"journal_title": "A", "journal_issn": "2049-3630"}, {"journal_issn"}),
        ({"thesis_university": "A", "thesis_type": "PhD"}, {"thesis_type"}),
        ({"imprint_edition": "2"}, {"imprint_edition"}),
        ({"default_preview": "a.csv"}, {"default_preview"}),
        (
            {"subjects": [{"id": "x"}, {"term": "A", "identifier": "https://a.org", "scheme": "url"}]},
            {"subjects.0"},
        ),
        ({"locations": [{"place": "X", "lat": 0, "lon": 1}]}, {"locations.0.lat", "locations.0.lon"}),
        (
            {"locations": [{"geometry": {"type": "Polygon", "coordinates": []}, "place": "X"}]},
            {"locations.0.geometry"},
        ),
        ({"locations": [{"description": "Somewhere"}]}, {"locations.0"}),
        (
            {"related_identifiers": [{"identifier": "who knows", "scheme": "other", "relation": "cites"}]},
            {"related_identifiers.0"},
        ),
        (
            {"related_identifiers": [{"identifier": "10.1234/abc", "scheme": "handle", "relation": "cites"}]},
            {"related_identifiers.0.scheme"},
        ),
        ({"identifiers": [{"identifier": "10.1234/abc", "scheme": "doi"}]}, set()),
        (
            {"access_right": "embargoed", "embargo_date": "2099-01-01", "embargo_reason": "x"},
            {"embargo_reason"},
        ),
        ({"embargo_date": "2001-01-01"}, {"embargo_date"}),
        ({"access_right": "restricted", "access_record": "restricted"}, {"access_record"}),
        (
            {"custom_fields": {"meeting:meeting": {"identifiers": []}}},
            {"custom_fields.meeting:meeting.identifiers"},
        ),
        ({"custom_fields": {"code:codeRepository": "https://a.org"}}, set()),
    ],
)
def test_each_loss_is_named(fields: dict[str, Any], paths: set[str]) -> None:
    assert losses(**fields) == paths


def test_a_license_that_the_deposit_api_would_add_is_named() -> None:
    bare = Metadata.from_document({"title": "Snow", "upload_type": "dataset"})
    assert "cc0-1.0" in str(to_classic(bare).losses[0])
    assert losses(license=None, access_right="restricted") == set()


def test_access_is_always_sent_for_a_put_without_it_opens_the_files() -> None:
    assert to_classic(Metadata.from_document({"title": "Snow"})).metadata["access_right"] == "open"


def test_a_license_is_sent_by_an_id_that_is_read_as_itself() -> None:
    assert from_classic({"license": "mit-license"}).licenses[0].id == "mit"
    assert to_classic(from_classic({"license": "cc-by-1.0"})).metadata["license"] == "cc-by-1.0"


def test_a_deposit_of_old_zenodo_is_read() -> None:
    said = from_classic(
        {
            "upload_type": "SOFTWARE",
            "access_right": "OPEN",
            "related_identifiers": [{"identifier": "10.1234/abc", "relation": "ISIDENTICALTO"}],
            "creators": [{"name": "Okoro, Nkem", "affiliation": "", "orcid": "", "gnd": ""}],
            "prereserve_doi": {"doi": "10.5281/zenodo.1", "recid": 1},
            "journal_title": None,
        }
    )
    assert said.as_document() == {
        "upload_type": "software",
        "access_right": "open",
        "related_identifiers": [{"identifier": "10.1234/abc", "relation": "isIdenticalTo"}],
        "creators": [{"name": "Okoro, Nkem"}],
    }
