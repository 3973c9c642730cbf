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
_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def table_row(row: CatalogRow, use: Mapping[str, int | None]) -> bytes:
    """Return what the table has of a record, as a JSON array in the order of `TABLE_COLUMNS`.

    Whatever is null stays null; nothing in `row` makes this fail.
    """
    creators = [creator for creator in row.get("creators") or () if creator]
    date = row.get("publication_date")
    values = (
        _text(row.get("id"), _NAME),
        _text(row.get("url"), 2000),
        _text(row.get("title"), _TITLE),
        [_text(creator.get("name"), _NAME) or "" for creator in creators[:_CREATORS]],
        len(creators),
        _text(date, 40),
        row.get("publication_year"),
        _text(row.get("created"), 40),
        _text(row.get("resource_type"), _NAME),
        _text(row.get("access_status"), _NAME),
        [cut(license_id, _NAME) for license_id in row.get("licenses") or ()],
        row.get(MEMBERSHIPS) or [],
        _text(row.get("version_label"), 40),
        _text(row.get("publisher"), _NAME),
        _text(row.get("doi"), 500),
        _text(row.get("concept_doi"), 500),
        [cut(str(word), _NAME) for word in (row.get("keywords") or ())[:_ITEMS]],
        row.get("file_count"),
        size(total) if (total := row.get("total_bytes")) is not None else None,
        _text(row.get("description_text"), _SUMMARY),
        use.get("views"),
        use.get("downloads"),
        use.get("all_versions_views"),
        use.get("all_versions_downloads"),
    )
    return msgspec.json.encode(values)


def in_script(json: str) -> str:
    """Return JSON that says the same and holds nothing that ends the script element around it."""
    return json.translate(_ESCAPES)


def _text(value: Any, length: int) -> str | None:
    return None if value is None else cut(str(value), length)
