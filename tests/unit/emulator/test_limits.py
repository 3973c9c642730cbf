from __future__ import annotations

import pytest

from doubles import StillClock
from zenodo_harvest.emulator.limits import Limiter, Verdict, parse_limits
from zenodo_harvest.errors import UsageError

BEGAN_S = 1000.4


def limiter(spec: str, clock: StillClock) -> Limiter:
    return Limiter(parse_limits(spec), clock.now)


def hit(
    limiter: Limiter, bucket: str = "search", caller: str = "me 127.0.0.1", *, is_user: bool = False
) -> Verdict:
    return limiter.hit(caller, "search" if bucket == "search" else "other", is_user=is_user)


def test_the_thirty_first_search_of_a_minute_is_refused_with_the_servers_words() -> None:
    deployed = limiter("deployed", StillClock(BEGAN_S))
    assert all(hit(deployed).refused is None for _ in range(30))
    assert hit(deployed).refused == "30 per 1 minute"


def test_a_refused_request_is_not_counted_so_the_window_frees_itself() -> None:
    clock = StillClock(BEGAN_S)
    deployed = limiter("deployed", clock)
    for _ in range(50):
        hit(deployed)
    clock.time_s += 60
    assert hit(deployed).headers["X-RateLimit-Remaining"] == "29"


def test_the_window_moves_instead_of_starting_anew() -> None:
    clock = StillClock(BEGAN_S)
    deployed = limiter("deployed", clock)
    hit(deployed)
    clock.time_s += 30
    for _ in range(29):
        hit(deployed)
    clock.time_s += 30
    assert hit(deployed).refused is None
    assert hit(deployed).refused == "30 per 1 minute"


def test_every_answer_says_limit_rest_reset_and_retry_after() -> None:
    clock = StillClock(BEGAN_S)
    deployed = limiter("deployed", clock)
    assert hit(deployed).headers == {
        "X-RateLimit-Limit": "30",
        "X-RateLimit-Remaining": "29",
        "X-RateLimit-Reset": "1061",
        "Retry-After": "60",
    }
    clock.time_s += 20.5
    assert hit(deployed).headers["X-RateLimit-Reset"] == "1061"
    assert hit(deployed).headers["Retry-After"] == "40"


def test_searches_and_other_requests_have_budgets_of_their_own() -> None:
    deployed = limiter("deployed", StillClock(BEGAN_S))
    hit(deployed)
    assert hit(deployed, "other").headers["X-RateLimit-Limit"] == "133"
    assert hit(deployed, "other").headers["X-RateLimit-Remaining"] == "131"
    assert hit(deployed).headers["X-RateLimit-Remaining"] == "28"


def test_a_token_raises_the_other_limit_but_not_that_of_searches() -> None:
    deployed = limiter("deployed", StillClock(BEGAN_S))
    assert hit(deployed, "other", is_user=True).headers["X-RateLimit-Limit"] == "1000"
    assert hit(deployed, is_user=True).headers["X-RateLimit-Limit"] == "30"


def test_another_user_agent_or_address_is_another_caller_and_a_token_is_not() -> None:
    deployed = limiter("deployed", StillClock(BEGAN_S))
    hit(deployed)
    assert hit(deployed, caller="you 127.0.0.1").headers["X-RateLimit-Remaining"] == "29"
    assert hit(deployed, is_user=True).headers["X-RateLimit-Remaining"] == "28"


def test_a_scaled_limit_scales_the_other_budgets_alike() -> None:
    clock = StillClock(BEGAN_S)
    scaled = limiter("60/2s", clock)
    assert hit(scaled, "other").headers["X-RateLimit-Limit"] == "266"
    for _ in range(60):
        hit(scaled)
    assert hit(scaled).refused == "60 per 2 second"
    clock.time_s += 2
    assert hit(scaled).refused is None


def test_limits_that_are_off_tell_a_limit_that_nobody_reaches() -> None:
    verdict = hit(limiter("off", StillClock(BEGAN_S)))
    assert verdict.refused is None
    assert verdict.headers["X-RateLimit-Limit"] == "10000000"


@pytest.mark.parametrize("spec", ["", "on", "0/1m", "30/0s", "30 per minute", "-1/1s"])
def test_a_limit_that_is_none_is_refused_with_examples(spec: str) -> None:
    with pytest.raises(UsageError, match="30/2s"):
        parse_limits(spec)
