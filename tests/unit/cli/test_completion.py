from __future__ import annotations

from typing import Any

import pytest
from typer.testing import CliRunner

from zenodo_harvest.cli import build_app


def complete(words: str) -> list[str]:
    env: dict[str, Any] = {
        "_ZENODO_HARVEST_COMPLETE": "complete_bash",
        "COMP_WORDS": f"zenodo-harvest {words}",
        "COMP_CWORD": str(len(words.split(" "))),
    }
    done = CliRunner(env=env).invoke(build_app(), [], prog_name="zenodo-harvest")
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("sea", ["search"]),
        ("communities ", ["find", "show", "records"]),
        ("search --lic", ["--license"]),
        ("search --site em", ["emulator"]),
        ("--site s", ["sandbox"]),
        ("count --by y", ["year"]),
        ("search --sort new", ["newest"]),
        ("search --type dat", ["dataset", "datamanagementplan", "datapaper"]),
        ("search --subtype art", ["article"]),
        ("search --access op", ["open"]),
        ("search --license cc-by-4", ["cc-by-4.0"]),
        ("search --language de", ["deu"]),
        ("search --columns doi,ti", ["doi,title"]),
        ("search --columns concept_", ["concept_id", "concept_doi"]),
        ("search --table-format c", ["csv"]),
        ("schema --format m", ["markdown"]),
    ],
)
def test_the_shell_completes_commands_options_and_values(words: str, offered: list[str]) -> None:
    assert complete(words) == offered
