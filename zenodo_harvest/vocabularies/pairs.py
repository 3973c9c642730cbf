"""Tables of two columns that lie beside the modules as CSV."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path


def read_pairs(name: str) -> Mapping[str, str]:
    """Return the second column of a table by the first; the first line names them."""
    with Path(__file__).with_name(name).open(encoding="utf-8", newline="") as lines:
        _, *pairs = csv.reader(lines)
    return dict(pairs)
