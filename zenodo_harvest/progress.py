"""How long work tells people where it stands, without knowing how they look at it."""

from __future__ import annotations

from typing import Protocol


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
