from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    "words",
    [
        ["--site", "emulator", "--contact", "me@example.org", "search", "frost"],
        ["search", "frost", "--site", "emulator", "--contact", "me@example.org"],
        ["--site", "emulator", "search", "frost", "--contact", "me@example.org"],
    ],
)
def test_the_options_of_every_command_stand_before_or_after_its_name(
    run: Any, client: Any, words: list[str]
) -> None:
    assert run(*words).code == 0
    assert (client.settings["site"], client.settings["contact"]) == ("emulator", "me@example.org")


def test_the_option_after_the_command_wins_and_both_win_over_the_environment(run: Any, client: Any) -> None:
    env = {"ZENODO_HARVEST_SITE": "sandbox"}
    run("search", env=env)
    assert client.settings["site"] == "sandbox"
    run("--site", "emulator", "search", env=env)
    assert client.settings["site"] == "emulator"
    run("--site", "emulator", "search", "--site", "https://example.org", env=env)
    assert client.settings["site"] == "https://example.org"


def test_the_site_is_zenodo_where_nobody_says_otherwise(run: Any, client: Any) -> None:
    run("search")
    assert client.settings["site"] == "zenodo"


def test_options_may_stand_between_a_group_and_its_command(run: Any) -> None:
    assert run("communities", "--token", "s3cret", "find", "x").code == 2
    assert run("communities", "--quiet", "find", "--help").code == 0


@pytest.mark.parametrize(
    "words",
    [
        ["--token", "s3cret", "search"],
        ["search", "--token", "s3cret"],
        ["search", "--access-token=s3cret"],
        ["schema", "--token", "s3cret"],
    ],
)
def test_a_token_on_the_command_line_is_refused_and_not_repeated(
    run: Any, client: Any, words: list[str]
) -> None:
    done = run(*words)
    assert done.code == 2
    assert "ZENODO_TOKEN" in done.err
    assert "history" in done.err
    assert "s3cret" not in done.err + done.out
    assert client.settings == {}


def test_trace_shows_each_request_even_when_all_else_is_quiet(run: Any, client: Any) -> None:
    run("search", "--trace", "--quiet")
    assert client.settings["trace"] is not None
    run("search")
    assert client.settings["trace"] is None


def test_the_client_is_closed_whatever_happens(run: Any, client: Any) -> None:
    client.results.error = RuntimeError("boom")
    assert run("search").code == 1
    assert client.is_closed


def test_an_unknown_command_or_option_is_a_usage_error_with_the_nearest(run: Any) -> None:
    done = run("serch")
    assert done.code == 2
    assert "Did you mean 'search'?" in done.err
    done = run("search", "--sit", "x")
    assert done.code == 2
    assert "--site" in done.err


def test_the_version_is_told(run: Any) -> None:
    assert run("--version").out.startswith("zenodo-harvest ")
