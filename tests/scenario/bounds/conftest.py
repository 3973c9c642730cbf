"""Command lines whose memory is measured."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

MEASURED = """
import json, os, signal, sys
from pathlib import Path
import zenodo_harvest.cli.convert, zenodo_harvest.cli.dumps, zenodo_harvest.cli.search
import zenodo_harvest.dumps.chunks, zenodo_harvest.engine.results, zenodo_harvest.export.parquet
import typer._adapters

def run(folder, arguments, environ):
    signal.alarm(120)
    os.chdir(folder)
    os.environ.clear()
    os.environ |= environ
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        os.dup2(os.open(name, os.O_RDWR | os.O_CREAT | os.O_TRUNC), number)
    sys.argv[1:] = arguments
    try:
        zenodo_harvest.cli.main()
    finally:  # of this program alone: getrusage counts the process that it was started from
        Path("peak").write_text(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])

while line := sys.stdin.readline():
    if (child := os.fork()) == 0:
        run(*json.loads(line))
        break
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str
    peak_mb: int


@pytest.fixture(scope="session")
def parent() -> Iterator[subprocess.Popen[str]]:
    """A process that has imported what command lines need, and forks for each of them."""
    with subprocess.Popen(
        [sys.executable, "-c", MEASURED], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process


@pytest.fixture
def measured(parent: subprocess.Popen[str], tmp_path: Path) -> Callable[..., Ran]:
    """Run a command line as a process of its own and measure its memory."""

    def run(*arguments: str, **environ: str) -> Ran:
        assert parent.stdin
        assert parent.stdout
        environ = os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache")} | environ
        print(json.dumps([str(tmp_path), arguments, environ]), file=parent.stdin, flush=True)
        code = int(parent.stdout.readline())
        out, err, peak = ((tmp_path / name).read_text() for name in ("stdout", "stderr", "peak"))
        return Ran(code, out, err, int(peak) // 1024)

    return run
