"""Tables of two columns that lie beside the modules as CSV."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def read_pairs(name: str) -> Mapping[str, str]:
    """Return the second column of a table by the first; neither has a comma, and a first line names them."""
    lines = Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()[1:]
    return {first: second for first, _, second in (line.rpartition(",") for line in lines)}
