"""Communities of a deposit: those it is in, asking another one, reviews of drafts, leaving."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from zenodo_harvest.deposit.api import Api
from zenodo_harvest.deposit.deposit import Deposit
from zenodo_harvest.deposit.reading import list_in, object_in, text_in
from zenodo_harvest.deposit.refs import Ref, draft_path, find_deposit, record_path
from zenodo_harvest.deposit.requests import Request, decide, read_request, requests_of, review_of
from zenodo_harvest.engine import Community, resolve_community
from zenodo_harvest.errors import UsageError

ASKED = "legacy:communities"
"""The custom field in which a draft on Zenodo keeps the communities that publishing will ask."""


@dataclass(frozen=True, slots=True)
class Membership:
    """What a deposit has to do with a community.

    Attributes:
        slug: The community.
        community_id: Its UUID; empty where the site knows none of this name.
        title: Its title.
        status: ``member``; ``submitted`` while somebody has to decide; ``named`` in the metadata of a draft,
            and asked when it is published; ``declined``, ``cancelled`` and others after that.
        request_id: The request, if there is one.
    """

    slug: str
    community_id: str
    title: str
    status: str
    request_id: str | None = None

    def facts(self) -> dict[str, Any]:
        """Return what a list shows of it."""
        return asdict(self)


def memberships(api: Api, deposit: Deposit) -> tuple[Membership, ...]:
    """Return the communities that a deposit is in, was submitted to, or names."""
    found = {each.community_id: each for each in _members(api, deposit)}
    requests = requests_of(api, deposit) if deposit.is_published else tuple(_reviews(api, deposit))
    for request in sorted(requests, key=lambda each: not each.is_open):
        was_left = request.status == "accepted"
        if request.community_id and request.community_id not in found and not was_left:
            community = resolve_community(api.transport, request.community_id)
            found[community.id] = Membership(
                community.slug, community.id, community.title, request.status, request.id
            )
    asked = [] if not deposit.has_draft else named_in(deposit.native)
    slugs = {each.slug for each in found.values()}
    return (*found.values(), *(Membership(slug, "", "", "named") for slug in asked if slug not in slugs))


def named_in(native: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the communities that the metadata of a draft in native JSON names, each once."""
    return tuple(dict.fromkeys(map(str, list_in(object_in(native, "custom_fields"), ASKED))))


def check_known(api: Api, slugs: Iterable[str]) -> None:
    """Refuse communities that there are not, which the server would pass over without a word.

    Raises:
        UnknownCommunity: There is none of this name.
    """
    for slug in slugs:
        resolve_community(api.transport, slug)


def check_named(draft: Deposit) -> None:
    """Refuse to publish a draft that names a community twice, as a classic deposit may.

    Raises:
        UsageError: It does, and the server would fail on it (zenodo-api.md §13, run 2026-11-23).
    """
    stored = list_in(object_in(draft.native, "custom_fields"), ASKED)
    if len(stored) != len(set(map(str, stored))):
        each = ", ".join(f'"{slug}"' for slug in named_in(draft.native))
        raise UsageError(
            f"{draft.id} names a community twice, and publishing would fail.",
            hint=f"Name each once: `deposit update {draft.id} --set 'communities=[{each}]'`.",
        )


def told_of_asked(api: Api, draft: Deposit, published: Deposit) -> tuple[str, ...]:
    """Return what became of the communities that a draft named, a sentence each: the server says nothing."""
    asked = named_in(draft.native)
    if not asked:
        return ()
    known = {each.slug: each for each in memberships(api, published)}
    return tuple(_fate(slug, known.get(slug), published) for slug in asked)


def _fate(slug: str, membership: Membership | None, published: Deposit) -> str:
    if membership is None or membership.status == "named":
        return f"It was not submitted to {slug}: there is no such community, or it takes none of yours."
    if membership.status == "member":
        return f"It is in {slug}."
    if membership.status == "submitted":
        return f"It waits for {slug} to accept it; `deposit communities {published.id}` tells."
    return f"{slug} has {membership.status} it."


def submit(api: Api, ref: Ref, community: str) -> Membership:
    """Submit a published record to a community; return whether it is in or waits.

    Raises:
        UsageError: It was never published, is in already, or the community takes none.
        UnknownCommunity: There is no such community.
        NotAllowed: It is somebody else's.
    """
    deposit = find_deposit(api, ref)
    found = resolve_community(api.transport, community)
    if not deposit.is_published:
        raise UsageError(
            f"{deposit.id} was never published, and only a published record can be submitted.",
            hint=f"Publish it first, or let the community review the draft with "
            f"`deposit review {deposit.id} {found.slug}`, which publishes it when it is accepted.",
        )
    path = f"{record_path(deposit.id)}/communities"

    def act() -> Membership:
        answer = api.write("POST", path, {"communities": [{"id": found.id}]}, also=(400,)).json()
        return _processed(answer, deposit, found)

    def look() -> Membership | None:
        now = [each for each in memberships(api, deposit) if each.community_id == found.id]
        return now[0] if now and now[0].status in ("member", "submitted") else None

    return api.surely(act, look)


def review(api: Api, ref: Ref, community: str, *, comment: str = "") -> Request:
    """Submit a draft to a community, whose acceptance publishes it.

    Raises:
        UsageError: It is published, is under review, or its metadata is not complete.
        UnknownCommunity: There is no such community.
    """
    draft = find_deposit(api, ref)
    found = resolve_community(api.transport, community)
    if draft.is_published:
        raise UsageError(
            f"{draft.id} is published, and only a first publication is reviewed.",
            hint=f"Submit it with `deposit submit {draft.id} {found.slug}`.",
        )
    before = review_of(api, draft)
    if before is not None and before.is_open:
        raise UsageError(
            f"{draft.id} is under review already.",
            hint=f"Take it back with `deposit withdraw {draft.id} {found.slug}` first.",
        )
    path = draft_path(draft.id)
    old = (before.id,) if before else ()
    wanted = {"receiver": {"community": found.id}, "type": "community-submission"}

    def has_review() -> bool | None:
        now = review_of(api, draft)
        is_it = now is not None and now.community_id == found.id and now.id not in old
        return True if is_it else None

    def is_submitted() -> Request | None:
        # a community of one's own accepts at once, and there is no draft any more
        asked = (review_of(api, draft), *requests_of(api, draft))
        known = [each for each in asked if each and each.community_id == found.id and each.id not in old]
        return known[0] if known and known[0].status != "created" else None

    def submit_it() -> Request:
        body = {"payload": {"content": comment, "format": "html"}} if comment else {}
        return read_request(api.write("POST", f"{path}/actions/submit-review", body).json())

    api.surely(lambda: bool(api.write("PUT", f"{path}/review", wanted)), has_review)
    return api.surely(submit_it, is_submitted)


def withdraw(api: Api, ref: Ref, community: str) -> Membership:
    """Take a deposit out of a community, or take back what was asked of it.

    Raises:
        UsageError: It is not in there and nothing was asked.
        UnknownCommunity: There is no such community.
    """
    deposit = find_deposit(api, ref)
    known = {each.community_id or each.slug: each for each in memberships(api, deposit)}
    found = resolve_community(api.transport, community)
    membership = known.get(found.id) or known.get(found.slug)
    if membership is None or membership.status not in ("member", "submitted", "created"):
        raise UsageError(
            f"{deposit.id} is not in {found.slug}, and nothing waits to be decided.",
            hint=f"`deposit communities {deposit.id}` shows what it is in.",
        )
    if membership.status == "member":
        _leave(api, deposit, found)
    elif membership.status == "created":
        path = f"{draft_path(deposit.id)}/review"
        api.erase(path, lambda: api.find(path) is None)
    else:
        decide(api, membership.request_id or "", "cancel")
    return Membership(found.slug, found.id, found.title, "withdrawn", membership.request_id)


def _leave(api: Api, deposit: Deposit, community: Community) -> None:
    """Take a record out; the server knows the community by UUID alone (zenodo-api.md §10, run 2026-11-23)."""
    path = f"{record_path(deposit.id)}/communities"

    def look() -> bool | None:
        is_in = any(each.community_id == community.id for each in _members(api, deposit))
        return None if is_in else True

    body = {"communities": [{"id": community.id}]}
    api.surely(lambda: bool(api.write("DELETE", path, body)), look)


def _members(api: Api, deposit: Deposit) -> Iterator[Membership]:
    if not deposit.is_published:
        return
    for hit in api.hits(f"{record_path(deposit.id)}/communities", {}):
        community = Community.read(hit)
        yield Membership(community.slug, community.id, community.title, "member")


def _reviews(api: Api, deposit: Deposit) -> Iterator[Request]:
    found = review_of(api, deposit)
    if found is not None:
        yield found


def _processed(answer: Any, deposit: Deposit, community: Community) -> Membership:
    """Return what a server did with a submission.

    Raises:
        UsageError: It refused it.
    """
    for done in list_in(answer, "processed"):
        status = text_in(object_in(done, "request"), "status") or "submitted"
        return Membership(
            community.slug,
            community.id,
            community.title,
            "member" if status == "accepted" else status,
            text_in(done, "request_id"),
        )
    said = "; ".join(text_in(error, "message") or str(error) for error in list_in(answer, "errors"))
    raise UsageError(
        f"{deposit.id} was not submitted to {community.slug}: {said or 'the server gives no reason'}",
        hint=f"`deposit communities {deposit.id}` shows what it is in, and what waits.",
    )
