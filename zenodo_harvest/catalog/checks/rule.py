"""`Rule`: what is looked for in each record, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from zenodo_harvest.catalog.columns import CatalogRow
from zenodo_harvest.catalog.finding import Finding, Level
from zenodo_harvest.display import cut

_NAMED, _LONGEST = 3, 100


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is looked for.

    Attributes:
        id: What it is called in ``catalog.toml`` and in tables.
        level: How much it matters: ``error`` (it is wrong), ``warning`` (it is likely wrong, or hides the
            record), ``note`` (it could be better).
        title: What it finds.
        explanation: What that means, and what to do.
    """

    id: str
    level: Level
    title: str
    explanation: str

    def found(self, row: CatalogRow, things: Sequence[str]) -> Finding:
        """Return the finding of a record, which names the first few of its faults."""
        return Finding(self.id, self.level, str(row["id"] or ""), row["title"], row["url"], listed(things))


@dataclass(frozen=True, slots=True)
class Around:
    """What a rule knows besides the record.

    Attributes:
        today: The day it is.
        doi_prefix: The prefix of the DOIs that the site gives, None if it is not known.
        site_url: The address of the site.
    """

    today: date
    doi_prefix: str | None
    site_url: str


Look = Callable[[CatalogRow, Around], Iterable[str]]
"""Names what is wrong in a record."""
RowRules = Sequence[tuple[Rule, Look]]


def listed(things: Iterable[str]) -> str:
    """Return the first few of some things as one text, each cut, and how many more there are."""
    named = list(dict.fromkeys(things))
    more = f" and {len(named) - _NAMED:,} more" if len(named) > _NAMED else ""
    return "; ".join(cut(each, _LONGEST) or "(blank)" for each in named[:_NAMED]) + more
