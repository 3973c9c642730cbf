"""`Tally`: what the figures and charts of a page say, counted in one pass over the records."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from zenodo_harvest.catalog.columns import MEMBERSHIPS, CatalogRow
from zenodo_harvest.catalog.page.table import name
from zenodo_harvest.display import cut

_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")
_MOST_USED = 10
Use = Mapping[str, int | None]
"""The statistics of a record, with the names of `STATISTICS`."""


class Tally:
    """Counts of records by what they have in common; those without it are not among them.

    Attributes:
        with_use: Records of which statistics are known.
        names: How a creator or keyword is written, by what it is counted as.
        used: The most downloaded records: downloads, title and id.
    """

    def __init__(self) -> None:
        self.with_use = 0
        self.records = 0
        self.files = 0
        self.bytes = 0
        self.with_orcid = 0
        self.by_month: Counter[str] = Counter()
        self.by_year: Counter[int] = Counter()
        self.by_type: Counter[str] = Counter()
        self.by_access: Counter[str] = Counter()
        self.by_license: Counter[str] = Counter()
        self.by_community: Counter[str] = Counter()
        self.by_creator: Counter[str] = Counter()
        self.by_keyword: Counter[str] = Counter()
        self.names: dict[str, str] = {}
        self.used: list[tuple[int, str, str]] = []

    def add(self, row: CatalogRow, use: Use) -> None:
        """Count a record."""
        self.with_use += bool(use)
        self.records += 1
        self.files += row.get("file_count") or 0
        self.bytes += row.get("total_bytes") or 0
        if month := _MONTH.match(row.get("created") or ""):
            self.by_month[month.group()] += 1
        if (year := row.get("publication_year")) is not None:
            self.by_year[year] += 1
        if resource_type := name(row.get("resource_type")):
            self.by_type[resource_type] += 1
        if access := name(row.get("access_status")):
            self.by_access[access] += 1
        self.by_license.update({name(license_id) or "" for license_id in row.get("licenses") or ()})
        self.by_community.update({name(slug) or "" for slug in row.get(MEMBERSHIPS) or ()})
        self.by_keyword.update({self._keyword(word) for word in row.get("keywords") or () if word})
        creators = [creator for creator in row.get("creators") or () if creator]
        self.with_orcid += any(creator.get("orcid") for creator in creators)
        people = {(each.get("orcid") or "", each.get("name") or ""): None for each in creators}  # in order
        self.by_creator.update({self._creator(orcid, called) for orcid, called in people if orcid or called})
        if downloads := use.get("downloads"):
            self.used.append((downloads, cut(row.get("title") or row["id"], 200), row["id"]))
            if len(self.used) > 100 * _MOST_USED:
                self._keep_most_used()

    def take(self, other: Tally) -> None:
        """Count the records of another tally, too; how a name is written the first of both tells."""
        for attribute, theirs in vars(other).items():
            ours = getattr(self, attribute)
            if isinstance(ours, Counter):
                ours.update(theirs)
            elif attribute == "names":
                self.names.update((key, text) for key, text in other.names.items() if key not in self.names)
            else:
                setattr(self, attribute, ours + theirs)
        self._keep_most_used()

    def most_used(self) -> list[tuple[int, str, str]]:
        """Return the most downloaded records, the most downloaded first."""
        self._keep_most_used()
        return self.used

    def _keep_most_used(self) -> None:
        self.used = sorted(self.used, key=lambda item: (-item[0], item[2]))[:_MOST_USED]

    def _keyword(self, word: str) -> str:
        key = " ".join(word.casefold().split())
        self.names.setdefault(key, word)
        return key

    def _creator(self, orcid: str, called: str) -> str:
        key = orcid or called
        self.names.setdefault(key, called or orcid)
        return key
