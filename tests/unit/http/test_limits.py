from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from zenodo_harvest.http import SharedBudget
from zenodo_harvest.http.allowance import MOST_REQUESTS, Allowance, read_allowance, window_from_reset
from zenodo_harvest.http.limits import ABANDONED_S
from zenodo_harvest.http.transport import bucket_of
from zenodo_harvest.sites import Rate

NOW = 1_795_406_400.0
Open = Callable[..., SharedBudget]


@pytest.mark.parametrize(
    ("path", "bucket"),
    [
        ("/api/records", "search"),
        ("/api/communities/enes/records", "search"),
        ("/oai2d", "search"),
        ("/api/records/1", "other"),
        ("/api/records/1/versions", "other"),
        ("/api/communities", "other"),
        ("/api/exporter", "other"),
    ],
)
def test_search_community_search_and_oai_share_one_bucket(path: str, bucket: str) -> None:
    assert bucket_of(path) == bucket


def allowance(remaining: int, limit: int = 3, reset_at: float = NOW + 61) -> Allowance:
    return Allowance(limit, remaining, reset_at)


def spend(budget: SharedBudget, told: Allowance | None = None, retry_after_s: float | None = None) -> float:
    lease = budget.acquire("host", "search", Rate(3, 60))
    budget.settle(lease, told, retry_after_s)
    return lease.waited_s


def test_a_full_window_is_waited_out_and_told(budget: SharedBudget, notes: Any) -> None:
    assert [spend(budget) for _ in range(3)] == [0, 0, 0]
    assert spend(budget) == pytest.approx(60, abs=0.01)
    assert "3 requests in 60 s" in notes.notes[0]


def test_buckets_and_hosts_do_not_share(budget: SharedBudget, clock: Any) -> None:
    for origin, bucket in (("a", "search"), ("a", "other"), ("b", "search")):
        for _ in range(3):
            budget.settle(budget.acquire(origin, bucket, Rate(3, 60)), None, None)
    assert clock.slept == []


def test_the_servers_limit_replaces_ours(budget: SharedBudget, clock: Any) -> None:
    spend(budget, allowance(132, 133))
    for used in range(2, 134):
        spend(budget, allowance(133 - used, 133))
    assert clock.slept == []
    assert spend(budget) == pytest.approx(60, abs=0.01)


def test_requests_that_others_made_behind_the_same_address_count(budget: SharedBudget) -> None:
    spend(budget, allowance(0))
    assert spend(budget) == pytest.approx(60, abs=0.01)


def test_slots_that_fall_free_while_an_answer_is_on_its_way_are_not_taken_for_those_of_others(
    budget: SharedBudget, clock: Any
) -> None:
    spend(budget, allowance(2))
    clock.time_s += 59.5
    lease = budget.acquire("host", "search", Rate(3, 60))
    clock.time_s += 2
    budget.settle(lease, allowance(1), None)
    assert [spend(budget), spend(budget)] == [0, 0]


def test_a_429_holds_everybody_back_for_as_long_as_the_server_asks(open_budget: Open, tmp_path: Path) -> None:
    path = tmp_path / "budget.sqlite3"
    spend(open_budget(path), allowance(0), retry_after_s=20)
    assert spend(open_budget(path)) == pytest.approx(20, abs=0.01)


def test_two_processes_draw_from_one_budget(open_budget: Open, tmp_path: Path) -> None:
    path = tmp_path / "cache" / "budget.sqlite3"
    one, other = open_budget(path), open_budget(path)
    spend(one)
    spend(other)
    spend(one)
    assert spend(other) == pytest.approx(60, abs=0.01)


def test_a_request_still_on_its_way_keeps_its_place(budget: SharedBudget, clock: Any) -> None:
    first = budget.acquire("host", "search", Rate(1, 60))
    clock.time_s += 50
    budget.settle(first, None, None)
    assert spend_one(budget) == pytest.approx(60, abs=0.01)


def spend_one(budget: SharedBudget) -> float:
    return budget.acquire("host", "search", Rate(1, 60)).waited_s


def test_half_of_the_fastest_answer_is_known_to_lie_after_the_servers_count(
    budget: SharedBudget, clock: Any
) -> None:
    for elapsed_s in (2.0, 10.0):
        lease = budget.acquire("host", "search", Rate(1, 60))
        clock.time_s += elapsed_s
        budget.settle(lease, allowance(0, 1, clock.time_s + 61), None)
    assert spend_one(budget) == pytest.approx(59, abs=0.01)


def test_a_process_that_died_does_not_hold_its_place_for_ever(
    open_budget: Open, clock: Any, tmp_path: Path
) -> None:
    path = tmp_path / "budget.sqlite3"
    open_budget(path).acquire("host", "search", Rate(1, 60))
    clock.time_s += 61 + ABANDONED_S
    assert spend_one(open_budget(path)) == 0


def test_a_clock_set_back_does_not_lock_anyone_out(budget: SharedBudget, clock: Any) -> None:
    for _ in range(3):
        spend(budget)
    clock.time_s -= 10_000
    assert spend(budget) <= 61


def test_a_broken_file_is_put_aside_so_that_processes_share_again(
    open_budget: Open, notes: Any, tmp_path: Path
) -> None:
    path = tmp_path / "budget.sqlite3"
    path.write_bytes(b"no database at all, but quite long enough to look at")
    first, second = (open_budget(path) for _ in range(2))
    assert [spend(budget) for budget in (first, second, first)] == [0, 0, 0]
    assert spend(second) > 59
    assert not any("limits itself" in text for text in notes.notes)
    assert [each.name for each in tmp_path.glob("*.broken")] == ["budget.sqlite3.broken"]


def test_where_the_file_cannot_be_used_the_process_limits_itself_and_says_so_once(
    open_budget: Open, notes: Any, tmp_path: Path
) -> None:
    path = tmp_path / "budget.sqlite3"
    path.mkdir()
    budget = open_budget(path)
    assert [spend(budget) for _ in range(3)] == [0, 0, 0]
    assert spend(budget) > 59
    assert sum("limits itself" in text for text in notes.notes) == 1


@pytest.mark.parametrize(
    ("told", "window_s"),
    [
        (Allowance(30, 29, NOW + 61), (60, 60)),
        (Allowance(30, 29, NOW + 58.5), (60, 60)),
        (Allowance(30, 29, NOW + 63), (60, 60)),
        (Allowance(30, 29, NOW + 2.4), (2, 2)),
        (Allowance(30, 29, NOW + 2.05), (1, 2)),
        (Allowance(8000, 7999, NOW + 3601), (3600, 3600)),
        (Allowance(8000, 7999, NOW + 3598), (3600, 3600)),
        (Allowance(30, 29, NOW + 66), (60, 60)),
        (Allowance(30, 29, NOW + 66.5), (66, 66)),
        (Allowance(30, 29, NOW + 56), (60, 60)),
        (Allowance(30, 29, NOW + 55), (54, 54)),
        (Allowance(30, 29, NOW + 1.05), (1, 1)),
        (Allowance(30, 29, NOW + 0.95), None),
        (Allowance(30, 30, NOW + 61), None),
        (Allowance(30, 12, NOW + 61), None),
        (Allowance(30, 29, NOW - 500), None),
        (Allowance(30, 0, NOW + 5, window_s=2), (2, 2)),
    ],
)
def test_the_window_is_learnt_when_only_our_own_request_is_in_it(
    told: Allowance, window_s: tuple[float, float] | None
) -> None:
    assert window_from_reset(replace(told, date_at=NOW), NOW, NOW + 0.1) == window_s


def test_a_window_that_could_be_one_of_two_is_taken_as_the_longer_one() -> None:
    assert window_from_reset(Allowance(30, 29, NOW + 3.05, date_at=NOW), NOW, NOW + 0.1) == (2, 3)


@pytest.mark.parametrize("ahead_s", [0.0, 59.0, -31_536_000.0, 31_536_000.0])
@pytest.mark.parametrize(("size_s", "learnt_s"), [(60, (60, 60)), (3600, (3600, 3600)), (10, (10, 11))])
def test_the_window_is_learnt_by_the_servers_clock_however_wrong_ours_is(
    ahead_s: float, size_s: int, learnt_s: tuple[float, float]
) -> None:
    told = Allowance(30, 29, NOW + size_s + 1, date_at=NOW)
    window_s = window_from_reset(told, NOW + 0.4 + ahead_s, NOW + 0.5 + ahead_s)
    assert window_s == (learnt_s if ahead_s else (size_s, size_s))


@pytest.mark.parametrize("ahead_s", [0.0, 59.0, -31_536_000.0])
def test_without_a_date_only_a_usual_window_is_learnt(ahead_s: float) -> None:
    sent_at = NOW + ahead_s
    assert window_from_reset(Allowance(30, 29, NOW + 61), sent_at, sent_at + 0.1) == (
        None if ahead_s else (60, 60)
    )
    assert window_from_reset(Allowance(30, 29, NOW + 11), sent_at, sent_at + 0.1) is None


@pytest.mark.parametrize("reset_at", [2_750_000_000.0, NOW + 3_700, 1e15, -1e15, 0.0])
def test_a_reset_that_no_window_explains_is_not_believed(reset_at: float) -> None:
    for date_at in (None, NOW):
        assert window_from_reset(Allowance(30, 29, reset_at, date_at=date_at), NOW, NOW + 0.1) is None


def test_a_known_window_is_kept_where_an_answer_leaves_a_choice(budget: SharedBudget, clock: Any) -> None:
    for ahead_s in (2.5, 3.05):
        lease = budget.acquire("host", "search", Rate(1, 60))
        reset_at = clock.time_s + ahead_s
        clock.time_s += 0.1
        date_at = float(int(clock.time_s))
        budget.settle(lease, Allowance(1, 0, reset_at, date_at=date_at), None)
    assert spend_one(budget) == pytest.approx(1.95, abs=0.02)


HEADERS = {"X-RateLimit-Limit": "30", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1795406448"}


@pytest.mark.parametrize("name", HEADERS)
@pytest.mark.parametrize("odd", [None, "many", "", "1.5"])
def test_headers_that_are_missing_or_odd_say_nothing(name: str, odd: str | None) -> None:
    others = {other: value for other, value in HEADERS.items() if other != name}
    assert read_allowance({}) is None
    assert read_allowance(others | ({name: odd} if odd is not None else {})) is None


HUGE = pytest.param("9" * 5000, id="5000 digits")


@pytest.mark.parametrize("name", HEADERS)
@pytest.mark.parametrize("odd", ["\u0663", "\u00b3", "0x1e", "1e3", "1_000", "30, 30", "nan", "inf"])
def test_what_is_no_plain_whole_number_says_nothing(name: str, odd: str) -> None:
    assert read_allowance(HEADERS | {name: odd}) is None


@pytest.mark.parametrize(
    ("limit", "remaining", "believed"),
    [
        ("9000000", "0", (MOST_REQUESTS, 0)),
        ("10000000", "9999995", (MOST_REQUESTS, MOST_REQUESTS - 5)),
        ("30", "31", (30, 30)),
        ("30", "-7", (30, 0)),
        (" 30 ", "+4", (30, 4)),
        pytest.param("9" * 5000, "0", (MOST_REQUESTS, 0), id="limit of 5000 digits"),
        pytest.param("30", "9" * 5000, (30, 30), id="remaining of 5000 digits"),
        pytest.param("30", "-" + "9" * 400, (30, 0), id="remaining of 400 digits below zero"),
    ],
)
def test_numbers_are_clamped_to_sense(limit: str, remaining: str, believed: tuple[int, int]) -> None:
    told = read_allowance(HEADERS | {"X-RateLimit-Limit": limit, "X-RateLimit-Remaining": remaining})
    assert told is not None
    assert (told.limit, told.remaining) == believed


@pytest.mark.parametrize("reset", [HUGE, "-5", "0", "2750000000"])
def test_a_senseless_reset_leaves_the_limit_believed(reset: str) -> None:
    told = read_allowance(HEADERS | {"X-RateLimit-Remaining": "29", "X-RateLimit-Reset": reset})
    assert told is not None
    assert (told.limit, window_from_reset(told, NOW, NOW + 0.1)) == (30, None)


@pytest.mark.parametrize("limit", ["0", "-1"])
def test_a_limit_of_no_requests_at_all_is_not_believed(limit: str) -> None:
    assert read_allowance(HEADERS | {"X-RateLimit-Limit": limit}) is None
    assert read_allowance(HEADERS | {"X-RateLimit-Limit": "1"}) is not None


@pytest.mark.parametrize(
    ("text", "window_s"),
    [
        ("30 per 1 minute", 60),
        ("30 per 2 second", 2),
        ("5000 per 1 hour", 3600),
        ("9 per 2 hour", None),
        ("9 per 2 day", None),
        ("9 per 30 year", None),
        ("9 per 0 second", None),
        pytest.param(f"9 per {'9' * 150} minute", None, id="150 digits"),
        ("9 per \u0663 minute", None),
        ("<html>", None),
    ],
)
def test_the_text_of_a_429_tells_the_window(text: str, window_s: float | None) -> None:
    told = read_allowance(HEADERS, text)
    assert told is not None
    assert told.window_s == window_s


def test_what_others_used_is_one_row_however_much_it_is(open_budget: Open, tmp_path: Path) -> None:
    path = tmp_path / "budget.sqlite3"
    budget = open_budget(path)
    told = read_allowance(HEADERS | {"X-RateLimit-Limit": "9000000"})
    spend(budget, told)
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT sum(requests) FROM others").fetchall() == [(MOST_REQUESTS - 1,)]
        assert database.execute("SELECT count(*) FROM others").fetchall() == [(1,)]
    assert path.stat().st_size < 100_000
    assert spend(budget) == pytest.approx(60, abs=0.01)


def test_what_others_used_falls_free_together_with_ours_in_order(budget: SharedBudget, clock: Any) -> None:
    spend(budget, allowance(2, 4))
    clock.time_s += 10
    assert [spend(budget), spend(budget)] == [0, 0]
    assert spend(budget) == pytest.approx(50, abs=0.01)
    assert spend(budget) == 0
    assert spend(budget) == pytest.approx(10, abs=0.01)


@pytest.mark.parametrize(
    "stored",
    [
        (9_000_000, 3_600_000_000.0, 0.1),
        (3, 946_080_000.0, 0.1),
        (3, float("inf"), 0.1),
        (3, -5.0, 0.1),
        (3, None, None),
        ("many", "long", "fast"),
        (-3, 0.0, -1e9),
        (3, 60.0, 31_536_000.0),
    ],
)
def test_a_stored_rate_without_sense_neither_silences_nor_floods(
    open_budget: Open, clock: Any, tmp_path: Path, stored: tuple[object, ...]
) -> None:
    path = tmp_path / "budget.sqlite3"
    spend(open_budget(path), allowance(2))
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE rate SET requests = ?, window_s = ?, fastest_s = ?", stored)
    budget = open_budget(path)
    for _ in range(3):
        spend(budget, allowance(0))
    assert 29 < sum(clock.slept) < 181


def test_the_wait_that_a_429_asks_for_is_never_longer_than_the_window(budget: SharedBudget) -> None:
    spend(budget, allowance(0, reset_at=2_750_000_000.0), retry_after_s=1e18)
    assert spend(budget) == pytest.approx(60, abs=0.01)
