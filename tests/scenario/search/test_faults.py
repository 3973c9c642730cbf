from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from werkzeug.wrappers import Request, Response

from doubles import StillClock
from zenodo_harvest.client import Client
from zenodo_harvest.emulator import Emulator
from zenodo_harvest.errors import BadAnswer, Incomplete, ServerError, TooManyResults
from zenodo_harvest.http import LocalBudget

Change = Callable[[Request, dict[str, Any]], dict[str, Any] | None]


@dataclass
class Fault:
    """Changes the JSON of record searches; None in place of JSON makes an HTML error page."""

    change: Change = field(default=lambda _, body: body)
    asked: list[int] = field(default_factory=list)

    def before(self, _: Request) -> Response | None:
        return None

    def after(self, request: Request, answer: Response) -> Response:
        if request.path != "/api/records":
            return answer
        self.asked.append(int(request.args.get("page", 1)))
        body = self.change(request, json.loads(answer.get_data()))
        if body is None:
            return Response("<html><h1>502 Bad Gateway</h1></html>", status=502, content_type="text/html")
        answer.set_data(json.dumps(body))
        return answer


@pytest.fixture
def fault() -> Fault:
    return Fault()


@pytest.fixture
def client(fault: Fault) -> Iterator[Client]:
    clock = StillClock(time.time())
    with (
        Emulator(limits="off", faults=fault) as server,
        LocalBudget(clock=clock) as budget,
        Client(server, token="", clock=clock, budget=budget) as opened,
    ):
        yield opened


def page_of(request: Request) -> int:
    return int(request.args.get("page", 1))


def test_an_empty_page_that_comes_once_costs_a_request_and_no_row(client: Client, fault: Fault) -> None:
    empty = [2]

    def hiccup(request: Request, body: dict[str, Any]) -> dict[str, Any]:
        if page_of(request) in empty:
            empty.remove(page_of(request))
            body["hits"]["hits"] = []
        return body

    fault.change = hiccup
    found = client.search(limit=75)
    assert len({record.id for record in found}) == 75
    assert fault.asked == [1, 2, 2, 3]


def test_the_silently_dropped_last_page_leaves_no_file(client: Client, fault: Fault, tmp_path: Path) -> None:
    def drop(request: Request, body: dict[str, Any]) -> dict[str, Any]:
        hits = body["hits"]
        if page_of(request) * 25 >= hits["total"]:
            hits["hits"] = []
        return body

    fault.change = drop
    found = client.search()
    with pytest.raises(Incomplete, match=r"holds 0 rows where \d+ are due"):
        found.to_parquet(tmp_path / "records.parquet")
    assert [file.name for file in tmp_path.iterdir()] == ["records.parquet.incomplete.json"]
    assert json.loads((tmp_path / "records.parquet.incomplete.json").read_text())["complete"] is False
    assert found.receipt is not None
    assert not found.receipt.complete


def test_a_page_that_is_repeated_for_good_ends_incomplete(client: Client, fault: Fault) -> None:
    first: list[Any] = []

    def repeat(request: Request, body: dict[str, Any]) -> dict[str, Any]:
        if page_of(request) == 1:
            first[:] = body["hits"]["hits"]
        if page_of(request) == 2:
            body["hits"]["hits"] = first
        return body

    fault.change = repeat
    with pytest.raises(Incomplete, match="25 of them did not come"):
        list(client.search())


def test_a_server_that_changes_dialect_on_page_two_is_not_believed(client: Client, fault: Fault) -> None:
    def legacy(request: Request, body: dict[str, Any]) -> dict[str, Any]:
        if page_of(request) > 1:
            body["hits"]["hits"] = [
                {"id": int(row["id"]), "conceptrecid": row["parent"]["id"]} for row in body["hits"]["hits"]
            ]
        return body

    fault.change = legacy
    with pytest.raises(Incomplete, match="another JSON dialect"):
        list(client.search())


def test_every_page_arrives_in_the_native_dialect(client: Client) -> None:
    assert {record.dialect for record in client.search(limit=75)} == {"native"}


def test_a_gateway_error_page_is_asked_for_again(client: Client, fault: Fault) -> None:
    broken = [2, 2]

    def gateway(request: Request, body: dict[str, Any]) -> dict[str, Any] | None:
        if page_of(request) in broken:
            broken.remove(page_of(request))
            return None
        return body

    fault.change = gateway
    found = client.search(limit=60)
    assert len({record.id for record in found}) == 60
    assert found.receipt is not None
    assert found.receipt.retries == 2


def test_a_server_that_answers_error_pages_for_good_is_given_up(client: Client, fault: Fault) -> None:
    fault.change = lambda request, body: None if page_of(request) > 1 else body
    found = client.search()
    with pytest.raises(ServerError) as caught:
        list(found)
    assert caught.value.exit_code == 6
    assert found.receipt is None


def test_something_else_than_a_list_of_records_is_given_up(client: Client, fault: Fault) -> None:
    fault.change = lambda _, __: {"status": "ok"}
    with pytest.raises(BadAnswer, match="not a list of records"):
        list(client.search())


def test_records_that_leave_during_the_walk_take_no_others_with_them(client: Client, fault: Fault) -> None:
    everything_rows = [json.loads(str(record.raw)) for record in client.search().walk(keep_raw=True)]
    everything = {row["id"] for row in everything_rows}
    left: list[str] = []

    def leave(request: Request, body: dict[str, Any]) -> dict[str, Any]:
        """From the second page on the first record of the list is gone, and all others move up by one."""
        hits, page, size = body["hits"], page_of(request), int(request.args["size"])
        if page == 1 and not left:
            left.append(hits["hits"][0]["id"])
            return body
        rows = [row for row in everything_rows if row["id"] not in left]
        hits["hits"], hits["total"] = rows[(page - 1) * size : page * size], len(rows)
        return body

    fault.asked.clear()
    fault.change = leave
    found = client.search()
    assert {record.id for record in found} == everything
    assert found.receipt is not None
    assert found.receipt.complete
    assert found.receipt.total_end == len(everything) - 1
    assert fault.asked.count(2) == 2


def test_a_malformed_record_in_the_middle_of_a_page_is_a_row_with_problems(
    client: Client, fault: Fault
) -> None:
    def spoil(request: Request, body: dict[str, Any]) -> dict[str, Any]:
        if page_of(request) == 1:
            body["hits"]["hits"][7] = {"metadata": ["not", "what", "it", "was"]}
        return body

    fault.change = spoil
    rows = list(client.search(limit=50))
    assert len(rows) == 50
    assert rows[7].problems
    assert len({row.id for row in rows}) == 50


def test_more_results_than_the_window_make_no_file_and_a_limit_does(client: Client, tmp_path: Path) -> None:
    clock = StillClock(time.time())
    narrow = replace(client.site, window=100)
    with LocalBudget(clock=clock) as budget, Client(narrow, "", clock=clock, budget=budget) as short:
        with pytest.raises(TooManyResults, match="page past 100"):
            short.search().to_csv(tmp_path / "all.csv")
        assert list(tmp_path.iterdir()) == []
        assert short.search(limit=100).to_csv(tmp_path / "some.csv").rows == 100
        assert short.search().total > 100


@pytest.mark.parametrize("odd", ['"views": NaN', '"views": 1e999', '"title": "half \\ud800"'])
def test_one_odd_row_does_not_cost_the_page(client: Client, fault: Fault, odd: str) -> None:
    def make_odd(_: Request, answer: Response) -> Response:
        text = answer.get_data(as_text=True)
        answer.set_data(text.replace('"hits":[{', '"hits":[{' + odd + ",", 1))
        return answer

    fault.after = make_odd  # type: ignore[method-assign]
    assert len(list(client.search("frost", limit=25))) == 25


def test_an_answer_that_is_nested_too_deeply_is_the_server_s_fault(client: Client, fault: Fault) -> None:
    def deep(_: Request, answer: Response) -> Response:
        answer.set_data(b"[" * 100_000)
        return answer

    fault.after = deep  # type: ignore[method-assign]
    with pytest.raises(BadAnswer):
        list(client.search("frost", limit=25))


def test_the_receipt_of_a_whole_walk_does_not_stand_for_one_that_failed(client: Client, fault: Fault) -> None:
    found = client.search(limit=50)
    assert len(list(found)) == 50
    assert found.receipt is not None
    fault.change = lambda _, __: None
    with pytest.raises(ServerError):
        found.fetch()
    assert found.receipt is None
