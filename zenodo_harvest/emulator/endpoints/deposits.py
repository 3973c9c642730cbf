"""The classic deposit API: deposits and their actions."""

from __future__ import annotations

from werkzeug.wrappers import Response

from zenodo_harvest.emulator.defaults import Json
from zenodo_harvest.emulator.deposits.classic_input import read_classic
from zenodo_harvest.emulator.deposits.desk import Desk
from zenodo_harvest.emulator.deposits.native_input import read_native
from zenodo_harvest.emulator.endpoints.bodies import json_body
from zenodo_harvest.emulator.endpoints.call import Call, answer_json, nothing
from zenodo_harvest.emulator.endpoints.views import Views
from zenodo_harvest.emulator.negotiation import JSON_ONLY
from zenodo_harvest.emulator.problems import Problem, denied
from zenodo_harvest.emulator.state import User


class Deposits:
    """Deposits by record id (zenodo-api.md §9, read 2026-08-20)."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._drafts = desk.drafts
        self._views = Views(desk)

    def create(self, call: Call) -> Response:
        """Begin a deposit; what cannot be used of its metadata vanishes without a word."""
        call.accepts(JSON_ONLY)
        native = read_classic(json_body(call), self._desk.terms, self._desk.moments.today())
        user = signed_in(call)
        deposit, _ = self._drafts.create(user, read_native(native, self._desk.moments.today()))
        return self._draft(call, deposit, 201)

    def read(self, call: Call, record_id: str) -> Response:
        """Answer the open draft, else the published record, to its owner."""
        call.accepts(JSON_ONLY)
        if deposit := self._desk.store.draft(record_id):
            return self._draft(call, self._drafts.readable(deposit["id"], call.user))
        record = self._desk.state.record(record_id)
        if record is None or not call.owns(record):
            self._drafts.own_record(record_id, call.user)
            raise denied()
        return self._record(call, record)

    def update(self, call: Call, record_id: str) -> Response:
        """Replace the whole metadata of a draft."""
        call.accepts(JSON_ONLY)
        native = read_classic(json_body(call), self._desk.terms, self._desk.moments.today())
        deposit = self._drafts.editable(record_id, call.user, with_reviewer=True)
        check_revision(call, deposit)
        self._drafts.save(deposit, read_native(native, self._desk.moments.today()))
        return self._draft(call, deposit)

    def delete(self, call: Call, record_id: str) -> Response:
        """Drop a draft; one that was never published is gone for good."""
        call.accepts(JSON_ONLY)
        self._drafts.discard(self._drafts.editable(record_id, call.user))
        return nothing()

    def publish(self, call: Call, record_id: str) -> Response:
        """Publish a draft, and ask for the communities that it names."""
        call.accepts(JSON_ONLY)
        deposit = self._drafts.editable(record_id, call.user, with_reviewer=True)
        user, state = signed_in(call), self._desk.state
        refs = list(deposit["draft"]["custom_fields"].get("legacy:communities", ()))
        self._desk.memberships.check_once(state.record(record_id), refs)
        record, asked = self._desk.publication.publish(deposit)
        made = self._desk.memberships.ask_all(record, asked, user)

        def settle(changed: Json) -> None:
            changed["custom_fields"].pop("legacy:communities", None)
            changed["revision_id"] += 1

        if made:
            state.edit(record_id, settle)
        stored = state.record(record_id) or record
        shown = {**stored, "parent": record["parent"]}
        shown["custom_fields"] = {
            name: value for name, value in stored["custom_fields"].items() if name != "legacy:communities"
        }
        return self._record(call, shown, 202)

    def edit(self, call: Call, record_id: str) -> Response:
        """Open a published record for changes."""
        call.accepts(JSON_ONLY)
        return self._draft(call, self._drafts.edit(record_id, call.user), 201)

    def new_version(self, call: Call, record_id: str) -> Response:
        """Prepare the next version, with the files of this one."""
        call.accepts(JSON_ONLY)
        deposit, _ = self._drafts.new_version(record_id, call.user)
        self._drafts.import_files(deposit)
        return self._draft(call, deposit, 201)

    def _draft(self, call: Call, deposit: Json, status: int = 200) -> Response:
        body = self._views.draft_as_deposit(deposit, call.base)
        return _answer(body, deposit["draft"]["revision_id"], status)

    def _record(self, call: Call, record: Json, status: int = 200) -> Response:
        return _answer(self._views.record_as_deposit(record, call.base), record["revision_id"], status)


def signed_in(call: Call) -> User:
    """Return who asks.

    Raises:
        Problem: Nobody we know; the server says 403 to that (zenodo-api.md §9.3).
    """
    if call.user is None:
        raise denied()
    return call.user


def check_revision(call: Call, deposit: Json) -> None:
    """Compare ``If-Match``, a bare number, with the draft's revision.

    Raises:
        Problem: It is another one, or no number (zenodo-api.md §10, run 2026-11-23).
    """
    wanted = call.request.headers.get("If-Match")
    if wanted is None:
        return
    revision = deposit["draft"]["revision_id"]
    if not wanted.strip().isdigit():
        raise Problem(
            400,
            "A validation error occurred.",
            errors=[{"field": "if_match", "messages": ["Not a valid integer."]}],
        )
    if int(wanted) != revision:
        raise Problem(412, f"Revision id provided({int(wanted)}) doesn't match record's one({revision})")


def _answer(body: Json, revision: int, status: int) -> Response:
    answer = answer_json(body)
    answer.status_code = status
    answer.headers["ETag"] = f'"{revision}"'
    return answer
