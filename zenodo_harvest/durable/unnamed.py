"""`Unnamed`: outputs that are written and have not got their names yet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol


class Unnamed(Protocol):
    """Outputs that are written and have not got their names yet; whoever holds them may add a receipt."""

    @property
    def paths(self) -> tuple[Path, ...]:
        """Their final paths."""

    def finish(self) -> Sequence[Path]:
        """Write everything to the end; return where each lies until it gets its name."""

    def claim(self) -> None:
        """Keep other runs from the folders of the outputs until all have their names."""

    def add_text(self, path: Path, text: str) -> None:
        """Add a file that appears together with the others."""
