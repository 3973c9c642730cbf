"""Changes that happen while a walk runs, and records that cannot be written."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from threading import Lock

from werkzeug.wrappers import Request, Response

from zenodo_harvest.emulator.faults import OAI, SEARCHES
from zenodo_harvest.emulator.problems import PlainProblem


class Script:
    """Lets changes happen, each right after a request of a path was answered and before the next comes.

    Example:
        ``emulator.faults.add(Script({5: lambda: emulator.delete("123")}))`` deletes a record after the
        fifth search from now on.

    Args:
        changes: What happens, by the number of the request it follows, counted from 1.
        path: The paths whose requests count, as a glob pattern; record searches unless given.
    """

    def __init__(self, changes: Mapping[int, Callable[[], object]], *, path: str = SEARCHES) -> None:
        self._changes = dict(changes)
        self._path = path
        self._count = 0
        self._lock = Lock()

    def before(self, request: Request) -> Response | None:
        """Let every request be answered."""

    def after(self, request: Request, answer: Response) -> Response:
        """Count the request, let happen what is to follow it, and send the answer as it is."""
        if fnmatchcase(request.path, self._path):
            with self._lock:
                self._count += 1
                change = self._changes.pop(self._count, None)
            if change:
                change()
        return answer


class Poison:
    """Lets every page that holds a record fail with status 500, whatever else is on it.

    Lists of OAI-PMH that give headers alone come.

    Args:
        record_id: The record.
    """

    def __init__(self, record_id: str) -> None:
        self._id = record_id
        self.failures = 0
        """How often a page has failed."""

    def before(self, request: Request) -> Response | None:
        """Let every request be worked on."""

    def after(self, request: Request, answer: Response) -> Response:
        """Send a failure in place of a page that holds the record."""
        if answer.status_code != 200 or not self._is_on(request, answer):
            return answer
        self.failures += 1
        body = PlainProblem(500, "The server encountered an internal error.").body
        return Response(body, status=500, content_type="application/json")

    def _is_on(self, request: Request, answer: Response) -> bool:
        if fnmatchcase(request.path, SEARCHES):
            hits = json.loads(answer.get_data())["hits"]["hits"]
            return self._id in (str(hit["id"]) for hit in hits)
        is_list = request.path == OAI and request.args.get("verb") in ("ListRecords", "GetRecord")
        return is_list and f":{self._id}</identifier>".encode() in answer.get_data()
