"""`Cost`: what fetching all of a search would take, said before it is fetched."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from zenodo_harvest.display import count
from zenodo_harvest.sites import Site


@dataclass(frozen=True, slots=True)
class Cost:
    """Requests and minutes for all rows of a search, as this user and with a token.

    Minutes count the search budget alone: 30 requests a minute, with a token as well
    (zenodo-api.md §6.1, read 2026-08-20).

    Attributes:
        requests: Requests as this user.
        minutes: Minutes these take at the site's budget.
        token_requests: Requests with a token; the same number if there is one already.
        token_minutes: Minutes these take.
    """

    requests: int
    minutes: float
    token_requests: int
    token_minutes: float

    def __str__(self) -> str:
        text = spoken(self.requests, self.minutes)
        if self.token_requests < self.requests:
            text += f"; with a token {self.token_requests:,}"
        return text


def cost_of(rows: int, site: Site, *, has_token: bool) -> Cost:
    """Return what `rows` rows cost on this site."""
    with_token = max(1, ceil(rows / site.page_size_user))
    requests = with_token if has_token else max(1, ceil(rows / guest_page_size(site)))
    return Cost(requests, minutes_of(requests, site), with_token, minutes_of(with_token, site))


def minutes_of(requests: int, site: Site) -> float:
    """Return the minutes that requests take at the site's starting budget."""
    per_minute = site.search_rate.requests * 60 / site.search_rate.window_s
    return requests / per_minute


def guest_page_size(site: Site) -> int:
    """Return the largest page for readers without a token; servers other than Zenodo make no difference."""
    return site.page_size_guest if site.speaks.has_guest_caps else site.page_size_user


def spoken(requests: int, minutes: float) -> str:
    """Return requests and minutes as people say them."""
    return f"{count(requests, 'request')}, {_time(minutes)}"


def _time(minutes: float) -> str:
    if minutes <= 1:
        return "under a minute"
    if minutes < 120:
        return f"about {round(minutes)} min"
    return f"about {round(minutes / 60)} h"
