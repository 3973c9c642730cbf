"""For any records and any window of the server, a harvest brings each once, and a killed one goes on."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from zenodo_harvest.durable import Journal
from zenodo_harvest.query import BEGINNING, Search
from zenodo_harvest.records import Record
from zenodo_harvest.search import Engine, Harvest, HarvestReceipt
from zenodo_harvest.sites import Site

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SPAN_US = (NOW - timedelta(minutes=1) - BEGINNING) // timedelta(microseconds=1)
BURST_US = SPAN_US * 2 // 3

moments = st.one_of(
    st.integers(0, SPAN_US),
    st.sampled_from([0, 1, SPAN_US, SPAN_US // 2, SPAN_US // 2 - 1, BURST_US]),
    st.integers(BURST_US, BURST_US + 5_000),
)
repositories = st.dictionaries(st.integers(1, 20_000_000).map(str), moments, max_size=40)

_TIME = re.compile(r'(created|updated):\["([^"]+)" TO "([^"]+)"}')
_IDS = re.compile(r'id:\[(?:"([^"]+)"|\*) TO (?:"([^"]+)"}|\*\])')


class Killed(BaseException):
    """Stands for the end of the process."""


@dataclass
class Repository:
    """A server whose search keeps time to the millisecond, as the real engine does."""

    records: dict[str, int]
    site: Site
    dies_at: int | None = None
    has_token: bool = False
    asked: int = 0
    usage: Any = field(default_factory=lambda: SimpleNamespace(requests=0, waited_s=0.0, retries=0))

    def get(self, _: str, params: Sequence[tuple[str, str]] = ()) -> Any:
        self.asked += 1
        if self.asked == self.dies_at:
            raise Killed
        asked = dict(params)
        hits = [self.hit(id_) for id_ in sorted(self.records) if self.matches(id_, asked.get("q", ""))]
        hits.sort(key=lambda hit: str(hit["created"]))
        size, page = int(asked["size"]), int(asked["page"])
        assert size * page <= self.site.window + size, "beyond the window the server answers 400"
        rows = hits[size * (page - 1) : size * page]
        body = {"hits": {"hits": rows, "total": len(hits)}}
        headers = {"Date": NOW.strftime("%a, %d %b %Y %H:%M:%S GMT")}
        return SimpleNamespace(content=json.dumps(body).encode(), headers=headers)

    def hit(self, id_: str) -> Mapping[str, Any]:
        created = BEGINNING + timedelta(microseconds=self.records[id_])
        return {"id": id_, "created": created.isoformat(), "parent": {"id": "1"}, "metadata": {"title": id_}}

    def matches(self, id_: str, q: str) -> bool:
        millis = self.records[id_] // 1000
        for _, start, end in _TIME.findall(q):
            first, last = (
                (datetime.fromisoformat(text) - BEGINNING) // timedelta(milliseconds=1)
                for text in (start, end)
            )
            if not first <= millis < last:
                return False
        found = _IDS.search(q)
        return found is None or ((found[1] or "") <= id_ and (not found[2] or id_ < found[2]))


class Tables:
    """Makes one file of ids and times in place of tables."""

    @contextmanager
    def sink(self, paths: Sequence[Path], _: object) -> Iterator[Any]:
        lines: list[str] = []

        def write(records: Sequence[Record]) -> None:
            lines.extend(f"{one.created} {one.id} {one.retrieved_at}\n" for one in records)

        yield SimpleNamespace(write=write, paths=paths)
        paths[0].write_text("".join(lines))

    def describe(self, path: Path) -> Any:
        return SimpleNamespace(size_bytes=path.stat().st_size, sha256="", rows=None)


class Clock:
    def __init__(self, time: datetime) -> None:
        self.time = time.timestamp()

    def now(self) -> float:
        return self.time

    def sleep(self, wait_s: float) -> None:
        self.time += wait_s


def unsafe(path: Path) -> sqlite3.Connection:
    """A journal that does not wait for the disk: these kills end no machine."""
    database = sqlite3.connect(path)
    database.execute("PRAGMA synchronous = OFF")
    return database


def harvest(repository: Repository, folder: Path, at: datetime = NOW) -> HarvestReceipt:
    engine = Engine(repository, clock=Clock(at), exporter=Tables())  # type: ignore[arg-type]
    return Harvest(engine, Search(), connect=unsafe).save([folder / "ids.txt"], {})


def has_begun(folder: Path) -> bool:
    """Whether the time of the harvest is frozen in the journal."""
    with Journal(folder / "ids.txt.journal") as journal:
        return journal.fact("run") is not None


@settings(deadline=None, max_examples=60)
@given(repositories, st.integers(2, 12))
def test_every_record_comes_once_and_windows_hold_what_they_say(records: dict[str, int], window: int) -> None:
    site = Site("zenodo", "https://zenodo.org", page_size_guest=2, window=window)
    with TemporaryDirectory() as name:
        receipt = harvest(Repository(records, site), Path(name))
        lines = Path(name, "ids.txt").read_text().splitlines()

    assert receipt.complete
    assert receipt.rows == receipt.total_start == receipt.total_end == len(records) == len(lines)
    order = sorted((records[id_], id_) for id_ in records)
    assert [line.split()[2] for line in lines] == [id_ for _, id_ in order]
    assert sum(part.rows for part in receipt.windows) == len(records)
    assert all(part.total_end == part.rows < window for part in receipt.windows)


@settings(deadline=None, max_examples=40)
@given(repositories, st.integers(2, 12), st.integers(1, 60))
def test_a_killed_harvest_goes_on_and_ends_with_the_same_bytes(
    records: dict[str, int], window: int, dies_at: int
) -> None:
    site = Site("zenodo", "https://zenodo.org", page_size_guest=2, window=window)
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        whole = harvest(Repository(records, site), Path(one))
        try:
            harvest(Repository(records, site, dies_at=dies_at), Path(other))
        except Killed:
            assert not Path(other, "ids.txt").exists()
        later = NOW + timedelta(days=1) if has_begun(Path(other)) else NOW
        resumed = harvest(Repository(records, site), Path(other), later)
        assert Path(one, "ids.txt").read_bytes() == Path(other, "ids.txt").read_bytes()

    assert resumed.complete
    assert resumed.windows == whole.windows
    assert resumed.changes == whole.changes
