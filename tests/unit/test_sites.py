from __future__ import annotations

import pytest

from zenodo_harvest.errors import UsageError
from zenodo_harvest.origins import Origin
from zenodo_harvest.sites import SANDBOX, ZENODO, find_site


@pytest.mark.parametrize(
    "text",
    ["zenodo", "zenodo.org", "www.zenodo.org", "Zenodo.org/", "https://zenodo.org", "https://zenodo.org/api"],
)
def test_zenodo_is_found_by_name_and_address(text: str) -> None:
    assert find_site(text) is ZENODO


def test_the_sandbox_has_its_own_doi_prefix() -> None:
    assert find_site("sandbox") is SANDBOX
    assert find_site("sandbox.zenodo.org") is SANDBOX
    assert SANDBOX.doi_prefix == "10.5072"


@pytest.mark.parametrize("text", ["https://repo.example:8443/", "https://repo.example:8443/api?x=1"])
def test_another_server_is_known_by_its_address_alone(text: str) -> None:
    site = find_site(text)
    assert (site.name, site.url, site.flavour) == ("repo.example:8443", "https://repo.example:8443", None)
    assert site.api == "https://repo.example:8443/api"


@pytest.mark.parametrize("text", ["zenodoo", "", "ftp://zenodo.org", "https://"])
def test_what_is_no_site_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not a site"):
        find_site(text)


def test_the_default_port_is_part_of_the_origin() -> None:
    assert Origin.of("https://zenodo.org/x") == Origin.of("https://zenodo.org:443")
    assert Origin.of("http://zenodo.org") != Origin.of("https://zenodo.org")


@pytest.mark.parametrize("text", ["https://zenodo.org/", "HTTPS://Zenodo.org/api/", "http://www.zenodo.org"])
def test_zenodo_is_zenodo_however_its_address_is_written(text: str) -> None:
    assert find_site(text) is ZENODO


@pytest.mark.parametrize(
    "text", ["http://127.0.0.1:abc", "http://[", "http://127.0.0.1:99999", "http://a..b"]
)
def test_an_address_that_cannot_be_one_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not a site"):
        find_site(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://me:hunter2@zenodo.org",
        "http://:hunter2@repo.example",
        "https://hunter2@x.org",
        "//:hunter2@x",
    ],
)
def test_an_address_with_a_user_or_a_password_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(UsageError, match="no user name and no password") as caught:
        find_site(text)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("name", ["zenodo", "sandbox", "emulator"])
def test_a_host_that_is_called_as_one_of_our_sites_goes_by_its_address(name: str) -> None:
    assert find_site(f"http://{name}").name == f"http://{name}"
