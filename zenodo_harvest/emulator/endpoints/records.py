"""The single record, where its versions lead, and what is refused."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from zenodo_harvest.emulator.answers.writers import writer
from zenodo_harvest.emulator.endpoints.call import Call, answer_json
from zenodo_harvest.emulator.negotiation import JSON_ONLY, RECORD_TYPES
from zenodo_harvest.emulator.problems import PlainProblem, denied, unknown_pid
from zenodo_harvest.emulator.state import State


class Records:
    """Single records (zenodo-api.md §4.1, read 2026-08-20)."""

    def __init__(self, state: State) -> None:
        self._state = state

    def one(self, call: Call, record_id: str) -> Response:
        """Answer one record; a concept id leads to its latest version by a relative 302."""
        mimetype = call.accepts(RECORD_TYPES)
        if latest_id := self._state.latest_id(record_id):
            return redirect(f"/api/records/{latest_id}", 302)
        record = call.record(self._state, record_id)
        write = writer(mimetype, call.request.args.get("style"))
        answer = answer_json(write(record, call.view(self._state, is_single=True)), mimetype)
        url = f"{call.base}/api/records/{record_id}"
        answer.headers["ETag"] = f'"{record["revision_id"]}"'
        answer.headers["Link"] = f'<{url}> ; rel="linkset" ; type="application/linkset+json"'
        return answer

    def latest(self, call: Call, record_id: str) -> Response:
        """Send on to the latest version by an absolute 301; concept ids do as well."""
        call.accepts(RECORD_TYPES)
        record = self._state.record(record_id)
        latest_id = self._state.latest_id(record["parent"]["id"] if record else record_id)
        if latest_id is None:
            raise unknown_pid()
        location = f"{call.base}/api/records/{latest_id}"
        answer = answer_json({"status": 301, "message": "Redirecting...", "location": location})
        answer.status_code = 301
        answer.headers["Location"] = location
        return answer

    def redirect_slash(self, call: Call) -> Response:
        """Send ``/api/records/`` on, with one value of each parameter (zenodo-api.md §1.6)."""
        call.accepts(JSON_ONLY)
        query = urlencode(call.request.args.to_dict())
        return redirect("/api/records" + (f"?{query}" if query else ""), 301)

    def refuse_write(self, call: Call, **_: Any) -> Response:
        """Refuse to write: 500 for a ``PUT`` of anybody, 403 for the rest (zenodo-api.md §13)."""
        raise PlainProblem(500) if call.request.method == "PUT" else denied()
