"""What the rules found in a catalogue, told to a person or a pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated

from typer import Exit, Option

from zenodo_harvest.cli.output import write_json, write_text
from zenodo_harvest.cli.session import Session
from zenodo_harvest.display import count, cut, one_line
from zenodo_harvest.errors import UsageError

if TYPE_CHECKING:
    from zenodo_harvest.catalog import Finding

FOUND = 2
"""As that of `deposit validate`: what was looked at is not as it should be; nothing failed, or is missing."""
_GRADES = ("error", "warning", "note", "never")
_LONGEST_TITLE = 80


def _show_rules(wanted: bool) -> None:
    if wanted:
        from zenodo_harvest.catalog import RULES

        for rule in RULES:
            write_text(f"{rule.id} ({rule.level}): {rule.title}. {rule.explanation}\n")
        raise Exit


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """How findings are told, and when they fail a pipeline."""

    fail_on: Annotated[
        str,
        Option(
            "--fail-on",
            metavar="LEVEL",
            help="error, warning, note or never: from which level on the exit code is 2.",
            autocompletion=lambda: list(_GRADES),
        ),
    ] = "error"
    as_json: Annotated[
        bool, Option("--json", metavar="", help="Write all findings to stdout as JSON Lines.")
    ] = False

    rules: Annotated[
        bool,
        Option("--rules", metavar="", help="Explain the rules.", is_eager=True, callback=_show_rules),
    ] = False

    def check(self) -> None:
        """Refuse a level that is none.

        Raises:
            UsageError: It is none.
        """
        if self.fail_on not in _GRADES:
            raise UsageError(
                f"There is no level {self.fail_on!r}.", hint="Use error, warning, note or never."
            )


def tell_checks(findings: Sequence[Finding], options: CheckOptions, session: Session) -> None:
    """Write to stdout how many records each rule found, and the errors and warnings; then end the command.

    Raises:
        Exit: A finding has the level of ``--fail-on``, or a worse one.
    """
    if options.as_json:
        for each in findings:
            write_json(asdict(each))
    else:
        write_text("".join(f"{line}\n" for line in _lines(findings)))
    hidden = not options.as_json and any(each.level == "note" for each in findings)
    more = " Of notes the number alone is shown: --json lists them." if hidden else ""
    session.progress.note(f"{count(len(findings), 'finding')}.{more}" if findings else "Nothing was found.")
    failing = () if options.fail_on == "never" else _GRADES[: _GRADES.index(options.fail_on) + 1]
    if any(each.level in failing for each in findings):
        raise Exit(FOUND)


def _lines(findings: Sequence[Finding]) -> list[str]:
    from zenodo_harvest.catalog import rule_counts

    counts = rule_counts(findings)
    width = max((len(rule.id) for rule, _ in counts), default=0)
    lines = [f"{rule.level:7}  {rule.id:{width}}  {number:6,}  {rule.title}" for rule, number in counts]
    grave = [each for each in findings if each.level != "note"]
    return [*lines, *([""] if grave else []), *map(_line, grave)]


def _line(finding: Finding) -> str:
    title = cut(finding.title or "(no title)", _LONGEST_TITLE)
    where = one_line(finding.url or finding.id)
    return f"{finding.level}: {finding.rule}: {title} <{where}>: {one_line(finding.detail)}"
