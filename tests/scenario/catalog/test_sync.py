"""A community that changes between two syncs, in each way that a record can."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from zenodo_harvest.catalog import CATALOG_COLUMNS

Keep = Callable[..., Any]


@pytest.fixture
def kept(keep: Keep) -> Any:
    return keep()


def test_the_first_sync_brings_everything_and_knows_no_change(world: Any, keep: Keep) -> None:
    kept = keep()
    assert list(kept.rows()) == world.ids
    assert kept.catalog.changes == []
    assert len(kept.snapshots()) == 1
    row = kept.rows()[world.ids[0]]
    assert list(row) == [*CATALOG_COLUMNS, "memberships"]
    assert row["memberships"] == [world.slug]
    assert (kept.folder / "history.parquet").is_file()
    assert sorted(path.name for path in kept.folder.iterdir() if not path.name.startswith(".")) == [
        "catalog.journal", "catalog.toml", "history.parquet", "latest", "snapshots",
    ]  # fmt: skip


def test_an_added_record_is_named_and_nothing_else(world: Any, kept: Any) -> None:
    new = world.add()
    assert kept.changed() == {("added", new)}
    assert list(kept.rows()) == world.ids


@pytest.mark.parametrize("all_versions", [False, True])
def test_a_new_version_is_linked_to_the_one_before(world: Any, keep: Keep, all_versions: bool) -> None:
    kept = keep(community=[world.slug], all_versions=all_versions)
    old = world.ids[1]
    new = world.add(concept=world.concept(old), index=2)
    assert kept.changed() == {("new-version", new)}
    (change,) = kept.catalog.changes
    assert change.previous_id == old
    rows = kept.rows()
    assert (old in rows) == all_versions
    assert [
        id_ for id_, row in rows.items() if row["concept_id"] == world.concept(old) and row["is_latest"]
    ] == [new]
    assert kept.changed() == set()
    assert kept.changed(full=True) == set()


def test_what_changed_in_metadata_is_told_field_by_field(world: Any, kept: Any) -> None:
    first, second, third = world.ids
    world.edit(first, title="Thaw", subjects=[{"subject": "ice"}])
    world.edit(second, publication_date="2025")
    world.emulator.edit(third, lambda _: None)
    assert kept.changed() == {("metadata", first), ("metadata", second)}
    fields = {
        (change.id, one.name): (one.before, one.after)
        for change in kept.catalog.changes
        for one in change.fields
    }
    assert fields[first, "title"] == (f"Frost {first}", "Thaw")
    assert {name for id_, name in fields if id_ == second} == {"publication_date"}


def test_a_file_with_another_checksum_is_told(world: Any, kept: Any) -> None:
    def other(record: Any) -> None:
        record["files"]["entries"]["a.csv"] |= {"checksum": "md5:" + "b" * 32, "size": 8}

    world.emulator.edit(world.ids[0], other)
    assert kept.changed() == {("files", world.ids[0])}
    (change,) = kept.catalog.changes
    assert [one.name for one in change.fields] == ["a.csv"]


def test_a_record_that_left_its_only_community_left(world: Any, kept: Any) -> None:
    world.move(world.ids[0])
    assert kept.changed() == {("left", world.ids[0])}
    world.move(world.ids[0], world.slug)
    assert kept.changed() == {("added", world.ids[0])}


def test_a_deletion_is_told_with_its_reason_and_a_hidden_one_as_having_left(world: Any, kept: Any) -> None:
    world.emulator.delete(world.ids[0], reason="spam")
    world.emulator.delete(world.ids[1], is_visible=False)
    assert kept.changed() == {("deleted", world.ids[0]), ("left", world.ids[1])}
    assert {change.reason for change in kept.catalog.changes} == {"spam", None}
    assert list(kept.rows()) == world.ids[2:]


def test_a_version_that_is_the_latest_again_is_no_new_version(world: Any, kept: Any) -> None:
    old = world.ids[0]
    new = world.add(concept=world.concept(old), index=2)
    kept.sync()
    world.later()
    world.emulator.delete(new, reason="spam")
    assert kept.changed() == {("deleted", new), ("added", old)}


def test_membership_of_one_of_several_communities_is_followed_though_no_date_moves(
    world: Any, keep: Keep
) -> None:
    one, two = world.slugs(2)
    both = world.add(one, two)
    only = world.add(two)
    kept = keep(community=[one, two])
    assert kept.rows()[both]["memberships"] == [one, two]
    world.move(both, one)
    assert kept.changed() == {("left", both)}
    world.move(only, one, two)
    assert kept.changed() == {("added", only)}
    assert {change.community for change in kept.catalog.changes} == {one, two}
    assert kept.rows()[only]["memberships"] == [one, two]
    world.move(only)
    assert kept.changed() == {("left", only)}


def test_all_at_once_gives_each_and_nothing_else(world: Any, kept: Any) -> None:
    left, deleted, edited = world.ids
    world.move(left)
    world.emulator.delete(deleted, reason="copyright")
    world.edit(edited, description="<p>Ice.</p>")
    new = world.add()
    assert kept.changed() == {("left", left), ("deleted", deleted), ("metadata", edited), ("added", new)}


def use(views: int) -> Callable[[Any], None]:
    return lambda record: record["stats"]["this_version"].update(views=views, unique_views=views)


@pytest.mark.parametrize("full", [False, True])
def test_views_and_a_mere_new_date_change_nothing(world: Any, kept: Any, full: bool) -> None:
    before = kept.rows()
    world.emulator.edit(world.ids[0], use(99), is_dated=False)
    world.emulator.edit(world.ids[1], lambda _: None)
    assert kept.changed(full=full) == set()
    now = kept.rows()
    moved = {name for name in CATALOG_COLUMNS if any(now[id_][name] != before[id_][name] for id_ in now)}
    assert moved == {"updated", "revision"}


@pytest.mark.parametrize("full", [False, True])
def test_views_alone_leave_every_table_the_same_bytes_and_no_snapshot(
    world: Any, kept: Any, full: bool
) -> None:
    world.edit(world.ids[0], title="Thaw")
    kept.sync()
    tables, snapshots = kept.tables(), kept.snapshots()
    assert {"records.parquet", "records.csv", "records.jsonl", "CHANGES.md", "changes.csv", "feed.atom"} <= (
        tables.keys()
    )
    world.emulator.edit(world.ids[0], use(99), is_dated=False)
    assert kept.changed(full=full) == set()
    assert kept.tables() == tables
    assert kept.snapshots() == snapshots
    assert (kept.catalog.history.at(kept.catalog.history.times()[-1])[world.ids[0]]["views"] == 99) == full


def test_a_sync_of_what_did_not_change_asks_a_handful_of_questions(world: Any, kept: Any) -> None:
    asked = world.asked(kept.sync)
    assert len(asked) == 9  # the community, the time, what is new, what was edited, counts
    assert kept.receipt()["requests"] <= len(asked)


def test_history_is_taken_when_it_is_time(world: Any, kept: Any) -> None:
    times = kept.catalog.history.times
    assert len(times()) == 1
    for weeks, taken in ((1, 1), (2, 1), (1, 2), (1, 2)):
        kept.sync(weeks=weeks)
        assert len(times()) == taken
    kept.sync(full=True)
    assert len(times()) == 3
    config = kept.folder / "catalog.toml"
    config.write_text(config.read_text().replace("interval_weeks = 4", "interval_weeks = 1"))
    kept.sync()
    assert len(times()) == 4
