"""How findings and rules are told: CSV, Markdown, counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from io import BytesIO
from operator import attrgetter
from typing import BinaryIO

from zenodo_harvest.catalog.change_words import web_address
from zenodo_harvest.catalog.checks.rule import Rule
from zenodo_harvest.catalog.checks.rules import RULES
from zenodo_harvest.catalog.finding import LEVELS, Finding
from zenodo_harvest.catalog.markdown import escaped
from zenodo_harvest.display import count, cut
from zenodo_harvest.export import CsvWriter, Field, Scalar, Table

_TEXT = Scalar("string")
CHECKS_FIELDS = (
    Field("level", _TEXT, "How much it matters: error, warning or note."),
    Field("rule", _TEXT, "Id of the rule; docs/catalog-checks.md explains each."),
    Field("id", _TEXT, "Id of the record."),
    Field("title", _TEXT, "Its title."),
    Field("url", _TEXT, "Address of its web page."),
    Field("detail", _TEXT, "What exactly was found."),
)
"""The columns of ``checks.csv``."""
_LONGEST_TITLE = 120
_LISTED = 100


def checks_csv(findings: Iterable[Finding]) -> str:
    """Return the findings as CSV, in which no cell runs as a formula."""
    stream = BytesIO()
    write_checks_csv(stream, findings)
    return stream.getvalue().decode()


def write_checks_csv(stream: BinaryIO, findings: Iterable[Finding]) -> None:
    """Write the findings to a binary stream as `checks_csv` gives them; the stream stays open."""
    getters = [attrgetter(field.name) for field in CHECKS_FIELDS]
    table = Table("checks", CHECKS_FIELDS, lambda rows: [list(map(get, rows)) for get in getters])
    writer = CsvWriter(stream, table)
    for finding in findings:
        writer.write((finding,))


def rule_counts(findings: Iterable[Finding]) -> list[tuple[Rule, int]]:
    """Return the rules that found something, the worst level first, and in how many records."""
    counted = Counter(each.rule for each in findings)
    rules = [(rule, counted[rule.id]) for rule in RULES if counted[rule.id]]
    return sorted(rules, key=lambda each: (LEVELS.index(each[0].level), -each[1]))


def checks_markdown(findings: Sequence[Finding], *, limit: int = _LISTED) -> str:
    """Return the findings as Markdown: how many by rule, then the first `limit` errors and warnings."""
    if not findings:
        return "Nothing was found.\n"
    lines = ["| Level | Rule | Records | Meaning |", "|:--|:--|--:|:--|"]
    lines += [
        f"| {rule.level} | `{rule.id}` | {number:,} | {rule.title} |"
        for rule, number in rule_counts(findings)
    ]
    grave = [each for each in findings if each.level != "note"]
    if grave:
        lines += ["", *map(_item, grave[:limit])]
    if len(grave) > limit:
        lines.append(f"- and {count(len(grave) - limit, 'finding')} more")
    return "\n".join(lines) + "\n"


def rules_markdown() -> str:
    """Return all rules as a table in Markdown, as ``docs/catalog-checks.md`` has it."""
    lines = ["| Rule | Level | Finds | What it means, and what to do |", "|:--|:--|:--|:--|"]
    lines += [f"| `{rule.id}` | {rule.level} | {rule.title} | {rule.explanation} |" for rule in RULES]
    return "\n".join(lines) + "\n"


def _item(finding: Finding) -> str:
    title = escaped(cut(finding.title or "(no title)", _LONGEST_TITLE))
    address = web_address(finding.url)
    shown = f"[{title}]({address})" if address else title
    return f"- {finding.level} `{finding.rule}`: {shown}: {escaped(finding.detail)}"
