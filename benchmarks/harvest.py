"""Harvest 60,000 emulator records under a scaled limit: complete, at full budget, in little memory.

With ``--token`` the harvest has a token; what its counts take is told as well.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from memory import seed

from zenodo_harvest.emulator import Emulator

RECORDS = 60_000
BURST = 15_000
ALLOWED, WINDOW_S = 30, 3
START = datetime(2020, 1, 1, tzinfo=UTC)
HARVEST = """
import re, sys
from zenodo_harvest.client import Client

def peak_kb():  # of this program alone: getrusage counts the process that it was started from
    return int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])

class Server:
    url = sys.argv[1]
    def close(self): pass

counts = []

def trace(exchange):
    size = re.search("[?&]size=([0-9]+)", exchange.url)
    if size and int(size[1]) not in (25, 100):
        counts.append(exchange.size_bytes)

with Client(Server(), token=sys.argv[3], trace=trace) as client:
    receipt = client.harvest("", sys.argv[2])
    peak_mb = peak_kb() // 1024
    print(receipt.complete, receipt.rows, receipt.total_start, receipt.total_end, len(receipt.windows),
          peak_mb, len(counts), sum(counts))
"""


def created(number: int) -> str:
    """Return when a record was made: a quarter within one second, a few hundred at the very same moment."""
    if number < BURST:
        moment = START + timedelta(days=400, microseconds=number * 60)
    elif number < BURST + 300:
        moment = START + timedelta(days=500)
    else:
        moment = START + timedelta(minutes=number * 50)
    return moment.isoformat()


def main() -> None:
    """Print what the receipt says, what the server's log says, and the peak memory."""
    token = "emulator-token" if "--token" in sys.argv[1:] else ""
    page_rows = 100 if token else 25
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seed(folder / "seed.jsonl", RECORDS, created)
        with Emulator(seed=folder / "seed.jsonl", limits=f"{ALLOWED}/{WINDOW_S}s") as emulator:
            done = subprocess.run(
                [sys.executable, "-c", HARVEST, emulator.url, str(folder / "out.parquet"), token],
                check=True,
                stdout=subprocess.PIPE,
                text=True,
                env={**os.environ, "XDG_CACHE_HOME": name},
            )
            log = [entry for entry in emulator.log if entry.target.startswith("/api/records?")]
    complete, rows, total_start, total_end, windows, peak_mb, counts, counted_bytes = done.stdout.split()
    at = sorted(entry.at for entry in log)
    spans_s = [later - first for first, later in zip(at, at[ALLOWED:], strict=False)]
    refused = sum(entry.status == 429 for entry in log)
    print(f"complete {complete}, rows {rows}, server {total_start} at the start and {total_end} at the end")
    print(f"{windows} windows, {len(log)} requests, {RECORDS // page_rows} is the least; refused {refused}")
    print(f"{counts} of them were counts, which brought {int(counted_bytes):,} bytes")
    print(f"share of the budget {WINDOW_S / statistics.mean(spans_s):.1%}   (promised: at least 99 %)")
    print(f"peak memory {peak_mb} MB   (promised: at most 300 MB)")


if __name__ == "__main__":
    main()
