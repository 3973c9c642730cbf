"""Extra formats of deposits and records: there are none, and ordinary users may not add any."""

from __future__ import annotations

from werkzeug.wrappers import Response

from zenodo_harvest.emulator.deposits.desk import Desk
from zenodo_harvest.emulator.endpoints.call import Call, answer_json
from zenodo_harvest.emulator.problems import PlainProblem, denied


class Formats:
    """The routes of extra formats (zenodo-api.md §9.8, read 2026-08-20)."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def of_deposit(self, call: Call, record_id: str) -> Response:
        """Find no format of a deposit."""
        self._check(call)
        self._known(call, record_id)
        raise PlainProblem(404)

    def of_record(self, call: Call, record_id: str) -> Response:
        """Find no format of a record."""
        self._check(call)
        call.record(self._desk.state, record_id)
        raise PlainProblem(404)

    def listing(self, call: Call, record_id: str) -> Response:
        """List no formats."""
        is_deposit = "/deposit/" in call.request.path
        if is_deposit:
            self._known(call, record_id)
        else:
            call.record(self._desk.state, record_id)
        url = call.url.removesuffix("/formats")
        links = {"self": f"{url}/formats"}
        return answer_json(
            {"enabled": False, "links": links, "entries": [], "default_preview": None, "order": []}
        )

    def refuse(self, call: Call, record_id: str) -> Response:
        """Refuse to write."""
        self._known(call, record_id)
        raise denied()

    def _check(self, call: Call) -> None:
        if not call.request.args.get("mimetype") and not call.request.headers.get("Accept"):
            raise PlainProblem(400, "Invalid extra format MIMEType.")

    def _known(self, call: Call, record_id: str) -> None:
        if self._desk.store.draft(record_id):
            self._desk.drafts.readable(record_id, call.user)
        else:
            self._desk.drafts.own_record(record_id, call.user)
