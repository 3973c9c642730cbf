"""Kill harvests with SIGKILL, at random moments and at every write, and compare what they end with."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from random import Random

from zenodo_harvest.durable import Journal
from zenodo_harvest.emulator import Emulator
from zenodo_harvest.errors import ZenodoHarvestError
from zenodo_harvest.harvest import Harvest
from zenodo_harvest.http import Context, LocalBudget, ShownSite, Transport
from zenodo_harvest.query import Search
from zenodo_harvest.sites import Rate, Site

OUTPUTS = ("records.parquet", "records.csv", "records.jsonl")
BEGAN_S = 1_795_000_000.0
WINDOW = 60
KILLS_EACH = 4
UNLIMITED = Rate(100_000, 1)


class StandingClock:
    """Tells one time for ever: all rows of a harvest carry the time it began."""

    def __init__(self, time_s: float) -> None:
        self._time_s = time_s

    def now(self) -> float:
        """Return that time."""
        return self._time_s

    def sleep(self, wait_s: float) -> None:
        """Wait."""
        time.sleep(wait_s)


class Countdown:
    """Ends the process with SIGKILL just before its nth write.

    What counts: each statement of the journal but those that only read, each file opened for writing,
    renamed or removed. Bytes between these go to temporary files, which nobody looks at again.
    """

    def __init__(self, writes: int) -> None:
        self._left = writes

    def audit(self, event: str, arguments: tuple[object, ...]) -> None:
        """Be told by the interpreter what the process does."""
        if event in ("os.rename", "os.remove") or (event == "open" and "w" in str(arguments[1])):
            self.count()

    def connect(self, path: Path) -> sqlite3.Connection:
        """Open a journal of which every statement counts."""
        database = sqlite3.connect(path)
        database.set_trace_callback(lambda statement: statement.startswith("SELECT") or self.count())
        return database

    def count(self, *_: object) -> None:
        """Count one write, and die if it is the one."""
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class Trial:
    """One harvest in its folder; run again it goes on, a day later by its clock."""

    url: str
    query: str
    folder: Path
    page: int

    def run(self, connect: Callable[[Path], sqlite3.Connection] = sqlite3.connect) -> None:
        """Harvest to the end, in windows of fewer than 60 records."""
        site = Site(
            "emulator",
            self.url,
            page_size_guest=self.page,
            window=WINDOW,
            search_rate=UNLIMITED,
            other_rate=UNLIMITED,
        )
        clock = StandingClock(BEGAN_S + 86_400 * self.has_begun())
        with (
            LocalBudget() as budget,
            Transport(site, user_agent="kills", budget=budget, clock=clock) as transport,
        ):
            context = Context(transport, ShownSite(lambda: site), clock=clock)
            harvest = Harvest(context, Search(q=self.query), connect=connect)
            harvest.save([self.folder / name for name in OUTPUTS], {})

    def run_to_write(self, number: int) -> None:
        """Harvest, but die at this write."""
        countdown = Countdown(number)
        sys.addaudithook(countdown.audit)
        self.run(countdown.connect)

    def has_begun(self) -> bool:
        """Tell whether the time of the harvest stands in its journal."""
        journal = self.folder / f"{OUTPUTS[0]}.journal"
        if not journal.exists():
            return False
        with Journal(journal) as kept:
            return kept.fact("run") is not None

    def digests(self) -> tuple[str, ...]:
        """Return what the outputs are."""
        return tuple(sha256((self.folder / name).read_bytes()).hexdigest() for name in OUTPUTS)

    def close(self) -> None:
        """Remove everything."""
        shutil.rmtree(self.folder)


def in_child(work: Callable[[], None], kill_after_s: float | None = None) -> bool:
    """Run `work` in a process of its own, which may be killed meanwhile; tell whether it came to its end."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except ZenodoHarvestError as error:
            print(error, file=sys.stderr)
        finally:
            os._exit(code)
    if kill_after_s is not None:
        time.sleep(kill_after_s)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        sys.exit("a harvest failed of itself")
    return os.WIFEXITED(status)


def emulator_in_child() -> tuple[int, str]:
    """Start an emulator in a process of its own; return that process and the address."""
    here, there = os.pipe()
    child = os.fork()
    if child == 0:
        with Emulator(limits="off") as emulator:
            os.write(there, emulator.url.encode())
            signal.pause()
    return child, os.read(here, 200).decode()


def kill_at_random(
    make: Callable[[str], Trial], kills: int, long_s: float, chance: Random
) -> tuple[int, int]:
    """Kill harvests until `kills` were killed, going on with each; return how many ended, how many alike."""
    expected = make("undisturbed").digests()
    ended = same = done = 0
    while done < kills:
        trial = make(f"random-{ended}")
        for _ in range(chance.randint(1, KILLS_EACH)):
            if done == kills or in_child(trial.run, chance.uniform(0, long_s)):
                break
            done += 1
        in_child(trial.run)
        ended, same = ended + 1, same + (trial.digests() == expected)
        trial.close()
    return ended, same


def kill_at_every_write(make: Callable[[str], Trial]) -> tuple[int, int]:
    """Kill one harvest at each of its writes and go on; return how many ended, how many alike."""
    expected = make("undisturbed").digests()
    writes = same = 0
    while True:
        trial = make(f"write-{writes}")
        if in_child(partial(trial.run_to_write, writes + 1)):
            return writes, same
        in_child(trial.run)
        writes, same = writes + 1, same + (trial.digests() == expected)
        trial.close()


def tell(when: str, ended: int, same: int) -> bool:
    """Print how it went; tell whether all ended alike."""
    print(f"killed {when}: {ended} harvests, {same} ended with the bytes of an undisturbed one", flush=True)
    return ended == same


def main() -> None:
    """Kill as often as asked; exit with 1 if any harvest ended otherwise than an undisturbed one."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--kills", type=int, default=1000, help="kills at random moments")
    arguments.add_argument("--query", default="", help="what is harvested")
    arguments.add_argument("--seed", type=int, default=1, help="which random moments")
    arguments.add_argument("--page", type=int, default=25, help="how many records a page holds")
    asked = arguments.parse_args()
    server, url = emulator_in_child()
    try:
        with tempfile.TemporaryDirectory() as name:

            def make(trial: str) -> Trial:
                return Trial(url, asked.query, Path(name, trial), asked.page)

            make("warm").run()  # everything is imported once, before the children
            started = time.monotonic()
            in_child(make("undisturbed").run)
            long_s = time.monotonic() - started
            chance = Random(asked.seed)  # noqa: S311  (repeatable, guards nothing)
            ended, same = kill_at_random(make, asked.kills, long_s, chance)
            is_good = tell(f"{asked.kills} times at random moments", ended, same)
            is_good &= tell("at every write", *kill_at_every_write(make))
    finally:
        os.kill(server, signal.SIGKILL)
        os.waitpid(server, 0)
    sys.exit(0 if is_good else 1)


if __name__ == "__main__":
    main()
