"""The classic file routes: by deposit and by bucket."""

from __future__ import annotations

from collections.abc import Callable
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final
from uuid import UUID

from werkzeug.formparser import FormDataParser
from werkzeug.utils import secure_filename
from werkzeug.wrappers import Response

from zenodo_harvest.emulator.answers import deposit as classic
from zenodo_harvest.emulator.contents import Received
from zenodo_harvest.emulator.defaults import Json, has_open_files, is_deleted
from zenodo_harvest.emulator.deposits.buckets import (
    check_announced,
    check_new,
    check_unlocked,
    is_completed,
)
from zenodo_harvest.emulator.deposits.desk import Desk
from zenodo_harvest.emulator.endpoints.bodies import check_stream, received
from zenodo_harvest.emulator.endpoints.call import PENDING, Call, answer_json, nothing
from zenodo_harvest.emulator.endpoints.files import answer_file
from zenodo_harvest.emulator.negotiation import JSON_ONLY
from zenodo_harvest.emulator.problems import (
    PlainProblem,
    Problem,
    denied,
    no_such_file,
    not_found,
    unknown_pid,
)

_LARGEST_FORM_BYTES: Final = 100 << 20


class DepositFiles:
    """Files by deposit and id, as forms (zenodo-api.md §9.7, read 2026-08-20)."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def listing(self, call: Call, record_id: str) -> Response:
        """List the files of a draft or a published record; a pending one breaks it."""
        call.accepts(JSON_ONLY)
        bucket, is_record = self._readable(call, record_id)
        if not all(map(is_completed, bucket["files"].values())):
            raise PlainProblem(500)
        return answer_json(
            [
                classic.file(record_id, key, entry, call.base, is_record=is_record)
                for key, entry in bucket["files"].items()
            ]
        )

    def one(self, call: Call, record_id: str, file_id: str) -> Response:
        """Answer one file by its id; an unknown one breaks it."""
        call.accepts(JSON_ONLY)
        bucket, is_record = self._readable(call, record_id)
        key = _key_of(bucket, file_id)
        if key is None:
            raise self._lost(record_id, file_id)
        return answer_json(classic.file(record_id, key, bucket["files"][key], call.base, is_record=is_record))

    def upload(self, call: Call, record_id: str) -> Response:
        """Upload a file as a form, under a name that the server finds safe."""
        call.accepts(JSON_ONLY)
        if (call.request.content_length or 0) > _LARGEST_FORM_BYTES:
            raise PlainProblem(413)
        name, stream = _form(call)
        with stream:
            arrived = self._desk.contents.receive(_into(stream))
        with self._desk.state.vault.work():
            self._desk.state.refresh()
            try:
                deposit = self._desk.drafts.editable(record_id, call.user, with_reviewer=True)
                check_unlocked(deposit)
                key = secure_filename(name)
                check_new(deposit, key)
                entry = self._desk.files.put(deposit, key, arrived)
            except Problem:
                self._desk.contents.discard(arrived)
                raise
        answer = answer_json(classic.file(record_id, key, entry, call.base, is_record=False))
        answer.status_code = 201
        return answer

    def delete(self, call: Call, record_id: str, file_id: str) -> Response:
        """Remove a file by its id."""
        call.accepts(JSON_ONLY)
        deposit = self._desk.store.draft(record_id)
        if deposit is None:
            self._readable(call, record_id)
            raise denied()
        deposit = self._desk.drafts.editable(record_id, call.user, with_reviewer=True)
        key = _key_of(deposit["bucket"], file_id)
        if key is None:
            raise self._lost(record_id, file_id)
        check_unlocked(deposit)
        deposit.setdefault("gone", {})[file_id] = key
        self._desk.files.delete(deposit, key)
        return nothing()

    def _lost(self, record_id: str, file_id: str) -> Problem:
        """Return the refusal of an unknown file: the server stumbles over an id that never was."""
        deposit = self._desk.store.find(record_id) or {}
        known = deposit.get("gone", {}).get(file_id)
        return no_such_file(record_id, known) if known else PlainProblem(500)

    def _readable(self, call: Call, record_id: str) -> tuple[Json, bool]:
        """Return the bucket of a draft or a record whose files the caller may read, and which it is."""
        deposit = self._desk.store.draft(record_id)
        if deposit is not None:
            return self._desk.drafts.readable(record_id, call.user)["bucket"], False
        record = self._desk.state.record(record_id)
        if record is None:
            self._desk.drafts.readable(record_id, call.user)
            raise unknown_pid()
        if not (has_open_files(record) and not is_deleted(record)) and not call.owns(record):
            raise denied()
        return self._desk.drafts.record_bucket(record), True


class Buckets:
    """Files by bucket and name, as bytes (zenodo-api.md §9.7, §13, read 2026-08-20)."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def listing(self, _: Call, **__: str) -> Response:
        """Fail: the server's list of a bucket is broken."""
        raise PlainProblem(500)

    def content(self, call: Call, bucket_id: str, key: str) -> Response:
        """Answer the bytes of a file of a draft or a published record."""
        call.accepts(JSON_ONLY)
        deposit, record = self._found(bucket_id)
        if deposit is not None and deposit["draft"] and deposit["bucket"]["id"] == bucket_id:
            if not self._desk.drafts.may_read(deposit, call.user):
                raise denied()
            bucket = deposit["bucket"]
        else:
            assert record is not None  # noqa: S101 - one of them was found
            if not has_open_files(record) and not call.owns(record):
                raise denied()
            bucket = self._desk.drafts.record_bucket(record)
        entry = bucket["files"].get(key)
        opener = self._desk.contents.find(entry["checksum"]) if entry and is_completed(entry) else None
        if entry is None or opener is None:
            raise no_such_file((record or deposit or {})["id"], key)
        return answer_file(opener, {**entry, "key": key}, entry["created"])

    def put(self, call: Call, bucket_id: str, key: str) -> Response:
        """Upload a file as bytes, in place of one with its name; it is written as it comes."""
        call.accepts(JSON_ONLY)
        check_stream(call)
        deposit = self._writable(call, bucket_id, key)
        check_announced(deposit, call.request.content_length)
        if PENDING in call.request.environ:
            return self._abandoned(call, bucket_id, key)
        was_there = key in deposit["bucket"]["files"]
        arrived = received(call, self._desk.contents)
        with self._desk.state.vault.work():
            self._desk.state.refresh()
            entry = self._taken(call, bucket_id, key, arrived, was_there=was_there)
        answer = answer_json(classic.bucket_object(bucket_id, key, entry, call.base))
        answer.status_code = 201
        return answer

    def delete(self, call: Call, bucket_id: str, key: str) -> Response:
        """Remove a file, and fail all the same (zenodo-api.md §9.1, run 2026-11-27)."""
        call.accepts(JSON_ONLY)
        deposit = self._writable(call, bucket_id, key)
        if key not in deposit["bucket"]["files"]:
            raise no_such_file(deposit["id"], key)
        self._desk.files.delete(deposit, key)
        raise PlainProblem(500)

    def _abandoned(self, call: Call, bucket_id: str, key: str) -> Response:
        """Leave a declared file in place of an upload."""
        with self._desk.state.vault.work():
            deposit = self._writable(call, bucket_id, key)
            deposit["bucket"]["files"].pop(key, None)
            self._desk.files.declare(deposit, [key])
        return nothing()

    def _taken(self, call: Call, bucket_id: str, key: str, arrived: Received, *, was_there: bool) -> Json:
        """Take an upload; of two at once under one new name the second is refused (§13, run 2026-11-23)."""
        try:
            deposit = self._writable(call, bucket_id, key)
            if not was_there:
                check_new(deposit, key)
            return self._desk.files.put(deposit, key, arrived)
        except Problem:
            self._desk.contents.discard(arrived)
            raise

    def _writable(self, call: Call, bucket_id: str, key: str) -> Json:
        """Return the deposit of a bucket that the caller may write to."""
        deposit, record = self._found(bucket_id)
        if deposit is None or not deposit["draft"] or deposit["bucket"]["id"] != bucket_id:
            is_there = record is not None and key in record["files"]["entries"]
            raise denied() if is_there else not_found()
        deposit = self._desk.drafts.editable(deposit["id"], call.user, with_reviewer=True)
        check_unlocked(deposit)
        return deposit

    def _found(self, bucket_id: str) -> tuple[Json | None, Json | None]:
        """Return the deposit and the record of a bucket; a malformed id breaks it."""
        try:
            UUID(bucket_id)
        except ValueError:
            raise PlainProblem(500) from None
        deposit = self._desk.store.of_bucket(bucket_id)
        record_id = deposit["id"] if deposit else self._desk.seed_record_of(bucket_id)
        record = self._desk.state.record(record_id) if record_id else None
        if deposit is None and record is None:
            raise not_found()
        return deposit, record


def _key_of(bucket: Json, file_id: str) -> str | None:
    files = bucket["files"].items()
    return next((key for key, entry in files if entry.get("file_id") == file_id), None)


def _form(call: Call) -> tuple[str, IO[bytes]]:
    """Return the name and the file of an upload form; the file lies on disk if it is large."""
    parser = FormDataParser(
        stream_factory=lambda *_, **__: SpooledTemporaryFile(max_size=1 << 20),  # noqa: SIM115
        max_form_memory_size=1 << 20,
    )
    _, form, files = parser.parse_from_environ(call.request.environ)
    file = files.get("file")
    if file is None:
        raise PlainProblem(400)
    return form.get("name", file.filename or ""), file.stream


def _into(stream: IO[bytes]) -> Callable[[memoryview], int]:
    def read_into(buffer: memoryview) -> int:
        data: Any = stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    return read_into
