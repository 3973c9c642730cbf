"""The arguments of searches: how the server parses, checks and echoes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from werkzeug.datastructures import MultiDict

from zenodo_harvest.emulator.problems import bad_window, invalid

_T = TypeVar("_T")

WINDOW = 10_000
RECORD_FACETS = ("publication_date", "access_status", "resource_type", "subject", "file_type")
COMMUNITY_FACETS = ("type", "funder", "organization")
_RECORD_SORT_NAMES = """
    bestmatch -bestmatch newest mostrecent oldest -mostrecent updated-desc updated-asc version -version
    mostviewed -mostviewed mostdownloaded -mostdownloaded newestactivity oldestactivity
    publication-desc publication_date publication-asc -publication_date journal-desc journal -journal
    conference-desc conference_session -conference_session
"""
RECORD_SORTS = frozenset(_RECORD_SORT_NAMES.split())
COMMUNITY_SORTS = frozenset(
    (
        "bestmatch",
        "newest",
        "oldest",
        "version",
        "updated-desc",
        "updated-asc",
        "newestactivity",
        "oldestactivity",
    )
)
_TRUE = frozenset(
    ("", "t", "T", "true", "True", "TRUE", "on", "On", "ON", "y", "Y", "yes", "Yes", "YES", "1")
)
_FALSE = frozenset(
    ("f", "F", "false", "False", "FALSE", "off", "Off", "OFF", "n", "N", "no", "No", "NO", "0")
)
GUEST_CAP, USER_CAP = 25, 100
_CAPPED = {
    GUEST_CAP: "Page size cannot be greater than 25. "
    "Please use authenticated requests to increase the limit to 100.",
    USER_CAP: "Page size cannot be greater than 100.",
}


@dataclass(frozen=True, slots=True)
class Paging:
    """Where in a list we are; `echoed` are the parsed arguments that ``links`` repeat."""

    page: int
    size: int
    echoed: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SearchArguments:
    """A search as the server understood it (zenodo-api.md §1.1, read 2026-08-20)."""

    paging: Paging
    q: str | None = None
    sort: str | None = None
    all_versions: bool = False
    type: str | None = None
    subtype: str | None = None
    communities: tuple[str, ...] = ()
    facets: Mapping[str, list[str]] = field(default_factory=dict)


def search_arguments(
    args: MultiDict[str, str],
    *,
    facets: tuple[str, ...],
    sorts: frozenset[str],
    cap: int | None,
    default_sort: str | None = None,
) -> SearchArguments:
    """Parse and check the arguments of a search.

    The first of a repeated scalar wins, unknown names are ignored (zenodo-api.md §1.1).

    Raises:
        Problem: The 400 the server answers.
    """
    errors: list[tuple[str, str]] = []

    def number(name: str, default: int) -> int:
        return _parsed(name, args.get(name), default, _number, errors)

    size, page = number("size", GUEST_CAP), number("page", 1)
    if cap is not None and size > cap:
        errors.append(("size", _CAPPED[cap]))
    flag = args.get("allversions", args.get("all_versions"))
    all_versions = _parsed("allversions", flag, False, _boolean, errors)
    if errors:
        raise invalid(errors)
    if "suggest" in args or (page - 1) * size >= WINDOW:
        raise bad_window()
    sort = args.get("sort", default_sort)
    if sort is not None and sort not in sorts:
        raise invalid([("_schema", f"Invalid sort option '{sort}'.")])
    named = {name: args[name] for name in ("q", "type", "subtype") if name in args and name not in facets}
    chosen = {name: args.getlist(name) for name in facets if name in args}
    echoed: dict[str, Any] = {**named, **chosen}
    communities = tuple(args.getlist("communities")) if "resource_type" in facets else ()
    if communities:
        echoed["communities"] = list(communities)
    if flag is not None:
        echoed["allversions"] = all_versions
    return SearchArguments(
        paging=Paging(page, size, echoed),
        q=named.get("q") or None,
        sort=sort,
        all_versions=all_versions,
        type=named.get("type"),
        subtype=named.get("subtype"),
        communities=communities,
        facets=chosen,
    )


def _parsed(
    name: str, text: str | None, default: _T, parse: Callable[[str], _T], errors: list[tuple[str, str]]
) -> _T:
    if text is None:
        return default
    try:
        return parse(text)
    except ValueError as error:
        errors.append((name, str(error)))
        return default


def _number(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        raise ValueError("Not a valid integer.") from None
    if value < 1:
        raise ValueError("Must be greater than or equal to 1.")
    return value


def _boolean(text: str) -> bool:
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    raise ValueError("Not a valid boolean.")
