from __future__ import annotations

from pathlib import Path

import nbformat
from nbclient import NotebookClient

WALKTHROUGH = Path(__file__).parents[2] / "notebooks" / "walkthrough.ipynb"


def test_the_walkthrough_runs_from_top_to_bottom_and_draws_a_plot() -> None:
    notebook = nbformat.read(WALKTHROUGH, as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    pictures = [
        output
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]
    assert pictures
