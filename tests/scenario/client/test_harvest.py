"""Harvests against the emulator: what moves during the walk, every route, and bringing one up to date."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from doubles import Notes, StillClock
from zenodo_harvest.client import Client
from zenodo_harvest.emulator import Emulator, Script
from zenodo_harvest.errors import UsageError
from zenodo_harvest.http import LocalBudget
from zenodo_harvest.progress import Progress
from zenodo_harvest.sites import Site

RECORDS = 600
START = datetime(2026, 1, 1, tzinfo=UTC)


def record(number: int, created: datetime | None = None) -> dict[str, Any]:
    made = (created or START + timedelta(minutes=number)).isoformat()
    return {"id": str(number), "created": made, "updated": made, "metadata": {"title": f"Frost {number}"}}


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[Emulator]:
    seed = tmp_path / "seed.jsonl"
    seed.write_text("".join(f"{json.dumps(record(number))}\n" for number in range(1000, 1000 + RECORDS)))
    with Emulator(seed=seed, limits="off") as running:
        yield running


@contextmanager
def client_of(emulator: Emulator, window: int = 10_000, progress: Progress | None = None) -> Iterator[Client]:
    clock = StillClock(time.time())
    site = Site("emulator", emulator.url, window=window, stands_for=("zenodo.org",))
    with (
        LocalBudget(clock=clock) as budget,
        Client(site, "", clock=clock, budget=budget, progress=progress) as opened,
    ):
        yield opened


def table(file: Path) -> dict[str, str]:
    found = pq.read_table(file, columns=["id", "title"]).to_pylist()
    assert len({row["id"] for row in found}) == len(found)
    return {row["id"]: row["title"] for row in found}


@pytest.mark.parametrize("request_number", [4, 12, 25, 32])
def test_what_is_added_edited_and_deleted_during_the_walk_is_accounted_for(
    emulator: Emulator, tmp_path: Path, request_number: int
) -> None:
    edited = [str(number) for number in range(1010, 1410, 2)]
    deleted = [str(number) for number in range(1011, 1511, 10)]

    def upheaval() -> None:
        for number in range(200):
            emulator.add(record(9000 + number, datetime.now(UTC)))
        for id_ in edited:
            emulator.edit(id_, lambda found: found["metadata"].update(title="Thaw"))
        for id_ in deleted:
            emulator.delete(id_, reason="spam")

    emulator.faults.add(Script({request_number: upheaval}))
    with client_of(emulator, window=100) as client:
        receipt = client.harvest("", tmp_path / "all.parquet")

    rows, changes = table(tmp_path / "all.parquet"), receipt.changes
    assert (len(edited), len(deleted)) == (200, 50)
    assert receipt.complete
    assert receipt.total_start - receipt.total_end == 50
    assert set(rows) == {str(number) for number in range(1000, 1600)} - set(deleted)
    assert {id_ for id_, title in rows.items() if title == "Thaw"} == set(edited)
    assert changes.created_since == 200
    assert changes.edited == tuple(sorted(edited))
    assert len(changes.gone) + changes.unseen == 50
    assert {gone.id for gone in changes.gone} <= set(deleted)
    assert {(gone.status, gone.reason) for gone in changes.gone} <= {("deleted", "spam")}


def test_an_update_records_deletions_with_their_reason_and_date(emulator: Emulator, tmp_path: Path) -> None:
    told = Notes()
    with client_of(emulator, progress=told) as client:
        client.harvest("", tmp_path / "all.parquet")
        emulator.delete("1005", reason="copyright")
        emulator.edit("1006", lambda found: found["metadata"].update(title="Thaw"))
        asked = len(emulator.log)
        receipt = client.harvest("", tmp_path / "all.parquet", update=True)
    (gone,) = receipt.changes.gone
    assert (gone.id, gone.status, gone.reason) == ("1005", "deleted", "copyright")
    assert "1 record is gone: 1005 (deleted)." in told.notes
    assert gone.date is not None
    assert gone.date.startswith("20")
    assert receipt.changes.edited == ("1006",)
    assert table(tmp_path / "all.parquet")["1006"] == "Thaw"
    assert receipt.rows == RECORDS - 1
    assert len(emulator.log) - asked <= 10 + RECORDS // 25


def test_an_update_that_finds_nothing_new_asks_a_handful_of_questions(
    emulator: Emulator, tmp_path: Path
) -> None:
    with client_of(emulator) as client:
        client.harvest("", tmp_path / "all.parquet")
        first = (tmp_path / "all.parquet").read_bytes()
        receipt = client.harvest("", tmp_path / "all.parquet", update=True)
    assert receipt.requests <= 8
    assert receipt.rows == RECORDS
    assert (tmp_path / "all.parquet").stat().st_size == len(first)


def test_every_route_brings_the_same_records(tmp_path: Path) -> None:
    with Emulator(limits="off") as emulator, client_of(emulator) as client:
        plan = client.plan(community="enes-data-space", all_versions=True)
        assert [route.name for route in plan.routes if route.obstacle is None] == ["search", "oai", "dump"]
        found = {}
        for route in ("search", "oai", "dump"):
            file = tmp_path / route / "all.parquet"
            receipt = client.harvest("", file, route=route, all_versions=True, community="enes-data-space")
            assert (receipt.route, receipt.complete) == (route, True)
            assert receipt.rows == receipt.total_end == plan.total
            found[route] = pq.read_table(file)
    ids = {route: sorted(rows["id"].to_pylist()) for route, rows in found.items()}
    assert ids["search"] == ids["oai"] == ids["dump"]
    assert {route: set(rows["source"].to_pylist()) for route, rows in found.items()} == {
        "search": {"search"},
        "oai": {"oai"},
        "dump": {"dump"},
    }
    assert set(found["oai"]["dialect"].to_pylist()) == {"datacite"}


@pytest.mark.parametrize("route", ["oai", "dump"])
def test_a_route_that_knows_no_query_is_refused_for_one(
    emulator: Emulator, tmp_path: Path, route: Any
) -> None:
    with client_of(emulator) as client, pytest.raises(UsageError, match="query"):
        client.harvest("frost", tmp_path / "all.parquet", route=route, all_versions=True)
    assert not list(tmp_path.glob("all*"))


@pytest.mark.parametrize("fault", ["expired-token", "expired-token @3", "expired-token @5x2"])
def test_an_oai_list_whose_token_expires_is_begun_anew_and_whole(
    emulator: Emulator, tmp_path: Path, fault: str
) -> None:
    emulator.faults.add(fault)
    with client_of(emulator) as client:
        receipt = client.harvest("", tmp_path / "all.parquet", route="oai", all_versions=True)
    assert receipt.complete
    assert len(table(tmp_path / "all.parquet")) == receipt.rows == RECORDS


def test_an_oai_harvest_is_brought_up_to_date(emulator: Emulator, tmp_path: Path) -> None:
    with client_of(emulator) as client:
        how: Any = {"route": "oai", "all_versions": True}
        client.harvest("", tmp_path / "all.parquet", **how)
        later = datetime.now(UTC) - timedelta(minutes=1)
        emulator.edit("1006", lambda found: found["metadata"].update(title="Thaw"), is_dated=False)
        emulator.edit("1007", lambda found: found.update(updated=later.isoformat()), is_dated=False)
        emulator.delete("1005")
        receipt = client.harvest("", tmp_path / "all.parquet", update=True, **how)
    assert receipt.complete
    assert receipt.rows == RECORDS - 1
    assert [gone.id for gone in receipt.changes.gone] == ["1005"]
