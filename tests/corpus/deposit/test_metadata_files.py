"""The validator agrees with the verdicts on files that fail as people's files fail."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from zenodo_harvest.deposit.metadata import Finding, validate

pytestmark = pytest.mark.corpus
TODAY = date(2026, 11, 28)


def test_every_verdict_and_place_agrees(metadata_files: Path) -> None:
    rows = json.loads((metadata_files / "verdicts.json").read_text("utf-8"))
    assert len(rows) == 39
    differing = []
    for row in rows:
        findings = validate(metadata_files / row["file"], today=TODAY)
        if verdict(findings) != row["verdict"] or not names(findings, row["verdict"], row["at"]):
            differing.append((row["file"], row["verdict"], row["at"], [str(one) for one in findings]))
    assert not differing


def test_no_file_gets_more_findings_than_it_has_faults(metadata_files: Path) -> None:
    for path in metadata_files.iterdir():
        if path.suffix != ".md" and path.name != "verdicts.json":
            assert len(validate(path, today=TODAY)) <= 1, path.name


def verdict(findings: tuple[Finding, ...]) -> str:
    levels = {finding.level for finding in findings}
    return "error" if "error" in levels else "warning" if levels else "ok"


def names(findings: tuple[Finding, ...], level: str, at: str) -> bool:
    """Tell whether a finding of the level names the place: a line, a path, or words about it."""
    if not at:
        return True
    about = [finding for finding in findings if finding.level == level]
    if at.startswith("line "):
        return any(finding.line == int(at.removeprefix("line ")) for finding in about)
    return any(finding.path == at.split(maxsplit=1)[0] or at in str(finding) for finding in about)
