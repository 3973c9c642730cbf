from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from zenodo_harvest.http import SharedBudget
from zenodo_harvest.http.allowance import Allowance, read_allowance, window_from_reset
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


def test_a_file_that_fails_is_closed_when_it_is_left(open_budget: Open, notes: Any, tmp_path: Path) -> None:
    budget = open_budget(tmp_path / "budget.sqlite3")
    left = budget._database
    left.execute("DROP TABLE slot")
    assert spend(budget) == 0
    assert sum("limits itself" in text for text in notes.notes) == 1
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        left.execute("SELECT 1")


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
    assert window_from_reset(told, NOW, NOW + 0.1) == window_s


def test_a_window_that_could_be_one_of_two_is_taken_as_the_longer_one() -> None:
    assert window_from_reset(Allowance(30, 29, NOW + 3.05), NOW, NOW + 0.1) == (2, 3)


def test_a_known_window_is_kept_where_an_answer_leaves_a_choice(budget: SharedBudget, clock: Any) -> None:
    for ahead_s in (2.5, 3.05):
        lease = budget.acquire("host", "search", Rate(1, 60))
        reset_at = clock.time_s + ahead_s
        clock.time_s += 0.1
        budget.settle(lease, Allowance(1, 0, reset_at), None)
    assert spend_one(budget) == pytest.approx(1.95, abs=0.02)


HEADERS = {"X-RateLimit-Limit": "30", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1795406448"}


@pytest.mark.parametrize("name", HEADERS)
@pytest.mark.parametrize("odd", [None, "many", "", "1.5"])
def test_headers_that_are_missing_or_odd_say_nothing(name: str, odd: str | None) -> None:
    others = {other: value for other, value in HEADERS.items() if other != name}
    assert read_allowance({}) is None
    assert read_allowance(others | ({name: odd} if odd is not None else {})) is None


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
        ("9 per 2 day", 172_800),
        ("<html>", None),
    ],
)
def test_the_text_of_a_429_tells_the_window(text: str, window_s: float | None) -> None:
    told = read_allowance(HEADERS, text)
    assert told is not None
    assert told.window_s == window_s
