"""Time `zenodo-harvest --help` against a bare two-command Typer app, turn by turn in one run."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BARE_APP = """
import typer
app = typer.Typer()

@app.command()
def first(name: str = "x") -> None:
    "Say one thing."

@app.command()
def second(name: str = "y") -> None:
    "Say another."

app()
"""
ROUNDS = 25


def elapsed_s(command: list[str]) -> float:
    """Return the wall time of one run."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    """Print both medians and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare.py"
        bare.write_text(BARE_APP)
        ours = [sys.executable, "-c", "from zenodo_harvest.cli import main; main()", "--help"]
        theirs = [sys.executable, str(bare), "--help"]
        times = [(elapsed_s(theirs), elapsed_s(ours)) for _ in range(ROUNDS)]
    bare_s, ours_s = (statistics.median(column) for column in zip(*times, strict=True))
    print(f"bare Typer app --help    {bare_s * 1000:6.0f} ms")
    print(f"zenodo-harvest --help    {ours_s * 1000:6.0f} ms")
    print(f"ratio                    {ours_s / bare_s:6.2f}   (promised: at most 1.30)")


if __name__ == "__main__":
    main()
