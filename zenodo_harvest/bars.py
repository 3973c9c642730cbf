"""Where work stands, shown to a person: on a terminal, or in a notebook."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from html import escape
from math import ceil
from threading import Timer
from time import monotonic
from typing import TYPE_CHECKING, Any, TextIO

from zenodo_harvest.display import one_line, printable, wrapped
from zenodo_harvest.progress import NoProgress, Progress, Wait

if TYPE_CHECKING:
    from rich.progress import TaskID

SHOWN_EVERY_S = 0.3
_EARLY_S = 0.1
"""So much before its end a wait is taken off the terminal: whoever waits may write there afterwards."""


def _is_pipe(stream: TextIO) -> bool:
    with suppress(OSError, ValueError):
        return stat.S_ISFIFO(os.fstat(stream.fileno()).st_mode)
    return False


def terminal_width() -> int:
    """Return how many characters a line of the terminal behind stderr holds."""
    with suppress(ValueError):
        return int(os.environ.get("COLUMNS", ""))
    with suppress(OSError, ValueError):
        return os.get_terminal_size(sys.stderr.fileno()).columns or 80
    return 80


class StderrProgress:
    """Implements `zenodo_harvest.progress.Progress`: a bar on a terminal, plain lines elsewhere.

    Where data goes through a pipe there is no bar: what reads it may write to the same terminal.

    Args:
        quiet: Show neither bars nor notes.
        is_terminal: Tells whether a stream is read by a person.
        is_pipe: Tells whether a stream is read by a program.
    """

    def __init__(
        self,
        *,
        quiet: bool = False,
        is_terminal: Callable[[TextIO], bool] = lambda stream: stream.isatty(),
        is_pipe: Callable[[TextIO], bool] = _is_pipe,
    ) -> None:
        self._quiet = quiet
        self._is_terminal = is_terminal
        self._is_pipe = is_pipe
        self._bars: Any = None
        self._task: TaskID | None = None

    def start(self, label: str, total: int | None = None) -> None:
        """Show a bar for a task of `total` steps."""
        if not self._shows_bars:
            return
        bars = self._shown()
        if self._task is not None:
            bars.remove_task(self._task)
        self._task = bars.add_task(printable(label), total=total)

    def advance(self, steps: int = 1) -> None:
        """Move the bar on."""
        if self._bars is not None and self._task is not None:
            self._bars.advance(self._task, steps)

    def note(self, text: str) -> None:
        """Say one thing on a line of its own, unless all is quiet; a wait is counted down in place."""
        if isinstance(text, Wait) and self._shows_bars:
            bars = self._shown()
            bars.wait, bars.until = text, bars.get_time() + text.wait_s
            timer = Timer(max(0.0, text.wait_s - _EARLY_S), bars.end, [text])
            timer.daemon = True
            timer.start()
        elif not self._quiet:
            self.line(text)

    def line(self, text: str) -> None:
        """Write one line, quiet or not; on a terminal it breaks between words."""
        text = printable(text)
        if self._is_terminal(sys.stderr):
            text = wrapped(text, terminal_width())
        if self._bars is not None and self._bars.live.is_started:
            self._bars.console.print(text, markup=False, highlight=False, soft_wrap=True)
        else:
            with suppress(OSError):
                sys.stderr.write(f"{text}\n")
                sys.stderr.flush()

    def finish(self) -> None:
        """Take the bar away."""
        if self._bars is not None:
            self._bars.stop()
            self._bars.wait = None
        self._bars = self._task = None

    @property
    def _shows_bars(self) -> bool:
        return not self._quiet and self._is_terminal(sys.stderr) and not self._is_pipe(sys.stdout)

    def _shown(self) -> Any:
        if self._bars is None:
            self._bars = _bars()
        self._bars.wait = None
        self._bars.start()
        return self._bars


def _bars() -> Any:
    from rich.console import Console, RenderableType
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Bars(Progress):
        """The bars, and below them how long is waited."""

        wait: Wait | None = None
        until = 0.0

        def end(self, wait: Wait) -> None:
            """Take a wait away, unless another has taken its place; nothing else to show ends them."""
            if self.wait is wait:
                self.wait = None
                if not self.tasks:
                    self.stop()

        def get_renderables(self) -> Iterable[RenderableType]:
            """Yield what is shown; it is asked for several times a second."""
            yield from super().get_renderables() if self.tasks else ()
            if self.wait is not None:
                yield Text(printable(self.wait.said(max(0, ceil(self.until - self.get_time())))))

    return Bars(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True),
        console=Console(stderr=True, force_terminal=True),
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )


class NotebookProgress:
    """Implements `zenodo_harvest.progress.Progress` in a notebook: one line with a bar, gone at the end.

    Args:
        display: IPython's ``display``.
        now: Tells the seconds; what is over at once is not shown.
    """

    def __init__(self, display: Callable[..., Any], now: Callable[[], float] = monotonic) -> None:
        self._display = display
        self._now = now
        self._handle: Any = None
        self._label = ""
        self._total: int | None = None
        self._done = 0
        self._shown_at = 0.0

    def start(self, label: str, total: int | None = None) -> None:
        """Begin a task of `total` steps."""
        self._label, self._total, self._done = label, total, 0
        self._shown_at = self._now()

    def advance(self, steps: int = 1) -> None:
        """Move the bar on, a few times a second."""
        self._done += steps
        if self._now() - self._shown_at >= SHOWN_EVERY_S:
            self._shown_at = self._now()
            self._show(_Line(self._label, self._done, self._total))

    def note(self, text: str) -> None:
        """Say one thing on a line of its own."""
        sys.stderr.write(f"{printable(text)}\n")

    def finish(self) -> None:
        """Take the bar away."""
        if self._handle is not None:
            self._show(_Line())
        self._handle = None

    def _show(self, line: _Line) -> None:
        if self._handle is None:
            self._handle = self._display(line, display_id=True)
        else:
            self._handle.update(line)


@dataclass(frozen=True, slots=True)
class _Line:
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


def progress_here() -> Progress:
    """Return what shows progress where this runs: in a notebook, on a terminal, or nothing anywhere else."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is not None and hasattr(shell, "kernel"):
        from IPython.display import display

        return NotebookProgress(display)
    return StderrProgress() if sys.stderr is not None and sys.stderr.isatty() else NoProgress()
