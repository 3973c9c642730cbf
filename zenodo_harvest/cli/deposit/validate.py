"""`deposit validate`: what is wrong with metadata files, without asking a server."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument, Exit, Option

from zenodo_harvest.cli.output import write_json
from zenodo_harvest.cli.session import Session
from zenodo_harvest.display import count, one_line
from zenodo_harvest.errors import UsageError

if TYPE_CHECKING:
    from zenodo_harvest.deposit.metadata import Finding

INVALID = 2


def validate(
    session: Session,
    files: Annotated[
        list[Path],
        Argument(
            metavar="FILE...",
            help="zenodo.yaml, .zenodo.json, CITATION.cff or codemeta.json, or a folder with some of them.",
        ),
    ],
    as_json: Annotated[
        bool, Option("--json", metavar="", help="Write the findings to stdout as JSON Lines.")
    ] = False,
    today: Annotated[
        str | None,
        Option(
            "--today",
            metavar="DATE",
            help="Hold embargoes against this day (YYYY-MM-DD) instead of the day it is.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Check metadata files without asking a server.

    The exit code is 0, also with warnings, or 2 where there are errors.
    What only the site can tell (does a community, a grant exist) is a warning.

    Example:
      zenodo-harvest deposit validate .zenodo.json CITATION.cff
    """
    from zenodo_harvest.deposit.metadata import files_in, has_errors
    from zenodo_harvest.deposit.metadata import validate as findings_of

    day = session.outside.now().date() if today is None else _day(today)
    are_wrong = False
    for named in files:
        paths = files_in(named)
        for path in paths:
            findings = findings_of(path, today=day)
            are_wrong = are_wrong or has_errors(findings)
            _tell(findings, session, as_json=as_json)
            session.progress.note(f"{path}: {_summary(findings)}")
        if len(paths) > 1:
            _tell_conflicts(paths, day, session)
    if are_wrong:
        raise Exit(INVALID)


def _tell(findings: Iterable[Finding], session: Session, *, as_json: bool) -> None:
    for finding in findings:
        if as_json:
            write_json(_row(finding))
        elif finding.level == "error" or not session.quiet:
            session.progress.line(one_line(str(finding)))


def _tell_conflicts(paths: Sequence[Path], today: date, session: Session) -> None:
    """Say where the files of one folder disagree, and which of them wins."""
    from zenodo_harvest.deposit.metadata import read

    for conflict in read(paths, today=today, partial=True).conflicts:
        session.progress.note(str(conflict))


def _summary(findings: tuple[Finding, ...]) -> str:
    errors = sum(finding.level == "error" for finding in findings)
    warnings = len(findings) - errors
    if not findings:
        return "nothing to say against it"
    parts = [count(number, noun) for number, noun in ((errors, "error"), (warnings, "warning")) if number]
    return ", ".join(parts)


def _row(finding: Finding) -> dict[str, Any]:
    return {
        "file": finding.file,
        "level": finding.level,
        "path": finding.path,
        "line": finding.line,
        "column": finding.column,
        "message": finding.message,
        "hint": finding.hint,
    }


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is no day.", hint="Write YYYY-MM-DD.") from error
