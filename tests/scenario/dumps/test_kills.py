"""Workers that are killed, and workers whose parent is."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from zenodo_harvest.errors import LocalError
from zenodo_harvest.pool import processes
from zenodo_harvest.progress import NoProgress

pytestmark = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs Linux to watch processes")


class KillsWorkers(NoProgress):
    """Kills a worker as soon as work has begun."""

    def __init__(self, pids: tuple[int, ...]) -> None:
        self.pids = pids
        self.killed = 0

    def advance(self, steps: int = 1) -> None:
        del steps
        for pid in self.pids[: 1 - self.killed]:
            os.kill(pid, signal.SIGKILL)
            self.killed += 1


@pytest.mark.parametrize("partition_by", [None, "year"])
def test_a_killed_worker_is_one_clear_error_and_leaves_nothing(
    to_table: Any, several: Path, tmp_path: Path, partition_by: str | None
) -> None:
    output = tmp_path / ("years" if partition_by else "records.parquet")
    with processes(2) as executor:
        progress = KillsWorkers(executor.pids)
        workers = [os.pidfd_open(pid) for pid in executor.pids]
        with pytest.raises(LocalError, match="worker process ended") as gone:
            to_table(several, output, executor=executor, partition_by=partition_by, progress=progress)
    assert progress.killed == 1
    assert (gone.value.exit_code, bool(gone.value.hint)) == (8, True)
    assert list(tmp_path.iterdir()) == []
    for worker in workers:
        ended, _, _ = select.select([worker], [], [], 0)
        os.close(worker)
        assert ended, "a worker is still there"


SCRIPT = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from zenodo_harvest.dumps import convert
from zenodo_harvest.pool import processes
from zenodo_harvest.progress import NoProgress
from zenodo_harvest.records import Provenance

class Dies(NoProgress):
    said = 0
    def advance(self, steps=1):
        if not self.said:
            print(*executor.pids, flush=True)
            sys.stdin.readline()
            os.kill(os.getpid(), signal.SIGKILL)

source, output = map(Path, sys.argv[1:])
provenance = Provenance("zenodo", "dump", datetime.now(UTC))
with processes(2) as executor:
    convert(source, [output], provenance=provenance, executor=executor, progress=Dies())
"""


def test_workers_do_not_outlive_a_killed_parent(several: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", SCRIPT, str(several), str(tmp_path / "a.parquet")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        workers = [os.pidfd_open(int(pid)) for pid in parent.stdout.readline().split()]
        parent.communicate("die\n", timeout=30)
    assert parent.returncode == -signal.SIGKILL
    assert workers
    for worker in workers:
        ended, _, _ = select.select([worker], [], [], 30)
        os.close(worker)
        assert ended, "a worker goes on without its parent"
    assert not (tmp_path / "a.parquet").exists()
