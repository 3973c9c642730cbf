"""`validate`: what is wrong with a metadata file, told without asking a server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from zenodo_harvest.deposit.metadata.checks.cff import check_cff
from zenodo_harvest.deposit.metadata.checks.codemeta import check_codemeta
from zenodo_harvest.deposit.metadata.checks.report import MOST_FINDINGS, Report
from zenodo_harvest.deposit.metadata.checks.whole import check_document, check_missing
from zenodo_harvest.deposit.metadata.findings import Finding
from zenodo_harvest.deposit.metadata.sources.kinds import Kind, kind_of_file
from zenodo_harvest.deposit.metadata.sources.located import Located
from zenodo_harvest.deposit.metadata.sources.opening import open_located


def validate(path: Path, *, today: date) -> tuple[Finding, ...]:
    """Return all that is wrong or odd in a metadata file, in the order of its lines.

    Args:
        path: ``.zenodo.json``, ``CITATION.cff``, ``codemeta.json``, or a file of our own format.
        today: The day against which an embargo is held.

    Raises:
        LocalError: The file cannot be read from the disk.
        UsageError: Its name is none that we know.
    """
    kind = kind_of_file(path)
    return tuple(replace(one, file=str(path)) for one in findings_of(open_located(path), kind, today=today))


def check(document: Mapping[str, Any], *, today: date, partial: bool = False) -> tuple[Finding, ...]:
    """Return all that is wrong or odd in metadata of our own format that comes from no file.

    Args:
        document: The fields, such as `Metadata.as_document` gives them.
        today: The day against which an embargo is held.
        partial: Whether fields that nothing is published without may be missing.
    """
    return findings_of(Located(dict(document)), "own", today=today, partial=partial)


def findings_of(located: Located, kind: Kind, *, today: date, partial: bool = False) -> tuple[Finding, ...]:
    """Return the findings about a document of a kind; a `partial` one may lack what publishing needs."""
    report = Report(located, "classic" if kind == "classic" else "own", today)
    report.findings += located.findings
    if located.value is not None or not located.findings:
        _CHECKS[kind](report, located.value)
        if kind in ("own", "classic") and not partial:
            check_missing(report, located.value)
    found = sorted(dict.fromkeys(report.findings), key=_order)
    if len(found) > MOST_FINDINGS:
        more = Finding("error", "", f"There are more than {MOST_FINDINGS} findings; the others are left out")
        found = [*found[:MOST_FINDINGS], more]
    return tuple(found)


def _order(finding: Finding) -> tuple[int, int, str]:
    return finding.line or 0, finding.column or 0, finding.path


_CHECKS = {
    "own": check_document,
    "classic": check_document,
    "cff": check_cff,
    "codemeta": check_codemeta,
}
