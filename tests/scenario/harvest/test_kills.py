"""Real kills: six at random moments, and one at every write of a small harvest."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

KILLS = Path(__file__).parents[3] / "benchmarks" / "kills.py"


def test_a_harvest_killed_anywhere_goes_on_and_ends_with_the_bytes_of_an_undisturbed_one() -> None:
    two_pages = ["--query", "title:frost AND title:index", "--page", "5"]
    command = [sys.executable, str(KILLS), "--kills", "6", *two_pages]
    run = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    at_random, at_writes = run.stdout.splitlines()
    assert at_random.startswith("killed 6 times at random moments: ")
    ended, same = (int(word) for word in at_writes.replace(",", "").split() if word.isdigit())
    assert ended == same > 50
