"""`Allowance`: what the headers of an answer say about the budget (zenodo-api.md §6.2, read 2026-08-20)."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from zenodo_harvest.http.clock import moment_of, whole_number

MOST_REQUESTS = 100_000
"""A larger limit is taken as this one; Zenodo's largest is 25,000 an hour (zenodo-api.md §6.1)."""
LONGEST_WINDOW_S = 3600.0
"""A longer window is not believed; Zenodo's longest is an hour (zenodo-api.md §6.1)."""
_USUAL_WINDOWS_S = (60.0, 3600.0)
_SKEW_S = 5.0
_DATE_S = 0.999
"""``Date`` is cut to whole seconds."""
_PER = re.compile(r"[0-9]+ per ([0-9]+) (second|minute|hour)")
_UNIT_S = {"second": 1, "minute": 60, "hour": 3600}


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the headers of an answer say about the budget.

    Attributes:
        limit: Requests in a window, 1 to `MOST_REQUESTS`.
        remaining: Requests left, 0 to `limit`.
        reset_at: When the oldest request leaves the window, by the server's clock.
        window_s: The window's length, where the text of a 429 tells it.
        date_at: The server's time, where the answer tells it.
    """

    limit: int
    remaining: int
    reset_at: float
    window_s: float | None = None
    date_at: float | None = None


def read_allowance(headers: Mapping[str, str], text: str = "") -> Allowance | None:
    """Return what the ``X-RateLimit-*`` headers say, None where they are missing or odd.

    Args:
        headers: The answer's headers.
        text: The body of a 429, such as ``30 per 1 minute`` (zenodo-api.md §6.2).
    """
    limit, remaining, reset_at = (
        whole_number(headers.get(f"X-RateLimit-{name}", "")) for name in ("Limit", "Remaining", "Reset")
    )
    if limit is None or remaining is None or reset_at is None or limit < 1:
        return None
    most = min(limit, MOST_REQUESTS)
    used = max(0, min(limit - remaining, most))
    told = _PER.search(text)
    window_s = float((whole_number(told[1]) or 0) * _UNIT_S[told[2]]) if told else 0.0
    return Allowance(
        most,
        most - used,
        float(reset_at),
        window_s if 0 < window_s <= LONGEST_WINDOW_S else None,
        moment_of(headers.get("Date", "")),
    )


def window_from_reset(allowance: Allowance, sent_at: float, received_at: float) -> tuple[float, float] | None:
    """Return the shortest and the longest window that this answer allows, None where it does not tell.

    ``Reset`` is the whole second after the oldest request leaves the window. When only one request is in
    it, that is our own; so ``Reset`` lies more than one window and at most one second more after the time
    at which the server counted it. Our clock gives that time only where the server's ``Date`` agrees with
    it; an answer without ``Date`` can show one of the usual windows alone.
    """
    if allowance.window_s is not None:
        return allowance.window_s, allowance.window_s
    if allowance.remaining != allowance.limit - 1:
        return None
    earliest_at, latest_at = _counted_between(allowance.date_at, sent_at, received_at)
    shortest_s = float(math.ceil(allowance.reset_at - latest_at - 1))
    longest_s = float(math.ceil(allowance.reset_at - earliest_at) - 1)
    for usual_s in _USUAL_WINDOWS_S:
        if shortest_s - _SKEW_S <= usual_s <= longest_s + _SKEW_S:
            return usual_s, usual_s
    if allowance.date_at is None or not 1 <= longest_s <= LONGEST_WINDOW_S:
        return None
    return max(1.0, shortest_s), longest_s


def _counted_between(date_at: float | None, sent_at: float, received_at: float) -> tuple[float, float]:
    """Return between which times, by the server's clock, it counted the request."""
    if date_at is None or (sent_at <= date_at + _DATE_S and date_at <= received_at):
        return sent_at, received_at
    return date_at - max(0.0, received_at - sent_at), date_at + _DATE_S
