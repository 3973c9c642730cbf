"""One emulator for all catalogues: each test has a community of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from doubles import Notes, StillClock
from worlds import UNLIMITED, Kept, World
from zenodo_harvest.client import Client
from zenodo_harvest.emulator import Emulator
from zenodo_harvest.http import LocalBudget
from zenodo_harvest.sites import Site


@pytest.fixture(scope="session")
def site_clock() -> StillClock:
    return StillClock(datetime(2026, 1, 5, tzinfo=UTC).timestamp())


@pytest.fixture(scope="session")
def site(site_clock: StillClock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    seed = tmp_path_factory.mktemp("site") / "seed.jsonl"
    seed.write_text("")
    with Emulator(seed=seed, limits="off", clock=site_clock.now) as running:
        yield running


@pytest.fixture(scope="session")
def numbers() -> Iterator[int]:
    return count(10_001)


@pytest.fixture
def world(site: Emulator, site_clock: StillClock, numbers: Iterator[int]) -> Iterator[World]:
    """The site with a community of three records."""
    site.faults.clear()
    site.log.clear()
    known = Site(
        "emulator", site.url, search_rate=UNLIMITED, other_rate=UNLIMITED, stands_for=("zenodo.org",)
    )
    notes = Notes()
    with (
        LocalBudget(clock=site_clock) as budget,
        Client(known, "", clock=site_clock, budget=budget, progress=notes) as client,
    ):
        made = World(site, site_clock, client, f"snow-{next(numbers)}", notes, numbers)
        for _ in range(3):
            made.add()
        yield made


@pytest.fixture
def keep(world: World, tmp_path: Path) -> Callable[..., Kept]:
    """Make a catalogue and sync it once; of the community unless told otherwise."""

    def make(folder: str = "kept", q: str = "", **options: Any) -> Kept:
        catalog = world.client.catalog(tmp_path / folder)
        catalog.init(q, **({"community": [world.slug]} if not q and not options else options))
        kept = Kept(world, catalog)
        kept.sync()
        return kept

    return make
