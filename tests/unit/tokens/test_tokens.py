from __future__ import annotations

from pathlib import Path

import pytest

from zenodo_harvest.errors import LocalError, UsageError
from zenodo_harvest.origins import Origin
from zenodo_harvest.tokens import TokenPlace, check_token, find_token


def no_keyring(service: str, name: str) -> str | None:
    return None


ZENODO = Origin.of("https://zenodo.org")
SANDBOX = Origin.of("https://sandbox.zenodo.org")


def found(origin: Origin, folder: Path, *, is_emulator: bool = False, **environ: str) -> str | None:
    return find_token(
        origin, is_emulator=is_emulator, environ=environ, config_folder=folder, keyring_get=no_keyring
    )


def keep(folder: Path, name: str, text: str, mode: int = 0o600) -> Path:
    path = folder / name
    path.write_text(text)
    path.chmod(mode)
    return path


def test_without_a_token_there_is_none(tmp_path: Path) -> None:
    assert found(ZENODO, tmp_path) is None


def test_the_environment_comes_before_the_keyring_and_the_file(tmp_path: Path) -> None:
    keep(tmp_path, "token-zenodo", "from-file")
    environ = {"ZENODO_TOKEN": "from-environment"}
    keyring = {"zenodo": "from-keyring"}

    def get(service: str, name: str) -> str | None:
        return keyring.get(name)

    assert find_token(ZENODO, environ=environ, config_folder=tmp_path, keyring_get=get) == (
        "from-environment"
    )
    assert find_token(ZENODO, environ={}, config_folder=tmp_path, keyring_get=get) == "from-keyring"
    keyring.clear()
    assert find_token(ZENODO, environ={}, config_folder=tmp_path, keyring_get=get) == "from-file"


def test_the_token_of_one_site_is_never_used_for_another(tmp_path: Path) -> None:
    assert found(SANDBOX, tmp_path, ZENODO_TOKEN="production") is None


PLACES = {
    "https://zenodo.org": "ZENODO_TOKEN",
    "https://sandbox.zenodo.org": "ZENODO_SANDBOX_TOKEN",
    "https://repo.example:8443": "ZENODO_HARVEST_TOKEN_REPO_EXAMPLE_8443",
    "https://a.b.example.org": "ZENODO_HARVEST_TOKEN_A_B_EXAMPLE_ORG",
    "https://a-b.example.org": "ZENODO_HARVEST_TOKEN_A__2DB_EXAMPLE_ORG",
    "https://a_b.example.org": "ZENODO_HARVEST_TOKEN_A__5FB_EXAMPLE_ORG",
    "https://zenodo": "ZENODO_HARVEST_TOKEN_ZENODO",
    "https://emulator": "ZENODO_HARVEST_TOKEN_EMULATOR",
    "https://zenodo.org:8443": "ZENODO_HARVEST_TOKEN_ZENODO_ORG_8443",
    "https://localhost:5000": "ZENODO_HARVEST_TOKEN_LOCALHOST_5000",
    "http://localhost:5000": "ZENODO_HARVEST_TOKEN_HTTP__LOCALHOST_5000",
    "https://[::1]:5000": "ZENODO_HARVEST_TOKEN___5B__1__5D_5000",
}


@pytest.mark.parametrize("address", PLACES)
def test_each_origin_has_its_own_variable(address: str, tmp_path: Path) -> None:
    origin, variable = Origin.of(address), PLACES[address]
    assert TokenPlace.of(origin).variable == variable
    assert found(origin, tmp_path, **{variable: " abc\n"}) == "abc"
    others = {other: "of another" for other in PLACES.values() if other != variable}
    assert found(origin, tmp_path, **others) is None


@pytest.mark.parametrize("kind", ["variable", "keyring_user", "file_name"])
def test_no_two_origins_share_a_name(kind: str) -> None:
    names = [getattr(TokenPlace.of(Origin.of(address)), kind) for address in PLACES]
    assert len(set(names)) == len(PLACES)


def test_the_emulator_has_its_own_variable_on_this_machine_alone(tmp_path: Path) -> None:
    for address, token in (("http://127.0.0.1:5000", "abc"), ("https://evil.example", None)):
        environ = {"ZENODO_EMULATOR_TOKEN": "abc"}
        assert found(Origin.of(address), tmp_path, is_emulator=True, **environ) == token


@pytest.mark.parametrize("address", ["http://repo.example", "http://zenodo", "http://10.0.0.1:80"])
def test_there_is_no_token_for_what_is_not_encrypted(address: str, tmp_path: Path) -> None:
    origin = Origin.of(address)
    everywhere = {TokenPlace.of(origin).variable: "abc", "ZENODO_TOKEN": "abc"}
    assert found(origin, tmp_path, **everywhere) is None
    with pytest.raises(UsageError, match="without encryption") as caught:
        check_token("hunter2", origin)
    assert "hunter2" not in str(caught.value)


def test_a_file_name_that_is_never_looked_for_is_named(tmp_path: Path) -> None:
    keep(tmp_path, "token-repo.example:8443", "abc")
    with pytest.raises(LocalError, match=r"token-repo\.example:8443") as caught:
        found(Origin.of("https://repo.example:8443"), tmp_path)
    assert "token-repo.example_8443" in caught.value.hint
    keep(tmp_path, "token-repo.example_8443", "abc")
    assert found(Origin.of("https://repo.example:8443"), tmp_path) == "abc"


def test_a_file_that_others_can_read_is_refused_with_the_command_that_mends_it(tmp_path: Path) -> None:
    path = keep(tmp_path, "token-zenodo", "s3cret", 0o644)
    with pytest.raises(LocalError) as refused:
        found(ZENODO, tmp_path)
    assert f"chmod 600 '{path}'" in refused.value.hint
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("token", ["two words", "line\nbreak", "schlüssel", "nul\x00"])
def test_what_cannot_be_a_token_is_refused_without_showing_it(token: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        found(ZENODO, tmp_path, ZENODO_TOKEN=token)
    assert token not in str(refused.value)


def test_a_folder_in_the_place_of_the_file_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "token-zenodo").mkdir(mode=0o700)
    with pytest.raises(LocalError):
        found(ZENODO, tmp_path)
