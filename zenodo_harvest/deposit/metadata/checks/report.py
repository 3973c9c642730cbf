"""`Report`: where the checks put what they find."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from zenodo_harvest.deposit.metadata.findings import Finding, Path
from zenodo_harvest.deposit.metadata.sources.located import Located, PlainNumber

MOST_FINDINGS = 1000
Dialect = Literal["classic", "own"]


@dataclass(slots=True)
class Report:
    """Collects findings about one document.

    Attributes:
        located: The document.
        dialect: ``classic`` for what goes to the deposit API as it stands, ``own`` for our own format.
        today: The day against which an embargo is held.
    """

    located: Located
    dialect: Dialect
    today: date
    findings: list[Finding] = field(default_factory=list)

    def error(self, path: Path, message: str, hint: str = "") -> None:
        """Say that Zenodo would refuse or drop it, or change its meaning."""
        self.findings.append(self.located.finding("error", path, message, hint))

    def warn(self, path: Path, message: str, hint: str = "") -> None:
        """Say that it works, and may surprise."""
        self.findings.append(self.located.finding("warning", path, message, hint))

    @property
    def is_full(self) -> bool:
        """Whether there are more findings than anybody reads."""
        return len(self.findings) >= MOST_FINDINGS

    @property
    def is_classic(self) -> bool:
        """Whether the deposit API gets the document as it stands."""
        return self.dialect == "classic"


def kind_of(value: Any) -> str:
    """Return what people call the type of a value."""
    match value:
        case None:
            return "nothing (null)"
        case bool():
            return "true or false"
        case PlainNumber() | int() | float():
            return "a number"
        case str():
            return "a text"
        case list() | tuple():
            return "a list"
        case dict():
            return "an object"
    return type(value).__name__


def did_you_mean(*names: str) -> str:
    """Return the hint that offers what may have been meant."""
    return f"Did you mean {' or '.join(name for name in names if name)}?" if any(names) else ""


_SHOWN = 9


def one_of(words: Iterable[str]) -> str:
    """Return the hint that names what there is, as far as it fits into a sentence."""
    listed = list(words)
    return f"It is one of {', '.join(listed[:_SHOWN])}{' …' if len(listed) > _SHOWN else '.'}"
