from __future__ import annotations

import pytest

from zenodo_harvest.vocabularies.fields import (
    EXPECTED,
    LEGACY,
    LOWER_CASE,
    UNREACHABLE,
    expected,
    index_field,
    index_fields,
    is_known,
    is_object,
    nearest,
    parts,
)


def test_every_old_name_leads_to_a_field_of_the_index_but_the_one_the_server_has_wrong() -> None:
    assert [name for name in LEGACY if not is_known(name)] == ["imprint.publisher"]
    assert len(LEGACY) == 70


def test_every_expected_name_is_no_field_and_leads_to_one() -> None:
    assert [name for name in EXPECTED if is_known(name)] == []
    assert [name for name, meant in EXPECTED.items() if not is_known(meant)] == []
    assert not set(EXPECTED) & set(UNREACHABLE)


@pytest.mark.parametrize(
    ("name", "native", "kind"),
    [
        ("recid", "id", "keyword"),
        ("title", "metadata.title", "folded"),
        ("version", "versions.index", "integer"),
        ("created", "created", "date"),
        ("metadata.publication_date_range", "metadata.publication_date_range", "date_range"),
        ("keywords", "metadata.subjects.subject", "text"),
        ("is_published", "is_published", "boolean"),
        ("custom_fields.dwc:decimalLatitude", "custom_fields.dwc:decimalLatitude", "double"),
        ("metadata.rights.title.pt", "metadata.rights.title.pt", "text"),
        ("custom_fields.dwc:notListed", "custom_fields.dwc:notListed", "keyword"),
    ],
)
def test_a_field_is_found_by_its_own_and_its_old_name(name: str, native: str, kind: str) -> None:
    field = index_field(name)
    assert field is not None
    assert (field.name, field.kind) == (native, kind)


@pytest.mark.parametrize(
    "name",
    ["nosuch", "metadata.nosuch", "custom_fields.nosuch:x", "custom_fields.journal:journal.nosuch", ""],
)
def test_what_is_no_field_is_none(name: str) -> None:
    assert index_field(name) is None
    assert not is_known(name)


@pytest.mark.parametrize(
    "name", ["uuid", "metadata.locations.features.centroid", "custom_fields.obo:RO_0002453"]
)
def test_a_field_no_query_reaches_is_not_known(name: str) -> None:
    assert index_field(name) is not None
    assert not is_known(name)


def test_patterns_are_known_where_a_field_fits() -> None:
    assert is_known("metadata.title.*")
    assert is_known("*")
    assert not is_known("nosuch.*")


def test_an_object_holds_fields_and_is_none() -> None:
    assert is_object("metadata.creators")
    assert not is_object("metadata.title")
    assert "metadata.creators.person_or_org.name" in parts("metadata.creators")


def test_the_text_fields_whose_punctuation_is_removed_are_those_of_the_recorded_index() -> None:
    folded = [name for name, field in index_fields().items() if field.kind == "folded"]
    assert folded == [
        "metadata.additional_titles.title",
        "metadata.contributors.affiliations.name",
        "metadata.creators.affiliations.name",
        "metadata.creators.person_or_org.name",
        "metadata.description",
        "metadata.title",
    ]


def test_fields_in_lower_case_are_keywords_of_the_index() -> None:
    assert {index_fields()[name].kind for name in LOWER_CASE} == {"keyword"}


def test_the_nearest_names_are_those_people_mean() -> None:
    assert nearest("titel")[0] == "title"
    assert nearest("keywrds")[0] == "keywords"
    assert nearest("auther")[0] == "creators.name"
    assert nearest("qqqqqq") == ()


def test_an_old_name_with_keyword_behind_it_is_the_exact_sub_field() -> None:
    assert expected("title.keyword") == "metadata.title.keyword"
    assert expected("nosuch.keyword") is None
