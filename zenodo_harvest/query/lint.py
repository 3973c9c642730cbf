"""`lint`: what the server would make of a query, said before it is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from zenodo_harvest.query.findings import Edit, Finding, Linted, Notes
from zenodo_harvest.query.lint_pasted import repairs
from zenodo_harvest.vocabularies.flavours import ZENODO, Flavour

if TYPE_CHECKING:
    from zenodo_harvest.query.parser import ParsedQuery

_MOST_PASSES = 12


def lint(q: str, flavour: Flavour = ZENODO) -> Linted:
    """Return the query to send to such a server, and everything there is to say about it; never raises.

    A query with nothing to change comes back as it was typed. What is returned needs no further change:
    ``lint(lint(q).q).q == lint(q).q``. With an error among the findings the query is returned as typed,
    not to be sent: the server would refuse it, fail, or silently search for any of its words
    (zenodo-api.md §2.1 and §13).
    """
    if not q.strip():
        return Linted("")
    try:
        return _passes(q, flavour)
    except RecursionError:
        reason = "the parentheses are nested too deeply"
        return Linted(q, (Finding("error", 0, q, reason, "write the query with fewer parentheses"),))


def _passes(q: str, flavour: Flavour) -> Linted:
    """Look at a query and change it until there is nothing left to change; places are those in `q`."""
    text, trail = q, _Trail()
    rewrites: list[Finding] = []
    for _ in range(_MOST_PASSES):
        edits, findings = _look(text, flavour)
        if any(finding.level == "error" for finding in findings):
            errors = [trail.back(finding) for finding in findings if finding.level == "error"]
            return Linted(q, _sorted([*rewrites, *errors]))
        if not edits:
            warnings = [trail.back(finding) for finding in findings]
            return Linted(text, _sorted([*rewrites, *warnings]))
        rewrites += [trail.back(_said(edit, text)) for edit in edits]
        text = _apply(text, edits)
        trail.add(edits)
    reason = "the query cannot be brought into a form the server reads"
    return Linted(q, (Finding("error", 0, q, reason, "write it in a simpler way"),))


def _look(text: str, flavour: Flavour) -> tuple[Sequence[Edit], list[Finding]]:
    """Return the edits that one stage of rules asks for, or else the findings of all."""
    from zenodo_harvest.query.parser import parse

    if edits := _in_order(repairs(text, flavour)):
        return edits, []
    query = parse(text)
    if isinstance(query, Finding):
        return (), [query]
    notes = Notes(text, flavour)
    for stage in _stages():
        for check in stage:
            check(query, notes)
        if notes.edits or any(finding.level == "error" for finding in notes.findings):
            break
    return _in_order(notes.edits), notes.findings


@cache
def _stages() -> tuple[tuple[Callable[[ParsedQuery, Notes], None], ...], ...]:
    """Return the rules; values are checked only once their field is the one that is searched."""
    # luqum is imported when the first query is linted
    from zenodo_harvest.query.lint_fields import check_names, check_old_names, check_renames
    from zenodo_harvest.query.lint_values import check_dates, check_values
    from zenodo_harvest.query.lint_words import check_syntax, check_words

    return (
        (check_names,),
        (check_renames,),
        (check_old_names,),
        (check_syntax, check_values, check_dates, check_words),
    )


def _said(edit: Edit, text: str) -> Finding:
    old, new = text[edit.start : edit.end], edit.new
    return Finding("rewrite", edit.start, old.strip() or "the blank", edit.reason, new.strip() or "a blank")


def _sorted(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    unique = dict.fromkeys(findings)
    return tuple(sorted(unique, key=lambda finding: -1 if finding.position is None else finding.position))


def _apply(text: str, edits: Sequence[Edit]) -> str:
    """Return `text` with `edits` made; they are in order and do not overlap."""
    pieces, done = [], 0
    for edit in edits:
        pieces += [text[done : edit.start], edit.new]
        done = edit.end
    return "".join([*pieces, text[done:]])


def _in_order(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Return the edits by place, without those that overlap an earlier one or change nothing."""
    kept: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: (edit.start, -edit.end)):
        if not kept or edit.start >= kept[-1].end:
            kept.append(edit)
    return tuple(kept)


def _place_before(edits: Sequence[Edit], place: int) -> int:
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


class _Trail:
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
            place = _place_before(edits, place)
        return replace(finding, position=place)
