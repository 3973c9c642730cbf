from __future__ import annotations

import threading
from typing import get_args

import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request, Response

from zenodo_harvest.emulator import Fault, FaultName, Faults, parse_fault
from zenodo_harvest.errors import UsageError


def request(path: str = "/api/records", page: int | None = None) -> Request:
    query = {} if page is None else {"page": str(page)}
    return EnvironBuilder(path, query_string=query).get_request()


def work(_: Request) -> Response:
    return Response(b'{"hits": {"hits": [1], "total": 1}}', content_type="application/json")


def statuses(faults: Faults, *requests: Request) -> list[int]:
    return [faults.answer(work, each).status_code for each in requests]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("reset", Fault("reset")),
        ("html-page@2x3", Fault("html-page", first=2, times=3)),
        ("html-page @2 x3", Fault("html-page", first=2, times=3)),
        ("dropped-page#4x*", Fault("dropped-page", page=4, times=None)),
        ("index-lagx30s", Fault("index-lag", lasts_s=30)),
        ("rate-limit#3@2", Fault("rate-limit", page=3, first=2)),
    ],
)
def test_a_fault_is_read_from_text(text: str, fault: Fault) -> None:
    assert parse_fault(text) == fault


@pytest.mark.parametrize("name", get_args(FaultName))
def test_every_name_is_a_fault(name: FaultName) -> None:
    assert parse_fault(name).name == parse_fault(f"{name}x2").name == name


def test_a_misspelt_fault_names_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        parse_fault("html-pages")
    assert caught.value.hint == "Did you mean html-page?"
    with pytest.raises(UsageError) as caught:
        Faults("earthquake")
    assert "dropped-page" in caught.value.hint


@pytest.mark.parametrize("text", ["", "reset@", "reset#x3", "3xreset", "reset@2@3"])
def test_what_is_no_fault_shows_how_to_write_one(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_fault(text)
    assert "reset@2x3" in caught.value.hint


@pytest.mark.parametrize("text", ["reset@0", "reset#0", "resetx0", "resetx0s"])
def test_numbers_begin_at_one(text: str) -> None:
    with pytest.raises(UsageError, match="begin at 1"):
        parse_fault(text)


def test_a_fault_strikes_once_unless_told_otherwise() -> None:
    assert statuses(Faults("rate-limit"), *[request()] * 3) == [429, 200, 200]


def test_a_fault_begins_with_the_request_it_names() -> None:
    assert statuses(Faults("rate-limit@2x2"), *[request()] * 5) == [200, 429, 429, 200, 200]


def test_a_fault_may_go_on_for_good() -> None:
    assert statuses(Faults("rate-limit@2x*"), *[request()] * 4) == [200, 429, 429, 429]


def test_a_fault_may_last_some_seconds_from_its_first_strike() -> None:
    now = iter([100.0, 129.0, 130.0])
    assert statuses(Faults("rate-limitx30s", clock=lambda: next(now)), *[request()] * 3) == [429, 429, 200]


def test_a_fault_counts_only_requests_of_its_page() -> None:
    asked = [request(page=page) for page in (1, 2, 2, 3)] + [request()]
    assert statuses(Faults("rate-limit#2x*"), *asked) == [200, 429, 429, 200, 200]
    assert statuses(Faults("rate-limit#1x*"), *asked) == [429, 200, 200, 200, 429]


def test_a_fault_strikes_record_searches_unless_it_names_a_path() -> None:
    paths = ["/api/records", "/api/communities/frost/records", "/api/communities/frost", "/api/records/1"]
    asked = [request(path) for path in paths]
    assert statuses(Faults("rate-limitx*"), *asked) == [429, 429, 200, 200]
    elsewhere = Fault("rate-limit", path="/api/communities/*", times=None)
    assert statuses(Faults(elsewhere), *asked) == [200, 429, 429, 200]


def test_faults_come_and_go_while_running() -> None:
    faults = Faults()
    assert statuses(faults, request()) == [200]
    faults.add("rate-limitx*", Fault("reset", page=7))
    assert list(faults) == [Fault("rate-limit", times=None), Fault("reset", page=7)]
    assert statuses(faults, request()) == [429]
    faults.clear()
    assert statuses(faults, request()) == [200]
    assert len(faults) == 0


def test_the_same_fault_may_be_added_again_and_starts_anew() -> None:
    faults = Faults("rate-limit")
    assert statuses(faults, request(), request()) == [429, 200]
    faults.add("rate-limit")
    assert statuses(faults, request(), request()) == [429, 200]


def test_two_faults_strike_the_same_request_one_around_the_other() -> None:
    waits: list[float] = []
    answer = Faults(["changed-total#1", "slow-drip"], sleep=waits.append).answer(work, request())
    assert b'"total": 0' in answer.get_data()
    assert waits


def test_one_strike_is_one_strike_with_many_threads() -> None:
    faults = Faults("rate-limitx20")
    seen: list[int] = []

    def ask() -> None:
        seen.extend(statuses(faults, *[request()] * 10))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (seen.count(429), len(seen)) == (20, 80)


def test_an_answer_without_hits_is_left_alone() -> None:
    def elsewhere(_: Request) -> Response:
        return Response(b'{"message": "no"}', content_type="application/json")

    assert Faults("dropped-page#1").answer(elsewhere, request()).get_data() == b'{"message": "no"}'


def test_a_server_error_before_the_work_leaves_it_undone_and_one_after_does_not() -> None:
    done: list[str] = []

    def note(asked: Request) -> Response:
        done.append(asked.path)
        return work(asked)

    assert Faults("server-error-before").answer(note, request()).status_code == 502
    assert done == []
    assert Faults("server-error-after").answer(note, request()).status_code == 504
    assert done == ["/api/records"]
