from __future__ import annotations

import pytest

from zenodo_harvest.errors import UsageError
from zenodo_harvest.sites import SANDBOX, ZENODO, find_site, origin_of


@pytest.mark.parametrize("text", ["zenodo", "https://zenodo.org", "https://zenodo.org/api"])
def test_zenodo_is_found_by_name_and_address(text: str) -> None:
    assert find_site(text) is ZENODO


def test_the_sandbox_has_its_own_doi_prefix() -> None:
    assert find_site("sandbox") is SANDBOX
    assert SANDBOX.doi_prefix == "10.5072"


@pytest.mark.parametrize("text", ["https://repo.example:8443/", "https://repo.example:8443/api?x=1"])
def test_another_server_is_known_by_its_address_alone(text: str) -> None:
    site = find_site(text)
    assert (site.name, site.url, site.flavour) == ("repo.example:8443", "https://repo.example:8443", None)
    assert site.api == "https://repo.example:8443/api"


@pytest.mark.parametrize("text", ["zenodoo", "", "ftp://zenodo.org", "https://", "https://me:pw@zenodo.org"])
def test_what_is_no_site_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not a site"):
        find_site(text)


def test_the_default_port_is_part_of_the_origin() -> None:
    assert origin_of("https://zenodo.org/x") == origin_of("https://zenodo.org:443")
    assert origin_of("http://zenodo.org") != origin_of("https://zenodo.org")


@pytest.mark.parametrize("text", ["https://zenodo.org/", "HTTPS://Zenodo.org/api/", "http://www.zenodo.org"])
def test_zenodo_is_zenodo_however_its_address_is_written(text: str) -> None:
    assert find_site(text) is ZENODO


@pytest.mark.parametrize(
    "text", ["http://127.0.0.1:abc", "http://[", "http://127.0.0.1:99999", "http://a..b"]
)
def test_an_address_that_cannot_be_one_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not a site"):
        find_site(text)
