"""Requests: what one user asks of a community or of the site, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from zenodo_harvest.deposit.api import Api, segment
from zenodo_harvest.deposit.deposit import Deposit
from zenodo_harvest.deposit.reading import object_in, text_in
from zenodo_harvest.deposit.refs import Ref, draft_path, find_deposit, find_published, record_path
from zenodo_harvest.engine import resolve_community
from zenodo_harvest.errors import BadAnswer, NotFound, UsageError

PUBLISHING = "community-submission"
"""The kind of request whose acceptance publishes a draft (zenodo-api.md §10, read 2026-08-20)."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request.

    Attributes:
        id: Its UUID.
        type: ``community-inclusion`` of a published record, ``community-submission`` of a draft, and others.
        status: ``created``, ``submitted``, ``accepted``, ``declined``, ``cancelled`` and others.
        is_open: Whether somebody has yet to decide.
        title: What it is about.
        record_id: The record or draft it is about.
        community_id: The community that is asked, by its UUID.
        created_by: The number of the user who asks.
        created: When it was made.
        actions: What this user may do: ``accept``, ``decline``, ``cancel``.
        url: Where people see it.
    """

    id: str
    type: str = ""
    status: str = ""
    is_open: bool = False
    title: str = ""
    record_id: str | None = None
    community_id: str | None = None
    created_by: str | None = None
    created: str = ""
    actions: tuple[str, ...] = ()
    url: str = ""
    native: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def publishes(self) -> bool:
        """Whether accepting it publishes a draft."""
        return self.type == PUBLISHING

    def facts(self) -> dict[str, Any]:
        """Return what a list shows of it."""
        names = (
            *("id", "type", "status", "is_open", "title", "record_id", "community_id"),
            *("created_by", "created", "actions", "url"),
        )
        return {name: getattr(self, name) for name in names}


def read_request(native: Any) -> Request:
    """Return the request of an answer.

    Raises:
        BadAnswer: It is none.
    """
    if not isinstance(native, dict) or not native.get("id"):
        raise BadAnswer("The answer holds no request.", hint="Check the address of the site.")
    links = object_in(native, "links")
    return Request(
        id=str(native["id"]),
        type=str(native.get("type") or ""),
        status=str(native.get("status") or ""),
        is_open=bool(native.get("is_open")),
        title=str(native.get("title") or ""),
        record_id=text_in(object_in(native, "topic"), "record"),
        community_id=text_in(object_in(native, "receiver"), "community"),
        created_by=text_in(object_in(native, "created_by"), "user"),
        created=str(native.get("created") or ""),
        actions=tuple(sorted(object_in(links, "actions"))),
        url=str(links.get("self_html") or ""),
        native=native,
    )


def list_requests(api: Api, *, community: str | None = None, everything: bool = False) -> Iterator[Request]:
    """Yield the requests that concern this user, or those to one community; open ones alone unless told.

    Raises:
        UnknownCommunity: There is no such community.
        NotAllowed: This user does not curate it.
    """
    path = "/api/user/requests"
    if community is not None:
        path = f"/api/communities/{segment(resolve_community(api.transport, community).id)}/requests"
    for request in map(read_request, api.hits(path, {"sort": "newest"})):
        if everything or request.is_open:
            yield request


def requests_of(api: Api, deposit: Deposit) -> tuple[Request, ...]:
    """Return the requests about a deposit; one that is no longer there has none."""
    try:
        return tuple(map(read_request, api.hits(f"{record_path(deposit.id)}/requests", {})))
    except NotFound:
        return ()


def find_request(api: Api, id_: str) -> Request:
    """Return a request by its id.

    Raises:
        NotFound: There is none.
        NotAllowed: It is not this user's business.
    """
    try:
        return read_request(api.read(f"/api/requests/{segment(id_)}"))
    except NotFound as error:
        raise NotFound(
            f"There is no request {id_!r}.", hint="`deposit requests list` shows them.", url=error.url
        ) from error


def decide(api: Api, id_: str, action: str, *, comment: str = "") -> Request:
    """Accept, decline or cancel a request, and return it as it is then.

    Args:
        api: Asks.
        id_: The request.
        action: ``accept``, ``decline`` or ``cancel``.
        comment: What is said with it.

    Raises:
        UsageError: It is closed, or this user may not.
    """
    request = find_request(api, id_)
    if action not in request.actions:
        open_ = "is not open" if not request.is_open else f"cannot be {_DONE[action]} by you"
        raise UsageError(
            f"The request {request.id} {open_}: it is {request.status}.", hint="Nothing was done."
        )
    body = {"payload": {"content": comment, "format": "html"}} if comment else {}

    def look() -> Request | None:
        now = find_request(api, id_)
        return None if now.is_open else now

    path = f"/api/requests/{segment(id_)}/actions/{action}"
    decided = api.surely(lambda: read_request(api.write("POST", path, body).json()), look)
    if decided.status != _DONE[action]:
        raise UsageError(
            f"The request {decided.id} was {decided.status} by somebody else meanwhile.",
            hint="`deposit requests list --all` shows it.",
        )
    return decided


_DONE = {"accept": "accepted", "decline": "declined", "cancel": "cancelled"}


def request_deletion(api: Api, ref: Ref, *, reason: str, comment: str = "") -> Request:
    """Ask for a published record to be removed; within 30 days of publication its owner gets it at once.

    Args:
        api: Asks.
        ref: The record.
        reason: Why, by its id in the vocabulary of the site, such as ``test-record``.
        comment: Words for the operators, as HTML.

    Raises:
        UsageError: It was never published, or the server does not take the reason.
        NotAllowed: It is not this user's, or too old.
    """
    body = {"reason": reason, **({"comment": comment} if comment else {})}
    return _ask(api, ref, "request-deletion", body, to="request the deletion of")


def unlock_files(api: Api, ref: Ref, *, comment: str = "") -> Request:
    """Ask for the files of a published record to be unlocked; its owner may, soon after publication.

    Raises:
        UsageError: It was never published.
        NotAllowed: It is not this user's, or too old.
    """
    return _ask(api, ref, "file-modification", {"comment": comment} if comment else {}, to="unlock files of")


def raise_quota(api: Api, ref: Ref, quota_gb: int) -> Request:
    """Ask for more room for the files of a deposit, in whole GB as a text (read in the source 2026-11-28).

    Raises:
        UsageError: The server does not take what is asked for.
        NotAllowed: It is not this user's, or more than the site gives.
    """
    body = {"quota_size": str(quota_gb)}
    return _ask(api, ref, "quota-increase", body, to="raise the quota of", is_draft=True)


def _ask(
    api: Api, ref: Ref, what: str, body: Mapping[str, Any], *, to: str, is_draft: bool = False
) -> Request:
    deposit = find_deposit(api, ref) if is_draft else find_published(api, ref, to=to)
    before = {request.id for request in requests_of(api, deposit)}
    path = f"{record_path(deposit.id)}/{what}"

    def act() -> Request:
        try:
            return read_request(api.write("POST", path, body).json())
        except NotFound as error:
            raise UsageError(
                f"{api.transport.site.name} offers no {what} for {deposit.id}.",
                hint="Write to the operators of the site.",
                url=error.url,
            ) from error

    def look() -> Request | None:
        # of a record that is gone by now only the user's own list tells
        known = (*requests_of(api, deposit), *list_requests(api, everything=True))
        made = [each for each in known if each.record_id == deposit.id and each.id not in before]
        return made[0] if made else None

    return api.surely(act, look)


def review_of(api: Api, deposit: Deposit) -> Request | None:
    """Return the review that a draft has, None if it has none."""
    found = api.find(f"{draft_path(deposit.id)}/review")
    return read_request(found) if found else None
