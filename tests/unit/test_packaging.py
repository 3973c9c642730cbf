from __future__ import annotations

import tomllib
from pathlib import Path

from zenodo_harvest import __version__

ROOT = Path(__file__).parents[2]


def test_the_extra_brings_the_compiled_reader_of_this_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["optional-dependencies"]["fast"] == [f"zenodo-harvest-fast=={__version__}"]


def test_both_packages_have_one_licence() -> None:
    assert (ROOT / "fast" / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
