"""The controlled vocabularies: metadata holds ids, answers and published records hold the whole items."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property, partial
from typing import Any

from zenodo_harvest.emulator.defaults import Json
from zenodo_harvest.emulator.problems import Problem
from zenodo_harvest.emulator.reference import reference_lists
from zenodo_harvest.emulator.state import State

_TITLED = ("id", "title")
# the parts of an item that a record repeats, by list
_SHOWN: Mapping[str, tuple[str, ...]] = {
    "licenses": ("id", "title", "description", "icon", "props"),
    "funders": ("id", "name"),
    "awards": ("id", "number", "title", "acronym", "program", "identifiers"),
    "affiliations": ("id", "name", "identifiers"),
    "subjects": ("id", "subject", "scheme"),
}
# the list, the field of the metadata that names its items, and the part of each entry, if not the whole
_PLACES = (
    ("resourcetypes", "resource_type", None),
    ("creatorsroles", "creators", "role"),
    ("affiliations", "creators", "affiliations"),
    ("contributorsroles", "contributors", "role"),
    ("affiliations", "contributors", "affiliations"),
    ("titletypes", "additional_titles", "type"),
    ("languages", "additional_titles", "lang"),
    ("descriptiontypes", "additional_descriptions", "type"),
    ("languages", "additional_descriptions", "lang"),
    ("datetypes", "dates", "type"),
    ("languages", "languages", None),
    ("relationtypes", "related_identifiers", "relation_type"),
    ("resourcetypes", "related_identifiers", "resource_type"),
    ("licenses", "rights", None),
    ("funders", "funding", "funder"),
    ("awards", "funding", "award"),
    ("subjects", "subjects", None),
)


class Terms:
    """Looks up the items of the reference lists by id."""

    def __init__(self, state: State) -> None:
        self._state = state

    @cached_property
    def lists(self) -> dict[str, dict[str, Json]]:
        """The items by list and id, collected when somebody first asks."""
        return reference_lists(self._state.records(), self._state.communities())

    def filled(self, metadata: Json) -> Json:
        """Return the metadata with the whole item in place of each id.

        Raises:
            Problem: An id is not in its list (zenodo-api.md §9.9, read 2026-08-20).
        """
        return _replaced(metadata, self._item)

    def bare(self, metadata: Json) -> Json:
        """Return the metadata with the id alone in place of each item."""
        return _replaced(metadata, lambda _, item: {"id": item["id"]})

    def license_id(self, text: str) -> str | None:
        """Return the id of a license in any case."""
        return text.lower() if text.lower() in self.lists["licenses"] else None

    def funder_id(self, doi: str) -> str:
        """Return the id of the funder with this DOI, or the DOI if there is none."""
        for funder in self.lists["funders"].values():
            if any(one.get("identifier") == doi for one in funder.get("identifiers", ())):
                return str(funder["id"])
        return doi

    def funder_doi(self, funder_id: str) -> str:
        """Return the DOI of a funder, or its id if it has none."""
        funder = self.lists["funders"].get(funder_id, {})
        found = (one["identifier"] for one in funder.get("identifiers", ()) if one.get("scheme") == "doi")
        return str(next(found, funder_id))

    def _item(self, kind: str, mention: Mapping[str, Any]) -> Json:
        item = self.lists[kind].get(str(mention["id"]))
        if item is None:
            raise Problem(400, f"Invalid value {mention['id']}.")
        if kind == "licenses":
            item = _license(item)
        return {part: item[part] for part in _SHOWN.get(kind, _TITLED) if part in item}


def _replaced(metadata: Json, item: Callable[[str, Mapping[str, Any]], Json]) -> Json:
    """Return a copy of the metadata in which what names an item is replaced."""
    written = dict(metadata)
    for kind, field, part in _PLACES:
        if field in written:
            written[field] = _within(written[field], part, partial(item, kind))
    return written


def _within(value: Any, part: str | None, replace: Callable[[Mapping[str, Any]], Json]) -> Any:
    if isinstance(value, list):
        return [_within(one, part, replace) for one in value]
    if not isinstance(value, Mapping):
        return value
    if part is None:
        return replace(value) if "id" in value else value
    return {**value, part: _within(value[part], None, replace)} if part in value else value


def _license(item: Json) -> Json:
    """Return a license as records repeat it: without what is blank and without its approval."""
    props = {part: item["props"][part] for part in ("url", "scheme") if part in item.get("props", {})}
    is_described = any(item.get("description", {}).values())
    kept = {part: value for part, value in item.items() if part != "description" or is_described}
    kept["props"] = props
    return {part: value for part, value in kept.items() if value}
