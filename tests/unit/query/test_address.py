"""Addresses of search pages, taken as what they show."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from zenodo_harvest.errors import QueryRefused, UsageError
from zenodo_harvest.query import Search, compile_search
from zenodo_harvest.sites import SANDBOX, ZENODO, Site

EMULATOR = Site("emulator", "http://127.0.0.1:5000", stands_for=("zenodo.org",))


@pytest.mark.parametrize(
    ("address", "options"),
    [
        ("https://zenodo.org/search?q=late+frost", {"q": "late frost"}),
        ("https://zenodo.org/search?q=&l=list&p=1&s=10&sort=newest", {"sort": "newest"}),
        (
            (
                "https://zenodo.org/search?q=frost&f=resource_type%3Adataset&f=access_status%3Aopen"
                "&f=subject:Alps&f=file_type:csv&f=publication_date:2014..2020&f=allversions%3Atrue&page=2#top"
            ),
            {
                "q": "frost",
                "type": "dataset",
                "access": "open",
                "keyword": "Alps",
                "filetype": "csv",
                "published": "2014..2020",
                "all_versions": True,
            },
        ),
        (
            (
                "https://zenodo.org/search?f=resource_type%3Apublication%2Binner%3Apublication-article"
                "&f=resource_type%3Adataset"
            ),
            {"type": ["publication-article", "dataset"]},
        ),
        ("https://zenodo.org/communities/enes/records?q=frost", {"q": "frost", "community": "enes"}),
        ("http://127.0.0.1:8899/communities/enes", {"community": "enes"}),
        (
            "https://zenodo.org/api/records?communities=a&communities=b&type=publication&subtype=article&size=25",
            {"community": ["a", "b"], "type": "publication", "subtype": "article"},
        ),
        (
            "https://zenodo.org/api/records?resource_type=publication::publication-article",
            {"type": "publication-article"},
        ),
    ],
)
def test_the_address_of_a_search_page_is_the_search_it_shows(address: str, options: dict[str, Any]) -> None:
    read = Search.of(q=address, sort=None, all_versions=False)
    assert read == replace(Search.of(**options), address=address)
    today = date(2026, 1, 1)
    said, *others = compile_search(read, today=today).findings
    assert compile_search(Search.of(**options), today=today).findings == tuple(others)
    assert "it is the address of a search page" in str(said)


def test_what_an_address_holds_is_said() -> None:
    search = Search.of(q="https://zenodo.org/communities/enes/records?q=frost&sort=newest", type="dataset")
    (said,) = compile_search(search, today=date(2026, 1, 1)).findings
    assert said.fix == "the query frost, community enes, type dataset, sort newest"


@pytest.mark.parametrize(
    "q", ["https://zenodo.org/records/123", "https://zenodo.org/search", "see https://zenodo.org/search?q=x"]
)
def test_other_addresses_are_words(q: str) -> None:
    assert Search.of(q=q) == Search(q=q)


def test_an_address_is_sent_as_typed_where_that_is_asked() -> None:
    assert Search.of(q="https://zenodo.org/search?q=x", lint=False).address == ""


def test_what_an_address_holds_and_no_filter_can_say_is_refused() -> None:
    with pytest.raises(UsageError, match="by owner \\(12\\), which no filter"):
        Search.of(q="https://zenodo.org/search?q=x&f=owner:12")


@pytest.mark.parametrize("name", ["access_token", "token", "api_key"])
def test_a_secret_in_an_address_is_not_repeated(name: str) -> None:
    with pytest.raises(UsageError, match=f"narrows the search by {name}, which no filter") as refused:
        Search.of(q=f"https://zenodo.org/search?q=frost&{name}=SECRET12345")
    assert "SECRET12345" not in repr(vars(refused.value))


def test_a_filter_in_the_address_and_beside_it_is_refused() -> None:
    with pytest.raises(UsageError, match="'type' is given, and in the address too"):
        Search.of(q="https://zenodo.org/search?f=resource_type:dataset", type="software")


def test_the_address_of_another_site_is_refused() -> None:
    search = Search.of(q="https://www.zenodo.org/search?q=frost")
    today = date(2026, 1, 1)
    assert compile_search(search, today=today, site=ZENODO).q == "frost"
    with pytest.raises(UsageError, match=r"of zenodo\.org, and sandbox\.zenodo\.org is asked") as refused:
        compile_search(search, today=today, site=SANDBOX)
    assert "--site https://zenodo.org" in refused.value.hint


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("https://zenodo.org:8443/search?q=frost", ZENODO),
        ("http://127.0.0.1:8899/search?q=frost", EMULATOR),
    ],
)
def test_the_address_of_another_port_is_refused(address: str, site: Site) -> None:
    with pytest.raises(UsageError, match=f"and {site.host} is asked") as refused:
        compile_search(Search.of(q=address), today=date(2026, 1, 1), site=site)
    site = address.removesuffix("/search?q=frost")
    assert refused.value.hint == f"Choose it with --site {site} (in Python site=)."


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("https://www.zenodo.org:443/search?q=frost", ZENODO),
        ("http://zenodo.org/search?q=frost", ZENODO),
        ("https://zenodo.org/search?q=frost", EMULATOR),
    ],
)
def test_the_address_of_the_site_or_of_what_it_stands_for_is_read(address: str, site: Site) -> None:
    assert compile_search(Search.of(q=address), today=date(2026, 1, 1), site=site).q == "frost"


@pytest.mark.parametrize("server", ["zenodo.org:99999", "me:SECRET12345@zenodo.org"])
def test_an_address_that_names_no_server_is_refused(server: str) -> None:
    search = Search.of(q=f"https://{server}/search?q=frost")
    with pytest.raises(UsageError, match="names no server") as refused:
        compile_search(search, today=date(2026, 1, 1), site=ZENODO)
    assert "SECRET12345" not in str(refused.value)


def test_no_place_is_shown_in_a_query_that_nobody_typed() -> None:
    with pytest.raises(QueryRefused, match="never closed") as refused:
        compile_search(Search.of(q="https://zenodo.org/search?q=frost+AND+("), today=date(2026, 1, 1))
    assert refused.value.position is None
