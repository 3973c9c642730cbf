from __future__ import annotations

import json
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from doubles import StillClock
from zenodo_harvest.client import Client
from zenodo_harvest.emulator import Emulator
from zenodo_harvest.emulator.sample import sample
from zenodo_harvest.http import LocalBudget


@pytest.fixture
def clock() -> StillClock:
    return StillClock(time.time())


@pytest.fixture(scope="session")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first records of the sample: four pages of them."""
    path = tmp_path_factory.mktemp("seed") / "records.jsonl"
    path.write_text("".join(f"{json.dumps(record)}\n" for record in islice(sample().records, 150)))
    return path


@pytest.fixture
def emulator(clock: StillClock, seed: Path) -> Iterator[Emulator]:
    with Emulator(seed=seed, limits="off", clock=clock.now, sleep=clock.sleep) as server:
        yield server


@pytest.fixture
def client(emulator: Emulator, clock: StillClock) -> Iterator[Client]:
    with LocalBudget(clock=clock) as budget, Client(emulator, "", clock=clock, budget=budget) as opened:
        yield opened
