"""Let two processes search under a limit: nothing may be refused, and how much of the budget is used."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from itertools import pairwise

from zenodo_harvest.emulator import Emulator

PROCESSES = 2
ALLOWED = 30
SEARCH = """
import sys
from zenodo_harvest.client import Client

class Server:
    url = sys.argv[1]
    def close(self): pass

with Client(Server(), token="") as client:
    for _ in range(int(sys.argv[2])):
        list(client.search("frost", limit=25))
"""


def run(window_s: int, searches: int) -> None:
    """Print what two processes got out of one limit, by the emulator's log."""
    with tempfile.TemporaryDirectory() as folder, Emulator(limits=f"{ALLOWED}/{window_s}s") as emulator:
        command = [sys.executable, "-c", SEARCH, emulator.url, str(searches)]
        environment = {**os.environ, "XDG_CACHE_HOME": folder}
        running = [subprocess.Popen(command, env=environment) for _ in range(PROCESSES)]
        failed = sum(process.wait() != 0 for process in running)
        log = [entry for entry in emulator.log if entry.target.startswith("/api/records")]
    at = sorted(entry.at for entry in log if entry.status == 200)
    refused = sum(entry.status == 429 for entry in log)
    # how long each run of 30 requests and the one after it took: never under the window, ideally equal to it
    spans_s = [later - first for first, later in zip(at, at[ALLOWED:], strict=False)]
    share = window_s / statistics.mean(spans_s)
    longest_s = max(later - earlier for earlier, later in pairwise(at))
    print(
        f"{ALLOWED}/{window_s}s".ljust(10)
        + f"{len(at):>10}{refused:>9}{failed:>8}{share:>16.1%}{min(spans_s):>15.2f}{longest_s:>14.2f}"
    )


def main() -> None:
    """Print both windows."""
    print(f"{PROCESSES} processes   answered  refused  failed  share of budget  shortest 30 s  longest gap s")
    run(window_s=10, searches=60)
    run(window_s=2, searches=75)
    print("promised: none refused, at least 99 % of the budget used (mean over the window as it moves)")


if __name__ == "__main__":
    main()
