"""A document comes to one spelling, whatever names and shapes it uses."""

from __future__ import annotations

from typing import Any

import pytest

from zenodo_harvest.deposit.metadata import Metadata
from zenodo_harvest.errors import UsageError


@pytest.mark.parametrize(
    ("document", "settled"),
    [
        ({"license": {"id": "MIT"}}, {"licenses": [{"id": "mit"}]}),
        ({"licenses": ["MIT", {"title": "Mine"}]}, {"licenses": [{"id": "mit"}, {"title": {"en": "Mine"}}]}),
        ({"language": "fr"}, {"languages": ["fra"]}),
        (
            {"upload_type": "publication-article"},
            {"upload_type": "publication", "publication_type": "article"},
        ),
        (
            {"upload_type": "publication", "publication_type": "thesis"},
            {"upload_type": "publication", "publication_type": "dissertation"},
        ),
        ({"upload_type": "dataset", "publication_type": "article"}, {"upload_type": "dataset"}),
        ({"access_right": "closed"}, {"access_right": "restricted"}),
        ({"doi": "https://doi.org/10.1234/X"}, {"doi": "10.1234/X"}),
        (
            {"creators": [{"name": "Okoro,Nkem", "name_type": "personal"}]},
            {"creators": [{"name": "Okoro, Nkem"}]},
        ),
        (
            {"creators": [{"family_name": "Okoro", "given_name": "Nkem"}]},
            {"creators": [{"name": "Okoro, Nkem"}]},
        ),
        (
            {
                "creators": [
                    {"name": "A", "affiliation": "B", "orcid": "https://orcid.org/0000-0002-1825-0097"}
                ]
            },
            {"creators": [{"name": "A", "affiliations": [{"name": "B"}], "orcid": "0000-0002-1825-0097"}]},
        ),
        (
            {"contributors": [{"name": "A", "type": "datacollector"}], "thesis_supervisors": [{"name": "B"}]},
            {"contributors": [{"name": "B", "type": "Supervisor"}, {"name": "A", "type": "DataCollector"}]},
        ),
        (
            {"related_identifiers": [{"identifier": "10.1234/a", "relation": "IsSupplementTo"}]},
            {"related_identifiers": [{"identifier": "10.1234/a", "relation": "isSupplementTo"}]},
        ),
        (
            {"related_identifiers": [{"identifier": "10.1234/a", "relation": "isAlternateIdentifier"}]},
            {"identifiers": [{"identifier": "10.1234/a"}]},
        ),
        (
            {"dates": [{"start": "2020", "end": "2021", "type": "Valid"}]},
            {"dates": [{"date": "2020/2021", "type": "valid"}]},
        ),
        ({"dates": [{"end": "2021", "type": "Valid"}]}, {"dates": [{"date": "2021", "type": "valid"}]}),
        ({"communities": [{"identifier": "snow"}, "ice"]}, {"communities": ["snow", "ice"]}),
        (
            {"grants": [{"id": "283595"}]},
            {"funding": [{"funder": {"id": "00k4n6c32"}, "award": {"id": "00k4n6c32::283595"}}]},
        ),
        (
            {"custom": {"journal:journal": {"title": "Annals", "x": 1}}},
            {"journal_title": "Annals", "custom_fields": {"journal:journal": {"x": 1}}},
        ),
        (
            {"notes": "A", "method": "B"},
            {
                "additional_descriptions": [
                    {"description": "A", "type": "notes"},
                    {"description": "B", "type": "methods"},
                ]
            },
        ),
        (
            {"title": "", "version": None, "keywords": [], "prereserve_doi": True, "access_conditions": "x"},
            {},
        ),
    ],
)
def test_other_names_and_shapes_come_to_one(document: dict[str, Any], settled: dict[str, Any]) -> None:
    assert Metadata.from_document(document).as_document() == settled


@pytest.mark.parametrize(
    "document", [{"licence": "MIT"}, {"title": 5}, {"creators": ["Okoro"]}, {"keywords": "a"}]
)
def test_what_cannot_be_used_is_one_sentence(document: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="The metadata cannot be used"):
        Metadata.from_document(document)


def test_a_resource_type_is_one_word() -> None:
    assert (
        Metadata(upload_type="publication", publication_type="article").resource_type == "publication-article"
    )
    assert Metadata(upload_type="dataset").resource_type == "dataset"
    assert Metadata().resource_type is None
