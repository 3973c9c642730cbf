"""Kill syncs of a catalogue with SIGKILL, at random moments and at every write, and see what they leave."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from itertools import count
from pathlib import Path
from random import Random
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from kills import BEGAN_S, UNLIMITED, Countdown, StandingClock, in_child

from zenodo_harvest.catalog import Catalog
from zenodo_harvest.client import Client
from zenodo_harvest.emulator import Emulator
from zenodo_harvest.http import LocalBudget
from zenodo_harvest.sites import Site

SLUG = "snow"
KILLS_EACH = 3
WEEK_S = 7 * 86_400
SNAPSHOTS_KEPT = 2


def record(number: int) -> dict[str, Any]:
    """Return a record of the community."""
    community = {"id": str(uuid5(NAMESPACE_URL, SLUG)), "slug": SLUG}
    return {
        "id": str(10_000 + number),
        "created": f"2026-01-{1 + number % 28:02}T00:00:00+00:00",
        "parent": {"communities": {"ids": [community["id"]], "entries": [community]}},
        "metadata": {"title": f"Frost {number}", "publication_date": "2026-01-02"},
    }


def emulator_in_child(seed: Path) -> tuple[int, str, int]:
    """Start an emulator in a process of its own; return that process, the address, and what it tells of.

    Each SIGUSR1 lets its community change, of which it tells when that is done.
    """
    here, there = os.pipe()
    child = os.fork()
    if child == 0:
        turns = count()
        with Emulator(seed=seed, limits="off") as emulator:

            def change(*_: object) -> None:
                turn = next(turns)
                emulator.edit("10000", lambda found: found["metadata"].update(title=f"Thaw {turn}"))
                emulator.add(record(2_000 + turn))
                emulator.delete(str(10_001 + turn), reason="spam")
                os.write(there, b".")

            signal.signal(signal.SIGUSR1, change)
            os.write(there, emulator.url.encode())
            while True:
                signal.pause()
    return child, os.read(here, 200).decode(), here


@dataclass(frozen=True)
class Trial:
    """A catalogue in its folder, a week by its clock after it was last synced."""

    url: str
    folder: Path
    weeks: int

    def catalog(self) -> tuple[Client, Catalog]:
        """Return the catalogue, and the client to be closed."""
        site = Site(
            "emulator", self.url, search_rate=UNLIMITED, other_rate=UNLIMITED, stands_for=("zenodo.org",)
        )
        clock = StandingClock(BEGAN_S + self.weeks * WEEK_S)
        client = Client(site, "", clock=clock, budget=LocalBudget(), progress=False)
        return client, client.catalog(self.folder)

    def init(self) -> None:
        """Make the catalogue."""
        client, catalog = self.catalog()
        with client:
            catalog.init(community=[SLUG])
        config = self.folder / "catalog.toml"
        config.write_text(config.read_text().replace("# keep = 52", f"keep = {SNAPSHOTS_KEPT}"))

    def sync(self) -> None:
        """Sync it, reading all pages."""
        client, catalog = self.catalog()
        with client:
            catalog.sync(full=True)

    def sync_to_write(self, number: int) -> None:
        """Sync, but die at this write."""
        countdown = Countdown(number)
        sys.addaudithook(partial(_audit, countdown))
        self.sync()

    def latest(self) -> str:
        """Return a digest of all of ``latest/``, or what is wrong with it."""
        latest = self.folder / "latest"
        receipt = json.loads((latest / "receipt.json").read_bytes())
        named = {one["path"]: one["sha256"] for one in receipt["outputs"]}
        there = _digests(latest)
        there.pop("receipt.json")
        return sha256(json.dumps(there).encode()).hexdigest() if there == named else f"a mixture: {there}"

    def whole(self) -> tuple[str, dict[str, str]]:
        """Return what is left in the end: ``latest/``, the snapshots and the history, and no other file."""
        kept = {
            name: found for name, found in _digests(self.folder).items() if name.split("/")[0] != "latest"
        }
        kept.pop("catalog.journal")
        return self.latest(), kept


def _audit(countdown: Countdown, event: str, arguments: tuple[object, ...]) -> None:
    countdown.audit(event, arguments)
    if event in ("os.mkdir", "os.rmdir") or (event == "ctypes.dlsym" and arguments[1] == "renameat2"):
        countdown.count()


def _digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest() for path in files}


@dataclass(frozen=True)
class Ground:
    """What all trials begin with, and what they may come to."""

    base: Trial
    old: str
    new: tuple[str, dict[str, str]]
    long_s: float

    @classmethod
    def of(cls, base: Trial) -> Ground:
        """Sync a copy undisturbed."""
        trial = copy_of(base, "undisturbed")
        started = time.monotonic()
        in_child(trial.sync)
        long_s = time.monotonic() - started
        made = cls(base, base.latest(), trial.whole(), long_s)
        shutil.rmtree(trial.folder)
        return made

    def faults(self, trial: Trial) -> list[str]:
        """Return what is wrong after a kill."""
        found = trial.latest()
        return [] if found in (self.old, self.new[0]) else [f"{trial.folder.name}, killed: {found}"]

    def end(self, trial: Trial) -> list[str]:
        """Sync to the end; return what is wrong then."""
        in_child(trial.sync)
        found = trial.whole()
        shutil.rmtree(trial.folder)
        if found == self.new:
            return []
        differing = sorted(dict(found[1].items() ^ self.new[1].items()))
        return [f"{trial.folder.name}, ended: {found[0] == self.new[0]} {differing}"]


def copy_of(base: Trial, name: str) -> Trial:
    """Return a copy of a catalogue."""
    trial = Trial(base.url, base.folder.with_name(name), base.weeks)
    shutil.copytree(base.folder, trial.folder)
    return trial


def kill_at_random(ground: Ground, kills: int, long_s: float, chance: Random) -> tuple[int, list[str]]:
    """Kill syncs until `kills` were killed, going on with each; return how many ended, and what was wrong."""
    ended, done = 0, 0
    faults: list[str] = []
    while done < kills:
        trial = copy_of(ground.base, f"random-{ended}")
        for _ in range(chance.randint(1, KILLS_EACH)):
            if done == kills or in_child(trial.sync, chance.uniform(0, long_s)):
                break
            done += 1
            faults += ground.faults(trial)
        faults += ground.end(trial)
        ended += 1
    return ended, faults


def kill_at_writes(ground: Ground, every: int) -> tuple[int, list[str]]:
    """Kill a sync at each of its writes, or some; return how many were killed, and what was wrong."""
    killed, number = 0, 1
    faults: list[str] = []
    while True:
        trial = copy_of(ground.base, f"write-{number}")
        if in_child(partial(trial.sync_to_write, number)):
            return killed, faults
        faults += [*ground.faults(trial), *ground.end(trial)]
        killed, number = killed + 1, number + every


def tell(when: str, ended: int, faults: list[str]) -> bool:
    """Print how it went; tell whether all is well."""
    print(f"killed {when}: {ended} catalogues, {len(faults)} faults", *faults[:5], sep="\n", flush=True)
    return not faults


def main() -> None:
    """Kill as often as asked; exit with 1 if ``latest/`` was ever a mixture, or one ended otherwise."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--kills", type=int, default=1000, help="kills at random moments")
    arguments.add_argument("--records", type=int, default=60, help="how many records the community has")
    arguments.add_argument("--every", type=int, default=1, help="kill at each write, each second, …")
    arguments.add_argument("--seed", type=int, default=1, help="which random moments")
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        seed = Path(name, "seed.jsonl")
        seed.write_text("".join(f"{json.dumps(record(number))}\n" for number in range(asked.records)))
        server, url, told = emulator_in_child(seed)
        try:
            base = Trial(url, Path(name, "base"), 0)
            base.init()
            for weeks in range(SNAPSHOTS_KEPT + 1):
                base = Trial(url, base.folder, weeks)
                if weeks < SNAPSHOTS_KEPT:
                    base.sync()  # everything is imported here, before the children
                os.kill(server, signal.SIGUSR1)
                os.read(told, 1)
            ground = Ground.of(base)
            long_s = min(ground.long_s, Ground.of(base).long_s)
            chance = Random(asked.seed)  # noqa: S311  (repeatable, guards nothing)
            is_good = tell(
                f"{asked.kills} times at random moments", *kill_at_random(ground, asked.kills, long_s, chance)
            )
            is_good &= tell("at writes", *kill_at_writes(ground, asked.every))
        finally:
            os.kill(server, signal.SIGKILL)
            os.waitpid(server, 0)
    sys.exit(0 if is_good else 1)


if __name__ == "__main__":
    main()
