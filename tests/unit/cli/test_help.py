from __future__ import annotations

import re
import shlex
import subprocess
import sys

import pytest
from typer.core import TyperGroup
from typer.main import get_command
from typer.testing import CliRunner

from zenodo_harvest.cli import build_app
from zenodo_harvest.cli.lazy_commands import Deferred

HEAVY = {"pandas", "pyarrow", "requests", "luqum", "msgspec", "werkzeug", "lxml"}


def commands(group: TyperGroup, *path: str) -> dict[tuple[str, ...], tuple[Deferred, TyperGroup | object]]:
    found = {}
    for name, stand_in in group.commands.items():
        assert isinstance(stand_in, Deferred)
        real = stand_in.load()
        found[(*path, name)] = (stand_in, real)
        if isinstance(real, TyperGroup):
            found |= commands(real, *path, name)
    return found


def root() -> TyperGroup:
    group = get_command(build_app())
    assert isinstance(group, TyperGroup)
    return group


ALL = commands(root())
EXAMPLES = [
    line.strip()
    for _, real in ALL.values()
    for line in real.help.splitlines()
    if line.strip().startswith("zenodo-harvest ")
]


def names(path: tuple[str, ...]) -> str:
    return " ".join(path)


@pytest.mark.parametrize("path", ALL, ids=names)
def test_each_command_has_an_example_that_can_be_pasted(path: tuple[str, ...]) -> None:
    _, real = ALL[path]
    assert "Example" in real.help
    assert f"zenodo-harvest {names(path)}" in real.help


@pytest.mark.parametrize("path", ALL, ids=names)
def test_the_list_of_commands_says_what_the_command_itself_says(path: tuple[str, ...]) -> None:
    stand_in, real = ALL[path]
    assert real.help.splitlines()[0] == stand_in.help


@pytest.mark.parametrize("path", ALL, ids=names)
def test_every_option_of_a_command_is_explained(path: tuple[str, ...]) -> None:
    _, real = ALL[path]
    silent = [option.name for option in real.params if not option.hidden and not option.help]
    assert silent == []


@pytest.mark.parametrize("path", [(), *ALL], ids=names)
def test_help_names_values_and_no_types_of_python(path: tuple[str, ...]) -> None:
    shown = CliRunner(env={"COLUMNS": "200", "TERM": "dumb"}).invoke(build_app(), [*path, "--help"])
    assert shown.exit_code == 0
    assert not re.findall(r"<\w|str\]|\bbool\b", shown.stdout)


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_example_can_be_parsed(example: str) -> None:
    words = shlex.split(example.rpartition("|")[2])[1:]
    context = root().make_context("zenodo-harvest", words)
    while isinstance(group := context.command, TyperGroup):
        name, stand_in, rest = group.resolve_command(context, [*context._protected_args, *context.args])
        assert stand_in is not None
        context = stand_in.make_context(name, rest, parent=context)
    assert context.args == []


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from zenodo_harvest.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"print(sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "--help"], capture_output=True, text=True, timeout=60, check=True
    )
    assert "zenodo-harvest" in done.stdout
    assert done.stderr == "[]\n"
