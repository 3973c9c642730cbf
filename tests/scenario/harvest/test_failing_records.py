"""A record on which the server fails costs itself alone, and what OAI-PMH says to be deleted is deleted."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pyarrow.parquet as pq
import pytest
from werkzeug.wrappers import Request, Response

from doubles import StillClock
from zenodo_harvest.client import Client
from zenodo_harvest.emulator import Emulator, Poison
from zenodo_harvest.errors import Incomplete, ServerError
from zenodo_harvest.harvest import HarvestReceipt
from zenodo_harvest.http import LocalBudget
from zenodo_harvest.sites import Site

RECORDS, HOUR_S = 130, 3600
IDS = [str(1000 + number) for number in range(RECORDS)]
START = datetime(2026, 1, 1, tzinfo=UTC)
ROUTES: dict[str, Any] = {"search": {}, "oai": {"route": "oai", "all_versions": True}}


def record(id_: str, created: datetime) -> dict[str, Any]:
    at = created.isoformat()
    return {"id": id_, "created": at, "updated": at, "metadata": {"title": f"Frost {id_}"}}


@pytest.fixture
def clock() -> StillClock:
    return StillClock(datetime(2026, 4, 1, tzinfo=UTC).timestamp())


@pytest.fixture
def client(emulator: Emulator, clock: StillClock) -> Iterator[Client]:
    site = Site("emulator", emulator.url, window=10_000)
    with LocalBudget(clock=clock) as budget, Client(site, "", clock=clock, budget=budget) as opened:
        yield opened


@pytest.fixture
def emulator(tmp_path: Path, clock: StillClock) -> Iterator[Emulator]:
    seed = tmp_path / "seed.jsonl"
    records = [record(id_, START + timedelta(minutes=number)) for number, id_ in enumerate(IDS)]
    seed.write_text("".join(f"{json.dumps(one)}\n" for one in records))
    with Emulator(seed=seed, limits="off", clock=clock.now) as running:
        yield running


def rows(folder: Path) -> list[str]:
    found = pq.read_table(folder / "all.parquet", columns=["id", "title"]).to_pylist()
    assert all(row["title"] for row in found), "a row of nulls"
    return sorted(row["id"] for row in found)


def receipt_in(folder: Path) -> HarvestReceipt:
    return HarvestReceipt.from_json((folder / "all.parquet.receipt.json").read_text())


@dataclass
class Rewritten:
    """Changes what OAI-PMH answers."""

    change: Callable[[Mapping[str, str], bytes], bytes]

    def before(self, _: Request) -> Response | None:
        return None

    def after(self, request: Request, answer: Response) -> Response:
        if request.path == "/oai2d":
            answer.set_data(self.change(request.args, answer.get_data()))
            answer.status_code = 200
        return answer


def deleting(record_id: str, datestamp: str) -> Rewritten:
    """Let OAI-PMH say by a header that a record was deleted."""
    header = (
        f'<record><header status="deleted"><identifier>oai:zenodo.org:{record_id}</identifier>'
        f"<datestamp>{datestamp}</datestamp></header></record>"
    ).encode()

    def change(asked: Mapping[str, str], body: bytes) -> bytes:
        is_first = "resumptionToken" not in asked
        if is_first and not asked.get("from", "") <= datestamp <= asked.get("until", "9"):
            return body
        if b"noRecordsMatch" in body:
            return (
                b'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>'
                + header
                + b"</ListRecords></OAI-PMH>"
            )
        more = re.sub(
            rb'completeListSize="(\d+)"', lambda size: b'completeListSize="%d"' % (int(size[1]) + 1), body
        )
        return more.replace(b"<ListRecords>", b"<ListRecords>" + header) if is_first else more

    return Rewritten(change)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(
    "poisoned", [IDS[:1], IDS[-1:], IDS[67:68], IDS[:4], IDS[40:53], [IDS[3], IDS[4], IDS[90]]]
)
def test_all_records_come_but_those_the_server_fails_on_which_are_named(
    emulator: Emulator, client: Client, tmp_path: Path, route: str, poisoned: list[str]
) -> None:
    emulator.faults.add(*map(Poison, poisoned))
    with pytest.raises(Incomplete, match="The server fails on") as caught:
        client.harvest("", tmp_path / "all.parquet", **ROUTES[route])
    assert caught.value.exit_code == 5
    assert rows(tmp_path) == sorted(set(IDS) - set(poisoned))
    receipt = receipt_in(tmp_path)
    assert (receipt.complete, receipt.total_end, receipt.rows) == (
        False,
        RECORDS,
        RECORDS - len(poisoned),
    )
    assert len(receipt.gaps) == len(poisoned)
    for id_, gap in zip(poisoned, receipt.gaps, strict=True):
        if route == "oai":
            assert f":{id_}" in gap
        first, last = map(datetime.fromisoformat, re.findall(r"(\S+?)\.\.(\S+?):? ", gap)[0])
        assert first <= START + timedelta(minutes=IDS.index(id_)) < last
    emulator.faults.clear()
    assert client.harvest("", tmp_path / "all.parquet", **ROUTES[route]).complete
    assert rows(tmp_path) == IDS


@pytest.mark.parametrize("route", ROUTES)
def test_neighbours_on_which_the_server_fails_cost_themselves_alone(
    emulator: Emulator, client: Client, tmp_path: Path, route: str
) -> None:
    poisoned = IDS[40:58]

    class Counting:
        """Fails on every list with one of the records, but counts them."""

        def before(self, _: Request) -> Response | None:
            return None

        def after(self, request: Request, answer: Response) -> Response:
            is_count, body = request.args.get("size") == "1", answer.get_data().decode()
            fails = not is_count and any(f'"{id_}"' in body or f":{id_}<" in body for id_ in poisoned)
            return Response(b"", status=500) if fails else answer

    emulator.faults.add(Counting())
    with pytest.raises(Incomplete, match="The server fails on "):
        client.harvest("", tmp_path / "all.parquet", **ROUTES[route])
    assert rows(tmp_path) == sorted(set(IDS) - set(poisoned))
    receipt = receipt_in(tmp_path)
    assert len(receipt.gaps) == len(poisoned)
    assert sum(window.total_end for window in receipt.windows) == RECORDS
    assert sum(window.total_start for window in receipt.windows) == RECORDS


def test_a_record_of_a_second_full_of_them_costs_itself_alone_by_oai(
    clock: StillClock, tmp_path: Path
) -> None:
    seed = tmp_path / "seed.jsonl"
    seed.write_text("".join(f"{json.dumps(record(id_, START))}\n" for id_ in IDS[:60]))
    with Emulator(seed=seed, limits="off", clock=clock.now) as emulator:
        site = Site("emulator", emulator.url, window=10_000)
        emulator.faults.add(Poison(IDS[30]))
        with (
            LocalBudget(clock=clock) as budget,
            Client(site, "", clock=clock, budget=budget) as client,
            pytest.raises(Incomplete, match=f"1 of . windows .* fails on oai:[^,]*:{IDS[30]}\\."),
        ):
            client.harvest("", tmp_path / "all.parquet", **ROUTES["oai"])
        asked = [one for one in emulator.log if "GetRecord" in str(one)]
    assert rows(tmp_path) == [id_ for id_ in IDS[:60] if id_ != IDS[30]]
    assert sum(window.total_end for window in receipt_in(tmp_path).windows) == 60
    assert len(asked) < 80


class OneByOne:
    """Fails on every list of records by OAI-PMH; one by one, it does something else with one record."""

    def __init__(self, record_id: str, answer: Response) -> None:
        self.record_id, self.answer = record_id, answer

    def before(self, _: Request) -> Response | None:
        return None

    def after(self, request: Request, answer: Response) -> Response:
        if request.args.get("identifier", "").endswith(f":{self.record_id}"):
            return self.answer
        is_list = request.args.get("verb") == "ListRecords" and b"<record>" in answer.get_data()
        return Response(b"", status=500) if is_list else answer


def same_second(emulator: Emulator) -> None:
    for id_ in IDS:
        emulator.edit(id_, lambda _: None)


def test_a_record_that_goes_while_others_are_brought_one_by_one_stops_nothing(
    emulator: Emulator, client: Client, clock: StillClock, tmp_path: Path
) -> None:
    same_second(emulator)
    clock.sleep(HOUR_S)
    gone = b'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><error code="idDoesNotExist"/></OAI-PMH>'
    emulator.faults.add(OneByOne("1005", Response(gone, status=422, mimetype="text/xml")))
    with suppress(Incomplete):
        client.harvest("", tmp_path / "all.parquet", **ROUTES["oai"])
    assert rows(tmp_path) == [id_ for id_ in IDS if id_ != "1005"]


def test_a_server_that_is_away_names_no_record_as_the_cause(
    emulator: Emulator, client: Client, clock: StillClock, tmp_path: Path
) -> None:
    same_second(emulator)
    clock.sleep(HOUR_S)
    emulator.faults.add(OneByOne("1005", Response(b"", status=503)))
    with pytest.raises(ServerError) as away:
        client.harvest("", tmp_path / "all.parquet", **ROUTES["oai"])
    assert away.value.status == 503
    emulator.faults.clear()
    assert client.harvest("", tmp_path / "all.parquet", **ROUTES["oai"]).complete


def test_a_record_that_was_edited_and_fails_since_is_not_taken_for_the_old_one(
    emulator: Emulator, client: Client, tmp_path: Path
) -> None:
    client.harvest("", tmp_path / "all.parquet")
    emulator.edit("1005", lambda found: found["metadata"].update(title="Thaw"))
    emulator.faults.add(Poison("1005"))
    with pytest.raises(Incomplete, match="The server fails on"):
        client.harvest("", tmp_path / "all.parquet", update=True)
    emulator.faults.clear()
    assert client.harvest("", tmp_path / "all.parquet").complete
    assert rows(tmp_path) == IDS


@pytest.mark.parametrize("route", ROUTES)
def test_a_server_that_fails_everywhere_is_not_searched_for_a_cause(
    emulator: Emulator, client: Client, tmp_path: Path, route: str
) -> None:
    class Failing:
        """Counts, and gives no record."""

        def before(self, _: Request) -> Response | None:
            return None

        def after(self, request: Request, answer: Response) -> Response:
            is_page = request.args.get("size", "1") != "1" or b"<record>" in answer.get_data()
            return Response(b"{}", status=500) if is_page else answer

    emulator.faults.add(Failing())
    with pytest.raises(ServerError):
        client.harvest("", tmp_path / "all.parquet", **ROUTES[route])
    assert client.usage.requests <= 216  # twenty records alone, and what it takes to find them


def test_what_oai_says_to_be_deleted_is_no_row_and_is_told(
    emulator: Emulator, client: Client, tmp_path: Path
) -> None:
    emulator.delete("1005")
    emulator.faults.add(deleting("1005", "2026-03-01T00:00:00Z"))
    receipt = client.harvest("", tmp_path / "all.parquet", **ROUTES["oai"])
    assert [(gone.id, gone.status, gone.date) for gone in receipt.changes.gone] == [
        ("1005", "deleted", "2026-03-01T00:00:00Z")
    ]
    assert receipt.changes.unseen == 0
    assert [window.total_end for window in receipt.windows] == [RECORDS - 1]
    assert rows(tmp_path) == [id_ for id_ in IDS if id_ != "1005"]


def test_a_deletion_told_in_an_update_takes_the_row_away_for_good(
    emulator: Emulator, client: Client, clock: StillClock, tmp_path: Path
) -> None:
    client.harvest("", tmp_path / "all.parquet", **ROUTES["oai"])
    emulator.delete("1005")
    told_at = datetime.fromtimestamp(clock.now(), UTC) + timedelta(minutes=5)
    emulator.faults.add(deleting("1005", f"{told_at:%Y-%m-%dT%H:%M:%SZ}"))
    clock.sleep(HOUR_S)
    receipt = client.harvest("", tmp_path / "all.parquet", update=True, **ROUTES["oai"])
    assert [(gone.id, gone.status) for gone in receipt.changes.gone] == [("1005", "deleted")]
    assert receipt.complete
    assert rows(tmp_path) == [id_ for id_ in IDS if id_ != "1005"]


def test_a_list_that_does_not_tell_its_size_is_taken_to_its_end(
    emulator: Emulator, client: Client, tmp_path: Path
) -> None:
    emulator.faults.add(Rewritten(lambda _, body: re.sub(rb' completeListSize="\d+"', b"", body)))
    receipt = client.harvest("", tmp_path / "all.parquet", **ROUTES["oai"])
    assert receipt.complete
    assert [window.total_end for window in receipt.windows] == [RECORDS]
    assert rows(tmp_path) == IDS


def test_a_server_that_does_not_heed_from_moves_no_row_to_another_window(
    emulator: Emulator, client: Client, clock: StillClock, tmp_path: Path
) -> None:
    class Heedless:
        """Lists everything up to the end asked for."""

        def before(self, request: Request) -> Response | None:
            asked = request.args.to_dict()
            if request.path == "/oai2d" and asked.pop("from", None):
                request.query_string = urlencode(asked).encode()
                vars(request).pop("args")
            return None

        def after(self, _: Request, answer: Response) -> Response:
            return answer

    emulator.faults.add(Heedless())
    client.harvest("", tmp_path / "all.parquet", **ROUTES["oai"])
    at = datetime.fromtimestamp(clock.now(), UTC) + timedelta(minutes=5)
    emulator.add(record("2000", at))
    clock.sleep(HOUR_S)
    receipt = client.harvest("", tmp_path / "all.parquet", update=True, **ROUTES["oai"])
    assert receipt.complete
    assert receipt.changes.appeared == receipt.changes.gone == ()
    assert [(window.total_end, window.rows) for window in receipt.windows] == [(RECORDS, RECORDS), (1, 1)]
    assert rows(tmp_path) == [*IDS, "2000"]
