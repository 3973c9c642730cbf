"""Command lines whose memory is measured."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

MEASURED = """
import sys
from pathlib import Path
from zenodo_harvest.cli import main

peak = Path(sys.argv.pop(1))
try:
    main()
finally:  # of this program alone: getrusage counts the process that it was started from
    peak.write_text(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
"""


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str
    peak_mb: int


@pytest.fixture
def measured(tmp_path: Path) -> Callable[..., Ran]:
    """Run a command line as a process of its own and measure its memory."""

    def run(*arguments: str, **environ: str) -> Ran:
        peak = tmp_path / "peak"
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, str(peak), *arguments],
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
            cwd=tmp_path,
            env=os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache")} | environ,
        )
        return Ran(done.returncode, done.stdout, done.stderr, int(peak.read_text()) // 1024)

    return run
