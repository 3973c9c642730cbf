"""One look at a query after the other, until there is nothing left to change."""

from __future__ import annotations

from collections.abc import Sequence

from zenodo_harvest.query.edits import Edit, Notes, Trail, apply_edits, in_order
from zenodo_harvest.query.engine import check_engine
from zenodo_harvest.query.findings import Finding, Linted
from zenodo_harvest.query.names import check_names
from zenodo_harvest.query.periods import check_periods
from zenodo_harvest.query.scan import repairs
from zenodo_harvest.query.syntax import parse
from zenodo_harvest.query.values import check_renames, check_values
from zenodo_harvest.query.words import check_words

_MOST_PASSES = 12
_RULES = (
    (check_names,),
    (check_renames,),
    (check_engine, check_values, check_periods, check_words),
)
"""Values are checked only once their field is the one that is searched."""


def run(q: str) -> Linted:
    """Return `q` as it should be sent, and all findings with their place in `q` as typed."""
    text, trail = q, Trail()
    rewrites: list[Finding] = []
    for _ in range(_MOST_PASSES):
        edits, findings = _look(text)
        if any(finding.level == "error" for finding in findings):
            errors = [trail.back(finding) for finding in findings if finding.level == "error"]
            return Linted(q, _sorted([*rewrites, *errors]))
        if not edits:
            warnings = [trail.back(finding) for finding in findings]
            return Linted(text, _sorted([*rewrites, *warnings]))
        rewrites += [trail.back(_said(edit, text)) for edit in edits]
        text = apply_edits(text, edits)
        trail.add(edits)
    reason = "the query cannot be brought into a form the server reads"
    return Linted(q, (Finding("error", 0, q, reason, "write it in a simpler way"),))


def _look(text: str) -> tuple[Sequence[Edit], list[Finding]]:
    """Return the edits that one stage of rules asks for, or else the findings of all."""
    if edits := in_order(repairs(text)):
        return edits, []
    tree = parse(text)
    if isinstance(tree, Finding):
        return (), [tree]
    findings: list[Finding] = []
    for stage in _RULES:
        notes = Notes(text)
        for rule in stage:
            rule(tree, notes)
        findings += notes.findings
        if notes.edits or any(finding.level == "error" for finding in findings):
            return in_order(notes.edits), findings
    return (), findings


def _said(edit: Edit, text: str) -> Finding:
    old, new = text[edit.start : edit.end], edit.new
    return Finding("rewrite", edit.start, old.strip() or "the blank", edit.reason, new.strip() or "a blank")


def _sorted(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    unique = dict.fromkeys(findings)
    return tuple(sorted(unique, key=lambda finding: -1 if finding.position is None else finding.position))
