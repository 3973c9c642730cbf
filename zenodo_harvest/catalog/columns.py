"""The columns of a catalogue: those of a record, without what moves while nothing changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zenodo_harvest.records import COLUMNS

CatalogRow = Mapping[str, Any]
"""One row of a catalogue as JSON has it: texts, numbers, lists and mappings; times as ISO 8601."""
MEMBERSHIPS = "memberships"
"""The column that a catalogue adds: which of its communities hold the record, as sorted slugs."""
MEMBERSHIPS_MEAN = "Communities of the catalogue that hold the record, as slugs, sorted."
STATISTICS = tuple(column.name for column in COLUMNS if column.group == "use")
"""Views and downloads: they stand in the history alone."""
CATALOG_COLUMNS = tuple(
    column.name for column in COLUMNS if column.name not in STATISTICS and column.name != "retrieved_at"
)
"""The columns of a record that a catalogue has, in their order; `MEMBERSHIPS` comes after them."""
