"""What requests bring about: reviews of drafts, inclusions, deletions and changes by the owner alone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final

from zenodo_harvest.emulator.defaults import Json
from zenodo_harvest.emulator.deposits import checks
from zenodo_harvest.emulator.deposits.drafts import Drafts
from zenodo_harvest.emulator.deposits.memberships import Memberships
from zenodo_harvest.emulator.deposits.moments import Moments
from zenodo_harvest.emulator.deposits.publication import Publication
from zenodo_harvest.emulator.deposits.requests import Requests, is_open
from zenodo_harvest.emulator.deposits.store import Store
from zenodo_harvest.emulator.problems import Problem, denied, invalid
from zenodo_harvest.emulator.state import State, User
from zenodo_harvest.emulator.tombstone import tombstone

GRACE_DAYS: Final = 30
"""How long owners delete records and change files by themselves (zenodo-api.md §9.7, read 2026-08-20)."""
_QUOTA_GB, _LARGEST_QUOTA_GB = 50, 200
_NO_REVIEW = "Review for draft not found"


class Reviews:
    """Reviews and self-service (zenodo-api.md §10, read 2026-08-20)."""

    def __init__(
        self,
        state: State,
        store: Store,
        drafts: Drafts,
        publication: Publication,
        requests: Requests,
        memberships: Memberships,
        moments: Moments,
    ) -> None:
        self._state = state
        self._store = store
        self._drafts = drafts
        self._publication = publication
        self._requests = requests
        self._memberships = memberships
        self._moments = moments

    def of_draft(self, deposit: Json) -> Json:
        """Return the review of a draft.

        Raises:
            Problem: It has none.
        """
        review = self._requests.find(deposit["draft"].get("review") or "")
        if review is None:
            raise Problem(404, _NO_REVIEW)
        return review

    def choose(self, deposit: Json, user: User, body: Json) -> Json:
        """Say which community is to review a draft for its first publication; nothing is submitted yet."""
        draft = deposit["draft"]
        if draft["is_published"]:
            raise Problem(400, "You cannot create a review for an already published record.")
        if draft["versions"]["index"] > 1:
            raise Problem(400, "You cannot create a review for a new version of a published record.")
        if body.get("type") != "community-submission":
            raise Problem(400, "Invalid review type.")
        receiver = body.get("receiver")
        ref = receiver.get("community") if isinstance(receiver, dict) else None
        community = self._state.community(str(ref)) if ref else None
        if community is None or community["id"] != ref:
            raise invalid([("receiver", "Community not found.")])
        if draft.get("review"):
            self.drop(deposit)
        review = self._requests.create(
            "community-submission", user.id, deposit["id"], {"community": community["id"]}, title=""
        )
        draft["review"] = review["id"]
        self._store.save(deposit)
        return review

    def drop(self, deposit: Json) -> None:
        """Take the choice of a reviewer back."""
        review = self.of_draft(deposit)
        if is_open(review):
            raise Problem(400, "An open review cannot be deleted.")
        if review["status"] == "created":
            self._requests.remove(review["id"])
        deposit["draft"]["review"] = None
        self._store.save(deposit)

    def submit(self, deposit: Json, user: User, *, comment: str = "", require_review: bool = False) -> Json:
        """Hand a draft in; curators of a community that is not closed publish it with that."""
        review = self.of_draft(deposit)
        self._requests.check(review, "submit", user)
        draft = deposit["draft"]
        checks.check(draft, deposit["bucket"], self._moments.today(), self._drafts.pids)
        review["title"] = draft["metadata"].get("title", "")
        self._requests.move(review, "submit", comment=comment, author=user.id)
        community = self._state.community(review["receiver"]["community"])
        if community and not require_review and self._memberships.may_include(community, user):
            self._requests.move(review, "accept")
            self._accepted(review)
        return review

    def act(self, request: Json, action: str, user: User, comment: str) -> Json:
        """Let a user do something with a request, and what follows from it."""
        self._requests.check(request, action, user)
        if action == "submit":
            deposit = self._drafts.editable(request["topic"]["record"], user)
            return self.submit(deposit, user, comment=comment)
        if action == "accept" and request["type"] == "community-submission":
            deposit = self._store.draft(request["topic"]["record"]) or {}
            checks.check(deposit["draft"], deposit["bucket"], self._moments.today(), self._drafts.pids)
        self._requests.move(request, action, comment=comment, author=user.id)
        if action == "accept":
            self._accepted(request)
        elif action == "cancel" and request["type"] == "community-submission":
            self._detach(request)
        return request

    def delete_record(self, record_id: str, user: User, body: Json) -> Json:
        """Delete a record that its owner published lately, or ask for it."""
        record = self._drafts.own_record(record_id, user)
        reason = body.get("reason")
        if not isinstance(reason, str) or not reason:
            raise invalid([("payload.reason", "Missing data for required field.")])
        if reason not in _reasons(self._drafts):
            raise Problem(400, f"Invalid value {reason}.")
        is_fresh = self._is_fresh(record)
        policy = {"policy_id": "grace-period-v1"} if is_fresh else {}
        title = f'Deletion request for "{record["metadata"].get("title", "")}"'
        payload = {**policy, "reason": reason}
        request = self._self_service("record-deletion", record_id, user, title, payload, is_accepted=is_fresh)
        if is_fresh:
            if deposit := self._store.draft(record_id):
                self._drafts.discard(deposit)
            at = self._moments.stamp()
            self._state.delete(
                record_id, lambda gone: tombstone(gone, at=at, reason=reason, note="", is_visible=True)
            )
        return request

    def unlock_files(self, record_id: str, user: User, body: Json) -> Json:
        """Open the files of a record for a change, within the days of grace."""
        record = self._drafts.own_record(record_id, user)
        if not self._is_fresh(record):
            raise denied()
        payload = {**body, "policy_id": "file-modification-grace-period-v1"}
        title = f'File modification for "{record["metadata"].get("title", "")}"'
        request = self._self_service("file-modification", record_id, user, title, payload)
        deposit = self._drafts.edit(record_id, user)
        deposit["is_unlocked"] = True
        self._store.save(deposit)
        return request

    def raise_quota(self, record_id: str, user: User, body: Json) -> Json:
        """Let the files of a draft or record take more room."""
        deposit = self._store.find(record_id)
        if not (deposit and deposit["draft"]):
            self._drafts.own_record(record_id, user)
            deposit = self._drafts.edit(record_id, user)
        elif self._drafts.owner(deposit) != user.id:
            raise denied()
        size = body.get("quota_size", 0)
        is_number = isinstance(size, int | str) and str(size).isdigit()
        if not is_number or not _QUOTA_GB <= int(size) <= _LARGEST_QUOTA_GB:
            raise denied()
        deposit["quota_bytes"] = int(size) * 10**9
        self._store.save(deposit)
        title = f'Quota increase for "{deposit["draft"]["metadata"].get("title", "")}"'
        return self._self_service("quota-increase", record_id, user, title, body)

    def _self_service(
        self,
        kind: str,
        record_id: str,
        user: User,
        title: str,
        payload: Json,
        *,
        is_accepted: bool = True,
    ) -> Json:
        request = self._requests.create(kind, user.id, record_id, None, title=title, payload=payload)
        self._requests.move(request, "submit")
        return self._requests.move(request, "accept") if is_accepted else request

    def _accepted(self, request: Json) -> None:
        record_id, community_id = request["topic"]["record"], request["receiver"]["community"]
        if request["type"] == "community-submission":
            deposit = self._store.draft(record_id)
            if deposit is None:
                return
            self._publication.release(deposit)
        record = self._state.record(record_id)
        if record is not None:
            self._memberships.include(record, community_id)

    def _detach(self, request: Json) -> None:
        deposit = self._store.draft(request["topic"]["record"])
        if deposit and deposit["draft"].get("review") == request["id"]:
            deposit["draft"]["review"] = None
            self._store.save(deposit)

    def _is_fresh(self, record: Json) -> bool:
        published: date = datetime.fromisoformat(record["created"]).date()
        return self._moments.today() - published <= timedelta(days=GRACE_DAYS)


def _reasons(drafts: Drafts) -> Any:
    return drafts.terms.lists["removalreasons"]
