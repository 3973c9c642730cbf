"""The server's two rate limits: moving windows per User-Agent and address, told on every answer."""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from zenodo_harvest.emulator.flavours import ZENODO, Flavour
from zenodo_harvest.errors import UsageError

_SPEC = re.compile(r"(\d+)/(\d*)(s|m|h)")
_UNITS = {"s": (1, "second"), "m": (60, "minute"), "h": (3600, "hour")}

Bucket = Literal["search", "other"]


@dataclass(frozen=True, slots=True)
class Window:
    """At most `count` requests in any `size_s` seconds; `text` is what a 429 says."""

    count: int
    size_s: int
    text: str


_OFF = Window(10_000_000, 60, "10000000 per 1 minute")


@dataclass(frozen=True, slots=True)
class Rules:
    """Which window holds for which requests."""

    search: Window | None
    guest: Window
    user: Window

    def window(self, bucket: Bucket, *, is_user: bool) -> Window:
        """Return the window for a request; Zenodo's searches have the same one with and without a token."""
        if bucket == "search" and self.search:
            return self.search
        return self.user if is_user else self.guest


def parse_limits(spec: str, flavour: Flavour = ZENODO) -> Rules:
    """Read ``off``, ``deployed`` or a scaled search limit such as ``30/2s``.

    Deployed, on Zenodo: 30 a minute for searches, else 133 a minute for guests and 1000 with a token; the
    hourly limits never bite before these (zenodo-api.md §6.1, read 2026-08-20). A scaled limit is the least
    one and scales the others alike.
    Off still tells a limit, of the size that the recorded server told.

    Raises:
        UsageError: `spec` is none of these.
    """
    if spec == "off":
        return Rules(_OFF, _OFF, _OFF)
    least = flavour.searches or flavour.guest_requests
    match = _SPEC.fullmatch(f"{least}/1m" if spec == "deployed" else spec.strip())
    if not match or int(match[1]) < 1 or match[2] == "0":
        raise UsageError(
            f"{spec!r} is not a rate limit.", hint="Write off, deployed, or e.g. 30/2s or 60/1m."
        )
    count, number = int(match[1]), int(match[2] or 1)
    unit_s, unit = _UNITS[match[3]]

    def scaled(deployed: int) -> Window:
        here = max(1, round(deployed * count / least))
        return Window(here, number * unit_s, f"{here} per {number} {unit}")

    search = scaled(flavour.searches) if flavour.searches else None
    return Rules(search, scaled(flavour.guest_requests), scaled(flavour.user_requests))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the limiter says about one request: the headers to send, and `refused` (a 429's text) or None."""

    headers: dict[str, str]
    refused: str | None


class Limiter:
    """Counts requests in moving windows keyed by User-Agent and address, never by token.

    A refused request is not counted; ``Retry-After`` is on every answer, 200s as well
    (zenodo-api.md §6.2, read 2026-08-20).
    """

    def __init__(self, rules: Rules, clock: Callable[[], float]) -> None:
        self._rules = rules
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: dict[tuple[str, str], deque[float]] = {}

    def hit(self, caller: str, bucket: Bucket, *, is_user: bool) -> Verdict:
        """Count one request of `caller` and say what its answer must carry."""
        window = self._rules.window(bucket, is_user=is_user)
        with self._lock:
            now = self._clock()
            seen = self._seen.setdefault((caller, window.text), deque())
            while seen and seen[0] <= now - window.size_s:
                seen.popleft()
            is_refused = len(seen) >= window.count
            if not is_refused:
                seen.append(now)
            reset = int(seen[0] + window.size_s) + 1
            headers = {
                "X-RateLimit-Limit": str(window.count),
                "X-RateLimit-Remaining": str(window.count - len(seen)),
                "X-RateLimit-Reset": str(reset),
                "Retry-After": str(int(reset - now)),
            }
        return Verdict(headers, window.text if is_refused else None)
