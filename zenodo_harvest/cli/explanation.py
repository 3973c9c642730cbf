"""An `Explanation` as text: what was typed, what is sent, why, and what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from difflib import SequenceMatcher
from re import findall
from typing import Any

from zenodo_harvest.cli.output import print_lines, write_json
from zenodo_harvest.cli.session import Session
from zenodo_harvest.display import count, one_line

Line = tuple[str, str]

_WIDTH = len("communities  ")


def show_explanation(explanation: Any, session: Session) -> None:
    """Write an explanation to stdout: a terminal shows what was changed in the query, a pipe gets JSON."""
    if session.outside.shows_tables:
        print_lines(lines_of(explanation))
    else:
        write_json(facts_of(explanation))


def facts_of(explanation: Any) -> dict[str, Any]:
    """Return an explanation as JSON has it."""
    return {
        "typed": explanation.typed,
        "sent": explanation.sent,
        "params": [list(each) for each in explanation.params],
        "requests": list(explanation.requests),
        "communities": [
            {"slug": one.slug, "id": one.id, "title": one.title} for one in explanation.communities
        ],
        "findings": [{"level": one.level, "text": str(one)} for one in explanation.findings],
        "total": explanation.total,
        "cost": None if explanation.cost is None else asdict(explanation.cost),
    }


def lines_of(explanation: Any) -> Iterator[list[Line]]:
    """Yield the lines of an explanation, each as pieces of text with their style."""
    typed, sent = one_line(explanation.typed), one_line(explanation.sent)
    if typed == sent:
        yield _fact("query", typed or "(none: every record)")
    else:
        removed, added = changes(typed, sent)
        yield [*_fact("typed", ""), ("- ", "red"), *removed]
        yield [*_fact("sent", ""), ("+ ", "green"), *added]
    for name, value in explanation.params:
        if name != "q":
            yield _fact(name, value)
    for community in explanation.communities:
        yield _fact("community", f"{community.slug} ({community.id}): {community.title}")
    for url in explanation.requests:
        yield _fact("request", f"GET {url}")
    if explanation.total is not None:
        yield _fact("records", count(explanation.total, "record"))
        yield _fact("cost", str(explanation.cost))
    for finding in explanation.findings:
        yield _fact(finding.level, str(finding))


def changes(old: str, new: str) -> tuple[list[Line], list[Line]]:
    """Return both texts in pieces, those that differ with a style."""
    before, after = (findall(r"\w+|\s+|.", text) for text in (old, new))
    removed: list[Line] = []
    added: list[Line] = []
    for what, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        same = what == "equal"
        removed.append(("".join(before[a:b]), "" if same else "red underline"))
        added.append(("".join(after[c:d]), "" if same else "green underline"))
    return removed, added


def _fact(name: str, value: str) -> list[Line]:
    return [(f"{name:{_WIDTH}}", "bold"), (one_line(value), "")]
