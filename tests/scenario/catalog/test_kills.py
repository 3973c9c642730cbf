"""Real kills of syncs: some at random moments, and some of all writes of one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

KILLS = Path(__file__).parents[3] / "benchmarks" / "catalog_kills.py"


def test_a_sync_killed_anywhere_leaves_one_whole_state_and_the_next_ends_as_an_undisturbed_one() -> None:
    command = [sys.executable, str(KILLS), "--kills", "2", "--records", "6", "--every", "19"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    at_random, at_writes = run.stdout.splitlines()
    assert at_random.startswith("killed 2 times at random moments: ")
    killed, faults = (int(word) for word in at_writes.replace(",", "").split() if word.isdigit())
    assert killed >= 5
    assert faults == 0
