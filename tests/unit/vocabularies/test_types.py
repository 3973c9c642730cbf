from __future__ import annotations

import pytest

from zenodo_harvest.vocabularies import datacite
from zenodo_harvest.vocabularies.types import type_ids


@pytest.mark.parametrize("name", ["", " ", "Projekt"])
def test_what_names_no_type_is_none(name: str) -> None:
    assert type_ids(name) == ()


@pytest.mark.parametrize(
    ("general", "said", "type_id"),
    [
        ("JournalArticle", "", "publication-article"),
        ("Project", "Project", "project"),
        ("Other", "Project", "other"),
        ("Text", "project", None),
    ],
)
def test_a_type_of_datacite_is_none_where_zenodo_has_no_such(
    general: str, said: str, type_id: str | None
) -> None:
    assert datacite.type_of(general, said) == type_id
