"""Kinds of metadata files, told by their names."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from zenodo_harvest.errors import UsageError

Kind = Literal["own", "classic", "cff", "codemeta"]

KNOWN_NAMES = ("zenodo.yaml", "zenodo.yml", "zenodo.json", ".zenodo.json", "CITATION.cff", "codemeta.json")
"""The files that a folder is searched for, the one that wins first."""


def kind_of_file(path: Path) -> Kind:
    """Return what kind of metadata a file holds.

    Raises:
        UsageError: Its name ends as none of them does.
    """
    name = path.name.lower()
    if name.endswith(".cff"):
        return "cff"
    if name.endswith("codemeta.json"):
        return "codemeta"
    if name.endswith(".zenodo.json"):
        return "classic"
    if name.endswith((".json", ".yaml", ".yml")):
        return "own"
    raise UsageError(
        f"{str(path)!r} is no metadata file that we know.",
        hint="Name zenodo.yaml, .zenodo.json, CITATION.cff, codemeta.json or another .yaml or .json file.",
    )


def files_in(path: Path) -> tuple[Path, ...]:
    """Return the metadata files that a path means: itself, or those that a folder holds.

    Raises:
        UsageError: The folder holds none.
    """
    if not path.is_dir():
        return (path,)
    found = tuple(path / name for name in KNOWN_NAMES if (path / name).is_file())
    if not found:
        raise UsageError(
            f"{str(path)!r} holds no metadata file.", hint=f"Looked for {', '.join(KNOWN_NAMES)}."
        )
    return found
