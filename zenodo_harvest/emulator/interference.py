"""Changes that happen while a walk runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from threading import Lock

from werkzeug.wrappers import Request, Response

from zenodo_harvest.emulator.faults import SEARCHES


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
