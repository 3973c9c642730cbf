"""`Finding`: one thing the linter has to say about a query; its rules write them down in `Notes`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from zenodo_harvest.vocabularies.flavours import ZENODO, Flavour

Level = Literal["error", "rewrite", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say about a query; its text is one sentence.

    Attributes:
        level: ``error`` (the query is not sent), ``rewrite`` (it was changed), ``warning`` (it is sent as it
            is, and may surprise).
        position: Where in the query as typed it is, counted from 0; None where no single place is meant.
        text: The part of the query it is about, as it stood there.
        reason: Why, as a clause.
        fix: What to do, as a clause; of a rewrite the new text itself.
    """

    level: Level
    position: int | None
    text: str
    reason: str
    fix: str

    @property
    def place(self) -> str:
        """Where it is, as people count: ``at character 9``; empty without a position."""
        return "" if self.position is None else f"at character {self.position + 1}"

    @property
    def problem(self) -> str:
        """The place and the reason, without a full stop: ``At character 9: …``."""
        if self.position is None:
            return self.reason[:1].upper() + self.reason[1:]
        return f"At character {self.position + 1}: {self.reason}"

    @property
    def advice(self) -> str:
        """The fix as a sentence of its own; empty without one."""
        return (
            f"{self.fix[:1].upper()}{self.fix[1:]}{'' if self.fix.endswith('?') else '.'}" if self.fix else ""
        )

    def __str__(self) -> str:
        if self.level == "rewrite":
            where = f"At character {self.position + 1}: " if self.position is not None else ""
            return f"{where}{self.text} was changed to {self.fix}, because {self.reason}."
        end = "" if self.fix.endswith("?") else "."
        return f"{self.problem}; {self.fix}{end}" if self.fix else f"{self.problem}."


@dataclass(frozen=True, slots=True)
class Linted:
    """A query after the linter: `q` is what to send, unless one of the `findings` is an error."""

    q: str
    findings: tuple[Finding, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that forbid sending it."""
        return tuple(finding for finding in self.findings if finding.level == "error")


@dataclass(frozen=True, slots=True)
class Edit:
    """One change: the characters from `start` to `end` become `new`, for a reason."""

    start: int
    end: int
    new: str
    reason: str


class Notes:
    """Collects what rules find in one text: findings, and edits to make."""

    def __init__(self, text: str, flavour: Flavour = ZENODO) -> None:
        self.text = text
        self.flavour = flavour
        self.findings: list[Finding] = []
        self.edits: list[Edit] = []

    def error(self, start: int, end: int, reason: str, fix: str) -> None:
        """Note why the query cannot be sent."""
        self.findings.append(Finding("error", start, self.text[start:end], reason, fix))

    def warn(self, start: int, end: int, reason: str, fix: str) -> None:
        """Note what may surprise."""
        self.findings.append(Finding("warning", start, self.text[start:end], reason, fix))

    def edit(self, start: int, end: int, new: str, reason: str) -> None:
        """Note a change to make."""
        if self.text[start:end] != new:
            self.edits.append(Edit(start, end, new, reason))
