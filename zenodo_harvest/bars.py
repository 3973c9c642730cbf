"""Where work stands in Python, on one line that goes away: in a notebook or on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from shutil import get_terminal_size
from time import monotonic
from typing import Any

from zenodo_harvest.display import cut, one_line, printable
from zenodo_harvest.progress import NoProgress, Progress

SHOWN_EVERY_S = 0.3


@dataclass(frozen=True, slots=True)
class Line:
    """How far work is; without a label there is none."""

    label: str = ""
    done: int = 0
    total: int | None = None

    def __repr__(self) -> str:
        if not self.label:
            return ""
        return f"{one_line(self.label)}: {self.done:,}" + (f" of {self.total:,}" if self.total else "")

    def _repr_html_(self) -> str:
        share = f' value="{self.done}" max="{self.total}"' if self.total else ""
        return f"<progress{share}></progress> {escape(repr(self))}" if self.label else ""


class LineProgress:
    """Implements `zenodo_harvest.progress.Progress` with one line that is shown anew, and cleared at the end.

    Args:
        show: Puts a line in the place of the one before.
        now: Tells the seconds; work that is over at once shows nothing.
    """

    def __init__(self, show: Callable[[Line], None], now: Callable[[], float] = monotonic) -> None:
        self._show = show
        self._now = now
        self._line = Line()
        self._is_shown = False
        self._shown_at = 0.0

    def start(self, label: str, total: int | None = None) -> None:
        """Begin a task of `total` steps."""
        self._line, self._shown_at = Line(label, 0, total), self._now()

    def advance(self, steps: int = 1) -> None:
        """Move on; what is shown follows a few times a second."""
        self._line = Line(self._line.label, self._line.done + steps, self._line.total)
        if self._now() - self._shown_at >= SHOWN_EVERY_S:
            self._show(self._line)
            self._is_shown, self._shown_at = True, self._now()

    def note(self, text: str) -> None:
        """Say one thing on a line of its own."""
        self._clear()
        sys.stderr.write(f"{printable(text)}\n")

    def finish(self) -> None:
        """Take the line away."""
        self._clear()

    def _clear(self) -> None:
        if self._is_shown:
            self._show(Line())
        self._is_shown = False


def progress_here(now: Callable[[], float] = monotonic) -> Progress:
    """Return what shows progress where this runs: in a notebook, on a terminal, or nothing anywhere else."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if hasattr(shell, "kernel"):
        return LineProgress(_in_notebook(), now)
    is_terminal = sys.stderr is not None and sys.stderr.isatty()
    return LineProgress(_on_terminal, now) if is_terminal else NoProgress()


def _in_notebook() -> Callable[[Line], None]:
    from IPython import display

    put: Any = display.display
    shown: list[Any] = []

    def show(line: Line) -> None:
        if shown and line.label:
            shown[0].update(line)
        elif shown:
            shown.pop().update(line)
        else:
            shown.append(put(line, display_id=True))

    return show


def _on_terminal(line: Line) -> None:
    width = get_terminal_size().columns - 1
    end = "" if line.label else "\r"
    sys.stderr.write(f"\r{cut(repr(line), width):{width}}{end}")
    sys.stderr.flush()
