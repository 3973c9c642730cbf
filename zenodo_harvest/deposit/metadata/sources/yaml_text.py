"""YAML with places, read from its nodes, so that ``1.10`` and ``2024-03-01`` stay as they were written."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from zenodo_harvest.deposit.metadata.findings import Finding, Path
from zenodo_harvest.deposit.metadata.sources.located import (
    MAX_DEPTH,
    MAX_VALUES,
    Located,
    Place,
    PlainNumber,
    broken,
    decoded,
)

_TAG = "tag:yaml.org,2002:"
_TOO_LARGE = "The metadata nests too deeply or is too large"


class _TooLarge(Exception):
    """The document has more values than metadata ever has."""


def read_yaml(content: bytes) -> Located:
    """Read one document of YAML 1.2."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    text = decoded(content)
    if isinstance(text, Located):
        return text
    try:
        node = YAML(typ="safe", pure=True).compose(text[0])
        if node is None:
            return broken("The file is empty", "", Place(1, 1))
        builder = _Builder()
        value = builder.value(node, (), 0)
    except MarkedYAMLError as error:
        return _failed(error, text[1])
    except YAMLError as error:
        return broken(f"This is no YAML: {str(error).splitlines()[0]}")
    except (RecursionError, _TooLarge):
        return broken(_TOO_LARGE)
    return replace(builder.located, value=value, findings=(*text[1], *builder.findings))


def _failed(error: Any, findings: tuple[Finding, ...]) -> Located:
    mark = error.problem_mark or error.context_mark
    problem = " ".join(str(error.problem or error.context or "it cannot be read").split())
    hint = "Put text that holds a colon in quotation marks." if "mapping values" in problem else ""
    if "'\\t'" in problem:
        problem, hint = "a tab stands where YAML wants blanks", "Indent with blanks."
    place = Place(mark.line + 1, mark.column + 1) if mark else None
    failed = broken(f"This is no YAML: {problem}", hint, place)
    return replace(failed, findings=(*findings, *failed.findings))


class _Builder:
    """Turns the nodes of a document into plain values, and remembers their places."""

    def __init__(self) -> None:
        self.located = Located()
        self.findings: list[Finding] = []
        self._count = 0

    def value(self, node: Any, path: Path, depth: int) -> Any:
        """Return the value of a node."""
        self._count += 1
        if depth > MAX_DEPTH or self._count > MAX_VALUES:
            raise _TooLarge
        self.located.values[path] = Place(node.start_mark.line + 1, node.start_mark.column + 1)
        kind = str(node.tag).removeprefix(_TAG)
        if isinstance(node.value, list):
            if node.id == "sequence":
                return [self.value(item, (*path, at), depth + 1) for at, item in enumerate(node.value)]
            return self._mapping(node, path, depth)
        if kind not in _SCALARS:
            self.findings.append(
                self.located.finding("error", path, f"The YAML tag {node.tag} is not used", "Remove it.")
            )
            return node.value
        return _SCALARS[kind](node.value)

    def _mapping(self, node: Any, path: Path, depth: int) -> dict[str, Any]:
        members: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node.value, str):
                self.findings.append(self.located.finding("error", path, "A key is no text"))
                continue
            here = (*path, key_node.value)
            self.located.keys[here] = Place(key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            if key_node.value in members:
                message = "The key stands here twice, and readers take one of them without a word"
                self.findings.append(self.located.finding("error", here, message, "Remove one."))
            members[key_node.value] = self.value(value_node, here, depth + 1)
        return members


def _number(text: str) -> Any:
    plain = text.replace("_", "").lower().removeprefix("+")
    try:
        number: float = int(plain, 0) if plain[:2] in ("0x", "0o") else int(plain)
    except ValueError:
        try:
            number = float(plain.replace(".inf", "inf").replace(".nan", "nan"))
        except ValueError:
            return text
    return PlainNumber(text, number) if math.isfinite(number) else text


_SCALARS: dict[str, Callable[[str], Any]] = {
    "str": str,
    "int": _number,
    "float": _number,
    "timestamp": str,
    "bool": lambda text: text.lower() == "true",
    "null": lambda _text: None,
}
