from __future__ import annotations

import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from zenodo_harvest import __version__
from zenodo_harvest.records import SCHEMA_VERSION, compiled_reader

ROOT = Path(__file__).parents[3]


def test_there_is_none_where_it_is_not_installed() -> None:
    def absent(name: str) -> Any:
        raise ModuleNotFoundError(name)

    assert compiled_reader("schema", absent) is None


def test_the_one_in_this_repository_is_of_this_version_and_for_this_schema() -> None:
    manifest = tomllib.loads((ROOT / "fast" / "Cargo.toml").read_text())
    assert manifest["package"]["version"] == __version__
    source = (ROOT / "fast" / "src" / "lib.rs").read_text()
    assert f'const SCHEMA_VERSION: &str = "{SCHEMA_VERSION}";' in source


def test_one_of_another_version_is_not_used_and_that_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    other = SimpleNamespace(__version__="0.0.1")
    assert compiled_reader("schema", lambda _: other) is None
    assert caplog.messages == [f"zenodo_harvest_fast 0.0.1 is not used: this is zenodo-harvest {__version__}"]


def test_one_for_another_schema_is_not_used_and_that_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    other = SimpleNamespace(__version__=__version__, SCHEMA_VERSION="1")
    assert compiled_reader("schema", lambda _: other) is None
    assert caplog.messages == ["zenodo_harvest_fast is not used: it was built for another schema than 2"]


def test_it_is_told_the_columns_and_what_words_mean() -> None:
    same = SimpleNamespace(__version__=__version__, SCHEMA_VERSION="2", Reader=lambda *told: told)
    schema, vocabulary = compiled_reader("schema", lambda _: same)  # type: ignore[misc]
    assert schema == "schema"
    assert vocabulary.span("2020-02").year == 2020
