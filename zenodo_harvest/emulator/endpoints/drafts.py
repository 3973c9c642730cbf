"""Native drafts: their metadata, DOI, review, and what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence

from werkzeug.wrappers import Response

from zenodo_harvest.emulator.answers import requests as request_answers
from zenodo_harvest.emulator.answers.draft import legacy_draft
from zenodo_harvest.emulator.answers.writers import writer
from zenodo_harvest.emulator.defaults import Json
from zenodo_harvest.emulator.deposits.desk import Desk
from zenodo_harvest.emulator.deposits.native_input import read_native
from zenodo_harvest.emulator.endpoints.bodies import json_body, object_body
from zenodo_harvest.emulator.endpoints.call import Call, answer_json, nothing
from zenodo_harvest.emulator.endpoints.deposits import check_revision, signed_in
from zenodo_harvest.emulator.endpoints.views import Views
from zenodo_harvest.emulator.negotiation import JSON_ONLY, NATIVE, RECORD_TYPES
from zenodo_harvest.emulator.problems import Problem


class NativeDrafts:
    """Drafts by record id; bodies are native whatever is asked for (zenodo-api.md §10, read 2026-08-20)."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._drafts = desk.drafts
        self._views = Views(desk)

    def create(self, call: Call) -> Response:
        """Begin a draft; what is wrong with it comes along under ``errors``."""
        mimetype = call.accepts(RECORD_TYPES)
        body = json_body(call) or {}
        user = signed_in(call)
        given = read_native(body, self._desk.moments.today())
        deposit, faults = self._drafts.create(user, given)
        return self._answer(call, mimetype, deposit, 201, faults, is_new=True)

    def read(self, call: Call, record_id: str) -> Response:
        """Answer a draft."""
        mimetype = call.accepts(RECORD_TYPES)
        return self._answer(call, mimetype, self._drafts.readable(record_id, call.user))

    def update(self, call: Call, record_id: str) -> Response:
        """Replace what a draft says."""
        mimetype = call.accepts(RECORD_TYPES)
        body = json_body(call) or {}
        deposit = self._drafts.editable(record_id, call.user, with_reviewer=True)
        check_revision(call, deposit)
        faults = self._drafts.save(deposit, read_native(body, self._desk.moments.today()))
        return self._answer(call, mimetype, deposit, faults=faults)

    def edit(self, call: Call, record_id: str) -> Response:
        """Open a published record for changes."""
        mimetype = call.accepts(RECORD_TYPES)
        return self._answer(call, mimetype, self._drafts.edit(record_id, call.user), 201)

    def delete(self, call: Call, record_id: str) -> Response:
        """Drop a draft."""
        call.accepts(RECORD_TYPES)
        deposit = self._drafts.editable(record_id, call.user)
        check_revision(call, deposit)
        self._drafts.discard(deposit)
        return nothing()

    def reserve_doi(self, call: Call, record_id: str) -> Response:
        """Give a draft its DOI."""
        mimetype = call.accepts(RECORD_TYPES)
        deposit = self._drafts.editable(record_id, call.user, with_reviewer=True)
        self._drafts.pids.reserve(deposit["draft"])
        return self._answer(call, mimetype, self._drafts.touched(deposit), 201)

    def drop_doi(self, call: Call, record_id: str) -> Response:
        """Take the DOI of a draft back."""
        mimetype = call.accepts(RECORD_TYPES)
        deposit = self._drafts.editable(record_id, call.user, with_reviewer=True)
        self._drafts.pids.drop(deposit["draft"])
        return self._answer(call, mimetype, self._drafts.touched(deposit))

    def publish(self, call: Call, record_id: str) -> Response:
        """Publish a draft."""
        mimetype = call.accepts(RECORD_TYPES)
        deposit = self._drafts.editable(record_id, call.user, with_reviewer=True)
        record, _ = self._desk.publication.publish(deposit)
        body = writer(mimetype)(record, call.view(self._desk.state, is_single=True))
        if mimetype == NATIVE:
            for entry in body["files"].get("entries", {}).values():
                entry.pop("links", None)
        answer = answer_json(body, mimetype)
        answer.status_code = 202
        answer.headers["ETag"] = f'"{record["revision_id"]}"'
        return answer

    def new_version(self, call: Call, record_id: str) -> Response:
        """Prepare the next version without files, or answer the one that is being prepared.

        That one comes with the ids of vocabularies alone.
        """
        mimetype = call.accepts(RECORD_TYPES)
        deposit, is_made = self._drafts.new_version(record_id, call.user)
        return self._answer(call, mimetype, deposit, 201, is_bare=not is_made)

    def review(self, call: Call, record_id: str) -> Response:
        """Answer the review of a draft."""
        call.accepts(JSON_ONLY)
        deposit = self._drafts.readable(record_id, call.user)
        return self._request(call, self._desk.reviews.of_draft(deposit))

    def choose_review(self, call: Call, record_id: str) -> Response:
        """Say which community is to review a draft."""
        call.accepts(JSON_ONLY)
        body = object_body(call)
        deposit = self._drafts.editable(record_id, call.user)
        return self._request(call, self._desk.reviews.choose(deposit, signed_in(call), body))

    def drop_review(self, call: Call, record_id: str) -> Response:
        """Take that back."""
        call.accepts(JSON_ONLY)
        self._desk.reviews.drop(self._drafts.editable(record_id, call.user))
        return nothing()

    def submit_review(self, call: Call, record_id: str) -> Response:
        """Hand a draft in."""
        call.accepts(JSON_ONLY)
        body = object_body(call)
        require_review = body.get("require_review", False)
        if not isinstance(require_review, bool):
            message = "Must be a boolean, true or false"
            raise Problem(
                400,
                "A validation error occurred.",
                errors=[{"field": "require_review", "messages": [message]}],
            )
        deposit = self._drafts.editable(record_id, call.user)
        review = self._desk.reviews.submit(
            deposit, signed_in(call), comment=comment_of(body), require_review=require_review
        )
        answer = self._request(call, review, with_next=True)
        answer.status_code = 202
        return answer

    def _request(self, call: Call, request: Json, *, with_next: bool = False) -> Response:
        actions = self._desk.requests.actions(request, call.user)
        return answer_json(request_answers.write(request, call.base, actions, with_next=with_next))

    def _answer(
        self,
        call: Call,
        mimetype: str,
        deposit: Json,
        status: int = 200,
        faults: Sequence[tuple[str, str]] = (),
        *,
        is_new: bool = False,
        is_bare: bool = False,
    ) -> Response:
        writer(mimetype)
        body = self._views.draft(deposit, call.base, faults=faults, is_new=is_new, is_bare=is_bare)
        if mimetype != NATIVE:
            body = legacy_draft(body, call.view(self._desk.state, is_single=True))
        answer = answer_json(body, mimetype)
        answer.status_code = status
        answer.headers["ETag"] = f'"{deposit["draft"]["revision_id"]}"'
        return answer


def comment_of(body: Json) -> str:
    """Return the text of the comment that comes with an action."""
    payload = body.get("payload")
    content = payload.get("content") if isinstance(payload, dict) else None
    return content if isinstance(content, str) else ""
