"""No modules import each other in a circle, be it for typing alone or when a name is first used."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp

import zenodo_harvest

PACKAGE = Path(zenodo_harvest.__file__).parent


def circle_in(imports: dict[str, set[str]]) -> list[str]:
    """Return the modules of one circle, none if there is no circle."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_circle_of_imports() -> None:
    graph = grimp.build_graph("zenodo_harvest", exclude_type_checking_imports=False, cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    for stub in PACKAGE.rglob("__init__.pyi"):
        room = ".".join(stub.parent.relative_to(PACKAGE.parent).parts)
        named = [line for line in ast.parse(stub.read_text()).body if isinstance(line, ast.ImportFrom)]
        imports[room] |= {f"{room}.{line.module}" for line in named}
    assert len(imports) > 250
    assert "zenodo_harvest.client" in imports["zenodo_harvest"], "names imported when they are used count"
    assert circle_in(imports) == []


def test_a_circle_is_found_and_named() -> None:
    assert set(circle_in({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})) == {"a", "b", "c"}
