"""A community that changes between two syncs, in each way that a record can."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from worlds import Kept, World, intact
from zenodo_harvest.catalog import CATALOG_COLUMNS
from zenodo_harvest.client import Client
from zenodo_harvest.emulator import Fault, Poison
from zenodo_harvest.errors import (
    Incomplete,
    LocalError,
    NotFound,
    Refused,
    ServerError,
    UnknownCommunity,
    UsageError,
)
from zenodo_harvest.records import SCHEMA_VERSION
from zenodo_harvest.sites import Site

Keep = Callable[..., Kept]


@pytest.fixture
def kept(keep: Keep) -> Kept:
    return keep()


def test_the_first_sync_brings_everything_and_knows_no_change(world: World, keep: Keep) -> None:
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


def test_an_added_record_is_named_and_nothing_else(world: World, kept: Kept) -> None:
    new = world.add()
    assert kept.changed() == {("added", new)}
    assert list(kept.rows()) == world.ids


@pytest.mark.parametrize("all_versions", [False, True])
def test_a_new_version_is_linked_to_the_one_before(world: World, keep: Keep, all_versions: bool) -> None:
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


def test_what_changed_in_metadata_is_told_field_by_field(world: World, kept: Kept) -> None:
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


def test_a_file_with_another_checksum_is_told(world: World, kept: Kept) -> None:
    def other(record: Any) -> None:
        record["files"]["entries"]["a.csv"] |= {"checksum": "md5:" + "b" * 32, "size": 8}

    world.emulator.edit(world.ids[0], other)
    assert kept.changed() == {("files", world.ids[0])}
    (change,) = kept.catalog.changes
    assert [one.name for one in change.fields] == ["a.csv"]


def test_a_record_that_left_its_only_community_left(world: World, kept: Kept) -> None:
    world.move(world.ids[0])
    assert kept.changed() == {("left", world.ids[0])}
    world.move(world.ids[0], world.slug)
    assert kept.changed() == {("added", world.ids[0])}


def test_a_deletion_is_told_with_its_reason_and_a_hidden_one_as_having_left(world: World, kept: Kept) -> None:
    world.emulator.delete(world.ids[0], reason="spam")
    world.emulator.delete(world.ids[1], is_visible=False)
    assert kept.changed() == {("deleted", world.ids[0]), ("left", world.ids[1])}
    assert {change.reason for change in kept.catalog.changes} == {"spam", None}
    assert list(kept.rows()) == world.ids[2:]


def test_a_version_that_is_the_latest_again_is_no_new_version(world: World, kept: Kept) -> None:
    old = world.ids[0]
    new = world.add(concept=world.concept(old), index=2)
    kept.sync()
    world.later()
    world.emulator.delete(new, reason="spam")
    assert kept.changed() == {("deleted", new), ("added", old)}


def test_membership_of_one_of_several_communities_is_followed_though_no_date_moves(
    world: World, keep: Keep
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


def test_all_at_once_gives_each_and_nothing_else(world: World, kept: Kept) -> None:
    left, deleted, edited = world.ids
    world.move(left)
    world.emulator.delete(deleted, reason="copyright")
    world.edit(edited, description="<p>Ice.</p>")
    new = world.add()
    assert kept.changed() == {("left", left), ("deleted", deleted), ("metadata", edited), ("added", new)}


def use(views: int) -> Callable[[Any], None]:
    return lambda record: record["stats"]["this_version"].update(views=views, unique_views=views)


@pytest.mark.parametrize("full", [False, True])
def test_views_and_a_mere_new_date_change_nothing(world: World, kept: Kept, full: bool) -> None:
    before = kept.rows()
    world.emulator.edit(world.ids[0], use(99), is_dated=False)
    world.emulator.edit(world.ids[1], lambda _: None)
    assert kept.changed(full=full) == set()
    now = kept.rows()
    moved = {name for name in CATALOG_COLUMNS if any(now[id_][name] != before[id_][name] for id_ in now)}
    assert moved == {"updated", "revision"}


@pytest.mark.parametrize("full", [False, True])
def test_views_alone_leave_every_table_the_same_bytes_and_no_snapshot(
    world: World, kept: Kept, full: bool
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


def test_a_sync_of_what_did_not_change_asks_a_handful_of_questions(world: World, kept: Kept) -> None:
    asked = world.asked(kept.sync)
    assert len(asked) == 7  # the community, the time, what is new, what was edited, counts
    assert kept.receipt()["requests"] <= len(asked)


def test_history_is_taken_when_it_is_time(world: World, kept: Kept) -> None:
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


def test_a_new_version_of_our_schema_marks_no_record_and_begins_a_base(world: World, kept: Kept) -> None:
    world.add()
    kept.sync()
    for path in (kept.folder / "snapshots").glob("*/snapshot.json"):
        path.write_text(path.read_text().replace(f'"{SCHEMA_VERSION}"', '"0.1"'))
    for path in (kept.folder / "snapshots").glob("*/digests.parquet"):
        table = pq.read_table(path)
        other = pa.array([b"other"] * table.num_rows, pa.binary())
        pq.write_table(table.set_column(table.schema.get_field_index("digest"), "digest", other), path)
    world.edit(world.ids[0], title="Thaw")
    assert kept.changed() == {("metadata", world.ids[0])}
    assert [one.is_base for one in kept.catalog.snapshots] == [True, False, True]
    assert kept.changed() == set()


def test_a_saved_search_and_filters_follow_what_they_find(world: World, keep: Keep) -> None:
    word = f"glacier{world.ids[0]}"
    theses = keep("theses", f"title:{word}")
    assert theses.rows() == {}
    world.edit(world.ids[0], title=f"{word} one")
    new = world.add(title=f"{word} two", resource_type={"id": "dataset"})
    assert theses.changed() == {("added", world.ids[0]), ("added", new)}
    data = keep("data", community=[world.slug], type=["dataset"])
    assert list(data.rows()) == [new]
    assert 'type = ["dataset"]' in (data.folder / "catalog.toml").read_text()
    world.edit(world.ids[0], title="Frost")
    assert theses.changed() == {("left", world.ids[0])}
    assert data.changed() == set()


def test_another_community_in_catalog_toml_is_told_as_changes(world: World, kept: Kept) -> None:
    _, other = world.slugs(2)
    there = world.add(other)
    config = kept.folder / "catalog.toml"
    config.write_text(config.read_text().replace(f'"{world.slug}"', f'"{world.slug}", "{other}"'))
    assert kept.changed() == {("added", there)}
    config.write_text(config.read_text().replace(f'"{world.slug}", "{other}"', f'"{other}"'))
    assert kept.changed() == {("left", id_) for id_ in world.ids[:3]}
    assert list(kept.rows()) == [there]


def test_a_checkout_without_the_journal_walks_all_and_names_what_happened_alone(
    world: World, kept: Kept
) -> None:
    tables = kept.tables()
    kept.world.later()
    (kept.folder / "catalog.journal").unlink()
    assert kept.changed() == set()
    assert kept.tables() == tables
    (kept.folder / "catalog.journal").unlink()
    world.emulator.delete(world.ids[0], reason="spam")
    world.move(world.ids[1])
    assert kept.changed() == {("deleted", world.ids[0]), ("left", world.ids[1])}
    assert {change.reason for change in kept.catalog.changes} == {"spam", None}


def test_what_did_not_come_stays_as_it_was_until_it_comes(world: World, kept: Kept) -> None:
    before = kept.rows()
    edited, deleted, failing = world.ids
    world.edit(edited, title="Thaw")
    world.edit(failing, title="Melt")
    world.emulator.delete(deleted, reason="spam")
    world.emulator.faults.add(Poison(failing))
    with pytest.raises(Incomplete, match="fails on") as caught:
        kept.sync()
    assert caught.value.exit_code == 5
    rows = kept.rows()
    assert rows[failing] == before[failing]
    assert rows[edited]["title"] == "Thaw"
    told = {(one.kind, one.id) for one in kept.catalog.changes}
    assert told - {("deleted", deleted)} == {("metadata", edited)}  # it may be among what did not come
    assert intact(kept.latest)
    assert kept.receipt()["complete"] is False
    page = (kept.latest / "index.html").read_text("utf-8")
    assert "fails on" in page
    world.emulator.faults.clear()
    assert told | kept.changed() == {("metadata", edited), ("metadata", failing), ("deleted", deleted)}
    assert kept.receipt()["complete"] is True
    assert "fails on" not in (kept.latest / "index.html").read_text("utf-8")
    assert list(kept.rows()) == [edited, failing]


def test_a_first_sync_that_is_incomplete_is_mended_by_the_next(world: World, tmp_path: Path) -> None:
    catalog = world.client.catalog(tmp_path / "kept")
    catalog.init(community=[world.slug])
    world.emulator.faults.add(Poison(world.ids[1]))
    with pytest.raises(Incomplete):
        catalog.sync()
    world.emulator.faults.clear()
    assert [(one.kind, one.id) for one in catalog.sync().changes] == [("added", world.ids[1])]


def test_what_people_put_into_latest_stays(world: World, kept: Kept) -> None:
    (kept.latest / "CNAME").write_text("catalogue.example.org")
    (kept.latest / "img").mkdir()
    (kept.latest / "img" / "logo.svg").write_text("<svg/>")
    world.add()
    kept.sync()
    assert (kept.latest / "CNAME").read_text() == "catalogue.example.org"
    assert (kept.latest / "img" / "logo.svg").is_file()


def test_a_full_disk_leaves_latest_as_it_was(world: World, kept: Kept) -> None:
    world.add()
    tables = kept.tables()
    run = subprocess.run(
        [sys.executable, "-c", _FULL_DISK, world.emulator.url, str(kept.folder), str(world.clock.now())],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "File too large" in run.stdout
    assert kept.tables() == tables
    assert intact(kept.latest)
    assert [path.name for path in kept.folder.glob(".zenodo-harvest*")] == []
    assert kept.changed() == {("added", world.ids[-1])}


_FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from zenodo_harvest.client import Client
from zenodo_harvest.errors import ZenodoHarvestError
from zenodo_harvest.sites import Site

url, folder, now = sys.argv[1:]


class Clock:
    def now(self):
        return float(now)

    def sleep(self, wait_s):
        pass


client = Client(Site("emulator", url, stands_for=("zenodo.org",)), "", clock=Clock())
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
try:
    client.catalog(Path(folder)).sync()
except ZenodoHarvestError as error:
    print(error)
"""


def test_a_walk_that_was_over_when_a_sync_failed_is_not_made_again(world: World, kept: Kept) -> None:
    (broken,) = (kept.folder / "snapshots").glob("*/snapshot.json")
    whole = broken.read_bytes()
    broken.write_bytes(b"{")
    world.later(weeks=4)
    with pytest.raises(LocalError):
        kept.catalog.sync()
    broken.write_bytes(whole)
    assert not [one for one in world.asked(kept.catalog.sync) if "size=25" in one and "updated" not in one]
    assert len(kept.catalog.history.times()) == 2


def test_a_snapshot_that_is_broken_is_named(kept: Kept) -> None:
    tables = kept.tables()
    (name,) = kept.snapshots()
    (kept.folder / "snapshots" / name / "digests.parquet").write_bytes(b"PAR1")
    with pytest.raises(LocalError, match=name):
        kept.sync()
    assert kept.tables() == tables


@pytest.mark.parametrize(
    ("line", "instead", "said"),
    [
        ("[search]", "[serach]", "serach"),
        ("[search]", "[search", "line 5"),
        ("interval_weeks = 4", 'interval_weeks = "four"', "history.interval_weeks: Expected"),
        ("off = []", 'off = ["orcid-mising"]', "orcid-missing"),
        ("community = ", "comunity = ", "comunity"),
        ("# keep = 52", "keep = 0", "keep"),
        ("[search]", "[search]\nlimit = 5", "limit"),
    ],
)
def test_a_slip_in_catalog_toml_is_named(
    world: World, kept: Kept, line: str, instead: str, said: str
) -> None:
    config = kept.folder / "catalog.toml"
    config.write_text(config.read_text().replace(line, instead, 1))

    def sync() -> None:
        with pytest.raises(UsageError) as caught:
            kept.sync()
        assert said in f"{caught.value.message} {caught.value.hint}"

    assert world.asked(sync) == []


def test_two_syncs_at_once_are_one(world: World, kept: Kept) -> None:
    class Meanwhile:
        """Syncs a second time while the first one asks."""

        told = ""

        def before(self, _: Any) -> None:
            if not self.told:
                with pytest.raises(LocalError) as caught:
                    kept.catalog.sync()
                self.told = caught.value.message

        def after(self, _: Any, answer: Any) -> Any:
            return answer

    meanwhile = Meanwhile()
    world.emulator.faults.add(meanwhile)
    new = world.add()
    assert kept.changed() == {("added", new)}
    assert "Another run is writing here" in meanwhile.told


def test_a_folder_that_is_no_catalogue_and_one_that_is_there_already_are_refused(
    world: World, kept: Kept, tmp_path: Path
) -> None:
    with pytest.raises(NotFound, match="no catalogue"):
        world.client.catalog(tmp_path).sync()
    with pytest.raises(Refused, match="there already"):
        kept.catalog.init(community=[world.slug])
    with pytest.raises(UsageError, match="whole site"):
        world.client.catalog(tmp_path / "all").init()
    with pytest.raises(UnknownCommunity):
        world.client.catalog(tmp_path / "none").init(community=["no-such-place"])
    assert not (tmp_path / "none").exists()


def test_thinned_snapshots_leave_changes_and_rows_as_they_were(world: World, kept: Kept) -> None:
    for number in range(4):
        world.edit(world.ids[number % 3], title=f"Thaw {number}")
        world.add()
        kept.sync()
    config, tables, changes = kept.folder / "catalog.toml", kept.tables(), kept.catalog.changes
    names = kept.snapshots()
    config.write_text(config.read_text().replace("# keep = 52", "keep = 2"))
    assert kept.changed() == set()
    assert kept.snapshots() == names[-2:]
    assert kept.catalog.changes == changes
    assert kept.tables() == tables
    assert kept.changed() == set()
    config.write_text(config.read_text().replace("keep = 2", "keep = 1"))
    assert kept.changed() == set()
    assert kept.catalog.changes == changes
    assert kept.changed() == set()
    assert kept.tables() == tables


def test_a_walk_that_is_cut_off_each_week_comes_to_its_end(world: World, tmp_path: Path) -> None:
    for _ in range(57):
        world.add()
    catalog = world.client.catalog(tmp_path / "kept")
    catalog.init(community=[world.slug])
    for page in (2, 3):
        world.later()
        world.emulator.faults.add(Fault("reset", page=page, times=None))
        with pytest.raises(ServerError):
            catalog.sync()
        world.emulator.faults.clear()
    world.later()
    pages = [one for one in world.asked(catalog.sync) if "size=25" in one and "updated" not in one]
    assert [page for number in "123" for page in pages if f"page={number}" in page] == pages[:1]
    assert "page=3" in pages[0]
    assert list(Kept(world, catalog).rows()) == world.ids


def test_a_deletion_is_told_with_its_reason_without_the_journal(world: World, keep: Keep) -> None:
    kept = keep(all_versions=True, community=[world.slug])
    first = world.ids[0]
    world.add(concept=world.concept(first), index=2)
    kept.sync()
    world.emulator.delete(first, reason="spam")
    (kept.folder / "catalog.journal").unlink()
    (change,) = kept.sync().changes
    assert (change.kind, change.id, change.reason) == ("deleted", first, "spam")


def test_changes_that_a_kill_kept_from_latest_are_told_by_the_next_sync(world: World, kept: Kept) -> None:
    before = kept.tables() | {"receipt.json": (kept.latest / "receipt.json").read_bytes()}
    added = world.add()
    kept.sync()
    for name, content in before.items():  # as if it had been killed before the exchange
        (kept.latest / name).write_bytes(content)
    synced = kept.sync()
    assert [(change.kind, change.id) for change in synced.changes] == [("added", added)]
    assert synced.receipt.changes_found == 1
    assert kept.sync().changes == ()


def test_latest_that_is_a_link_is_refused_before_anything_is_asked(
    world: World, kept: Kept, tmp_path: Path
) -> None:
    kept.latest.rename(tmp_path / "elsewhere")
    kept.latest.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refused, match="is a link"):
        kept.sync()
    assert kept.latest.is_symlink()


def test_a_catalogue_is_made_of_what_python_has(world: World, tmp_path: Path) -> None:
    community = world.client.communities.show(world.slug)
    config = world.client.catalog(tmp_path / "made").init(community=community, created=date(2026, 1, 5))
    assert config.search == {"community": [world.slug], "created": ["2026-01-05"]}
    assert world.client.catalog(tmp_path / "made").config == config


def test_a_client_of_another_site_is_refused_before_anything_is_asked(world: World, kept: Kept) -> None:
    before = kept.tables()
    said = "is a catalogue of emulator, and the client asks sandbox"
    with Client(Site("sandbox", "http://127.0.0.1:9")) as other, pytest.raises(UsageError, match=said):
        other.catalog(kept.folder).sync()
    assert kept.tables() == before
