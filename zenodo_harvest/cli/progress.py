"""Where work stands, told to a person on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

from zenodo_harvest.cli.text import printable

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID


class StderrProgress:
    """Implements `zenodo_harvest.progress.Progress`: a bar on a terminal, plain lines elsewhere.

    Args:
        quiet: Show neither bars nor notes.
        is_terminal: Tells whether a stream is read by a person.
    """

    def __init__(self, *, quiet: bool = False, is_terminal: Callable[[TextIO], bool] = TextIO.isatty) -> None:
        self._quiet = quiet
        self._is_terminal = is_terminal
        self._bars: Bars | None = None
        self._task: TaskID | None = None

    def start(self, label: str, total: int | None = None) -> None:
        """Show a bar for a task of `total` steps."""
        if self._quiet or not self._is_terminal(sys.stderr):
            return
        if self._bars is None:
            self._bars = _bars()
            self._bars.start()
        if self._task is not None:
            self._bars.remove_task(self._task)
        self._task = self._bars.add_task(printable(label), total=total)

    def advance(self, steps: int = 1) -> None:
        """Move the bar on."""
        if self._bars is not None and self._task is not None:
            self._bars.advance(self._task, steps)

    def note(self, text: str) -> None:
        """Say one thing on a line of its own, unless all is quiet."""
        if not self._quiet:
            self.line(text)

    def line(self, text: str) -> None:
        """Write one line, quiet or not."""
        if self._bars is not None:
            self._bars.console.print(printable(text), markup=False, highlight=False, soft_wrap=True)
        else:
            with suppress(OSError):
                sys.stderr.write(f"{printable(text)}\n")
                sys.stderr.flush()

    def finish(self) -> None:
        """Take the bar away."""
        if self._bars is not None:
            self._bars.stop()
        self._bars = self._task = None


def _bars() -> Bars:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True),
        console=Console(stderr=True, force_terminal=True),
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
