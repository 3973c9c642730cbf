"""Rooms name what they offer once, in a stub, and import it when it is first used."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import zenodo_harvest

PACKAGE = Path(zenodo_harvest.__file__).parent
STUBS = sorted(PACKAGE.rglob("__init__.pyi"))


def name_of(stub: Path) -> str:
    return ".".join(stub.parent.relative_to(PACKAGE.parent).parts)


@pytest.mark.parametrize("stub", STUBS, ids=name_of)
def test_every_name_in_a_stub_is_there_as_its_module_has_it_and_another_is_not(
    stub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = import_module(name_of(stub))
    named = set()
    for line in ast.parse(stub.read_text()).body:
        assert isinstance(line, ast.ImportFrom)
        for alias in line.names:
            assert alias.asname == alias.name, "a type checker takes other imports for private ones"
            home = import_module(f"{room.__name__}.{line.module}")
            # as if nobody had asked for it yet
            monkeypatch.delitem(vars(room), alias.name, raising=False)
            assert getattr(room, alias.name) is getattr(home, alias.name)
            named.add(alias.name)
    assert set(room.__all__) == named
    with pytest.raises(AttributeError):
        room.nothing  # noqa: B018


def test_importing_rooms_imports_nothing_else_of_the_package() -> None:
    names = [name_of(stub) for stub in STUBS]
    code = (
        f"import sys, {', '.join(names)};"
        "print(*sorted(name for name in sys.modules if name.partition('.')[0] == 'zenodo_harvest'))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == names
