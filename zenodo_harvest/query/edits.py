"""Changes to a text, and the way back from a place in the changed text to the text as typed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from zenodo_harvest.query.findings import Finding


@dataclass(frozen=True, slots=True)
class Edit:
    """One change: the characters from `start` to `end` become `new`, for a reason."""

    start: int
    end: int
    new: str
    reason: str


def apply_edits(text: str, edits: Sequence[Edit]) -> str:
    """Return `text` with `edits` made; they are in order and do not overlap."""
    pieces, done = [], 0
    for edit in edits:
        pieces += [text[done : edit.start], edit.new]
        done = edit.end
    return "".join([*pieces, text[done:]])


def in_order(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Return the edits by place, without those that overlap an earlier one or change nothing."""
    kept: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: (edit.start, -edit.end)):
        if not kept or edit.start >= kept[-1].end:
            kept.append(edit)
    return tuple(kept)


def place_before(edits: Sequence[Edit], place: int) -> int:
    """Return where the character at `place` of the changed text was before `edits`."""
    shift = 0
    for edit in edits:
        start = edit.start + shift
        if place < start:
            break
        if place < start + len(edit.new):
            return edit.start
        shift += len(edit.new) - (edit.end - edit.start)
    return place - shift


class Trail:
    """The edits made so far, pass by pass."""

    def __init__(self) -> None:
        self._passes: list[Sequence[Edit]] = []

    def add(self, edits: Sequence[Edit]) -> None:
        """Remember the edits of one more pass."""
        self._passes.append(edits)

    def back(self, finding: Finding) -> Finding:
        """Return `finding` with its position in the text as typed."""
        place = finding.position
        if place is None:
            return finding
        for edits in reversed(self._passes):
            place = place_before(edits, place)
        return replace(finding, position=place)


class Notes:
    """Collects what rules find in one text: findings, and edits to make."""

    def __init__(self, text: str) -> None:
        self.text = text
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
