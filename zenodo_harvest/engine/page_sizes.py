"""How many rows a page may have, which is also how a server shows whether it knows a token."""

from __future__ import annotations

import re
from dataclasses import replace

from zenodo_harvest.engine.cost import guest_page_size
from zenodo_harvest.errors import BadToken, UsageError
from zenodo_harvest.http import Context
from zenodo_harvest.sites import Site

_NOTHING = 'id:"-"'
"""A query that finds no record."""
_CAP = re.compile(
    r"(?:(?:greater|more|larger) than|less than or equal to|at most|exceed|maximum (?:is|of)) ([0-9]{1,9})"
)
_AS_GUEST = "authenticated"


def page_size(context: Context, limit: int | None = None) -> int:
    """Return the size of every page of a walk.

    With a token it is always more than a guest may have, so that a token that does not count is noticed
    (zenodo-api.md §1.4, read 2026-08-20).
    """
    site = context.site
    guest = guest_page_size(site)
    cap = site.page_size_user if context.transport.has_token else guest
    if limit is None:
        return cap
    return min(cap, max(limit, guest + 1 if _is_to_be_proved(context) else 1))


def prove_token(context: Context) -> None:
    """Make sure that the server knows the token, with one request that brings no rows; once is enough.

    It is known again from any page that was larger than a guest's; see `note_page`.

    Raises:
        BadToken: The server does not know it.
    """
    if _is_to_be_proved(context):
        size = guest_page_size(context.site) + 1
        try:
            context.transport.get("/api/records", [("q", _NOTHING), ("size", str(size)), ("page", "1")])
        except UsageError as error:
            heed_refusal(context, error)
            return
        note_page(context, size)


def note_page(context: Context, size: int) -> None:
    """Note that the server has let us have a page of this size."""
    if context.transport.has_token and size > guest_page_size(context.site):
        context.shown.token_proved_by = _caps(context.site)


def heed_refusal(context: Context, error: UsageError) -> None:
    """Believe what a server that refuses the size of a page says about its caps.

    Zenodo tells guests what a token would allow, and users only their own cap (zenodo-api.md §1.4, read
    2026-08-20).

    Raises:
        BadToken: It takes us for a guest in spite of the token.
        UsageError: It refuses something else, or says nothing new.
    """
    told, site = _told(error), context.site
    cap = named_cap(error) or site.page_size_guest
    if not told and named_cap(error) is None:
        raise error
    is_for_guests = _AS_GUEST in told or cap <= site.page_size_guest
    if site.speaks.has_guest_caps and context.transport.has_token and is_for_guests:
        raise bad_token(site) from None
    is_guest = site.speaks.has_guest_caps and not context.transport.has_token
    if not 0 < cap < (site.page_size_guest if is_guest else site.page_size_user):
        raise error
    context.shown.site = replace(site, page_size_guest=cap) if is_guest else replace(site, page_size_user=cap)
    if context.transport.has_token and _AS_GUEST not in told:
        context.shown.token_proved_by = _caps(context.site)


def named_cap(error: UsageError) -> int | None:
    """Return the largest page that a refusal names, None if it refuses something else."""
    found = _CAP.search(_told(error) or (error.message if "size" in error.message.lower() else ""))
    return int(found[1]) if found else None


def _told(error: UsageError) -> str:
    return " ".join(text for one in error.field_errors if one.field == "size" for text in one.messages)


def bad_token(site: Site) -> BadToken:
    """Return the error for a token that the server treats as none."""
    return BadToken(
        f"{site.name} does not know the token: it gives the answers that anyone without a token gets.",
        hint=f"Check that it is a token of {site.url}, not expired or revoked; or go without one.",
        status=400,
    )


def _is_to_be_proved(context: Context) -> bool:
    """Tell whether there is a token that may not count; other servers than Zenodo show no difference."""
    site = context.site
    makes_difference = context.transport.has_token and guest_page_size(site) < site.page_size_user
    return makes_difference and context.shown.token_proved_by != _caps(site)


def _caps(site: Site) -> tuple[int, int]:
    return site.page_size_guest, site.page_size_user
