"""Measure the peak memory of a search of 1,000 and 10,000 and a harvest of 100,000 emulator records."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from zenodo_harvest.emulator import Emulator

COUNTS = (1_000, 10_000, 100_000)
SEARCH = """
import sys
from zenodo_harvest.client import Client
from zenodo_harvest.emulator import Emulator

def peak_kb():  # of this program alone: getrusage counts the process that it was started from
    return int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])

class Server:
    url = sys.argv[1]
    def close(self): pass

with Client(Server(), token="emulator-token") as client:
    if client.count().total <= 10_000:
        receipt = client.search(limit=10_000).to_parquet(sys.argv[2])
    else:
        receipt = client.harvest("", sys.argv[2])
    print(receipt.rows, peak_kb() // 1024)
"""


def every_second(number: int) -> str:
    """Return when a record was made, one each second."""
    return (datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=number)).isoformat()


def seed(path: Path, count: int, created: Callable[[int], str] = every_second) -> None:
    """Write `count` native records, as large as those of Zenodo."""
    filler = "<p>Frost days and ice nights over the whole domain, by station and by year.</p>" * 60
    with path.open("w") as lines:
        for number in range(count):
            id_ = str(1_000_000 + number)
            record = {
                "id": id_,
                "created": created(number),
                "updated": created(number),
                "revision_id": 3,
                "parent": {"id": str(5_000_000 + number), "access": {"owned_by": {"user": "1"}}},
                "versions": {"index": 1, "is_latest": True},
                "pids": {"doi": {"identifier": f"10.5281/zenodo.{id_}", "provider": "datacite"}},
                "metadata": {
                    "title": f"Frost record {number}",
                    "description": filler,
                    "publication_date": "2024-01-01",
                    "resource_type": {"id": "dataset"},
                    "creators": [{"person_or_org": {"type": "personal", "name": f"Frost, Ann {number}"}}],
                },
                "access": {"record": "public", "files": "public", "status": "open"},
                "files": {"enabled": True, "count": 0, "total_bytes": 0, "entries": {}},
            }
            lines.write(json.dumps(record) + "\n")


def main() -> None:
    """Print rows and peak memory of each run, in a process of its own."""
    for count in COUNTS:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "seed.jsonl"
            seed(path, count)
            with Emulator(seed=path, limits="off") as emulator:
                done = subprocess.run(
                    [sys.executable, "-c", SEARCH, emulator.url, str(Path(folder) / "out.parquet")],
                    check=True,
                    capture_output=True,
                    text=True,
                    env={**os.environ, "XDG_CACHE_HOME": folder},
                )
        rows, peak_mb = done.stdout.split()
        print(f"{int(rows):>7,} rows   peak {peak_mb} MB   (promised: at most 300 MB)")
    own_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"the emulator beside it: {own_mb} MB")


if __name__ == "__main__":
    main()
