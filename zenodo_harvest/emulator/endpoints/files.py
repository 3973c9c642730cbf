"""The files of a record: the list, one entry, the bytes, all of them as a ZIP."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from werkzeug.wrappers import Response

from zenodo_harvest.emulator.answers import files
from zenodo_harvest.emulator.contents import Opener
from zenodo_harvest.emulator.defaults import Json, has_open_files
from zenodo_harvest.emulator.deposits.drafts import Drafts
from zenodo_harvest.emulator.endpoints.call import Call, answer_json
from zenodo_harvest.emulator.negotiation import JSON_ONLY
from zenodo_harvest.emulator.problems import Problem, denied, no_such_file
from zenodo_harvest.emulator.state import State

_LARGEST_ARCHIVE_BYTES: Final = 300_000_000


class Files:
    """Files of published records (zenodo-api.md §4.3, read 2026-08-20)."""

    def __init__(self, state: State, drafts: Drafts) -> None:
        self._state = state
        self._drafts = drafts

    def listing(self, call: Call, record_id: str) -> Response:
        """List the files."""
        call.accepts(JSON_ONLY)
        record = self._record(call, record_id)
        return answer_json(files.record_listing(record, self._drafts.record_bucket(record), call.base))

    def entry(self, call: Call, record_id: str, key: str) -> Response:
        """Answer one file's entry."""
        call.accepts(JSON_ONLY)
        bucket = self._drafts.record_bucket(self._record(call, record_id, key))
        return answer_json(files.record_entry(record_id, key, bucket, call.base))

    def content(self, call: Call, record_id: str, key: str) -> Response:
        """Answer one file's bytes, always all of them: ``Range`` is ignored."""
        call.accepts(JSON_ONLY)
        record = self._record(call, record_id, key)
        return answer_file(self._opener(record, key), record["files"]["entries"][key], record["created"])

    def archive(self, call: Call, record_id: str) -> Response:
        """Answer all files as one ZIP, without a length."""
        record = self._record(call, record_id)
        if record["files"]["total_bytes"] > _LARGEST_ARCHIVE_BYTES:
            raise Problem(
                400,
                "Archive download is only available for records with total file size up to "
                f"{_LARGEST_ARCHIVE_BYTES} bytes.",
            )
        return answer_archive(
            record_id, {key: self._opener(record, key) for key in record["files"]["entries"]}
        )

    def _record(self, call: Call, record_id: str, key: str | None = None) -> Json:
        """Return a record whose files the caller may read; an unknown name is refused before a closed one."""
        record = call.record(self._state, record_id)
        if key is not None and key not in record["files"]["entries"]:
            raise no_such_file(record_id, key)
        if not has_open_files(record) and not call.owns(record):
            raise denied()
        return record

    def _opener(self, record: Json, key: str) -> Opener:
        opener = self._state.content(record["files"]["entries"][key]["checksum"])
        if opener is None:
            raise no_such_file(record["id"], key)
        return opener


def answer_file(opener: Opener, entry: Json, created: str) -> Response:
    """Answer the bytes of a file, of which `entry` tells name, size and type."""
    answer = Response(files.pieces(opener), headers=files.content_headers(entry))
    answer.content_length = entry["size"]
    answer.last_modified = datetime.fromisoformat(created)
    return answer


def answer_archive(record_id: str, openers: dict[str, Opener]) -> Response:
    """Answer files as one ZIP, without a length."""
    headers = {"Content-Disposition": f"attachment; filename={record_id}.zip"}
    return Response(files.archive(openers), mimetype="application/zip", headers=headers)
