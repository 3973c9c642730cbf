"""What `diff` tells of two snapshots is what their syncs told, also where some were thinned out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from worlds import Kept, World
from zenodo_harvest.catalog import Change, diff
from zenodo_harvest.errors import NotFound, UsageError


def facts(changes: Sequence[Change]) -> list[Change]:
    """Return changes without when they were found."""
    return [replace(change, found_at=changes[0].found_at) for change in changes]


def test_two_snapshots_differ_by_the_changes_that_were_told(
    world: World, keep: Callable[..., Kept], tmp_path: Path
) -> None:
    kept = keep()
    empty = tmp_path / "none"
    empty.mkdir()
    with pytest.raises(NotFound, match="neither a catalogue nor a snapshot"):
        diff(empty, kept.folder)

    first, second, third = world.ids
    world.edit(first, title="Thaw")
    world.emulator.delete(second, reason="spam")
    one = kept.sync().changes
    world.move(third)
    new = world.add(concept=world.concept(first), index=2)
    two = kept.sync().changes
    for _ in range(5):
        world.add()
    three = kept.sync().changes
    world.edit(new, title="Melt")
    four = kept.sync().changes

    places = [kept.folder / "snapshots" / name for name in kept.snapshots()]
    assert [one.is_base for one in kept.catalog.snapshots] == [True, False, False, False, True]
    for before, after, told in zip(
        places[:-1], [*places[1:-1], kept.folder], (one, two, three, four), strict=True
    ):
        assert facts(diff(before, after)) == facts(told)
    assert {(one.kind, one.id) for one in diff(places[0], places[2])} == {
        ("new-version", new),
        ("deleted", second),
        ("left", third),
    }
    assert {one.reason for one in diff(places[0], places[2])} == {"spam", None}
    assert diff(kept.folder, places[-1]) == ()

    wide = diff(places[3], kept.folder)
    with pytest.raises(UsageError, match="at least one"):
        kept.catalog.sync(keep=0)
    kept.catalog.sync(keep=2)
    assert kept.snapshots() == [path.name for path in places[3:]]
    assert facts(diff(places[3], kept.folder)) == facts(wide)
    assert len(kept.catalog.changes) == sum(map(len, (one, two, three, four)))
