"""What the pages say is what the program does."""

from __future__ import annotations

import io
import os
import re
from contextlib import redirect_stdout
from importlib import import_module
from pathlib import Path

import pytest

from zenodo_harvest.catalog import rules_markdown
from zenodo_harvest.client import Client
from zenodo_harvest.export import data_dictionary

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
COMMANDS = (
    "catalog",
    "search",
    "harvest",
    "plan",
    "count",
    "explain",
    "communities",
    "record",
    "schema",
    "convert",
    "dump",
    "emulator",
    "deposit",
)


def python_examples() -> list[tuple[str, str]]:
    return [
        (f"{page.name}-{number}", code)
        for page in PAGES
        for number, code in enumerate(re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL))
    ]


def test_the_data_dictionary_page_is_the_programs_own() -> None:
    page = (ROOT / "docs" / "data-dictionary.md").read_text()
    assert data_dictionary("markdown") in page, "run: zenodo-harvest schema --format markdown"


def test_the_page_of_the_checks_is_made_of_the_rules() -> None:
    assert rules_markdown() in (ROOT / "docs" / "catalog-checks.md").read_text()


def test_every_test_that_a_promise_names_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / "promises.md").read_text()))
    there = {
        name
        for file in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", file.read_text(), re.MULTILINE)
    }
    assert named
    assert named <= there


def test_every_name_on_the_way_of_a_record_is_there_and_steps_are_few() -> None:
    text = (ROOT / "docs" / "how-a-record-travels.md").read_text()
    steps = re.findall(r"^\d+\. \*\*`([\w.]+)`\*\*", text, re.MULTILINE)
    assert 8 <= len(steps) <= 12
    for name in re.findall(r"`([a-z_]+(?:\.\w+)+)`", text):
        home, _, last = name.rpartition(".")
        found = import_module(f"zenodo_harvest.{home}")
        assert hasattr(found, last) or import_module(f"zenodo_harvest.{name}"), name


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_on_a_page(command: str) -> None:
    assert any(re.search(rf"zenodo-harvest [^\n]*\b{command}\b", page.read_text()) for page in PAGES)


@pytest.mark.parametrize(
    "code", [code for _, code in python_examples()], ids=[name for name, _ in python_examples()]
)
def test_every_python_example_runs(code: str, tmp_path: Path) -> None:
    here = Path.cwd()
    names: dict[str, object] = {}
    os.chdir(tmp_path)
    try:
        with redirect_stdout(io.StringIO()) as shown:
            exec(compile(code, "example", "exec"), names)  # noqa: S102 - our own pages
    finally:
        os.chdir(here)
        for made in names.values():
            if isinstance(made, Client):
                made.close()
    assert shown.getvalue()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_between_pages_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), target
