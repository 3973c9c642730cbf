"""The two kinds of InvenioRDM servers, Zenodo and all others: what each calls things, and can do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from zenodo_harvest.vocabularies.fields import LEGACY
from zenodo_harvest.vocabularies.sorts import SORTS

FlavourName = Literal["zenodo", "inveniordm"]

_CUSTOM = "custom_fields."
_SHARED = ("code", "imprint", "journal", "meeting", "thesis")
"""Custom fields that come with InvenioRDM; a site adds its own."""


@dataclass(frozen=True, slots=True)
class Flavour:
    """What servers of one kind call things (zenodo-api.md §10, read 2026-08-20).

    Attributes:
        sorts: The orders, with what each means.
        has_old_names: Whether a query may use the names of old Zenodo (``creators.name``); else only those
            of the index.
        has_own_fields: Whether a site may have custom fields that no list of ours knows.
        all_versions: The parameter that brings old versions as well.
        has_communities: Whether ``communities=`` narrows a search.
        has_guest_caps: Whether pages of guests are smaller than those with a token.
        has_numbers_in_dois: Whether the DOIs that a site mints hold the numbers of its records.
        oai_set: What precedes the slug of a community in the name of its set.
        oai_page_rows: Records of a page of OAI-PMH.
    """

    sorts: Mapping[str, str]
    has_old_names: bool = False
    has_own_fields: bool = True
    all_versions: str = "allversions"
    has_communities: bool = False
    has_guest_caps: bool = False
    has_numbers_in_dois: bool = False
    oai_set: str = "community-"
    oai_page_rows: int = 10

    def field(self, name: str) -> str:
        """Return the name by which a query reaches the field that old Zenodo called so; others stay."""
        if self.has_old_names:
            return name
        return "parent.communities.entries.slug" if name == "communities" else LEGACY.get(name, name)

    def is_own(self, name: str) -> bool:
        """Tell whether a field is one that a site may have for itself."""
        vocabulary, colon, _ = name.removeprefix(_CUSTOM).partition(":")
        return bool(self.has_own_fields and name.startswith(_CUSTOM) and colon and vocabulary not in _SHARED)


ZENODO = Flavour(
    SORTS,
    has_old_names=True,
    has_own_fields=False,
    all_versions="all_versions",
    has_communities=True,
    has_guest_caps=True,
    has_numbers_in_dois=True,
    oai_set="user-",
    oai_page_rows=50,
)
_COMMON = "bestmatch newest oldest version updated-desc updated-asc mostviewed mostdownloaded"
INVENIORDM = Flavour({name: SORTS[name] for name in _COMMON.split()})
FLAVOURS: Mapping[str | None, Flavour] = {"zenodo": ZENODO, "inveniordm": INVENIORDM, None: INVENIORDM}
"""Each by its name; as long as a server was not asked, what all of them understand."""
