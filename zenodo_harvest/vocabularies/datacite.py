"""Words of DataCite's schema and what they are called here."""

from __future__ import annotations

import re
from functools import lru_cache

from zenodo_harvest.vocabularies.types import RESOURCE_TYPES, general_type, subtype_ids, type_ids

NAME_TYPES = {"Personal": "personal", "Organizational": "organizational"}
NAME_SCHEMES = {"ORCID": "orcid", "GND": "gnd", "ISNI": "isni", "ROR": "ror"}
SCHEMES = {
    name: name.lower()
    for name in (
        "ARK arXiv CSTR DOI EAN13 EISSN Handle IGSN ISBN ISSN ISTC LISSN LSID PMID PURL RRID UPC URL URN w3id"
    ).split()
} | {"bibcode": "ads"}
"""DataCite's names of identifiers, and the schemes of zenodo-api.md §9.9 (read 2026-08-20)."""
TEXT_TYPES = {
    name: re.sub("(?<!^)(?=[A-Z])", "-", name).lower()
    for name in (
        "AlternativeTitle Subtitle TranslatedTitle Other Abstract Methods SeriesInformation TableOfContents "
        "TechnicalInfo"
    ).split()
}
"""DataCite's types of titles and descriptions, and the ids of zenodo-api.md §3.4 (read 2026-08-20)."""
CLOSED = "info:eu-repo/semantics/closedAccess"
ACCESS = {f"info:eu-repo/semantics/{name}Access": name for name in ("open", "embargoed", "restricted")}
ACCESS[CLOSED] = "restricted"

_MARKUP = re.compile(r"</[A-Za-z][A-Za-z0-9]*\s*>|<(?:br|hr|img)\b[^<>]*>", re.IGNORECASE)
GENERAL_TYPES: dict[str | None, str | None] = {id_: general_type(id_) for id_ in RESOURCE_TYPES}
"""DataCite's general types of resource types."""
_IDS: dict[str | None, list[str]] = {}
for _id in RESOURCE_TYPES:
    _IDS.setdefault(GENERAL_TYPES[_id], []).append(_id)
_TOP = {"Text": "publication", "Image": "image"}
"""General types of several ids: without a text beside it such a type is the one above them."""


def type_of_general(general: str | None) -> str | None:
    """Return the resource type that a general type means by itself, None where it may mean several."""
    ids = _IDS.get(general, ())
    return ids[0] if len(ids) == 1 else None


@lru_cache(maxsize=1024)
def type_of(general: str | None, text: str) -> str | None:
    """Return the resource type that a general type and the text beside it mean, None where they do not tell.

    Args:
        general: DataCite's ``resourceTypeGeneral``.
        text: What stands beside it, such as ``Working paper``; may be empty.
    """
    if not text:
        return type_of_general(general) or _TOP.get(general or "")
    name = text.lower().replace(" ", "").removeprefix("project")
    meant = list({*type_ids(name), *subtype_ids(name)})
    alike = [each for each in meant if GENERAL_TYPES.get(each) == general] or meant
    return alike[0] if len(alike) == 1 else type_of_general(general)


def is_marked_up(text: str) -> bool:
    """Return whether a description holds markup; today's server strips it, before October 2023 it did not."""
    return "<" in text and _MARKUP.search(text) is not None
