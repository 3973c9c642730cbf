"""How findings and rules are told: findings as CSV and as counts, rules as Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from operator import attrgetter
from typing import BinaryIO

from zenodo_harvest.catalog.checks.rule import Rule
from zenodo_harvest.catalog.checks.rules import RULES
from zenodo_harvest.catalog.finding import LEVELS, Finding
from zenodo_harvest.export import CsvWriter, Field, Scalar, Table, in_batches

_TEXT = Scalar("string")
CHECKS_FIELDS = (
    Field("level", _TEXT, "error, warning or note."),
    Field("rule", _TEXT, "Id of the rule; catalog.toml can switch it off."),
    Field("id", _TEXT, "Id of the record."),
    Field("title", _TEXT, "Its title."),
    Field("url", _TEXT, "Address of its web page."),
    Field("detail", _TEXT, "What exactly was found."),
)
"""The columns of ``checks.csv``."""


def write_checks_csv(stream: BinaryIO, findings: Iterable[Finding]) -> None:
    """Write the findings to a binary stream as CSV, in which no cell is a formula; it stays open."""
    getters = [attrgetter(field.name) for field in CHECKS_FIELDS]
    table = Table("checks", CHECKS_FIELDS, lambda rows: [list(map(get, rows)) for get in getters])
    writer = CsvWriter(stream, table)
    for some in in_batches(findings, lambda finding: len(finding.detail)):
        writer.write(some)


def rule_counts(findings: Iterable[Finding]) -> list[tuple[Rule, int]]:
    """Return the rules that found something, the worst level first, and in how many records."""
    counted = Counter(each.rule for each in findings)
    rules = [(rule, counted[rule.id]) for rule in RULES if counted[rule.id]]
    return sorted(rules, key=lambda each: (LEVELS.index(each[0].level), -each[1]))


def rules_markdown() -> str:
    """Return all rules as a table in Markdown, as ``docs/catalog-checks.md`` has it."""
    lines = ["| Rule | Level | Finds | What it means, and what to do |", "|:--|:--|:--|:--|"]
    lines += [f"| `{rule.id}` | {rule.level} | {rule.title} | {rule.explanation} |" for rule in RULES]
    return "\n".join(lines) + "\n"
