"""`Located`: a document whose values and keys know their place in the file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from zenodo_harvest.deposit.metadata.findings import Finding, Level, Path, dotted

MAX_DEPTH = 50
"""Metadata nests a handful of levels; more is a mistake or an attack."""
MAX_VALUES = 200_000


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a text, counted from 1."""

    line: int
    column: int


class PlainNumber(str):
    """A number as YAML has it without quotation marks: its text (``1.10``), and the number it means."""

    __slots__ = ("number",)

    number: int | float

    def __new__(cls, text: str, number: float) -> PlainNumber:
        """Keep both."""
        made = super().__new__(cls, text)
        made.number = number
        return made


@dataclass(frozen=True, slots=True)
class Located:
    """A document and where its parts stand.

    Attributes:
        value: The document; None if it could not be read at all.
        values: Where each value begins, by its path.
        keys: Where each key stands, by the path of its value.
        findings: What is wrong with the text itself.
    """

    value: Any = None
    values: dict[Path, Place] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    def place(self, path: Path) -> Place | None:
        """Return where to point for a path: its key, its value, or the nearest part around it."""
        while True:
            found = self.keys.get(path) or self.values.get(path)
            if found or not path:
                return found
            path = path[:-1]

    def finding(self, level: Level, path: Path, message: str, hint: str = "") -> Finding:
        """Return a finding about the value at a path."""
        place = self.place(path)
        return Finding(
            level,
            _shortened(dotted(path)),
            _shortened(message),
            _shortened(hint),
            place.line if place else None,
            place.column if place else None,
        )


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


_LONGEST = 300
"""A message repeats what a file says, which may be of any length."""


def place_of(text: str, index: int) -> Place:
    """Return line and column of a character of a text."""
    before = text[:index]
    return Place(before.count("\n") + 1, index - (before.rfind("\n") + 1) + 1)


def broken(message: str, hint: str = "", place: Place | None = None) -> Located:
    """Return a document that could not be read, with the reason."""
    where = (place.line, place.column) if place else (None, None)
    return Located(findings=(Finding("error", "", message, hint, *where),))


def decoded(content: bytes) -> tuple[str, tuple[Finding, ...]] | Located:
    """Return the text of a file in UTF-8 and what its encoding deserves, or a broken document."""
    findings: tuple[Finding, ...] = ()
    if content.startswith(b"\xef\xbb\xbf"):
        content = content[3:]
        findings = (
            Finding(
                "warning",
                "",
                "The file begins with a byte-order mark, at which some readers stumble",
                "Save it as UTF-8 without BOM.",
                1,
                1,
            ),
        )
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        good = content[: error.start].decode("utf-8")
        return broken(
            "The file is not UTF-8 text", "Save it with the encoding UTF-8.", place_of(good, len(good))
        )
    if not text.strip():
        return broken("The file is empty", "", Place(1, 1))
    return text, findings
