"""`check`: what the rules find in a catalogue."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from zenodo_harvest.catalog.checks.dates import DATES
from zenodo_harvest.catalog.checks.duplicates import DUPLICATES, Duplicates, Sight, sight_of
from zenodo_harvest.catalog.checks.files import FILES, READING
from zenodo_harvest.catalog.checks.links import LINKS
from zenodo_harvest.catalog.checks.pending import PENDING, PendingRecord, pending_findings
from zenodo_harvest.catalog.checks.people import PEOPLE
from zenodo_harvest.catalog.checks.rights import RIGHTS
from zenodo_harvest.catalog.checks.rule import Around, Rule
from zenodo_harvest.catalog.checks.texts import TEXTS
from zenodo_harvest.catalog.columns import MEMBERSHIPS, CatalogRow
from zenodo_harvest.catalog.finding import LEVELS, Finding
from zenodo_harvest.errors import UsageError
from zenodo_harvest.vocabularies.terms import nearest

_OF_ROWS = (*TEXTS, *PEOPLE, *RIGHTS, *DATES, *LINKS, *FILES, *READING)
RULES: tuple[Rule, ...] = (*(rule for rule, _ in _OF_ROWS), *DUPLICATES, PENDING)
"""All rules, by what they look at."""


def check_off(off: Collection[str]) -> None:
    """Refuse to switch off what is no rule.

    Raises:
        UsageError: One of `off` is the id of none.
    """
    known = [rule.id for rule in RULES]
    for name in off:
        if name not in known:
            near = nearest(str(name), known)
            raise UsageError(
                f"There is no rule {name!r} to switch off.",
                hint=f"Did you mean {near}?" if near else f"There are {', '.join(known)}.",
            )


@dataclass(frozen=True, slots=True)
class Looked:
    """What was seen in some rows.

    Attributes:
        findings: What the rules for single records found.
        sights: What tells duplicates.
        inside: Id and slug of records that ask to be in a community, and are.
    """

    findings: list[Finding]
    sights: list[Sight]
    inside: set[tuple[str, str]]


class Checks:
    """Look at rows of a catalogue for what a curator would mend; several processes can look at once.

    Args:
        doi_prefix: The prefix of the DOIs that the site gives, None if it is not known.
        site_url: The address of the site.
        off: The ids of rules that are switched off.
        today: The day it is.
        pending: Records whose request to a community waits or was declined.

    Raises:
        UsageError: One of `off` is the id of no rule.
    """

    def __init__(
        self,
        *,
        doi_prefix: str | None,
        site_url: str,
        off: Collection[str] = (),
        today: date,
        pending: Iterable[PendingRecord] = (),
    ) -> None:
        check_off(off)
        self._around = Around(today, doi_prefix, site_url)
        self.off = frozenset(off)
        self.pending = tuple(pending)

    def look(self, rows: Iterable[CatalogRow]) -> Looked:
        """Return what is seen in some rows."""
        rules = [(rule, look) for rule, look in _OF_ROWS if rule.id not in self.off]
        asking = {each.id for each in self.pending}
        looked = Looked([], [], set())
        for row in rows:
            for rule, look in rules:
                if things := [*look(row, self._around)]:
                    looked.findings.append(rule.found(row, things))
            looked.sights.append(sight_of(row))
            if row["id"] in asking:
                slugs = (*row["communities"], *(row.get(MEMBERSHIPS) or ()))
                looked.inside.update((row["id"], slug) for slug in slugs)
        return looked


class Findings:
    """Gathers what checks see in all rows of a catalogue.

    Args:
        checks: The checks.
    """

    def __init__(self, checks: Checks) -> None:
        self._checks = checks
        self._found: list[Finding] = []
        self._inside: set[tuple[str, str]] = set()
        self._duplicates = Duplicates()

    def take(self, looked: Looked) -> None:
        """Take what was seen in the next rows."""
        self._found += looked.findings
        self._inside |= looked.inside
        for sight in looked.sights:
            self._duplicates.see(sight)

    def in_order(self) -> list[Finding]:
        """Return what was found: by level, rule and title, always in the same order.

        Of each record and rule there is at most one finding, but one for each community that it asks.
        """
        checks = self._checks
        more = (*self._duplicates.findings(), *pending_findings(checks.pending, self._inside))
        found = [*self._found, *(each for each in more if each.rule not in checks.off)]
        return sorted(found, key=_order)


def check(rows: Iterable[CatalogRow], **settings: Any) -> list[Finding]:
    """Return what `Checks` with these settings find in the records of a catalogue."""
    return findings_of(rows, Checks(**settings))


def findings_of(rows: Iterable[CatalogRow], checks: Checks) -> list[Finding]:
    """Return what checks find in the records of a catalogue, gone through once."""
    findings = Findings(checks)
    findings.take(checks.look(rows))
    return findings.in_order()


def _order(finding: Finding) -> tuple[int, str, str, str, str]:
    return LEVELS.index(finding.level), finding.rule, finding.title or "", finding.id, finding.detail
