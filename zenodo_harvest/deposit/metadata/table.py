"""The table of names, as the documentation shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zenodo_harvest.deposit.metadata.item_names import ITEMS, NEEDED
from zenodo_harvest.deposit.metadata.names import NAMES, Name


def markdown_tables() -> str:
    """Return the names of all fields as tables in Markdown: the document first, then the objects inside."""
    parts = ["### Fields\n", *_table(NAMES, ())]
    for kind, names in ITEMS.items():
        if kind not in _SAME:
            parts += [f"\n### In {_TITLES.get(kind, kind)}\n", *_table(names, NEEDED.get(kind, ()))]
    return "\n".join(parts) + "\n"


_SAME = ("creators of thesis", "alternate identifiers", "plain identifiers", "license")
"""Kinds whose objects have the names of another kind."""
_TITLES = {
    "creators": "`creators` and `thesis_supervisors`",
    "contributors": "`contributors`",
    "person identifiers": "`identifiers` of people",
    "identifiers": "`identifiers` and `alternate_identifiers`",
    "related identifiers": "`related_identifiers`",
    "additional titles": "`additional_titles`",
    "additional descriptions": "`additional_descriptions`",
    "references": "`references`, where an item is no text",
    "licenses": "`licenses`, where an item is no text",
    "affiliations": "`affiliations`, where an item is no text",
    "dates": "`dates`",
    "locations": "`locations`",
    "grants": "`grants`",
    "communities": "`communities`",
    "subjects": "`subjects`",
    "funding": "`funding`",
    "funder": "`funding.N.funder`",
    "award": "`funding.N.award`",
}


def _table(names: Sequence[Name], needed: Sequence[str]) -> Iterator[str]:
    yield "| Name | Meaning | `.zenodo.json` | Native |"
    yield "|--|--|--|--|"
    for name in names:
        about = name.about + (f"; the same as `{name.stands_for}`" if name.stands_for else "")
        about += "; needed" if name.name in needed else ""
        native = f"`{name.native}`" if name.native else "no"
        yield f"| `{name.name}` | {about} | {'yes' if name.classic else 'no'} | {native} |"
