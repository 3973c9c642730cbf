"""In a notebook and on a terminal work shows how far it is, on a line that goes away; elsewhere nothing."""

from __future__ import annotations

import os
import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient

from doubles import StillClock
from zenodo_harvest.bars import Line, LineProgress, progress_here
from zenodo_harvest.progress import NoProgress


def test_a_notebook_shows_how_far_work_is_and_clears_the_line_at_its_end() -> None:
    shown: list[Line] = []
    clock = StillClock()
    progress = LineProgress(shown.append, clock.now)
    progress.start("<records>", 1200)
    for _ in range(12):
        clock.sleep(0.125)
        progress.advance(100)
    progress.finish()
    assert [repr(line) for line in shown] == [
        "<records>: 300 of 1,200",
        "<records>: 600 of 1,200",
        "<records>: 900 of 1,200",
        "<records>: 1,200 of 1,200",
        "",
    ]
    assert shown[0]._repr_html_() == (
        '<progress value="300" max="1200"></progress> &lt;records&gt;: 300 of 1,200'
    )
    assert shown[-1]._repr_html_() == ""


def test_work_that_is_over_at_once_shows_nothing() -> None:
    shown: list[Line] = []
    clock = StillClock()
    progress = LineProgress(shown.append, clock.now)
    progress.start("records")
    progress.advance(10)
    progress.finish()
    assert shown == []


def test_a_note_takes_the_place_of_the_line(capsys: pytest.CaptureFixture[str]) -> None:
    shown: list[Line] = []
    clock = StillClock()
    progress = LineProgress(shown.append, clock.now)
    progress.start("records")
    clock.sleep(1)
    progress.advance()
    progress.note("Waiting 12 s.\x1b[31m")
    assert capsys.readouterr() == ("", "Waiting 12 s.\n")
    assert [repr(line) for line in shown] == ["records: 1", ""]


def test_away_from_people_nothing_is_shown() -> None:
    assert isinstance(progress_here(), NoProgress)


SHOWN = """
from zenodo_harvest.bars import progress_here

progress = progress_here(iter(range(9)).__next__)
progress.start("records", 2)
progress.advance()
progress.finish()
"""


def test_in_a_kernel_it_is_shown_in_the_cell_and_cleared() -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(SHOWN)])
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    (output,) = notebook.cells[0].outputs
    assert output["output_type"] == "display_data"
    assert output["data"].get("text/html", "") == output["data"]["text/plain"] == ""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no pty")
def test_on_a_terminal_it_is_a_line_that_goes_away() -> None:
    import pty

    ours, theirs = pty.openpty()
    subprocess.run([sys.executable, "-c", SHOWN], check=True, stderr=theirs, timeout=60)
    os.close(theirs)
    shown = os.read(ours, 10_000).decode()
    os.close(ours)
    assert shown.startswith("\rrecords: 1 of 2")
    assert shown.endswith("\r")
    assert not shown.rpartition("\r")[0].rpartition("\r")[2].strip()
