"""In a notebook work shows how far it is, on a line that goes away; elsewhere only on a terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from doubles import StillClock
from zenodo_harvest.bars import NotebookProgress, progress_here
from zenodo_harvest.progress import NoProgress


class Cell:
    """The output of a cell: what is shown in it now, and all that ever was."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    def display(self, line: Any, *, display_id: bool) -> Cell:
        assert display_id
        self.update(line)
        return self

    def update(self, line: Any) -> None:
        self.shown.append(line._repr_html_())
        assert bool(repr(line)) == bool(self.shown[-1])


def test_a_notebook_shows_how_far_work_is_and_clears_the_line_at_its_end() -> None:
    cell, clock = Cell(), StillClock()
    progress = NotebookProgress(cell.display, clock.now)
    progress.start("<records>", 1200)
    for _ in range(12):
        clock.sleep(0.125)
        progress.advance(100)
    progress.finish()
    assert len(cell.shown) == 5
    assert cell.shown[0].endswith("&lt;records&gt;: 300 of 1,200")
    assert 'value="300" max="1200"' in cell.shown[0]
    assert cell.shown[-1] == ""


def test_work_that_is_over_at_once_shows_nothing() -> None:
    cell, clock = Cell(), StillClock()
    progress = NotebookProgress(cell.display, clock.now)
    progress.start("records")
    progress.advance(10)
    progress.finish()
    assert cell.shown == []


def test_a_notebook_is_told_of_waits_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    NotebookProgress(Cell().display).note("Waiting 12 s.\x1b[31m")
    assert capsys.readouterr() == ("", "Waiting 12 s.\n")


def test_away_from_people_nothing_is_shown() -> None:
    assert isinstance(progress_here(), NoProgress)


SHOWN = """
from zenodo_harvest import bars

progress = bars.progress_here()
progress.start("records", 2)
progress.advance()
progress.finish()
print(type(progress).__name__)
"""


def test_in_a_kernel_it_is_the_notebooks_own() -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(SHOWN)])
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    assert [output["text"] for output in notebook.cells[0].outputs] == ["NotebookProgress\n"]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no pty")
def test_on_a_terminal_it_is_that_of_the_command_line() -> None:
    import pty

    ours, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-c", SHOWN], check=True, stdout=subprocess.PIPE, stderr=theirs, timeout=60
    )
    os.close(theirs)
    os.close(ours)
    assert done.stdout == b"StderrProgress\n"
