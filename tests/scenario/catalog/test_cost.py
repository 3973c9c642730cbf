"""What a sync costs in requests, against the fewest that pages and windows allow."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from math import ceil
from pathlib import Path
from typing import Any

import pytest

from doubles import StillClock
from zenodo_harvest.catalog import Catalog
from zenodo_harvest.catalog.latest import ROWS
from zenodo_harvest.client import Client
from zenodo_harvest.emulator import Emulator
from zenodo_harvest.http import LocalBudget
from zenodo_harvest.sites import Site

RECORDS, PAGE, WINDOW = 600, 25, 100


def record(number: int) -> dict[str, Any]:
    made = (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number)).isoformat()
    title = f"Frost {number}"
    return {"id": str(number), "created": made, "updated": made, "metadata": {"title": title}}


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[Emulator]:
    seed = tmp_path / "seed.jsonl"
    seed.write_text("".join(f"{json.dumps(record(number))}\n" for number in range(1000, 1000 + RECORDS)))
    with Emulator(seed=seed, limits="off") as running:
        yield running


@contextmanager
def catalog_of(emulator: Emulator, folder: Path) -> Iterator[Catalog]:
    """Open a new catalogue of all that is called frost."""
    clock = StillClock(time.time())
    site = Site("emulator", emulator.url, window=WINDOW, page_size_guest=PAGE, stands_for=("zenodo.org",))
    with LocalBudget(clock=clock) as budget, Client(site, "", clock=clock, budget=budget) as client:
        catalog = client.catalog(folder)
        catalog.init("frost")
        yield catalog


def fewest(windows: int, pages: int = 0) -> int:
    """Return the fewest requests that bring a catalogue up to date of which nothing has changed.

    Args:
        windows: The windows that make up all time. Each is counted: where one record has gone for each that
            came, the sum of all tells nothing.
        pages: The pages that are read again.
    """
    time_of_server, came_since, edited_since, total, came_meanwhile = 1, 1, 1, 1, 1
    return time_of_server + came_since + pages + edited_since + total + windows + came_meanwhile


def test_a_sync_of_an_unchanged_catalogue_asks_little_more_than_must_be_asked(
    emulator: Emulator, tmp_path: Path
) -> None:
    with catalog_of(emulator, tmp_path / "frost") as catalog:
        catalog.sync()
        asked = len(emulator.log)
        receipt = catalog.sync().receipt
    assert len(receipt.windows) >= RECORDS / WINDOW
    assert len(emulator.log) - asked == receipt.requests <= 1.1 * fewest(len(receipt.windows))


def test_a_full_sync_asks_little_more_than_its_pages(emulator: Emulator, tmp_path: Path) -> None:
    with catalog_of(emulator, tmp_path / "frost") as catalog:
        catalog.sync()
        asked = len(emulator.log)
        receipt = catalog.sync(full=True).receipt
    pages = sum(ceil(window.rows / PAGE) for window in receipt.windows)
    assert pages >= RECORDS / PAGE
    assert len(emulator.log) - asked == receipt.requests <= 1.1 * fewest(len(receipt.windows), pages)


def test_rows_of_an_unchanged_catalogue_stay_and_those_that_someone_touched_are_made_again(
    emulator: Emulator, tmp_path: Path
) -> None:
    latest = tmp_path / "frost" / "latest"
    with catalog_of(emulator, tmp_path / "frost") as catalog:
        catalog.sync()
        made = {name: (latest / name).read_bytes() for name in ROWS}
        catalog.sync()
        assert {name: (latest / name).read_bytes() for name in ROWS} == made
        (latest / "records.csv").write_text("mine")
        assert catalog.sync().changes == ()
        assert {name: (latest / name).read_bytes() for name in ROWS} == made
        emulator.edit("1100", lambda found: found["metadata"].update(title="Frost and thaw"))
        assert [change.id for change in catalog.sync().changes] == ["1100"]
        assert b"Frost and thaw" in (latest / "records.jsonl").read_bytes()
