"""Adding published records to communities and removing them."""

from __future__ import annotations

from typing import Any, Final

from werkzeug.wrappers import Response

from zenodo_harvest.emulator.answers import requests as request_answers
from zenodo_harvest.emulator.defaults import Json
from zenodo_harvest.emulator.deposits.buckets import inner_id
from zenodo_harvest.emulator.deposits.desk import Desk
from zenodo_harvest.emulator.endpoints.bodies import object_body
from zenodo_harvest.emulator.endpoints.call import Call, answer_json
from zenodo_harvest.emulator.endpoints.deposits import signed_in
from zenodo_harvest.emulator.negotiation import JSON_ONLY
from zenodo_harvest.emulator.problems import denied, invalid

_MOST: Final = 10


class RecordCommunities:
    """The communities of a record as its owner changes them (zenodo-api.md §10, §13, run 2026-11-23)."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def add(self, call: Call, record_id: str) -> Response:
        """Ask communities to take a record; each answers for itself."""
        call.accepts(JSON_ONLY)
        named = _named(object_body(call))
        user = signed_in(call)
        self._desk.drafts.own_record(record_id, user)
        processed, errors = [], []
        for item in named:
            ref = str(item["id"])
            record = self._desk.drafts.own_record(record_id, user)
            request, why = self._desk.memberships.ask(
                record,
                ref,
                user,
                comment=_comment(item),
                require_review=item.get("require_review") is True,
            )
            if request is None:
                errors.append({"community_id": ref, "message": why})
                continue
            actions = self._desk.requests.actions(request, user)
            processed.append(
                {
                    "community_id": ref,
                    "request_id": request["id"],
                    "request": request_answers.write(request, call.base, actions),
                }
            )
        return _answer({"processed": processed, "errors": errors}, is_done=bool(processed))

    def remove(self, call: Call, record_id: str) -> Response:
        """Take a record out of communities, which are named by UUID."""
        call.accepts(JSON_ONLY)
        named = _named(object_body(call))
        user = signed_in(call)
        record = self._desk.state.record(record_id)
        if record is None:
            record = self._desk.drafts.own_record(record_id, user)
        errors, is_done = [], False
        for item in named:
            ref = str(item["id"])
            if not call.owns(record) and not self._desk.state.curates(user, ref):
                raise denied()
            if ref in self._desk.memberships.ids(record):
                self._desk.memberships.remove(record, ref)
                is_done = True
                continue
            message = f"The record {inner_id(record_id)} in not included in the community {ref}."
            errors.append({"community": ref, "message": message})
        return _answer({"errors": errors} if errors else {}, is_done=is_done)


def _answer(body: Json, *, is_done: bool) -> Response:
    answer = answer_json({name: value for name, value in body.items() if value})
    answer.status_code = 200 if is_done else 400
    return answer


def _named(body: Json) -> list[dict[str, Any]]:
    """Return the communities that a body names.

    Raises:
        Problem: It names none, too many, or one twice.
    """
    named = body.get("communities")
    if named is None:
        raise invalid([("communities", "Missing data for required field.")])
    if not isinstance(named, list):
        raise invalid([("communities", "Invalid type.")])
    for number, item in enumerate(named):
        if not isinstance(item, dict) or "id" not in item:
            raise invalid([(f"communities.{number}.id", "Missing data for required field.")])
    if not named:
        raise invalid([("communities", "Shorter than minimum length 1.")])
    if len(named) > _MOST:
        raise invalid([("communities", f"Too many communities passed, {_MOST} max allowed.")])
    refs = [str(item["id"]) for item in named]
    twice = {ref for ref in refs if refs.count(ref) > 1}
    if twice:
        raise invalid([("communities", f"Duplicated communities {twice}.")])
    return named


def _comment(item: dict[str, Any]) -> str:
    comment = item.get("comment")
    payload = comment.get("payload") if isinstance(comment, dict) else None
    content = payload.get("content") if isinstance(payload, dict) else None
    return content if isinstance(content, str) else ""
