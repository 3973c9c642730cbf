"""How long work tells people where it stands, without knowing how they look at it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol, Self


class Wait(str):
    """A note of a wait; who can, counts it down in place.

    Args:
        said: Says the note for so many whole seconds that are left.
        wait_s: How long the wait is from now.
    """

    said: Callable[[int], str]
    wait_s: float

    def __new__(cls, said: Callable[[int], str], wait_s: float) -> Self:
        """Return the note for the whole wait."""
        note = super().__new__(cls, said(math.ceil(wait_s)))
        note.said, note.wait_s = said, wait_s
        return note


class Progress(Protocol):
    """Receives what a long operation has done so far."""

    def start(self, label: str, total: int | None = None) -> None:
        """Begin a task of `total` steps (``None``: unknown)."""

    def advance(self, steps: int = 1) -> None:
        """Count `steps` more as done."""

    def note(self, text: str) -> None:
        """Tell a person something worth knowing now: a wait, a retry, a rewritten query."""

    def finish(self) -> None:
        """End the task."""


class NoProgress:
    """Takes everything and shows nothing."""

    def start(self, label: str, total: int | None = None) -> None:
        """Do nothing."""

    def advance(self, steps: int = 1) -> None:
        """Do nothing."""

    def note(self, text: str) -> None:
        """Do nothing."""

    def finish(self) -> None:
        """Do nothing."""
