"""Whatever happens to a community between syncs, its snapshots add up to what `latest/` holds."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doubles import Notes, StillClock
from worlds import UNLIMITED, Kept, World, intact
from zenodo_harvest.catalog.snapshots import Snapshots
from zenodo_harvest.client import Client
from zenodo_harvest.emulator import Emulator
from zenodo_harvest.http import LocalBudget
from zenodo_harvest.sites import Site

DEEDS = ("add", "version", "edit", "leave", "join", "delete", "touch")
WEEKS = st.lists(st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 9)), max_size=3), max_size=4)
NUMBERS = count(10_001)


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    seed = tmp_path_factory.mktemp("site") / "seed.jsonl"
    seed.write_text("")
    clock = StillClock(datetime(2026, 1, 5, tzinfo=UTC).timestamp())
    with Emulator(seed=seed, limits="off", clock=clock.now) as emulator:
        site = Site("emulator", emulator.url, search_rate=UNLIMITED, other_rate=UNLIMITED)
        with (
            LocalBudget(clock=clock) as budget,
            Client(site, "", clock=clock, budget=budget, progress=False) as client,
        ):
            yield World(emulator, clock, client, "", Notes(), NUMBERS)


@contextmanager
def a_catalogue(worlds: World) -> Iterator[Kept]:
    """Yield a catalogue of a new community of two records."""
    world = World(
        worlds.emulator, worlds.clock, worlds.client, f"snow-{next(NUMBERS)}", worlds.notes, NUMBERS
    )
    world.add()
    world.add()
    with tempfile.TemporaryDirectory() as name:
        catalog = world.client.catalog(Path(name, "kept"))
        catalog.init(community=[world.slug])
        yield Kept(world, catalog)


def do(world: World, deed: str, which: int, deleted: set[str]) -> None:
    """Let one thing happen to one record of those that are left."""
    there = [id_ for id_ in world.ids if id_ not in deleted]
    id_ = there[which % len(there)]
    match deed:
        case "add":
            world.add()
        case "version":
            world.add(concept=world.concept(id_), index=which + 2)
        case "edit":
            world.edit(id_, title=f"Thaw {next(NUMBERS)}")
        case "leave":
            world.move(id_)
        case "join":
            world.move(id_, world.slug)
        case "delete" if len(there) > 1:
            world.emulator.delete(id_, reason="spam")
            deleted.add(id_)
        case "touch":
            world.emulator.edit(id_, lambda _: None)


@settings(max_examples=5)
@given(weeks=WEEKS, keep=st.sampled_from([None, 1, 2]))
def test_snapshots_add_up_to_latest_and_changes_to_what_came_and_went(
    worlds: World, weeks: list[list[tuple[str, int]]], keep: int | None
) -> None:
    with a_catalogue(worlds) as kept:
        kept.sync()
        deleted: set[str] = set()
        for deeds in weeks:
            before = kept.rows()
            for deed, which in deeds:
                do(kept.world, deed, which, deleted)
            kept.world.later()
            changes = kept.catalog.sync(full=True, keep=keep).changes
            rows = kept.rows()
            state = Snapshots(kept.folder / "snapshots").state()
            assert json.dumps(rows, sort_keys=True) == json.dumps(state.rows(rows), sort_keys=True)
            assert state.held.keys() == rows.keys()
            assert intact(kept.latest)
            came = {one.id for one in changes if one.kind in ("added", "new-version")}
            replaced = {one.previous_id for one in changes if one.kind == "new-version"}
            went = {one.id for one in changes if one.kind in ("left", "deleted")}
            assert rows.keys() - before.keys() == came - (came - rows.keys())
            assert went <= before.keys() - rows.keys()
            concepts = {row["concept_id"] for row in rows.values()}
            for id_ in before.keys() - rows.keys() - went:
                assert id_ in replaced or before[id_]["concept_id"] in concepts
        assert len(kept.catalog.snapshots) <= (keep or 9)
