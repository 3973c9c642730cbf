from __future__ import annotations

import pytest

from zenodo_harvest.errors import UsageError
from zenodo_harvest.ids import CommunityRef, RecordRef, normal_doi, parse_community_ref, parse_record_ref


@pytest.mark.parametrize(
    "text",
    [
        "7078768",
        " 7078768 ",
        "10.5281/zenodo.7078768",
        "10.5281/ZENODO.7078768",
        "doi:10.5281/zenodo.7078768",
        "https://doi.org/10.5281/zenodo.7078768",
        "http://dx.doi.org/10.5281/zenodo.7078768",
        "https://zenodo.org/records/7078768",
        "https://zenodo.org/record/7078768#.Y8",
        "https://zenodo.org/records/7078768/files/a%20b.csv?download=1",
        "zenodo.org/records/7078768",
        "https://zenodo.org/api/records/7078768",
        "https://zenodo.org/doi/10.5281/zenodo.7078768",
        "oai:zenodo.org:7078768",
    ],
)
def test_every_usual_spelling_of_a_record_is_read(text: str) -> None:
    assert parse_record_ref(text) == RecordRef("id", "7078768")


def test_a_doi_minted_elsewhere_stays_a_doi() -> None:
    assert parse_record_ref("https://doi.org/10.1000/AbC") == RecordRef("doi", "10.1000/abc")


def test_ids_of_other_inveniordm_servers_are_read() -> None:
    assert parse_record_ref("https://repo.example/records/ab1cd-2ef3g") == RecordRef("id", "ab1cd-2ef3g")


@pytest.mark.parametrize(
    "text", ["", "   ", "frost", "10.5281", "https://zenodo.org/", "1.5", "../7078768", "²", "٣٤"]
)
def test_what_is_no_record_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_record_ref(text)
    assert "7078768" in refused.value.hint


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ENES-Data-Space", CommunityRef("slug", "enes-data-space")),
        (
            "https://zenodo.org/communities/enes-data-space/records?q=x",
            CommunityRef("slug", "enes-data-space"),
        ),
        ("https://zenodo.org/api/communities/biosyslit", CommunityRef("slug", "biosyslit")),
        (
            "9A2370C8-7D98-4420-BF4E-4005FA30C6A5",
            CommunityRef("uuid", "9a2370c8-7d98-4420-bf4e-4005fa30c6a5"),
        ),
        ("enes data space", CommunityRef("text", "enes data space")),
        ("a,b", CommunityRef("text", "a,b")),
    ],
)
def test_communities_are_read_as_slug_uuid_url_or_text(text: str, expected: CommunityRef) -> None:
    assert parse_community_ref(text) == expected


def test_a_blank_community_is_refused() -> None:
    with pytest.raises(UsageError):
        parse_community_ref("  ")


def test_a_doi_is_bare_and_lower_case() -> None:
    assert normal_doi("https://doi.org/10.1000/A%3Cb%3E") == "10.1000/a<b>"
    assert normal_doi("10.1000/a b") is None


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("https://zenodo.org/api/deposit/depositions/123", "123"),
        ("https://doi.org/10.5281/zenodo.123/", "123"),
        ("https://doi.org/10.5281/zenodo.123?utm=x", "123"),
        ("10.5281/zenodo.123.", "123"),
        ("oai:zenodo.org:123", "123"),
    ],
)
def test_what_stands_around_an_id_is_not_part_of_it(text: str, id_: str) -> None:
    assert parse_record_ref(text) == RecordRef("id", id_)


@pytest.mark.parametrize("text", ["https://zenodo.org/records/latest", "http://[/records/1"])
def test_an_address_without_an_id_names_no_record(text: str) -> None:
    with pytest.raises(UsageError):
        parse_record_ref(text)
