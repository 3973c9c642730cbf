"""What the replays share: the recorded lines, the emulator seeded with them, the known differences."""

from __future__ import annotations

import gzip
import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from zenodo_harvest.emulator import Emulator

RECORDINGS = Path(__file__).parents[1] / "data" / "recordings"
CLOCK_S = 1795406387.6

Json = dict[str, Any]


@pytest.fixture(scope="session")
def recorded() -> Callable[[str], list[Json]]:
    """Return the function that reads a file of the recordings as if `localhost` had been the server."""

    def lines(name: str) -> list[Json]:
        path = RECORDINGS / name
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        text = data.decode("utf-8").replace("http://127.0.0.1:5000", "http://localhost")
        return [json.loads(line) for line in text.splitlines()]

    return lines


@pytest.fixture(scope="session")
def emulated() -> Callable[[str], Client]:
    """Return the function that starts the emulator on the recordings, with the named limits."""

    def client(limits: str) -> Client:
        return Client(Emulator(seed=RECORDINGS, limits=limits, clock=lambda: CLOCK_S).app)

    return client


@pytest.fixture(scope="session")
def known() -> Callable[[str], list[Json]]:
    """Return the function that lists the known differences of one kind: search, exchange or value."""
    listed = tomllib.loads(Path(__file__).with_name("known_differences.toml").read_text("utf-8"))
    return lambda kind: listed.get(kind, [])
