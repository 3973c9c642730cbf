from __future__ import annotations

from pathlib import Path

import pytest

CASSETTES = Path(__file__).parents[2] / "cassettes"


def test_every_cassette_is_used_by_a_test(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("keyword") or request.config.args != request.config.getini("testpaths"):
        return
    used = {mark.args[0] for item in request.session.items for mark in item.iter_markers("cassette")}
    assert {path.stem for path in CASSETTES.glob("*.yaml")} == used


def test_no_cassette_holds_a_token() -> None:
    for path in CASSETTES.glob("*.yaml"):
        assert "Bearer" not in path.read_text(), path.name
