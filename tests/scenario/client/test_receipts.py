"""Receipts of every route, field by field against what a server saw that counts for itself."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

import pyarrow.parquet as pq
import pytest

from doubles import StillClock
from zenodo_harvest.client import Client
from zenodo_harvest.emulator import Emulator, Script
from zenodo_harvest.engine import Receipt
from zenodo_harvest.errors import Incomplete, UsageError
from zenodo_harvest.harvest import HarvestReceipt
from zenodo_harvest.http import LocalBudget
from zenodo_harvest.sites import Site

RECORDS = 300
START = datetime(2026, 1, 1, tzinfo=UTC)
EXPORTER = "/api/exporter"
ROUTES = ["search", "oai", "dump"]


def record(number: int) -> dict[str, Any]:
    made = (START + timedelta(minutes=number)).isoformat()
    return {"id": str(number), "created": made, "updated": made, "metadata": {"title": f"Frost {number}"}}


@dataclass
class Scene:
    """An emulator that counts, a client of it, and where the outputs go."""

    emulator: Emulator
    folder: Path

    @contextmanager
    def client(self, **settings: Any) -> Iterator[Client]:
        clock = StillClock(time.time())
        site = Site("emulator", self.emulator.url, window=100)
        with (
            LocalBudget(clock=clock) as budget,
            Client(site, "", clock=clock, budget=budget, **settings) as opened,
        ):
            yield opened

    def counted(self, before: datetime | None = None) -> int:
        """Return how many records there are, of all versions, asked without our own code."""
        q = f'created:["1970-01-01T00:00:00+00:00" TO "{before.isoformat()}"}}' if before else ""
        address = f"{self.emulator.url}/api/records?all_versions=true&size=1&q={quote(q)}"
        with urlopen(address, timeout=20) as answer:
            return int(json.load(answer)["hits"]["total"])

    def harvest(self, route: Any, **options: Any) -> tuple[HarvestReceipt, list[Any]]:
        """Harvest everything; return the receipt and the requests that the server saw for it."""
        with self.client() as client:
            client.communities.find("what was asked before is no part of it")
            seen = len(self.emulator.log)
            try:
                client.harvest("", self.folder / "all.parquet", route=route, all_versions=True, **options)
            except Incomplete:
                assert not self.read().complete
            else:
                assert self.read().complete
        return self.read(), self.emulator.log[seen:]

    def read(self) -> HarvestReceipt:
        return HarvestReceipt.from_json((self.folder / "all.parquet.receipt.json").read_text())

    def ids(self) -> list[str]:
        found: list[str] = pq.read_table(self.folder / "all.parquet", columns=["id"])["id"].to_pylist()
        return found

    def check(self, receipt: Receipt, seen: list[Any], *, retries: int = 0) -> None:
        """Compare what every receipt says with what was seen."""
        assert receipt.requests == len(seen)
        assert receipt.retries == retries
        assert receipt.rows == len(self.ids())
        assert receipt.duplicates == len(self.ids()) - len(set(self.ids()))
        assert receipt.outputs[0].rows == receipt.rows
        assert receipt.base_url == self.emulator.url
        assert receipt.query == ""
        assert receipt.all_versions
        assert receipt.params
        if seen:
            targets = [f"{self.emulator.url}{entry.target}" for entry in seen]
            (first,) = receipt.requests_sent
            assert any(target.startswith(first.partition("&size=")[0]) for target in targets)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    seed = tmp_path / "seed.jsonl"
    seed.write_text("".join(f"{json.dumps(record(number))}\n" for number in range(1000, 1000 + RECORDS)))
    with Emulator(seed=seed, limits="off") as running:
        (tmp_path / "out").mkdir()
        yield Scene(running, tmp_path / "out")


@pytest.mark.parametrize("route", ROUTES)
def test_a_complete_harvest(scene: Scene, route: str) -> None:
    receipt, seen = scene.harvest(route)
    scene.check(receipt, seen)
    assert receipt.route == route
    assert (receipt.complete, receipt.reason) == (True, None)
    assert receipt.total_start == receipt.total_end == receipt.rows == scene.counted() == RECORDS
    assert receipt.dialect == ("datacite" if route == "oai" else "native")
    assert receipt.page_size == (25 if route == "search" else None)
    if route == "search":
        assert sum(window.rows for window in receipt.windows) == RECORDS


@pytest.mark.parametrize("route", ROUTES)
def test_requests_that_are_made_again_are_counted(scene: Scene, route: str) -> None:
    scene.emulator.faults.add("server-error-before@1 x2" if route != "search" else "server-error-before @1x2")
    receipt, seen = scene.harvest(route)
    scene.check(receipt, seen, retries=sum(entry.status >= 500 for entry in seen))
    assert receipt.complete
    assert receipt.retries > 0


@pytest.mark.parametrize("route", ["search", "oai"])
def test_a_short_harvest(scene: Scene, route: str) -> None:
    """Pages are dropped, or tokens lost, for good."""
    scene.emulator.faults.add("dropped-page x*" if route == "search" else "expired-token x*")
    receipt, seen = scene.harvest(route)
    scene.check(receipt, seen)
    assert not receipt.complete
    assert receipt.gaps
    assert receipt.rows < scene.counted() == RECORDS


def test_a_dump_that_lacks_records(scene: Scene) -> None:
    """Three records come into the search after the dump was made that say they are older."""
    scene.emulator.faults.add(
        Script({1: lambda: [scene.emulator.add(record(number)) for number in (1, 2, 3)]}, path=EXPORTER)
    )
    receipt, seen = scene.harvest("dump")
    scene.check(receipt, seen)
    assert receipt.rows == RECORDS
    assert receipt.total_end == scene.counted(receipt.created_before) == RECORDS + 3
    assert not receipt.complete
    assert "3 are not in it" in str(receipt.reason)


def test_a_dump_with_records_that_have_gone(scene: Scene) -> None:
    gone = ("1007", "1008")
    scene.emulator.faults.add(Script({1: lambda: [scene.emulator.delete(id_) for id_ in gone]}))
    receipt, seen = scene.harvest("dump")
    scene.check(receipt, seen)
    assert (receipt.total_start, receipt.total_end) == (RECORDS, RECORDS - 2)
    assert receipt.rows == RECORDS
    assert not receipt.complete
    assert "2 are no longer found: they were deleted or withdrawn since" in str(receipt.reason)


def test_records_created_since_a_dump_are_told_and_do_not_count(scene: Scene) -> None:
    def come() -> None:
        made = (datetime.now(UTC) + timedelta(seconds=5)).isoformat()
        scene.emulator.add({**record(9000), "created": made, "updated": made})

    scene.emulator.faults.add(Script({1: come}, path=EXPORTER))
    receipt, seen = scene.harvest("dump")
    scene.check(receipt, seen)
    assert receipt.complete
    assert receipt.changes.created_since == 1
    assert receipt.rows == RECORDS == scene.counted() - 1


@pytest.mark.parametrize("route", ["search", "oai"])
def test_an_updated_harvest(scene: Scene, route: str) -> None:
    scene.harvest(route)
    scene.emulator.delete("1005")
    receipt, seen = scene.harvest(route, update=True)
    scene.check(receipt, seen)
    assert receipt.total_end == receipt.rows == scene.counted() == RECORDS - 1
    assert [gone.id for gone in receipt.changes.gone] == ["1005"]


@pytest.mark.parametrize("option", ["update", "fresh"])
def test_a_dump_is_not_updated_and_refuses_to_be(scene: Scene, option: str) -> None:
    with scene.client() as client, pytest.raises(UsageError, match=f"knows no {option}"):
        client.harvest("", scene.folder / "all.parquet", route="dump", all_versions=True, **{option: True})  # type: ignore[arg-type]
    assert not list(scene.folder.iterdir())


@pytest.mark.parametrize("route", ["search", "oai"])
def test_a_resumed_harvest_counts_what_it_took_itself(scene: Scene, route: Any) -> None:
    sent = 0

    def stop(_: object) -> None:
        nonlocal sent
        sent += 1
        if sent == 9:
            raise KeyboardInterrupt

    with scene.client(trace=stop) as client, pytest.raises(KeyboardInterrupt):
        client.harvest("", scene.folder / "all.parquet", route=route, all_versions=True)
    receipt, seen = scene.harvest(route)
    scene.check(receipt, seen)
    assert receipt.total_end == receipt.rows == RECORDS


@pytest.mark.parametrize("route", ["search", "oai"])
def test_a_finished_harvest_that_is_written_again_took_nothing(scene: Scene, route: str) -> None:
    first, _ = scene.harvest(route)
    again, seen = scene.harvest(route)
    scene.check(again, seen)
    assert again.requests == 0
    assert (again.rows, again.total_end, again.windows) == (first.rows, first.total_end, first.windows)


@pytest.mark.parametrize("limit", [None, 60])
def test_a_saved_search(scene: Scene, limit: int | None) -> None:
    seen = len(scene.emulator.log)
    with scene.client() as client:
        found = client.search(all_versions=True, limit=limit, created="..2026-01-01T17:30")
        receipt = found.to_parquet(scene.folder / "all.parquet")
    scene.check(receipt, scene.emulator.log[seen:])
    assert receipt.complete
    assert receipt.total_start == receipt.total_end == 50
    assert (receipt.rows, receipt.limit) == (50, limit)


def test_a_search_that_ends_short_leaves_a_receipt_of_what_it_took(scene: Scene) -> None:
    scene.emulator.faults.add("dropped-page x*")
    seen = len(scene.emulator.log)
    with scene.client() as client, pytest.raises(Incomplete):
        client.search(limit=60, all_versions=True).to_parquet(scene.folder / "all.parquet")
    receipt = Receipt.from_json((scene.folder / "all.parquet.incomplete.json").read_text())
    assert not receipt.complete
    assert receipt.requests == len(scene.emulator.log) - seen
    assert receipt.rows == 25
