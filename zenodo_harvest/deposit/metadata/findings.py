"""`Finding`: one thing the validator has to say about metadata."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning"]
Path = tuple[str | int, ...]
"""Where a value is: keys and positions in lists, from the outside in."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say about a metadata file; its text is one sentence.

    Attributes:
        level: ``error`` (Zenodo would refuse it, drop it or change its meaning), ``warning`` (it works, and
            may surprise, or only the site can tell).
        path: The field, dotted with positions counted from 0 (``creators.0.type``); empty for the whole file.
        message: What is wrong, as a sentence without a full stop.
        hint: What to do, as a sentence; may be empty.
        line: The line in the file, counted from 1; None where there is no file.
        column: The column in the line, counted from 1.
        file: The name of the file; empty where there is none.
    """

    level: Level
    path: str
    message: str
    hint: str = ""
    line: int | None = None
    column: int | None = None
    file: str = ""

    @property
    def place(self) -> str:
        """File, line and column as editors understand them: ``zenodo.yaml:3:5``."""
        parts = [self.file, *(str(number) for number in (self.line, self.column) if number is not None)]
        return ":".join(part for part in parts if part)

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        about = f"{self.path}: " if self.path else ""
        return f"{where}{self.level}: {about}{self.message}.{' ' + self.hint if self.hint else ''}"


def dotted(path: Path) -> str:
    """Return a path as people write it: ``creators.0.orcid``."""
    return ".".join(str(part) for part in path)


def has_errors(findings: Iterable[Finding]) -> bool:
    """Tell whether one of the findings is an error."""
    return any(finding.level == "error" for finding in findings)
