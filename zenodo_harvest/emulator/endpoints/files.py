"""The files of a record: the list, one entry, the bytes, all of them as a ZIP."""

from __future__ import annotations

from datetime import datetime

from werkzeug.wrappers import Response

from zenodo_harvest.emulator.answers import files
from zenodo_harvest.emulator.endpoints.call import Call, answer_json
from zenodo_harvest.emulator.negotiation import JSON_ONLY
from zenodo_harvest.emulator.problems import denied, no_such_file
from zenodo_harvest.emulator.shape import Json, has_open_files
from zenodo_harvest.emulator.state import State


class Files:
    """Files of published records (zenodo-api.md §4.3, read 2026-08-20)."""

    def __init__(self, state: State) -> None:
        self._state = state

    def listing(self, call: Call, record_id: str) -> Response:
        """List the files."""
        call.accepts(JSON_ONLY)
        return answer_json(files.listing(self._record(call, record_id), call.base))

    def entry(self, call: Call, record_id: str, key: str) -> Response:
        """Answer one file's entry."""
        call.accepts(JSON_ONLY)
        return answer_json(files.entry(self._record(call, record_id, key), key, call.base))

    def content(self, call: Call, record_id: str, key: str) -> Response:
        """Answer one file's bytes, always all of them: ``Range`` is ignored."""
        call.accepts(JSON_ONLY)
        record = self._record(call, record_id, key)
        answer = Response(self._bytes(record, key), headers=files.content_headers(record, key))
        answer.last_modified = datetime.fromisoformat(record["created"])
        return answer

    def archive(self, call: Call, record_id: str) -> Response:
        """Answer all files as one ZIP, without a length."""
        record = self._record(call, record_id)
        bundle = files.archive({key: self._bytes(record, key) for key in record["files"]["entries"]})
        headers = {"Content-Disposition": f"attachment; filename={record_id}.zip"}
        return Response(iter((bundle,)), mimetype="application/zip", headers=headers)

    def _record(self, call: Call, record_id: str, key: str | None = None) -> Json:
        """Return a record whose files the caller may read; an unknown name is refused before a closed one."""
        record = call.record(self._state, record_id)
        if key is not None and key not in record["files"]["entries"]:
            raise no_such_file(record_id, key)
        if not has_open_files(record) and not call.owns(record):
            raise denied()
        return record

    def _bytes(self, record: Json, key: str) -> bytes:
        data = self._state.content(record["files"]["entries"][key]["checksum"])
        if data is None:
            raise no_such_file(record["id"], key)
        return data
