from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
WALKTHROUGH = NOTEBOOKS / "walkthrough.ipynb"


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


def test_publishing_runs_from_top_to_bottom_and_ends_with_two_versions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    notebook = nbformat.read(NOTEBOOKS / "publish.ipynb", as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    said = "".join(output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", []))
    assert "It is in enes-data-space." in said
    assert "10.5281/zenodo.900000558 -> 10.5281/zenodo.900000559" in said
