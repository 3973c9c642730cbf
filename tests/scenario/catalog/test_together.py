"""Several catalogues in one go: what they have in common is fetched once, and each is whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from worlds import Kept, World, intact
from zenodo_harvest.catalog import Catalog, Synced, sync_all
from zenodo_harvest.errors import UnknownCommunity, ZenodoHarvestError


@pytest.fixture
def two(world: World, tmp_path: Path) -> list[Catalog]:
    """Catalogues of two communities, four records each, two of them in both."""
    one, other = world.slugs(2)
    for slugs in ((one, other), (one, other), (other,), (other,)):
        world.add(*slugs)
    world.move(world.ids[0])  # it leaves both, so that the first community holds four
    world.later()
    catalogs = [world.client.catalog(tmp_path / slug) for slug in (one, other)]
    for catalog, slug in zip(catalogs, (one, other), strict=True):
        catalog.init(community=[slug])
    return catalogs


def served(world: World, work: Callable[[], object]) -> Counter[str]:
    """Return which pages of more than one row were asked for meanwhile, and how often."""
    return Counter(target for target in world.asked(work) if "size=1&" not in target and "records?" in target)


def outcomes(catalogs: list[Catalog], **how: Any) -> list[Synced | ZenodoHarvestError]:
    return [came for _, came in sync_all(catalogs, **how)]


def test_records_of_two_catalogues_are_fetched_once(world: World, two: list[Catalog]) -> None:
    pages = served(world, lambda: outcomes(two))
    assert [target.split("?")[0] for target in pages if "updated" not in target] == ["/api/records"]
    assert [Kept(world, catalog).rows().keys() for catalog in two] == [
        set(world.ids[1:5]),
        set(world.ids[3:7]),
    ]
    assert all(intact(catalog.folder / "latest") for catalog in two)


def test_a_full_walk_of_two_is_shared_and_notes_the_statistics_of_both(
    world: World, two: list[Catalog]
) -> None:
    outcomes(two)
    world.later(weeks=4)
    pages = served(world, lambda: outcomes(two))
    assert [target.split("?")[0] for target in pages if "updated" not in target] == ["/api/records"]
    assert [len(catalog.history.times()) for catalog in two] == [2, 2]
    assert [len(catalog.snapshots) for catalog in two] == [1, 1]


def test_between_full_walks_each_sees_its_own_changes(world: World, two: list[Catalog]) -> None:
    outcomes(two)
    world.later()
    world.move(world.ids[3], world.slugs(2)[1])
    kinds = [
        [(each.kind, each.id) for each in came.changes] for came in outcomes(two) if isinstance(came, Synced)
    ]
    assert kinds == [[("left", world.ids[3])], []]


def test_a_catalogue_of_no_community_stops_no_other_and_the_others_share(
    world: World, two: list[Catalog], tmp_path: Path
) -> None:
    third = world.client.catalog(tmp_path / "third")
    third.init(community=[world.slugs(2)[1]])
    config = third.folder / "catalog.toml"
    config.write_text(config.read_text("utf-8").replace(world.slug, "no-such-community"), "utf-8")
    came: list[Synced | ZenodoHarvestError] = []
    pages = served(world, lambda: came.extend(outcomes([third, *two])))
    assert [type(one) for one in came] == [UnknownCommunity, Synced, Synced]
    assert [target.split("?")[0] for target in pages if "updated" not in target] == ["/api/records"]
    assert Kept(world, two[1]).rows().keys() == set(world.ids[3:7])


def test_what_a_killed_sharing_left_is_not_taken_for_new(world: World, two: list[Catalog]) -> None:
    cut_off = sync_all(two)
    next(cut_off)
    cut_off.close()  # type: ignore[attr-defined]
    for catalog in two:
        world.later()
        catalog.sync()
    world.edit(world.ids[3], is_dated=False, title="Snow")
    world.later(weeks=4)
    assert all(isinstance(came, Synced) for came in outcomes(two, full=True))
    assert {Kept(world, catalog).rows()[world.ids[3]]["title"] for catalog in two} == {"Snow"}
    assert [len(catalog.history.times()) for catalog in two] == [2, 2]


def test_nothing_of_the_sharing_is_left(world: World, two: list[Catalog]) -> None:
    outcomes(two)
    assert not list(two[0].folder.glob("*shared*"))
