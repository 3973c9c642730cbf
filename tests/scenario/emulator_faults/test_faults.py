"""What the client makes of each fault; every test is named after one."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from zenodo_harvest.client import Client
from zenodo_harvest.emulator import Emulator, Fault
from zenodo_harvest.emulator.sample import sample
from zenodo_harvest.engine import Receipt, Results
from zenodo_harvest.errors import (
    BadAnswer,
    Incomplete,
    NoAnswer,
    RateLimited,
    ServerError,
    ZenodoHarvestError,
)


def pages(emulator: Emulator) -> list[int]:
    """The pages that were asked for, in order."""
    queries = [parse_qs(urlsplit(logged.target).query) for logged in emulator.log]
    return [int(query.get("page", ["1"])[0]) for query in queries]


def assert_all(found: Results, folder: Path, wanted: int | None = None) -> Receipt:
    """Every record is in the file once, and the receipt says so."""
    receipt = found.to_csv(folder / "records.csv")
    with (folder / "records.csv").open(newline="", encoding="utf-8-sig") as file:
        ids = [row["id"] for row in csv.DictReader(file)]
    assert len(set(ids)) == len(ids) == (found.total if wanted is None else wanted)
    assert receipt.complete
    return receipt


def assert_nothing(
    found: Results, folder: Path, kind: type[ZenodoHarvestError], exit_code: int, match: str
) -> None:
    """The fetch ends with the error, without a file and without a receipt that calls it whole."""
    with pytest.raises(kind, match=match) as caught:
        found.to_parquet(folder / "records.parquet")
    assert caught.value.exit_code == exit_code
    assert caught.value.hint
    told = ["records.parquet.incomplete.json"] if kind is Incomplete else []
    assert [file.name for file in folder.iterdir()] == told
    assert found.receipt is None or not found.receipt.complete


RETRIED = ["rate-limit", "server-error-before", "server-error-after", "html-page", "reset"]


@pytest.mark.parametrize("name", RETRIED)
def test_the_client_asks_again_after(name: str, client: Client, emulator: Emulator, tmp_path: Path) -> None:
    emulator.faults.add(f"{name}#2x2")
    receipt = assert_all(client.search(limit=75), tmp_path, 75)
    assert (receipt.retries, receipt.requests) == (2, 5)
    assert pages(emulator) == [1, 2, 2, 2, 3]


@pytest.mark.parametrize(
    ("name", "kind", "match", "tries"),
    [
        ("rate-limit", RateLimited, "30 per 1 minute", 12),
        ("server-error-before", ServerError, "502", 5),
        ("server-error-after", ServerError, "504", 5),
        ("html-page", BadAnswer, "is a web page instead of JSON", 5),
        ("reset", NoAnswer, "The connection to 127.0.0.1:.* broke off", 5),
    ],
)
def test_the_client_gives_up_on_an_endless(
    name: str,
    kind: type[ServerError],
    match: str,
    tries: int,
    client: Client,
    emulator: Emulator,
    tmp_path: Path,
) -> None:
    emulator.faults.add(f"{name}#2x*")
    assert_nothing(client.search(), tmp_path, kind, 6, match)
    assert pages(emulator) == [1, *[2] * tries]


def test_rate_limit_is_waited_for_as_long_as_the_server_asks(
    client: Client, emulator: Emulator, clock: Any
) -> None:
    emulator.faults.add("rate-limit")
    assert client.search().total > 0
    assert sum(clock.slept) >= 2


def test_server_error_of_some_seconds_is_sat_out(client: Client, emulator: Emulator, clock: Any) -> None:
    emulator.faults.add("server-error-before x5s")
    found = client.search("frost")
    assert len(list(found)) == found.total > 0
    assert found.receipt is not None
    assert 2 <= found.receipt.retries <= 4
    assert 5 <= sum(clock.slept) < 15


def test_slow_drip_is_read_to_its_end(client: Client, emulator: Emulator, clock: Any, tmp_path: Path) -> None:
    emulator.faults.add("slow-drip x*")
    receipt = assert_all(client.search(limit=60), tmp_path, 60)
    assert receipt.retries == 0
    assert len([wait_s for wait_s in clock.slept if wait_s < 0.1]) >= 3 * 10


def new_record(created: str = "2031-01-01T00:00:00+00:00") -> dict[str, Any]:
    """A record like the sample's, younger than all of them."""
    like: dict[str, Any] = next(iter(sample().records))
    metadata = {**like["metadata"], "title": "Thunder over the new quarry"}
    own = {"id": "99000002", "created": created, "updated": created, "metadata": metadata, "pids": {}}
    parent = {**like["parent"], "id": "99000001"}
    return {**like, **own, "parent": parent, "versions": {"index": 1, "is_latest": True}}


def test_a_new_record_is_found_at_once_without_index_lag(client: Client, emulator: Emulator) -> None:
    before = client.count()
    emulator.add(new_record())
    assert client.count().total == before.total + 1
    assert [record.id for record in client.search("title:quarry AND title:thunder")] == ["99000002"]


def test_index_lag_hides_a_new_record_from_searches_but_not_from_its_address(
    client: Client, emulator: Emulator
) -> None:
    before = client.search().total
    emulator.faults.add("index-lag x3")
    emulator.add(new_record())
    for _ in range(3):
        assert client.record("99000002").title == "Thunder over the new quarry"
        assert client.search().total == before
    found = client.search()
    assert found.total == before + 1
    assert "99000002" in {record.id for record in found}


def test_index_lag_may_last_some_seconds(client: Client, emulator: Emulator, clock: Any) -> None:
    emulator.add(new_record())
    emulator.faults.add("index-lag x5s")
    seen = []
    for _ in range(4):
        # a new search each time: one that was fetched keeps its rows
        seen.append([row.id for row in client.search("title:quarry AND title:thunder")])
        clock.sleep(2)
    assert seen == [[], [], [], ["99000002"]]


def test_index_lag_within_a_walk_lets_no_record_be_passed_over(
    client: Client, emulator: Emulator, tmp_path: Path
) -> None:
    """The new record comes first from page 2 on, so that every other moves down by one."""
    before = client.search().total
    emulator.add(new_record())
    emulator.faults.add(Fault("index-lag", page=1))
    found = client.search(sort="newest")
    receipt = found.to_parquet(tmp_path / "records.parquet")
    assert receipt.total_start == before
    assert receipt.total_end == before + 1
    assert (receipt.complete, receipt.rows, receipt.duplicates) == (True, before, 1)
    assert receipt.reason
    assert receipt.reason.endswith("Every record there from start to end is in.")


def test_changed_total_that_passes_is_walked_again(
    client: Client, emulator: Emulator, tmp_path: Path
) -> None:
    emulator.faults.add("changed-total")
    receipt = assert_all(client.search(), tmp_path)
    last = -(-receipt.rows // 25)
    assert pages(emulator) == [*range(1, last + 1)] * 2
    assert (receipt.total_start, receipt.total_end) == (receipt.rows, receipt.rows)


def test_changed_total_on_every_walk_is_incomplete(
    client: Client, emulator: Emulator, tmp_path: Path
) -> None:
    emulator.faults.add("changed-total x*")
    assert_nothing(client.search(), tmp_path, Incomplete, 5, "may have been passed over")


def test_repeated_page_that_passes_is_mended_by_a_second_walk(
    client: Client, emulator: Emulator, tmp_path: Path
) -> None:
    emulator.faults.add("repeated-page")
    receipt = assert_all(client.search(), tmp_path)
    assert receipt.duplicates >= 25
    assert pages(emulator).count(2) == 2


def test_repeated_page_for_good_is_incomplete(client: Client, emulator: Emulator, tmp_path: Path) -> None:
    emulator.faults.add("repeated-page#3x*")
    assert_nothing(client.search(), tmp_path, Incomplete, 5, "25 of them did not come")
    assert pages(emulator).count(3) == 3


@pytest.mark.parametrize("place", ["in the middle", "at the end"])
def test_dropped_page_that_passes_costs_a_request_and_no_row(
    place: str, client: Client, emulator: Emulator, tmp_path: Path
) -> None:
    last = -(-client.search().total // 25)
    page = 2 if place == "in the middle" else last
    emulator.log.clear()
    emulator.faults.add(f"dropped-page#{page}")
    assert_all(client.search(), tmp_path)
    assert pages(emulator) == sorted([*range(1, last + 1), page])


@pytest.mark.parametrize("place", ["in the middle", "at the end"])
def test_dropped_page_for_good_is_incomplete(
    place: str, client: Client, emulator: Emulator, tmp_path: Path
) -> None:
    page = 2 if place == "in the middle" else -(-client.search().total // 25)
    emulator.faults.add(f"dropped-page#{page}x*")
    assert_nothing(client.search(), tmp_path, Incomplete, 5, rf"Page {page} holds 0 rows where \d+ are due")


def test_other_dialect_that_passes_is_asked_again(client: Client, emulator: Emulator, tmp_path: Path) -> None:
    emulator.faults.add("other-dialect")
    receipt = assert_all(client.search(limit=75), tmp_path, 75)
    assert receipt.dialect == "native"
    assert pages(emulator) == [1, 2, 2, 3]


def test_other_dialect_for_good_is_incomplete(client: Client, emulator: Emulator, tmp_path: Path) -> None:
    emulator.faults.add("other-dialect x*")
    assert_nothing(client.search(), tmp_path, Incomplete, 5, "another JSON dialect")


def test_faults_are_given_from_the_start_and_cleared_while_running(
    emulator: Emulator, client: Client, tmp_path: Path
) -> None:
    with Emulator(limits="off", faults=["html-page x*", Fault("reset", page=2)]) as server:
        assert [one.name for one in server.faults if isinstance(one, Fault)] == ["html-page", "reset"]
    emulator.faults.add("dropped-page x*")
    assert_nothing(client.search(), tmp_path, Incomplete, 5, "0 rows")
    emulator.faults.clear()
    assert_all(client.search(), tmp_path)


def test_a_fault_elsewhere_than_searches_names_its_path(
    client: Client, emulator: Emulator, tmp_path: Path
) -> None:
    emulator.faults.add(Fault("server-error-before", path="/api/communities/enes-data-space", times=2))
    assert_all(client.search(community="enes-data-space"), tmp_path)
    assert [logged.status for logged in emulator.log][:3] == [502, 502, 200]
