"""Records that ask to be in a community, and are not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zenodo_harvest.catalog.checks.rule import Rule
from zenodo_harvest.catalog.finding import Finding
from zenodo_harvest.errors import NotAllowed

if TYPE_CHECKING:
    from zenodo_harvest.deposit import Deposits, Request

_KINDS = ("community-inclusion", "community-submission")

PENDING = Rule(
    "community-pending",
    "warning",
    "Community asked for, and not joined",
    "The request waits for a curator, or was declined. Decide it, or tell the owner what to mend. Requests "
    "are seen with the token of a curator, or of who asked; without a token this rule is silent.",
)


@dataclass(frozen=True, slots=True)
class PendingRecord:
    """A record or draft that asks, or asked in vain, to be in a community.

    Attributes:
        id: The record.
        title: Its title, as the request has it.
        url: Where people see the request.
        community: The slug of the community.
        status: The status of the request, such as ``submitted`` or ``declined``.
        asked_at: When it was made, as ISO 8601.
    """

    id: str
    title: str | None
    url: str | None
    community: str
    status: str
    asked_at: str


def pending_records(deposits: Deposits, communities: Mapping[str, str]) -> list[PendingRecord]:
    """Return the records whose last request to one of the communities is open or was declined.

    A curator's token shows all requests to a community, another one those of its user alone.

    Args:
        deposits: The deposits of a client that has a token.
        communities: The UUIDs of the communities, by slug.

    Raises:
        BadToken: There is no token.
        NotAllowed: It is a wrong one.
    """
    found: list[PendingRecord] = []
    for slug, uuid in communities.items():
        try:
            asked = list(deposits.requests(community=uuid, everything=True))
        except NotAllowed:  # a wrong token fails once more
            asked = [each for each in deposits.requests(everything=True) if each.community_id == uuid]
        found += _last(slug, asked)
    return found


def _last(slug: str, asked: Iterable[Request]) -> list[PendingRecord]:
    last: dict[str, Request] = {}
    for request in sorted(asked, key=lambda each: each.created):
        if request.type in _KINDS and request.record_id:
            last[request.record_id] = request
    return [
        PendingRecord(id_, each.title or None, each.url or None, slug, each.status, each.created)
        for id_, each in last.items()
        if each.is_open or each.status == "declined"
    ]


def pending_findings(pending: Iterable[PendingRecord], inside: Set[tuple[str, str]]) -> list[Finding]:
    """Return what there is to say of records that wait, save those that are in by now.

    Args:
        pending: The records.
        inside: Id and slug of records that are in a community.
    """
    return [
        Finding(PENDING.id, PENDING.level, each.id, each.title, each.url, _said(each))
        for each in pending
        if (each.id, each.community) not in inside
    ]


def _said(each: PendingRecord) -> str:
    verb = "was declined" if each.status == "declined" else "waits for a curator"
    return f"the request to {each.community} of {each.asked_at[:10]} {verb}"
