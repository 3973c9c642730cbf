from __future__ import annotations

import pytest

from zenodo_harvest.http import Answer, RetryPolicy
from zenodo_harvest.http.answer import LONGEST_ASKED_S
from zenodo_harvest.http.clock import moment_of

DATE = "Sun, 22 Nov 2026 08:00:00 GMT"


def asked_s(value: str, date: str = DATE, status: int = 429) -> float | None:
    return Answer(status, {"Retry-After": value, "Date": date}, b"", "https://repo.test/").retry_after_s()


@pytest.mark.parametrize(
    ("value", "believed_s"),
    [
        ("17", 17),
        (" 0 ", 0),
        ("Sun, 22 Nov 2026 08:00:30 GMT", 30),
        ("Sun, 22 Nov 2026 10:00:30 +0200", 30),
        ("Sun, 22 Nov 2026 08:00:30 -0000", 30),
        ("Sun, 22 Nov 2026 08:00:30", 30),
        ("Sun, 22 Nov 2026 07:59:00 GMT", 0),
        ("Mon, 01 Jan 2057 00:00:00 GMT", LONGEST_ASKED_S),
        ("Fri, 31 Dec 9999 23:59:59 -0000", LONGEST_ASKED_S),
        ("Mon, 01 Jan 0001 00:00:00 -0000", 0),
        *(pytest.param("9" * size, LONGEST_ASKED_S, id=f"{size} digits") for size in (30, 400, 5000)),
    ],
)
def test_retry_after_is_clamped_to_sense(value: str, believed_s: float) -> None:
    assert asked_s(value) == believed_s


@pytest.mark.parametrize(
    "value",
    [
        "",
        "-5",
        "1.5",
        "nan",
        "inf",
        "soon",
        "\u0663",
        "\u00b3",
        "Sun, 22 Nov 2026 08:00:30 +9999999",
        "Sun, 22 Nov 2026 08:00:30 -99999999999999999999",
        "Sun, 99 Nov 2026 08:00:30 GMT",
        "Sun, 22 Nov 99999999999999 08:00:30 GMT",
        pytest.param("Sun, 22 Nov " + "9" * 5000 + " 08:00:30 GMT", id="5000 digits"),
        ",",
        "0 0 0",
        ":::",
    ],
)
def test_a_retry_after_without_sense_is_none(value: str) -> None:
    assert asked_s(value) is None


@pytest.mark.parametrize("date", ["", "yesterday", "Sun, 22 Nov 99999999999999 08:00:30 GMT"])
def test_a_date_to_wait_for_needs_the_servers_own_date(date: str) -> None:
    assert asked_s("Sun, 22 Nov 2026 08:00:30 GMT", date) is None


def test_a_date_without_a_zone_is_in_utc() -> None:
    assert moment_of("Sun, 22 Nov 2026 08:00:00") == moment_of(DATE) == 1_795_334_400


@pytest.mark.parametrize(("asked", "wait_s"), [(0.0, 1), (17.0, 17), (1e9, 120), (float("inf"), 120)])
def test_no_wait_is_shorter_than_the_first_or_longer_than_the_longest(asked: float, wait_s: float) -> None:
    assert RetryPolicy().wait_s(1, asked, 1.0) == wait_s


def test_waits_of_many_tries_stay_finite() -> None:
    assert RetryPolicy().wait_s(5_000, None, 1.0) == 120


@pytest.mark.parametrize(
    ("attempts", "status", "tries"), [(5, 503, 5), (5, None, 5), (5, 429, 12), (20, 429, 20), (1, 429, 1)]
)
def test_what_is_refused_with_a_429_is_tried_more_patiently(
    attempts: int, status: int | None, tries: int
) -> None:
    assert RetryPolicy(attempts=attempts).tries(status) == tries
