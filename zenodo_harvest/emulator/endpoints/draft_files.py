"""Native draft files: declared, filled, committed."""

from __future__ import annotations

from werkzeug.wrappers import Response

from zenodo_harvest.emulator.answers import files
from zenodo_harvest.emulator.contents import Received
from zenodo_harvest.emulator.defaults import Json
from zenodo_harvest.emulator.deposits.buckets import check_announced, check_unlocked, is_completed
from zenodo_harvest.emulator.deposits.desk import Desk
from zenodo_harvest.emulator.endpoints.bodies import check_stream, json_body, received
from zenodo_harvest.emulator.endpoints.call import Call, answer_json, nothing
from zenodo_harvest.emulator.endpoints.files import answer_archive, answer_file
from zenodo_harvest.emulator.negotiation import JSON_ONLY
from zenodo_harvest.emulator.problems import PlainProblem, Problem, denied, invalid, no_such_file


class DraftFiles:
    """Files of drafts by name, which may hold slashes (zenodo-api.md §10, §13, read 2026-08-20)."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def listing(self, call: Call, record_id: str) -> Response:
        """List the files."""
        call.accepts(JSON_ONLY)
        deposit = self._desk.drafts.readable(record_id, call.user)
        return answer_json(files.draft_listing(deposit["draft"], deposit["bucket"], call.base))

    def declare(self, call: Call, record_id: str) -> Response:
        """Announce files."""
        call.accepts(JSON_ONLY)
        body = json_body(call)
        deposit = self._desk.drafts.editable(record_id, call.user, with_reviewer=True)
        self._desk.files.declare(deposit, _keys(body))
        answer = answer_json(files.draft_listing(deposit["draft"], deposit["bucket"], call.base))
        answer.status_code = 201
        return answer

    def delete_all(self, call: Call, record_id: str) -> Response:
        """Remove all files."""
        call.accepts(JSON_ONLY)
        deposit = self._desk.drafts.editable(record_id, call.user, with_reviewer=True)
        check_unlocked(deposit)
        for key in list(deposit["bucket"]["files"]):
            self._desk.files.delete(deposit, key)
        return nothing()

    def one(self, call: Call, record_id: str, key: str) -> Response:
        """Answer one file's entry."""
        call.accepts(JSON_ONLY)
        deposit = self._with(self._desk.drafts.readable(record_id, call.user), key)
        return answer_json(files.draft_entry(record_id, key, deposit["bucket"], call.base))

    def delete(self, call: Call, record_id: str, key: str) -> Response:
        """Remove a file."""
        call.accepts(JSON_ONLY)
        deposit = self._with(self._desk.drafts.editable(record_id, call.user, with_reviewer=True), key)
        if is_completed(deposit["bucket"]["files"][key]):
            check_unlocked(deposit)
        self._desk.files.delete(deposit, key)
        return nothing()

    def content(self, call: Call, record_id: str, key: str) -> Response:
        """Answer the bytes of a file."""
        call.accepts(JSON_ONLY)
        deposit = self._with(self._desk.drafts.readable(record_id, call.user), key)
        entry = deposit["bucket"]["files"][key]
        opener = self._desk.contents.find(entry["checksum"]) if is_completed(entry) else None
        if opener is None:
            raise no_such_file(record_id, key)
        return answer_file(opener, {**entry, "key": key}, entry["created"])

    def fill(self, call: Call, record_id: str, key: str) -> Response:
        """Take the bytes of a declared file, as they come."""
        call.accepts(JSON_ONLY)
        check_stream(call)
        check_announced(self._fillable(call, record_id, key), call.request.content_length)
        arrived = received(call, self._desk.contents)
        with self._desk.state.vault.work():
            self._desk.state.refresh()
            deposit, entry = self._filled(call, record_id, key, arrived)
        return self._entry(call, deposit, key, entry)

    def commit(self, call: Call, record_id: str, key: str) -> Response:
        """End the transfer of a file."""
        call.accepts(JSON_ONLY)
        deposit = self._fillable(call, record_id, key)
        entry = self._desk.files.commit(deposit, key)
        return self._entry(call, deposit, key, entry)

    def import_previous(self, call: Call, record_id: str) -> Response:
        """Take over the files of the version before."""
        call.accepts(JSON_ONLY)
        deposit = self._desk.drafts.editable(record_id, call.user, with_reviewer=True)
        self._desk.drafts.import_files(deposit)
        answer = answer_json(files.draft_listing(deposit["draft"], deposit["bucket"], call.base))
        answer.status_code = 201
        return answer

    def archive(self, call: Call, record_id: str) -> Response:
        """Answer all files as one ZIP."""
        deposit = self._desk.drafts.readable(record_id, call.user)
        done = {key: entry for key, entry in deposit["bucket"]["files"].items() if is_completed(entry)}
        openers = {key: self._desk.contents.find(entry["checksum"]) for key, entry in done.items()}
        return answer_archive(record_id, {key: opener for key, opener in openers.items() if opener})

    def _entry(self, call: Call, deposit: Json, key: str, entry: Json) -> Response:
        bucket = {"id": deposit["bucket"]["id"], "files": {key: entry}}
        return answer_json(files.draft_entry(deposit["id"], key, bucket, call.base))

    def _filled(self, call: Call, record_id: str, key: str, arrived: Received) -> tuple[Json, Json]:
        try:
            deposit = self._fillable(call, record_id, key)
            return deposit, self._desk.files.fill(deposit, key, arrived)
        except Problem:
            self._desk.contents.discard(arrived)
            raise

    def _fillable(self, call: Call, record_id: str, key: str) -> Json:
        deposit = self._with(self._desk.drafts.editable(record_id, call.user, with_reviewer=True), key)
        if deposit["draft"]["is_published"] and not deposit.get("is_unlocked"):
            raise denied()
        return deposit

    def _with(self, deposit: Json, key: str) -> Json:
        if key not in deposit["bucket"]["files"]:
            raise no_such_file(deposit["id"], key)
        return deposit


def _keys(body: object) -> list[str]:
    """Return the names to declare.

    Raises:
        Problem: The body is no list of objects with a name.
    """
    if not isinstance(body, list):
        raise invalid([("_schema", "Invalid input type.")])
    keys = []
    for number, item in enumerate(body):
        key = item.get("key") if isinstance(item, dict) else None
        if not isinstance(key, str) or not key:
            raise invalid([(f"{number}.key", "Missing data for required field.")])
        transfer = item.get("transfer")
        if isinstance(transfer, dict) and transfer.get("type", "L") != "L":
            raise denied()
        keys.append(key)
    if len(set(keys)) < len(keys):
        raise PlainProblem(500)
    return keys
