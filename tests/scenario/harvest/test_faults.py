"""What a harvest does when pages are dropped, repeated, miscounted or written in another dialect."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from werkzeug.wrappers import Request, Response

from doubles import StillClock
from zenodo_harvest.client import Client
from zenodo_harvest.emulator import Emulator
from zenodo_harvest.errors import Incomplete, LocalError, UsageError
from zenodo_harvest.harvest import HarvestReceipt
from zenodo_harvest.http import LocalBudget
from zenodo_harvest.sites import Site

TOTAL = 238
"""Latest versions in the sample that anyone may see."""


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(limits="off") as running:
        yield running


@pytest.fixture
def client(emulator: Emulator) -> Iterator[Client]:
    with open_client(emulator) as opened:
        yield opened


@contextmanager
def open_client(emulator: Emulator, **differing: Any) -> Iterator[Client]:
    clock = StillClock(time.time())
    site = Site("emulator", emulator.url, **{"window": 60, **differing})
    with LocalBudget(clock=clock) as budget, Client(site, "", clock=clock, budget=budget) as opened:
        yield opened


def receipt_in(folder: Path) -> HarvestReceipt:
    return HarvestReceipt.from_json((folder / "all.parquet.receipt.json").read_text())


def rows_in(file: Path) -> list[str]:
    ids: list[str] = pq.read_table(file, columns=["id"])["id"].to_pylist()
    return ids


@pytest.mark.parametrize("fault", ["dropped-page", "repeated-page", "other-dialect", "changed-total"])
def test_a_fault_that_passes_costs_requests_and_no_row(
    emulator: Emulator, client: Client, tmp_path: Path, fault: str
) -> None:
    emulator.faults.add(fault)
    receipt = client.harvest("", tmp_path / "all.parquet")
    assert receipt.complete
    assert len(set(rows_in(tmp_path / "all.parquet"))) == receipt.rows == TOTAL


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("dropped-page x*", "holds 0 rows where"),
        ("repeated-page x*", "did not come"),
        ("other-dialect x*", "another JSON dialect"),
    ],
)
def test_a_fault_that_stays_ends_with_exit_code_5_and_the_windows_named(
    emulator: Emulator, client: Client, tmp_path: Path, fault: str, said: str
) -> None:
    emulator.faults.add(fault)
    with pytest.raises(Incomplete, match=said) as caught:
        client.harvest("", tmp_path / "all.parquet")
    assert caught.value.exit_code == 5
    receipt = receipt_in(tmp_path)
    assert not receipt.complete
    assert receipt.gaps
    assert all(said in gap and gap.startswith("created ") for gap in receipt.gaps)
    assert receipt.rows == len(set(rows_in(tmp_path / "all.parquet"))) < TOTAL


def test_the_last_page_of_each_window_that_never_comes_is_said(
    emulator: Emulator, client: Client, tmp_path: Path
) -> None:
    class LastPage:
        def before(self, _: Request) -> Response | None:
            return None

        def after(self, request: Request, answer: Response) -> Response:
            body = json.loads(answer.get_data())
            page, size = (int(request.args.get(name, 1)) for name in ("page", "size"))
            if size > 1 and page > 1 and page * size >= body["hits"]["total"]:
                body["hits"]["hits"] = []
                answer.set_data(json.dumps(body))
            return answer

    emulator.faults.add(LastPage())
    with pytest.raises(Incomplete, match="windows could not be brought whole"):
        client.harvest("", tmp_path / "all.parquet")
    assert not receipt_in(tmp_path).complete


def test_a_server_that_miscounts_for_good_is_not_believed(
    emulator: Emulator, client: Client, tmp_path: Path
) -> None:
    emulator.faults.add("changed-total x*")
    with pytest.raises(Incomplete):
        client.harvest("", tmp_path / "all.parquet")


def test_the_same_command_asks_only_for_the_windows_that_are_missing(
    emulator: Emulator, client: Client, tmp_path: Path
) -> None:
    emulator.faults.add("dropped-page @3x*")
    with pytest.raises(Incomplete):
        client.harvest("", tmp_path / "all.parquet")
    missing = len(receipt_in(tmp_path).gaps)
    emulator.faults.clear()
    asked = len(emulator.log)
    receipt = client.harvest("", tmp_path / "all.parquet")
    assert receipt.complete
    assert receipt.rows == TOTAL
    assert missing < len(receipt.windows)
    assert len(emulator.log) - asked < missing * 3 + 5


def test_a_server_that_does_not_heed_the_range_of_time_is_found_out(
    emulator: Emulator, client: Client, tmp_path: Path
) -> None:
    class Deaf:
        """Answers a question about one window with the records of another."""

        def before(self, _: Request) -> Response | None:
            return None

        def after(self, _: Request, answer: Response) -> Response:
            body = json.loads(answer.get_data())
            for hit in body["hits"]["hits"]:
                hit["created"] = "2001-01-01T00:00:00+00:00"
            answer.set_data(json.dumps(body))
            return answer

    emulator.faults.add(Deaf())
    with pytest.raises(Incomplete, match="lie outside of what was asked for"):
        client.harvest("", tmp_path / "all.parquet")


def test_a_journal_of_another_question_is_refused_with_a_choice(client: Client, tmp_path: Path) -> None:
    client.harvest("frost", tmp_path / "all.parquet")
    written = (tmp_path / "all.parquet").read_bytes()
    with pytest.raises(UsageError, match="its query is 'frost'") as caught:
        client.harvest("snow", tmp_path / "all.parquet")
    assert "--fresh" in caught.value.hint
    assert (tmp_path / "all.parquet").read_bytes() == written
    assert client.harvest("snow", tmp_path / "all.parquet", fresh=True).complete


def test_one_run_at_a_time_writes_to_an_output(emulator: Emulator, tmp_path: Path) -> None:
    refused: list[str] = []

    class Second:
        """Starts the same harvest while the first is under way."""

        def before(self, _: Request) -> Response | None:
            if not refused:
                refused.append("being tried")
                with open_client(emulator) as second, pytest.raises(LocalError) as caught:
                    second.harvest("frost", tmp_path / "all.parquet")
                refused.append(caught.value.message)
            return None

        def after(self, _: Request, answer: Response) -> Response:
            return answer

    emulator.faults.add(Second())
    with open_client(emulator) as first:
        assert first.harvest("frost", tmp_path / "all.parquet").complete
    assert "Another run is writing here" in refused[-1]


def test_a_finished_harvest_is_written_again_without_a_request(
    emulator: Emulator, client: Client, tmp_path: Path
) -> None:
    client.harvest("frost", tmp_path / "all.parquet")
    first = (tmp_path / "all.parquet").read_bytes()
    (tmp_path / "all.parquet").unlink()
    asked = len(emulator.log)
    client.harvest("frost", tmp_path / "all.parquet")
    assert (tmp_path / "all.parquet").read_bytes() == first
    assert len(emulator.log) == asked


def test_a_limit_or_an_order_is_refused(client: Client, tmp_path: Path) -> None:
    for options in ({"limit": 5}, {"sort": "newest"}):
        with pytest.raises(UsageError, match="harvest"):
            client.harvest("", tmp_path / "all.parquet", **options)  # type: ignore[arg-type]
