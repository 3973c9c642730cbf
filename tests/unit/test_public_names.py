"""Rooms name what they offer once, in a stub, and import it when it is first used."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import zenodo_harvest
from zenodo_harvest import errors

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


@pytest.mark.parametrize("stub", STUBS, ids=name_of)
def test_no_lazy_name_is_that_of_a_module_which_would_take_its_place(stub: Path) -> None:
    modules = {place.stem for place in stub.parent.iterdir() if place.suffix in ("", ".py")}
    room = import_module(name_of(stub))
    assert not modules & set(room.__all__)


IN_EVERY_ORDER = """
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

def fresh():
    for name in [name for name in sys.modules if name.partition(".")[0] == "zenodo_harvest"]:
        del sys.modules[name]
    return import_module("zenodo_harvest")

package = fresh()
names = package.__all__
kinds = {name: type(getattr(package, name)) for name in names}
homes = {getattr(getattr(package, name), "__module__", ""): place for place, name in enumerate(names)}
for place in homes.values():
    # names of one module bring the same modules: each such group comes before and after every other one
    for order in (names[place:] + names[:place], names[place::-1] + names[:place:-1]):
        package = fresh()
        assert {name: type(getattr(package, name)) for name in order} == kinds, order
package = fresh()
folder = Path(package.__file__).parent
for module in sorted(folder.iterdir()):
    if module.name.isidentifier() or module.suffix == ".py" and not module.name.startswith("__"):
        if module.stem not in ("__pycache__",):
            import_module(f"zenodo_harvest.{module.stem}")
            assert {name: type(getattr(package, name)) for name in names} == kinds, module
assert dir(package) == package.__all__
"""


def test_public_names_are_themselves_in_whatever_order_and_after_whichever_module() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IN_EVERY_ORDER], check=False, capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_every_error_and_warning_that_people_catch_is_a_public_name() -> None:
    caught = {
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, Exception)
    }
    assert caught <= set(zenodo_harvest.__all__)


def test_completion_shows_the_public_names_alone_and_the_options_of_a_search() -> None:
    code = """
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()
shell.run_cell("import zenodo_harvest as zh; client = zh.Client('http://127.0.0.1:9')")

def completed(text):
    with provisionalcompleter():
        return sorted({found.text.lstrip(".") for found in shell.Completer.completions(text, len(text))})

print(*completed("zh."))
print(*completed("client.search(commu"))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=120
    )
    shown, options = done.stdout.splitlines()[-2:]
    assert set(shown.split()) == {name for name in zenodo_harvest.__all__ if not name.startswith("_")}
    assert options.split() == ["community="]


def test_importing_rooms_imports_nothing_else_of_the_package() -> None:
    names = [name_of(stub) for stub in STUBS]
    code = (
        f"import sys, {', '.join(names)};"
        "print(*sorted(name for name in sys.modules if name.partition('.')[0] == 'zenodo_harvest'))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == names
