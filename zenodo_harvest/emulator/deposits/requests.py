"""Requests: submissions to communities, inclusions, deletions; who may see and decide them."""

from __future__ import annotations

from typing import Any, Final
from uuid import uuid4

from zenodo_harvest.emulator.defaults import Json
from zenodo_harvest.emulator.deposits.moments import Moments
from zenodo_harvest.emulator.problems import Problem, denied, unknown_pid
from zenodo_harvest.emulator.state import State, User

_REQUEST: Final = "request"
_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
_RESULTS = {"submit": "submitted", "cancel": "cancelled", "accept": "accepted", "decline": "declined"}
_OPEN, _CLOSED = ("submitted",), ("accepted", "declined", "cancelled", "expired")


class Requests:
    """The requests of the repository (zenodo-api.md §13 Native draft files, communities, requests)."""

    def __init__(self, state: State, moments: Moments) -> None:
        self._state = state
        self._vault = state.vault
        self._moments = moments

    def create(
        self, kind: str, user_id: str, record_id: str, receiver: Json | None, *, title: str, **more: Any
    ) -> Json:
        """Return a new request, not submitted yet."""
        at = self._moments.stamp()
        request = {
            "id": str(uuid4()),
            "created": at,
            "updated": at,
            "revision_id": 2,
            "type": kind,
            "title": title,
            "number": _base32(self._vault.next_number("request", 1)),
            "status": "created",
            "expires_at": None,
            "last_reply": None,
            "last_activity_at": at,
            "created_by": {"user": user_id},
            "receiver": receiver,
            "topic": {"record": record_id},
            "comments": [],
            **more,
        }
        self.save(request)
        return request

    def save(self, request: Json) -> None:
        """Keep a request."""
        self._vault.put(_REQUEST, request["id"], request)

    def remove(self, request_id: str) -> None:
        """Forget a request."""
        self._vault.drop(_REQUEST, request_id)

    def find(self, request_id: str) -> Json | None:
        """Return a request, or None."""
        return self._vault.get(_REQUEST, request_id) if request_id else None

    def all(self) -> list[Json]:
        """Return every request, the newest first."""
        return sorted(self._vault.all(_REQUEST), key=lambda request: str(request["created"]), reverse=True)

    def readable(self, request_id: str, user: User | None) -> Json:
        """Return a request that the user may read.

        Raises:
            Problem: There is none, or it is none of theirs.
        """
        request = self.find(request_id)
        if request is None:
            raise unknown_pid()
        if not self.may_read(request, user):
            raise denied()
        return request

    def may_read(self, request: Json, user: User | None) -> bool:
        """Tell whether the user made the request or decides it."""
        is_submitted = request["status"] != "created"
        return self._is_creator(request, user) or (is_submitted and self._decides(request, user))

    def actions(self, request: Json, user: User | None) -> list[str]:
        """Return what the user may do with a request now."""
        if request["status"] == "created" and self._is_creator(request, user):
            return ["submit"]
        if request["status"] != "submitted":
            return []
        cancel = ["cancel"] if self._is_creator(request, user) else []
        return cancel + (["accept", "decline"] if self._decides(request, user) else [])

    def check(self, request: Json, action: str, user: User | None) -> None:
        """Refuse what the user may not do.

        Raises:
            Problem: They may not, or not any longer.
        """
        is_own = action in ("submit", "cancel")
        is_theirs = self._is_creator(request, user) if is_own else self._decides(request, user)
        if action not in _RESULTS:
            raise Problem(400, f"No such action: '{action}'")
        if not is_theirs:
            raise denied()
        if action not in self.actions(request, user):
            raise Problem(400, f"Error for action '{action}': Could not execute the action")

    def move(self, request: Json, action: str, *, comment: str = "", author: str = "system") -> Json:
        """Let an action happen to a request, with a comment if there is one."""
        at = self._moments.stamp()
        request |= {
            "status": _RESULTS[action],
            "updated": at,
            "last_activity_at": at,
            "revision_id": request["revision_id"] + 1,
        }
        if comment:
            self.comment(request, comment, author)
        self.save(request)
        return request

    def comment(self, request: Json, content: str, author: str, format_: str = "html") -> Json:
        """Add a comment; return it."""
        at = self._moments.stamp()
        event = {
            "id": str(uuid4()),
            "created": at,
            "updated": self._moments.stamp(),
            "revision_id": 1,
            "type": "C",
            "created_by": {"user": author},
            "parent_id": None,
            "payload": {"content": content, "format": format_},
        }
        request["comments"].append(event)
        shown = {name: value for name, value in event.items() if name != "payload"}
        request |= {"last_reply": {**shown, "links": {}, "permissions": {}}, "last_activity_at": at}
        self.save(request)
        return event

    def is_open(self, request_id: str | None) -> bool:
        """Tell whether a request waits for a decision."""
        request = self.find(request_id or "")
        return bool(request and request["status"] in _OPEN)

    def open_inclusion(self, record_id: str, community_id: str) -> Json | None:
        """Return the request that asks to include a record and is not decided, or None."""
        for request in self.all():
            if (
                request["topic"] == {"record": record_id}
                and request["receiver"] == {"community": community_id}
                and request["status"] in _OPEN
            ):
                return request
        return None

    def withdraw(self, request_id: str | None) -> None:
        """Cancel the review of a draft that goes away."""
        request = self.find(request_id or "")
        if request and request["status"] in _OPEN:
            self.move(request, "cancel")
        elif request and request["status"] == "created":
            self.remove(request["id"])

    def _is_creator(self, request: Json, user: User | None) -> bool:
        return user is not None and request["created_by"]["user"] == user.id

    def _decides(self, request: Json, user: User | None) -> bool:
        community_id = (request["receiver"] or {}).get("community", "")
        return self._state.curates(user, community_id)


def is_open(request: Json) -> bool:
    """Tell whether a request waits for a decision."""
    return request["status"] in _OPEN


def is_closed(request: Json) -> bool:
    """Tell whether a request was decided."""
    return request["status"] in _CLOSED


def _base32(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 32)
        digits = _DIGITS[digit] + digits
    return digits or "0"
