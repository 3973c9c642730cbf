"""`Allowance`: what the headers of an answer say about the budget (zenodo-api.md §6.2, read 2026-08-20)."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

_USUAL_WINDOWS_S = (60.0, 3600.0)
_SKEW_S = 5.0
_PER = re.compile(r"(\d+) per (\d+) (second|minute|hour|day)")
_UNIT_S = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the headers of an answer say about the budget."""

    limit: int
    remaining: int
    reset_at: float
    window_s: float | None = None
    """The window's length, where the text of a 429 tells it."""


def read_allowance(headers: Mapping[str, str], text: str = "") -> Allowance | None:
    """Return what the ``X-RateLimit-*`` headers say, None where they are missing or odd.

    Args:
        headers: The answer's headers.
        text: The body of a 429, such as ``30 per 1 minute`` (zenodo-api.md §6.2).
    """
    try:
        limit, remaining, reset_at = (
            int(headers[f"X-RateLimit-{name}"]) for name in ("Limit", "Remaining", "Reset")
        )
    except (KeyError, ValueError):
        return None
    told = _PER.search(text)
    window_s = float(told[2]) * _UNIT_S[told[3]] if told else None
    return Allowance(limit, remaining, reset_at, window_s) if limit > 0 else None


def window_from_reset(allowance: Allowance, sent_at: float, received_at: float) -> tuple[float, float] | None:
    """Return the shortest and the longest window that this answer allows, None where it does not tell.

    ``Reset`` is the whole second after the oldest request leaves the window. When only one request is in
    it, that is our own, counted between `sent_at` and `received_at`; so ``Reset`` lies more than one
    window and at most one second more after that.
    """
    if allowance.window_s is not None:
        return allowance.window_s, allowance.window_s
    if allowance.remaining != allowance.limit - 1:
        return None
    shortest_s = float(math.ceil(allowance.reset_at - received_at - 1))
    longest_s = float(math.ceil(allowance.reset_at - sent_at) - 1)
    for usual_s in _USUAL_WINDOWS_S:
        if abs(longest_s - usual_s) <= _SKEW_S:
            return usual_s, usual_s
    return (max(1.0, shortest_s), longest_s) if longest_s >= 1 else None
