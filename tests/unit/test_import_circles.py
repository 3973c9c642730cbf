"""No modules import each other in a circle, be it for typing alone or when a name is first used."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

import grimp


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
    assert len(imports) > 250
    assert "zenodo_harvest.client" in imports["zenodo_harvest"], "names imported when they are used count"
    assert circle_in(imports) == []


def test_a_circle_is_found_and_named() -> None:
    assert set(circle_in({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})) == {"a", "b", "c"}
