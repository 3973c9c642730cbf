"""A `Search`, or a list of references, becomes the query string and the parameters that are sent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import quote_plus

from zenodo_harvest.errors import QueryRefused, UsageError
from zenodo_harvest.ids import RecordRef
from zenodo_harvest.origins import PORTS, Origin
from zenodo_harvest.query.dates import read_range
from zenodo_harvest.query.filters import FILTERS, license_ids
from zenodo_harvest.query.findings import Finding, Linted
from zenodo_harvest.query.lint import lint
from zenodo_harvest.query.quoting import quote
from zenodo_harvest.query.spec import Search
from zenodo_harvest.sites import Site
from zenodo_harvest.vocabularies.fields import custom_name, is_listed, nearest_custom
from zenodo_harvest.vocabularies.flavours import ZENODO, Flavour
from zenodo_harvest.vocabularies.license_ids import unported
from zenodo_harvest.vocabularies.sorts import check_sort

MOST_VALUES = 500
"""Values one filter takes; some become two in the query, and from 1017 on the server fails (§2.5)."""

BATCH_REFS = 100
"""References a query holds; from 1017 on the server fails (zenodo-api.md §2.5, read 2026-08-20)."""

_MOST_CHARACTERS = 6000
"""Encoded length of a query; a request line of more than 8190 bytes is refused (zenodo-api.md §2.5)."""
_REF_FIELDS = {
    "id": ("id", "parent.id"),
    "doi": ("pids.doi.identifier", "parent.pids.doi.identifier"),
}
_ONE_CONDITION = re.compile(
    r"""\s*(?:(?:[\w.@]|\\.)+:)?              # a field or none
        (?:[\w.*?]+                           # one word,
        | "(?:[^\\"]|\\.)*"                   # one phrase,
        | [\[{][^\[\]{}]*[\]}]                # one range
        )\s*""",
    re.VERBOSE,
)
_OWN = frozenset({"types", "subtypes", "licenses", "languages", "custom"})
"""Filters whose values other servers than Zenodo choose for themselves."""
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


def compile_search(
    search: Search,
    flavour: Flavour = ZENODO,
    *,
    today: date,
    site: Site | None = None,
) -> Query:
    """Return what is sent for `search`.

    Filters go into the query string, because the server ignores its own ``type=`` and ``subtype=`` on a
    community's records and most other names everywhere (zenodo-api.md §1.1 and §11, read 2026-08-20).

    Args:
        search: What is asked.
        flavour: What the server calls things.
        today: The date of today, to warn of times to come.
        site: The site that is asked, if an address of another is to be refused.

    Raises:
        QueryRefused: The query would not mean what it says; the message tells the position.
        UsageError: A filter or order has a value it cannot have, or the address is of another site.
    """
    if search.address and site:
        _check_site(search.address, site)
    sort = check_sort(search.sort, flavour.sorts) if search.sort is not None else None
    linted = lint(search.q, flavour) if search.lint else Linted(search.q)
    if linted.errors:
        raise _refusal(linted, is_typed=not search.address)
    conditions = list(_conditions(search, flavour))
    q = linted.q
    if conditions:
        typed = [grouped(q)] if q.strip() else []
        q = " AND ".join([*typed, *conditions])
    params = [("q", q)] if q.strip() else []
    if sort is not None:
        params.append(("sort", sort))
    if search.all_versions:
        params.append(("all_versions", "true"))
    return Query(q, tuple(params), (*_readings(search), *linted.findings, *_warnings(search, flavour, today)))


def _check_site(address: str, site: Site) -> None:
    try:
        origin = Origin.of(address)
    except ValueError:
        raise UsageError("The address names no server.", hint="Copy it from a browser anew.") from None
    origin = replace(origin, host=origin.host.removeprefix("www."))
    is_at_port = origin.host != site.host or origin.port in (site.origin.port, PORTS[origin.scheme])
    if origin.host not in site.hosts or not is_at_port:
        server = str(origin).partition("://")[2]
        raise UsageError(
            f"The address is of {server}, and {site.host} is asked.",
            hint=f"Choose it with --site {origin} (in Python site=).",
        )


def grouped(q: str) -> str:
    """Return `q` so that what is joined to it applies to all of it."""
    if q.strip() not in _OPERATORS and _ONE_CONDITION.fullmatch(q):
        return q.strip()
    return f"({q})"


def _conditions(search: Search, flavour: Flavour) -> Iterator[str]:
    """Yield one condition for each filter of `search`; each stands by itself, its values are alternatives."""
    for one in FILTERS.values():
        values: Sequence[str] = getattr(search, one.field)
        if len(values) > MOST_VALUES:
            raise UsageError(
                f"{len(values)} values of {one.field} are too many.", hint=f"Give {MOST_VALUES} at most."
            )
        checked = search.lint and not (one.field in _OWN and flavour.has_own_fields)
        if values:
            yield _any_of([found for value in values for found in one.conditions(value, checked)])


def _any_of(conditions: Sequence[str]) -> str:
    """Return the alternatives as one condition; those of one field share its name."""
    unique = list(dict.fromkeys(conditions))
    if len(unique) == 1:
        return unique[0]
    split = [_named(condition) for condition in unique]
    names = {name for name, _ in split}
    if len(names) == 1 and "" not in names:
        return f"{split[0][0]}:({' OR '.join(value for _, value in split)})"
    return f"({' OR '.join(unique)})"


def _named(condition: str) -> tuple[str, str]:
    found = re.fullmatch(r"((?:[\w.@-]|\\:)+):(\"(?:[^\\\"]|\\.)*\"|[\[{][^\"]*[\]}])", condition, re.DOTALL)
    return (found[1], found[2]) if found else ("", condition)


def _refusal(linted: Linted, *, is_typed: bool) -> QueryRefused:
    """Return what refuses a query; it has a position only where the query is what was typed."""
    places = [error.position for error in linted.errors if error.position is not None and is_typed]
    first = linted.errors[0]
    return QueryRefused(
        f"The query was not sent. {first.problem}.",
        hint=first.advice,
        findings=[str(finding) for finding in linted.findings],
        position=min(places, default=None),
    )


def _readings(search: Search) -> Iterator[Finding]:
    """Yield how values that leave something open were read."""
    if search.address:
        filters = {"community": search.communities} | {
            option: getattr(search, one.field) for option, one in FILTERS.items()
        }
        parts = [f"the query {search.q}" if search.q.strip() else "every record"]
        parts += [f"{option} {' or '.join(values)}" for option, values in filters.items() if values]
        parts += [f"sort {search.sort}"] * bool(search.sort) + ["all versions"] * search.all_versions
        reason = "it is the address of a search page"
        yield Finding("rewrite", None, search.address, reason, ", ".join(parts))
    for text in search.licenses:
        meant = " or ".join(license_ids(text))
        if not any(map(str.isdigit, text)) and any(map(str.isdigit, meant)):
            yield Finding("rewrite", None, f"license {text}", "it names no version", meant)
        elif meant and meant == unported(text):
            yield Finding("rewrite", None, f"license {text}", "Zenodo has no port to that country", meant)


def _warnings(search: Search, flavour: Flavour, today: date) -> list[Finding]:
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
    if search.lint and flavour.has_own_fields:
        found += _unlisted(search)
    for text in search.custom:
        name = custom_name(text.partition("=")[0])
        is_own = flavour.is_own(f"custom_fields.{name}")
        if search.lint and (is_own or not is_listed(f"custom_fields.{name}")):
            near = [] if is_own else nearest_custom(name)
            fix = f"did you mean {' or '.join(near)}?" if near else "check its spelling"
            found.append(Finding("warning", None, text, f"{name} is in no list of custom fields", fix))
    return found


def _unlisted(search: Search) -> Iterator[Finding]:
    """Yield a warning for each value that Zenodo does not have, and this server may."""
    for option, one in FILTERS.items():
        for value in getattr(search, one.field) if one.field in _OWN - {"custom"} else ():
            try:
                one.conditions(value, True)
            except UsageError as error:
                reason = "it is sent as typed, for Zenodo has no such"
                yield Finding("warning", None, f"{option} {value}", reason, error.hint)


def recid_query(refs: Sequence[RecordRef]) -> list[str]:
    """Return queries that find the records of `refs`, each of at most `BATCH_REFS` references.

    An id may be that of a record or of a concept, a DOI likewise. Send them with ``all_versions=true``: only
    so is an older version found, and a concept then brings all its versions (zenodo-api.md §2.5, read
    2026-08-20). Alternatives are joined by ``OR``: without it a keyword field looks for one value with
    blanks in it (§13). DOIs are searched as phrases, which do not mind upper and lower case.
    """
    return [_joined(batch) for batch in _batches(list(dict.fromkeys(refs)))]


def _batches(refs: Sequence[RecordRef]) -> Iterator[list[RecordRef]]:
    batch: list[RecordRef] = []
    length = 0
    for ref in refs:
        size = 2 * len(quote_plus(f" OR {_value(ref)}"))
        if batch and (len(batch) == BATCH_REFS or length + size > _MOST_CHARACTERS):
            yield batch
            batch, length = [], 0
        batch.append(ref)
        length += size
    if batch:
        yield batch


def _joined(refs: Sequence[RecordRef]) -> str:
    parts = []
    for kind, names in _REF_FIELDS.items():
        values = [_value(ref) for ref in refs if ref.kind == kind]
        if values:
            group = values[0] if len(values) == 1 else f"({' OR '.join(values)})"
            parts += [f"{name}:{group}" for name in names]
    return " OR ".join(parts)


def _value(ref: RecordRef) -> str:
    is_plain = ref.kind == "id" and ref.value.replace("-", "").isalnum() and ref.value[0] != "-"
    return ref.value if is_plain else quote(ref.value)
