"""What several rings share: a clock that nobody waits for, a progress that remembers, a command's outcome."""

from __future__ import annotations

import json
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
