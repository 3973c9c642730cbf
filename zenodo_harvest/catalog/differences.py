"""What changed between two whole states of a catalogue, of which only the rows that differ are read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Protocol

from zenodo_harvest.catalog.change import Change
from zenodo_harvest.catalog.columns import CatalogRow
from zenodo_harvest.catalog.comparing import compare, in_order
from zenodo_harvest.catalog.snapshots import Held, State
from zenodo_harvest.harvest import Gone

_AT_A_TIME = 1_000


class Rows(Protocol):
    """All rows of a state."""

    @property
    def held(self) -> Mapping[str, Held]:
        """What is known of each, by the name of the record."""

    def rows(self, names: Collection[str]) -> dict[str, CatalogRow]:
        """Return rows by the names of their records."""


def changes_between(
    before: State,
    after: Rows,
    *,
    gone: Mapping[str, Gone],
    communities: Sequence[str],
    found_at: datetime,
    is_same_schema: bool,
) -> tuple[Change, ...]:
    """Return what changed, by kind, title and id; few rows are held at a time.

    Args:
        before: The earlier state.
        after: The later one.
        gone: What is known of the records that went.
        communities: The slugs of the communities.
        found_at: When this was seen.
        is_same_schema: Whether both were written by one version of the schema.
    """
    was, now = before.held, after.held
    concepts = before.known_concepts()
    new, missing = now.keys() - was.keys(), was.keys() - now.keys()
    # a new version is told by the one before it, so that these are looked at together
    followed = {concepts[concept] for name in new if (concept := now[name].concept_id) in concepts}
    apart = new | missing | followed
    same = sorted(name for name in now.keys() & was.keys() - apart if was[name].digest != now[name].digest)
    found: list[Change] = []
    for names in filter(None, (sorted(apart), *in_parts(same))):
        found += compare(
            before.rows(was.keys() & set(names)),
            after.rows(now.keys() & set(names)),
            gone=gone,
            communities=communities,
            found_at=found_at,
            known_concepts=concepts,
            is_same_schema=is_same_schema,
        )
    return in_order(found)


def in_parts(names: Iterable[str]) -> Iterator[list[str]]:
    """Yield names, some at a time."""
    rest = iter(names)
    while part := list(islice(rest, _AT_A_TIME)):
        yield part
