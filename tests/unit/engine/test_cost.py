from __future__ import annotations

from dataclasses import replace

import pytest

from zenodo_harvest.engine.cost import cost_of
from zenodo_harvest.sites import ZENODO, Rate


@pytest.mark.parametrize(
    ("rows", "has_token", "text"),
    [
        (9_900, False, "396 requests, about 13 min; with a token 99"),
        (9_900, True, "99 requests, about 3 min"),
        (25, False, "1 request, under a minute"),
        (0, False, "1 request, under a minute"),
        (26, False, "2 requests, under a minute; with a token 1"),
        (4_500_000, True, "45,000 requests, about 25 h"),
    ],
)
def test_the_cost_is_said_in_requests_and_time(rows: int, has_token: bool, text: str) -> None:
    assert str(cost_of(rows, ZENODO, has_token=has_token)) == text


def test_the_budget_of_the_site_counts() -> None:
    quick = replace(ZENODO, search_rate=Rate(30, 2))
    assert cost_of(9_900, quick, has_token=False).minutes == pytest.approx(396 / 900)


def test_a_token_changes_nothing_on_another_server() -> None:
    assert str(cost_of(250, replace(ZENODO, flavour="inveniordm"), has_token=False)) == (
        "3 requests, under a minute"
    )
