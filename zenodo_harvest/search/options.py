"""What a caller may ask of a search by name, and the frozen `Search` it becomes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, TypedDict

if TYPE_CHECKING:
    from zenodo_harvest.query import Search

RouteName = Literal["search", "oai", "dump"]
"""How everything can be fetched."""


class Options(TypedDict, total=False):
    """Where and how to search, and what narrows it; several values of one filter are alternatives.

    `community` is one or several slugs, UUIDs, URLs or exact titles; `sort` one of `query.SORTS`;
    `all_versions` brings old versions too; `limit` brings the first rows alone; `lint=False` sends the
    query as typed. All others are filters.
    """

    community: str | Sequence[str] | None
    sort: str | None
    all_versions: bool
    limit: int | None
    lint: bool
    type: str | Sequence[str] | None
    subtype: str | Sequence[str] | None
    access: str | Sequence[str] | None
    license: str | Sequence[str] | None
    created: str | Sequence[str] | None
    updated: str | Sequence[str] | None
    published: str | Sequence[str] | None
    creator: str | Sequence[str] | None
    orcid: str | Sequence[str] | None
    affiliation: str | Sequence[str] | None
    keyword: str | Sequence[str] | None
    funder: str | Sequence[str] | None
    grant: str | Sequence[str] | None
    doi: str | Sequence[str] | None
    related: str | Sequence[str] | None
    language: str | Sequence[str] | None
    filetype: str | Sequence[str] | None
    journal: str | Sequence[str] | None
    custom: str | Sequence[str] | None


class SaveOptions(TypedDict, total=False):
    """How files are written; the names of ``export.open_sink``."""

    columns: Sequence[str] | None
    raw: bool
    raw_csv: bool
    tables: bool
    table_formats: Sequence[str]
    separator: str


def search_of(q: str, options: Options) -> Search:
    """Return the search that a query and options ask for.

    Raises:
        UsageError: An option is unknown or has a value it cannot have.
    """
    from zenodo_harvest.query import Search

    return Search.of(q=q, **options)
