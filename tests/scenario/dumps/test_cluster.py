"""A Dask cluster does the work."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from zenodo_harvest.dumps import dask_cluster
from zenodo_harvest.errors import ServerError

CLUSTER = """
import sys
from distributed import LocalCluster
if __name__ == "__main__":
    settings = {"dashboard_address": None, "host": "127.0.0.1", "silence_logs": 50}
    with LocalCluster(n_workers=int(sys.argv[1]), threads_per_worker=1, **settings) as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.readline()
"""


@pytest.fixture
def start(tmp_path: Path) -> Any:
    """Start a cluster in processes of its own; return the address of its scheduler."""
    pytest.importorskip("distributed")
    (tmp_path / "cluster.py").write_text(CLUSTER)
    running: list[subprocess.Popen[str]] = []

    def go(workers: int) -> str:
        process = subprocess.Popen(
            [sys.executable, str(tmp_path / "cluster.py"), str(workers)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "DASK_TEMPORARY_DIRECTORY": str(tmp_path / "dask")},
        )
        running.append(process)
        assert process.stdout is not None
        return process.stdout.readline().strip()

    yield go
    for process in running:
        process.communicate("stop\n", timeout=60)


@pytest.mark.filterwarnings("default")
def test_two_workers_of_a_cluster_make_the_same_bytes(
    start: Any, to_table: Any, several: Path, tmp_path: Path
) -> None:
    with dask_cluster(start(2)) as (executor, threads):
        assert threads == 2
        to_table(several, tmp_path / "cluster.parquet", executor=executor, workers=threads)
    to_table(several, tmp_path / "here.parquet", workers=1)
    assert (tmp_path / "cluster.parquet").read_bytes() == (tmp_path / "here.parquet").read_bytes()


@pytest.mark.filterwarnings("default")
def test_a_cluster_without_workers_is_an_error(start: Any) -> None:
    with pytest.raises(ServerError, match="no worker"), dask_cluster(start(0)):
        pass


@pytest.mark.filterwarnings("default")
def test_nobody_at_the_address_is_an_error() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(ServerError, match="No Dask scheduler"), dask_cluster("nonsense://x"):
        pass


def test_without_dask_the_command_that_installs_it_is_told() -> None:
    code = """
import sys
sys.modules["distributed"] = None
from zenodo_harvest.dumps import dask_cluster
from zenodo_harvest.errors import UsageError
try:
    with dask_cluster("tcp://127.0.0.1:8786"):
        pass
except UsageError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "Dask is not installed. Install it with: pip install 'zenodo-harvest[dask]'\n"
