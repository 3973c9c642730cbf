"""The records as the table of the page has them: what it shows, searches, filters and sorts by, no more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from zenodo_harvest.catalog.columns import MEMBERSHIPS, CatalogRow
from zenodo_harvest.display import cut, size

TABLE_COLUMNS = (
    "id url title creators creator_count date year created type access licenses communities version "
    "publisher doi concept_doi keywords files size summary views downloads all_views all_downloads"
).split()
_TITLE, _SUMMARY, _NAME, _CREATORS, _ITEMS = 1000, 280, 120, 100, 30
"""How much of a record is shown: characters of its title, of its summary and of a name; how many of each."""
_ESCAPES = tuple((each.encode(), f"\\u{ord(each):04x}".encode()) for each in "<>&\u2028\u2029")


def table_row(row: CatalogRow, use: Mapping[str, int | None]) -> bytes:
    """Return what the table has of a record, as a JSON array in the order of `TABLE_COLUMNS`.

    Whatever is null stays null; nothing in `row` makes this fail.
    """
    creators = [creator for creator in row.get("creators") or () if creator]
    date = row.get("publication_date")
    values = (
        name(row.get("id")),
        _text(row.get("url"), 2000),
        _text(row.get("title"), _TITLE),
        [name(creator.get("name")) or "" for creator in creators[:_CREATORS]],
        len(creators),
        _text(date, 40),
        row.get("publication_year"),
        _text(row.get("created"), 40),
        *(name(row.get(column)) for column in ("resource_type", "access_status")),
        *([name(item) for item in row.get(column) or ()] for column in ("licenses", MEMBERSHIPS)),
        _text(row.get("version_label"), 40),
        name(row.get("publisher")),
        _text(row.get("doi"), 500),
        _text(row.get("concept_doi"), 500),
        [name(word) for word in (row.get("keywords") or ())[:_ITEMS] if word],
        row.get("file_count"),
        size(total) if (total := row.get("total_bytes")) is not None else None,
        _text(row.get("description_text"), _SUMMARY),
        use.get("views"),
        use.get("downloads"),
        use.get("all_versions_views"),
        use.get("all_versions_downloads"),
    )
    return msgspec.json.encode(values)


def name(value: Any) -> str | None:
    """Return a name, a keyword or an id as the page has it: on one line, and not too long."""
    return _text(value, _NAME)


def in_script(json: bytes) -> bytes:
    """Return JSON that says the same and holds nothing that ends the script element around it."""
    for character, escaped in _ESCAPES:
        json = json.replace(character, escaped)
    return json


def _text(value: Any, length: int) -> str | None:
    # what is cut off need not be cleaned
    return None if value is None else cut(str(value)[: 2 * length], length)
