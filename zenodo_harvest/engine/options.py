"""What a caller may ask of a search by name, and the frozen `Search` it becomes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, TypedDict

if TYPE_CHECKING:
    from zenodo_harvest.query import Options, Search

RouteName = Literal["search", "oai", "dump"]
"""How everything can be fetched."""


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
