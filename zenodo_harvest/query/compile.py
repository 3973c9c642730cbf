"""`compile_search`: a `Search` becomes the parameters that are sent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from zenodo_harvest.errors import QueryRefused
from zenodo_harvest.query.filters import parts, read_range
from zenodo_harvest.query.findings import Finding, Linted
from zenodo_harvest.query.lint import lint
from zenodo_harvest.query.sorts import check_sort
from zenodo_harvest.query.spec import Search
from zenodo_harvest.vocabularies.fields import custom_fields, is_listed

_ONE_CONDITION = re.compile(
    r"""\s*(?:(?:[\w.@]|\\.)+:)?              # a field or none
        (?:[\w.*?]+                           # one word,
        | "(?:[^\\"]|\\.)*"                   # one phrase,
        | [\[{][^\[\]{}]*[\]}]                # one range
        )\s*""",
    re.VERBOSE,
)
_OPERATORS = frozenset({"AND", "OR", "NOT", "TO"})


@dataclass(frozen=True, slots=True)
class Query:
    """What is sent.

    Attributes:
        q: The query string: what was typed, checked, together with the filters.
        params: The parameters, apart from page, size and communities.
        findings: What the linter changed or warns about.
    """

    q: str
    params: tuple[tuple[str, str], ...]
    findings: tuple[Finding, ...] = ()


def compile_search(search: Search, *, today: date) -> Query:
    """Return what is sent for `search`.

    Filters go into the query string, because the server ignores its own ``type=`` and ``subtype=`` on a
    community's records and most other names everywhere (zenodo-api.md §1.1 and §11, read 2026-08-20).

    Args:
        search: What is asked.
        today: The date of today, to warn of times to come.

    Raises:
        QueryRefused: The query would not mean what it says; the message tells the position.
        UsageError: A filter or order has a value it cannot have.
    """
    sort = check_sort(search.sort) if search.sort is not None else None
    linted = lint(search.q) if search.lint else Linted(search.q)
    if linted.errors:
        raise _refusal(linted)
    conditions = parts(search, checked=search.lint)
    q = linted.q
    if conditions:
        typed = [grouped(q)] if q.strip() else []
        q = " AND ".join([*typed, *conditions])
    params = [("q", q)] if q.strip() else []
    if sort is not None:
        params.append(("sort", sort))
    if search.all_versions:
        params.append(("all_versions", "true"))
    return Query(q, tuple(params), (*linted.findings, *_warnings(search, today)))


def grouped(q: str) -> str:
    """Return `q` so that what is joined to it applies to all of it."""
    if q.strip() not in _OPERATORS and _ONE_CONDITION.fullmatch(q):
        return q.strip()
    return f"({q})"


def _refusal(linted: Linted) -> QueryRefused:
    first = linted.errors[0]
    return QueryRefused(
        f"The query was not sent. {first.problem}.",
        hint=first.advice,
        findings=[str(finding) for finding in linted.findings],
    )


def _warnings(search: Search, today: date) -> list[Finding]:
    found = []
    if search.dois and not search.all_versions:
        text = ", ".join(search.dois)
        reason = "the DOI of an older version finds nothing unless all versions are searched"
        found.append(Finding("warning", None, text, reason, "ask for all versions if it is one"))
    for name in ("created", "updated"):
        for text in getattr(search, name):
            first, _ = read_range(text)
            if first and first.day and first.day > today:
                reason = f"{name} {text} lies in the future and finds nothing"
                found.append(Finding("warning", None, text, reason, "check the year"))
    for text in search.custom:
        name = text.partition("=")[0].strip().replace("\\", "").removeprefix("custom_fields.")
        if search.lint and not is_listed(f"custom_fields.{name}"):
            near = get_close_matches(name, list(custom_fields()), 2, 0.6)
            fix = f"did you mean {' or '.join(near)}?" if near else "check its spelling"
            found.append(Finding("warning", None, text, f"{name} is in no list of custom fields", fix))
    return found
