"""Measure catalogues of 50,000 records as large as real ones: syncs, comparisons, a year, the page.

The records come over loopback from the emulator without limits, which takes turns with the sync; so its time
is not that of an export, which is counted from when the harvest has ended: what was read while pages came is
not in it. Memory is that of the sync and of the process that shares its work. The year and the comparison of
records that all changed are made of records that were read before, without a server.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from zenodo_harvest.catalog import diff
from zenodo_harvest.catalog.about import About
from zenodo_harvest.catalog.draft import Draft
from zenodo_harvest.catalog.page import render_page
from zenodo_harvest.catalog.rows import read_rows
from zenodo_harvest.catalog.snapshots import Snapshots
from zenodo_harvest.client import Client
from zenodo_harvest.durable import room_in
from zenodo_harvest.progress import NoProgress
from zenodo_harvest.records import Provenance, Record, read_records

RECORDINGS = Path(__file__).parents[1] / "tests" / "data" / "recordings"
COMMUNITY, TOKEN = "enes-data-space", "TOKEN-A"
FIRST_ID, WEEKS, TAKEN, BATCH = 20_000_000, 52, 5, 500
BEGIN = datetime(2016, 1, 1, tzinfo=UTC)
FROM = Provenance("zenodo", "search", datetime(2026, 11, 23, tzinfo=UTC), "http://127.0.0.1:5000")
_WORD = re.compile(r"[^\W_]+")
CHANGED = 50
"""One of so many changes from one sync to the next: 2 %."""


def varied(count: int) -> Iterator[dict[str, Any]]:
    """Yield the recorded records in turn, with ids, titles, texts, files and times of their own."""
    chance = random.Random(1)  # noqa: S311  (repeatable, guards nothing)
    with gzip.open(RECORDINGS / "records-native.jsonl.gz", "rt", encoding="utf-8") as lines:
        recorded = [json.loads(line) for line in lines]
    words = sorted({word for record in recorded for word in _WORD.findall(json.dumps(record["metadata"]))})
    in_community = next(one for one in recorded if _slugs(one) == [COMMUNITY])
    for number in range(count):
        old = recorded[number % len(recorded)]
        id_, concept = str(FIRST_ID + number), str(30_000_000 + number)
        text = json.dumps(old).replace(old["parent"]["id"], concept).replace(old["id"], id_)
        record = json.loads(text)
        made = (BEGIN + timedelta(minutes=100 * number)).isoformat()
        record |= {"created": made, "updated": made, "versions": {"index": 1, "is_latest": True}}
        record["parent"]["communities"] = in_community["parent"]["communities"]
        metadata = record["metadata"]
        metadata["title"] = f"{' '.join(chance.choices(words, k=6))} {number}"
        metadata["description"] = f"<p>{' '.join(chance.choices(words, k=180))}</p>"
        for file in (record["files"].get("entries") or {}).values():
            file["checksum"] = f"md5:{chance.randbytes(16).hex()}"
        yield record


def _slugs(record: dict[str, Any]) -> list[str]:
    return [one["slug"] for one in record["parent"].get("communities", {}).get("entries", ())]


def seed(folder: Path, count: int) -> None:
    """Write what an emulator starts with: records, communities, accounts."""
    folder.mkdir()
    shutil.copy(RECORDINGS / "communities.jsonl", folder)
    users = json.loads((RECORDINGS / "users.json").read_text())
    users.pop("now", None)
    (folder / "users.json").write_text(json.dumps(users))
    with gzip.open(folder / "records-native.jsonl.gz", "wt", encoding="utf-8", compresslevel=1) as lines:
        for record in varied(count):
            lines.write(json.dumps(record) + "\n")


class Ends(NoProgress):
    """Progress that notes when the harvest ended."""

    wall_s = cpu_s = 0.0
    label = ""

    def start(self, label: str, total: int | None = None) -> None:
        """Note what begins."""
        del total
        self.label = label

    def finish(self) -> None:
        """Note the time."""
        if self.label == "records":
            self.wall_s, self.cpu_s = time.perf_counter(), time.process_time()


class Running:
    """An emulator that another process runs, which goes on when a client is closed."""

    def __init__(self, url: str) -> None:
        self.url = url

    def close(self) -> None:
        """Leave it running."""


def sync(url: str, folder: str) -> dict[str, float]:
    """Bring a catalogue up to date, and make it first if it is none."""
    ends = Ends()
    with Client(Running(url), token=TOKEN, progress=ends) as client:
        catalog = client.catalog(folder)
        if not (Path(folder) / "catalog.toml").exists():
            catalog.init(community=COMMUNITY)
        synced = catalog.sync()
    return {
        "records": synced.records,
        "changes": len(synced.changes),
        "requests": synced.receipt.requests,
        "windows": len(synced.receipt.windows),
        "wall_s": time.perf_counter() - ends.wall_s,
        "cpu_s": time.process_time() - ends.cpu_s,
    }


def compare(before: str, after: str) -> dict[str, float]:
    """Compare two snapshots."""
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    changes = diff(Path(before), Path(after))
    return {
        "changes": len(changes),
        "wall_s": time.perf_counter() - wall_s,
        "cpu_s": time.process_time() - cpu_s,
    }


def take(folder: Path, records: Sequence[Record], at: datetime) -> None:
    """Take a snapshot of records without a server."""
    snapshots = Snapshots(folder / "snapshots")
    snapshots.folder.mkdir(parents=True, exist_ok=True)
    with room_in(folder) as room:
        with Draft(room, snapshots, (COMMUNITY,)) as draft:
            for start in range(0, len(records), BATCH):
                draft.take(records[start : start + BATCH])
        snapshot = draft.snapshot(draft.changes({}, at), at)
        draft.part.rename(snapshots.folder / snapshot.name)


def year(folder: str, count: str) -> dict[str, float]:
    """Take the first snapshots of a year, one a week, between which 2 % change."""
    chance = random.Random(2)  # noqa: S311
    records = read_records([json.dumps(record).encode() for record in varied(int(count))], FROM)
    for week in range(TAKEN):
        at = FROM.retrieved_at + timedelta(weeks=week)
        take(Path(folder), records, at)
        for number in chance.sample(range(len(records)), len(records) // CHANGED):
            records[number] = edited(records[number], week)
    first, *later = map(size_mb, sorted((Path(folder) / "snapshots").iterdir()))
    return {"first_mb": first, "week_mb": sum(later) / len(later)}


def edited(record: Record, week: int) -> Record:
    """Return a record whose title and description were mended."""
    return replace(
        record,
        title=f"{record.title}, revision {week}",
        description_html=f"{record.description_html}<p>As of week {week}.</p>",
        description_text=f"{record.description_text}\nAs of week {week}.",
        updated=FROM.retrieved_at + timedelta(weeks=week),
        revision=(record.revision or 0) + 1,
    )


def retitled(folder: str, count: str) -> dict[str, float]:
    """Take two snapshots between which every title changes, and compare them."""
    records = read_records([json.dumps(record).encode() for record in varied(int(count))], FROM)
    for week in range(2):
        take(Path(folder), records, FROM.retrieved_at + timedelta(weeks=week))
        records = [replace(record, title=f"{record.title}, retitled") for record in records]
    before, after = sorted((Path(folder) / "snapshots").iterdir())
    return apart("compare", str(before), str(after))


def page(folder: str) -> dict[str, float]:
    """Make the page of a catalogue."""
    latest = Path(folder) / "latest"
    about = About(
        title="A catalogue", site="emulator", site_url="https://zenodo.org", query="", communities=(),
        records=0, synced_at=FROM.retrieved_at, changed_at=FROM.retrieved_at, problem=None,
    )  # fmt: skip
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    rows = read_rows(latest / "records.jsonl")
    made = render_page(about, rows, changes=(), findings=(), rule_titles={}, use={}, totals=())
    return {
        "bytes": len(made.encode()),
        "wall_s": time.perf_counter() - wall_s,
        "cpu_s": time.process_time() - cpu_s,
    }


STEPS: dict[str, Callable[..., dict[str, float]]] = {
    step.__name__: step for step in (sync, compare, year, retitled, page)
}


def apart(step: str, *args: str) -> dict[str, float]:
    """Run a step in a process of its own; return what it found, and the peak memory of it and its workers."""
    command = [sys.executable, __file__, "--step", step, *args]
    peak_kb = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            peak_kb = max(peak_kb, sum(map(memory_kb, family(process.pid))))
            time.sleep(0.1)
        found: dict[str, float] = json.loads(process.communicate()[0])
    return {"peak_mb": peak_kb / 1024} | found


def family(pid: int) -> list[int]:
    """Return a process and those that it has started."""
    with suppress(OSError):
        started = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *(each for child in started for each in family(int(child)))]
    return [pid]


def memory_kb(pid: int) -> int:
    """Return the memory of a process; what several share is divided among them."""
    with suppress(OSError, IndexError):
        return int(Path(f"/proc/{pid}/smaps_rollup").read_text().split("Pss:")[1].split()[0])
    return 0


def fewest(windows: int) -> int:
    """Return the fewest requests of a sync of records that have not changed.

    The community and the token are verified, the time is asked for, what came since is counted, what was
    edited is looked for, and all is counted, and what came meanwhile; then each window is counted.
    """
    return 7 + windows


def size_mb(folder: Path) -> float:
    """Return what a folder holds."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def tell(what: str, found: dict[str, float], promised: str = "") -> None:
    """Print the figures of a step."""
    took = f"{found['wall_s']:6.1f} s ({found['cpu_s']:.1f} s of CPU)   peak {found['peak_mb']:,.0f} MB"
    print(f"{what:<46}{took}{f'   (promised: at most {promised})' if promised else ''}", flush=True)


def main() -> None:
    """Print what each step takes, and what is promised."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=50_000)
    parser.add_argument("--year-records", type=int, default=10_000)
    parser.add_argument("--step", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        found = STEPS[options.step[0]](*options.step[1:])
        print(json.dumps(found))
        return
    count = options.records
    from zenodo_harvest.emulator import Emulator  # not in the processes that are measured

    with tempfile.TemporaryDirectory() as place:
        os.environ["XDG_CACHE_HOME"] = f"{place}/cache"
        room = Path(place)
        seed(room / "seed", count)
        folder = room / "catalog"
        with Emulator(seed=room / "seed", limits="off") as emulator:
            first = apart("sync", emulator.url, str(folder))
            tell(f"first sync of {first['records']:,}: export", first, "30 s, 500 MB")
            row_bytes = (folder / "latest" / "records.parquet").stat().st_size / count
            print(f"{'a record in records.parquet':<46}{row_bytes:6,.0f} bytes   (real ones: 1,100-1,700)")
            again = apart("sync", emulator.url, str(folder))
            tell("sync where nothing changed: export", again, "30 s, 500 MB")
            least = fewest(int(again["windows"]))
            print(
                f"{'    requests':<46}{again['requests']:6,.0f}, at least {least:,}   "
                f"(promised: at most {1.1 * least:,.1f})"
            )
            for number in range(0, count, CHANGED):
                emulator.edit(str(FIRST_ID + number), lambda found: found["metadata"].update(title="Mended"))
            mended = apart("sync", emulator.url, str(folder))
            tell(f"sync of {mended['changes']:,.0f} changes: export", mended, "30 s, 500 MB")
        before, after = sorted((folder / "snapshots").iterdir())
        tell("diff of the two snapshots", apart("compare", str(before), str(after)), "5 s")
        made = apart("page", str(folder))
        tell(f"the page, {made['bytes'] / 1e6:.1f} MB", made)
        every = apart("retitled", str(room / "retitled"), str(count))
        tell(f"diff where all {every['changes']:,.0f} titles changed", every)
        kept = apart("year", str(room / "year"), str(options.year_records))
        in_all = kept["first_mb"] + (WEEKS - 1) * kept["week_mb"]
        print(
            f"{f'snapshots of {WEEKS} weeks, {options.year_records:,} records':<46}{in_all:6.1f} MB: "
            f"{kept['first_mb']:.1f}, and {kept['week_mb']:.2f} a week   (promised: at most 60 MB)"
        )


if __name__ == "__main__":
    main()
