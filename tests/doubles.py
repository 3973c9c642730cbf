"""What several rings share: a clock nobody waits for, a calm server, a progress, an outcome."""

from __future__ import annotations

import json
import socketserver
import sys
from dataclasses import dataclass, field
from typing import Any

from zenodo_harvest.progress import NoProgress


@dataclass
class StillClock:
    """A clock that stands still and goes ahead when someone sleeps, instead of letting anyone wait."""

    time_s: float = 1_795_406_400.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.time_s

    def sleep(self, wait_s: float) -> None:
        self.slept.append(wait_s)
        self.time_s += wait_s


class Unsurprised(socketserver.ThreadingMixIn):
    """A server whose clients may leave in the middle, which is no news; other failures are told."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[misc]


@dataclass
class Notes(NoProgress):
    """A progress that remembers what it was told; `steps` are those of the work begun last."""

    notes: list[str] = field(default_factory=list)
    started: list[tuple[str, int | None]] = field(default_factory=list)
    steps: int = 0
    finished: int = 0

    def start(self, label: str, total: int | None = None) -> None:
        self.started.append((label, total))
        self.steps = 0

    @property
    def total(self) -> int | None:
        """The steps of the work begun last."""
        return self.started[-1][1]

    def advance(self, steps: int = 1) -> None:
        self.steps += steps

    def note(self, text: str) -> None:
        self.notes.append(text)

    def finish(self) -> None:
        self.finished += 1


@dataclass(frozen=True)
class Ran:
    """What a command line came to."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]
