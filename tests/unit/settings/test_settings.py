from __future__ import annotations

from pathlib import Path

import pytest

from zenodo_harvest import __version__
from zenodo_harvest.errors import LocalError, UsageError
from zenodo_harvest.settings import find_token, token_variable, user_agent


def no_keyring(service: str, name: str) -> str | None:
    return None


def found(site: str, folder: Path, **environ: str) -> str | None:
    return find_token(site, environ=environ, config_folder=folder, keyring_get=no_keyring)


def keep(folder: Path, name: str, text: str, mode: int = 0o600) -> Path:
    path = folder / name
    path.write_text(text)
    path.chmod(mode)
    return path


def test_without_a_token_there_is_none(tmp_path: Path) -> None:
    assert found("zenodo", tmp_path) is None


def test_the_environment_comes_before_the_keyring_and_the_file(tmp_path: Path) -> None:
    keep(tmp_path, "token-zenodo", "from-file")
    environ = {"ZENODO_TOKEN": "from-environment"}
    keyring = {"zenodo": "from-keyring"}

    def get(service: str, name: str) -> str | None:
        return keyring.get(name)

    assert find_token("zenodo", environ=environ, config_folder=tmp_path, keyring_get=get) == (
        "from-environment"
    )
    assert find_token("zenodo", environ={}, config_folder=tmp_path, keyring_get=get) == "from-keyring"
    keyring.clear()
    assert find_token("zenodo", environ={}, config_folder=tmp_path, keyring_get=get) == "from-file"


def test_the_token_of_one_site_is_never_used_for_another(tmp_path: Path) -> None:
    assert found("sandbox", tmp_path, ZENODO_TOKEN="production") is None


@pytest.mark.parametrize(
    ("site", "variable"),
    [
        ("zenodo", "ZENODO_TOKEN"),
        ("sandbox", "ZENODO_SANDBOX_TOKEN"),
        ("emulator", "ZENODO_EMULATOR_TOKEN"),
        ("repo.example:8443", "ZENODO_HARVEST_TOKEN_REPO_EXAMPLE_8443"),
    ],
)
def test_each_site_has_its_own_variable(site: str, variable: str, tmp_path: Path) -> None:
    assert token_variable(site) == variable
    assert found(site, tmp_path, **{variable: " abc\n"}) == "abc"


def test_a_file_that_others_can_read_is_refused_with_the_command_that_mends_it(tmp_path: Path) -> None:
    path = keep(tmp_path, "token-zenodo", "s3cret", 0o644)
    with pytest.raises(LocalError) as refused:
        found("zenodo", tmp_path)
    assert f"chmod 600 '{path}'" in refused.value.hint
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("token", ["two words", "line\nbreak", "schlüssel", "nul\x00"])
def test_what_cannot_be_a_token_is_refused_without_showing_it(token: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        found("zenodo", tmp_path, ZENODO_TOKEN=token)
    assert token not in str(refused.value)


def test_a_folder_in_the_place_of_the_file_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "token-zenodo").mkdir(mode=0o700)
    with pytest.raises(LocalError):
        found("zenodo", tmp_path)


def test_the_user_agent_names_version_project_and_contact() -> None:
    agent = user_agent("library@example.org", environ={})
    assert agent.startswith(f"zenodo-harvest/{__version__} (https://")
    assert agent.endswith("; library@example.org)")


def test_the_contact_may_come_from_the_environment() -> None:
    assert "me@example.org" in user_agent(environ={"ZENODO_HARVEST_CONTACT": "me@example.org"})


@pytest.mark.parametrize("contact", ["a\r\nX-Evil: 1", "a)(b", "ü@example.org"])
def test_a_contact_cannot_break_out_of_the_header(contact: str) -> None:
    agent = user_agent(contact, environ={})
    assert agent.isascii()
    assert agent.isprintable()
    assert agent.count("(") == agent.count(")") == 1
