"""For any records and any window of the server, a harvest brings each once, and a killed one goes on."""

from __future__ import annotations

import json
import re
import sqlite3
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType, SimpleNamespace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from doubles import StillClock
from zenodo_harvest.durable import Journal
from zenodo_harvest.errors import Deleted, Incomplete, NotAllowed, NotFound, UsageError
from zenodo_harvest.harvest import Harvest, HarvestReceipt
from zenodo_harvest.http import Context, ShownSite
from zenodo_harvest.query import BEGINNING, Search
from zenodo_harvest.records import read_head
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
    edited: dict[str, datetime] = field(default_factory=dict)
    changes: dict[int, Callable[[Repository], None]] = field(default_factory=dict)
    time: datetime = NOW
    has_token: bool = False
    asked: int = 0
    usage: Any = field(
        default_factory=lambda: SimpleNamespace(requests=0, waited_s=0.0, retries=0, elsewhere=())
    )

    def get(self, path: str, params: Sequence[tuple[str, str]] = (), *, also: Sequence[int] = ()) -> Any:
        del also
        self.asked += 1
        if self.asked == self.dies_at:
            raise Killed
        if change := self.changes.pop(self.asked, None):
            change(self)
        if path != "/api/records":
            raise Deleted("It was deleted.", tombstone={"removal_reason": {"id": "spam"}})
        asked = dict(params)
        hits = [self.hit(id_) for id_ in sorted(self.records) if self.matches(id_, asked.get("q", ""))]
        hits.sort(key=lambda hit: str(hit["created"]))
        size, page = int(asked["size"]), int(asked["page"])
        assert size * page <= self.site.window + size, "beyond the window the server answers 400"
        rows = hits[size * (page - 1) : size * page]
        body = {"hits": {"hits": rows, "total": len(hits)}}
        headers = {"Date": self.time.strftime("%a, %d %b %Y %H:%M:%S GMT")}
        return SimpleNamespace(status=200, content=json.dumps(body).encode(), headers=headers)

    def hit(self, id_: str) -> Mapping[str, Any]:
        created = BEGINNING + timedelta(microseconds=self.records[id_])
        title = f"{id_} {self.edited.get(id_, 'as it was')}"
        return {
            "id": id_,
            "created": created.isoformat(),
            "updated": self.edited.get(id_, created).isoformat(),
            "parent": {"id": "1"},
            "metadata": {"title": title},
        }

    def matches(self, id_: str, q: str) -> bool:
        tick = timedelta(milliseconds=1)
        created = self.records[id_] // 1000
        updated = (self.edited[id_] - BEGINNING) // tick if id_ in self.edited else created
        for name, start, end in _TIME.findall(q):
            first, last = ((datetime.fromisoformat(text) - BEGINNING) // tick for text in (start, end))
            if not first <= (updated if name == "updated" else created) < last:
                return False
        found = _IDS.search(q)
        return found is None or ((found[1] or "") <= id_ and (not found[2] or id_ < found[2]))


def unsafe(path: Path) -> sqlite3.Connection:
    """A journal that does not wait for the disk: these kills end no machine."""
    database = sqlite3.connect(path)
    database.execute("PRAGMA synchronous = OFF")
    return database


def harvest(repository: Repository, folder: Path, at: datetime = NOW, **how: Any) -> HarvestReceipt:
    shown = ShownSite(lambda: repository.site)
    context = Context(repository, shown, clock=StillClock(at.timestamp()))  # type: ignore[arg-type]
    return Harvest(context, Search(), connect=unsafe).save([folder / "rows.jsonl"], {}, **how)


def rows_in(folder: Path) -> list[dict[str, Any]]:
    """What the harvest wrote."""
    return [json.loads(line) for line in (folder / "rows.jsonl").read_text().splitlines()]


def has_begun(folder: Path) -> bool:
    """Whether the time of the harvest is frozen in the journal."""
    with Journal(folder / "rows.jsonl.journal") as journal:
        return journal.fact("run") is not None


@settings(deadline=None, max_examples=60)
@given(repositories, st.integers(2, 12))
def test_every_record_comes_once_and_windows_hold_what_they_say(records: dict[str, int], window: int) -> None:
    site = Site("zenodo", "https://zenodo.org", page_size_guest=2, window=window)
    with TemporaryDirectory() as name:
        receipt = harvest(Repository(records, site), Path(name))
        rows = rows_in(Path(name))

    assert receipt.complete
    assert receipt.rows == receipt.total_start == receipt.total_end == len(records) == len(rows)
    order = sorted((records[id_], id_) for id_ in records)
    assert [row["id"] for row in rows] == [id_ for _, id_ in order]
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
            assert not Path(other, "rows.jsonl").exists()
        later = NOW + timedelta(days=1) if has_begun(Path(other)) else NOW
        resumed = harvest(Repository(records, site), Path(other), later)
        assert Path(one, "rows.jsonl").read_bytes() == Path(other, "rows.jsonl").read_bytes()

    assert resumed.complete
    assert resumed.windows == whole.windows
    assert resumed.changes == whole.changes


@settings(deadline=None, max_examples=60)
@given(
    repositories,
    st.integers(3, 12),
    st.floats(0, 0.99),
    st.sets(st.integers(0, 39)),
    st.sets(st.integers(0, 39)),
)
@example({"1": 0, "2": 0, "3": 0}, 3, 0.0, set(), {0, 1, 2})
def test_records_edited_deleted_and_added_during_the_walk_are_accounted_for(
    records: dict[str, int], window: int, when: float, edited: set[int], deleted: set[int]
) -> None:
    site = Site("zenodo", "https://zenodo.org", page_size_guest=2, window=window)
    ids = sorted(records)
    gone = {id_ for place, id_ in enumerate(ids) if place in deleted}
    changed = {id_ for place, id_ in enumerate(ids) if place in edited} - gone

    def change(repository: Repository) -> None:
        for id_ in gone:
            del repository.records[id_]
        repository.edited = dict.fromkeys(changed, NOW)
        repository.records["99999999"] = (NOW - BEGINNING) // timedelta(microseconds=1)

    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        quiet = Repository(dict(records), site)
        harvest(quiet, Path(one))
        walk_requests = quiet.asked - 3  # the last three settle what moved
        first = 3
        busy = Repository(dict(records), site, changes={first + int(when * (walk_requests - first)): change})
        receipt = harvest(busy, Path(other))
        titles = {row["id"]: row["title"] for row in rows_in(Path(other))}

    assert receipt.complete
    assert set(titles) == set(records) - gone
    assert {id_ for id_, title in titles.items() if "as it was" not in title} == changed
    account = receipt.changes
    assert set(account.edited) == changed
    assert len(account.gone) + account.unseen == len(gone)
    assert {one.id for one in account.gone} <= gone
    assert {(one.status, one.reason) for one in account.gone} <= {("deleted", "spam")}
    assert account.created_since == 1
    assert account.appeared == ()


@settings(deadline=None, max_examples=60)
@given(
    repositories,
    st.integers(3, 12),
    st.sets(st.integers(0, 39)),
    st.sets(st.integers(0, 39)),
    st.dictionaries(st.integers(30_000_000, 30_000_020).map(str), st.integers(0, SPAN_US), max_size=5),
    st.integers(0, 20),
    st.booleans(),
)
@example({"1": 0, "2": 0, "3": 0}, 3, set(), set(), {"30000000": 0, "30000001": 0}, 0, False)
def test_an_update_brings_what_came_changed_went_or_joined(
    records: dict[str, int],
    window: int,
    edited: set[int],
    deleted: set[int],
    joined: dict[str, int],
    new: int,
    is_full: bool,
) -> None:
    site = Site("zenodo", "https://zenodo.org", page_size_guest=2, window=window)
    ids = sorted(records)
    # one that joins and one that leaves a window even out in the counts: no update can see that
    gone = {id_ for place, id_ in enumerate(ids) if place in deleted} if not joined or is_full else set()
    changed = {id_ for place, id_ in enumerate(ids) if place in edited} - gone
    later = NOW + timedelta(days=7)
    with TemporaryDirectory() as name:
        repository = Repository(dict(records), site)
        before = harvest(repository, Path(name))
        for id_ in gone:
            del repository.records[id_]
        repository.edited = dict.fromkeys(changed, NOW + timedelta(days=1))
        fresh = {f"4000000{number:02}": SPAN_US + 60_000_000 * (2 + number) for number in range(new)}
        repository.records |= joined | fresh
        repository.time = later
        weeks = 1 if is_full else 4
        receipt = harvest(repository, Path(name), later, update=True, full_walk_weeks=weeks)
        rows = rows_in(Path(name))
    titles = {row["id"]: row["title"] for row in rows}

    assert before.complete
    assert receipt.complete
    assert set(titles) == set(repository.records)
    assert {id_ for id_, title in titles.items() if "as it was" not in title} == changed
    assert {datetime.fromisoformat(row["retrieved_at"]) for row in rows} <= {later}
    assert {one.id for one in receipt.changes.gone} == gone
    assert set(receipt.changes.appeared) == set(joined)
    assert set(receipt.changes.edited) == changed
    assert sum(part.rows for part in receipt.windows) == len(titles)


class DeafToIds(Repository):
    """Knows no ranges of ids: records of one moment cannot be told apart."""

    def matches(self, id_: str, q: str) -> bool:
        return super().matches(id_, _IDS.sub("", q))


def test_more_records_of_one_moment_than_can_be_told_apart_are_a_gap_that_is_said(tmp_path: Path) -> None:
    site = Site("zenodo", "https://zenodo.org", page_size_guest=2, window=4)
    crowd = {str(number): 5_000_000 for number in range(10, 19)} | {"99": 7_000_000}
    with pytest.raises(Incomplete, match=r"created 1970-01-01T00:00:05\.000") as caught:
        harvest(DeafToIds(crowd, site), tmp_path)
    assert caught.value.exit_code == 5
    receipt = HarvestReceipt.from_json((tmp_path / "rows.jsonl.receipt.json").read_text())
    assert receipt.gaps
    assert not receipt.complete
    assert "99" in {row["id"] for row in rows_in(tmp_path)}


def test_updates_week_after_week_do_not_leave_a_window_each(tmp_path: Path) -> None:
    site = Site("zenodo", "https://zenodo.org", page_size_guest=2, window=50)
    repository = Repository({"1": 0, "2": SPAN_US}, site)
    harvest(repository, tmp_path)
    for week in range(1, 9):
        repository.time = NOW + timedelta(weeks=week)
        created = repository.time - timedelta(days=1) - BEGINNING
        repository.records[str(100 + week)] = created // timedelta(microseconds=1)
        receipt = harvest(repository, tmp_path, repository.time, update=True, full_walk_weeks=52)
        assert receipt.complete
        assert len(receipt.windows) <= 2
    assert receipt.rows == 10


def test_an_edit_that_was_found_late_is_brought_by_the_next_update(tmp_path: Path) -> None:
    site = Site("zenodo", "https://zenodo.org", page_size_guest=2, window=50)
    repository = Repository({"1": 0, "2": SPAN_US // 2, "3": SPAN_US}, site)
    harvest(repository, tmp_path)
    # edited before the harvest came by, and not yet in the index then
    repository.edited = {"2": NOW - timedelta(minutes=59)}
    repository.time = NOW + timedelta(days=7)
    receipt = harvest(repository, tmp_path, repository.time, update=True, full_walk_weeks=52)
    assert receipt.complete
    assert receipt.changes.edited == ("2",)
    assert "as it was" not in rows_in(tmp_path)[1]["title"]


def test_a_first_harvest_fetches_nothing_twice_for_having_been_edited_just_before(tmp_path: Path) -> None:
    site = Site("zenodo", "https://zenodo.org", page_size_guest=2, window=50)
    asked = []
    for minutes in (2, 90):
        edited = dict.fromkeys(map(str, range(20)), NOW - timedelta(minutes=minutes))
        repository = Repository(dict.fromkeys(edited, 0), site, edited=edited)
        assert harvest(repository, tmp_path / str(minutes)).complete
        asked.append(repository.asked)
    assert asked[0] == asked[1]


@pytest.mark.parametrize(
    ("answer", "account"),
    [
        (Deleted("Gone.", tombstone={"removal_reason": {"id": "spam"}}), ("deleted", "spam", None)),
        (
            Deleted("Gone.", tombstone={"removal_reason": "x", "removal_date": "2026"}),
            ("deleted", "x", "2026"),
        ),
        (Deleted("Gone.", tombstone={"removal_reason": {}, "removal_date": ""}), ("deleted", None, None)),
        (NotFound("There is no such record."), ("removed", None, None)),
        (NotAllowed("It is restricted now."), ("left", None, None)),
        (None, ("left", None, None)),
    ],
)
def test_a_record_that_is_no_longer_found_is_asked_for_and_its_fate_is_in_the_receipt(
    tmp_path: Path, answer: Exception | None, account: tuple[str, str | None, str | None]
) -> None:
    class Tells(Repository):
        """Says what has become of single records."""

        def get(self, path: str, params: Sequence[tuple[str, str]] = (), *, also: Sequence[int] = ()) -> Any:
            if path == "/api/records":
                return super().get(path, params, also=also)
            assert path == "/api/records/2"
            if answer is not None:
                raise answer
            return SimpleNamespace(status=200, content=b"{}", headers={})

    repository = Tells(
        {"1": 0, "2": 1_000_000, "3": SPAN_US}, Site("zenodo", "https://zenodo.org", window=50)
    )
    harvest(repository, tmp_path)
    del repository.records["2"]
    repository.time = NOW + timedelta(days=7)
    receipt = harvest(repository, tmp_path, repository.time, update=True)
    assert receipt.complete
    (gone,) = receipt.changes.gone
    assert (gone.id, gone.status, gone.reason, gone.date) == ("2", *account)


def test_the_head_of_a_record_is_read_once_on_its_way_to_the_table(tmp_path: Path) -> None:
    site = Site("zenodo", "https://zenodo.org", page_size_guest=20, window=500)
    repository = Repository({str(number): number * 1_000_000 for number in range(100, 200)}, site)
    read = 0

    def count(frame: FrameType, event: str, _: object) -> None:
        nonlocal read
        read += event == "call" and frame.f_code is read_head.__code__

    sys.setprofile(count)
    try:
        receipt = harvest(repository, tmp_path)
    finally:
        sys.setprofile(None)
    assert receipt.rows == 100
    assert read == 100 + 1, "and once more for the dialect in the receipt"


class Versions(Repository):
    """Knows older versions by their ids; the others of those that are gone were deleted."""

    older: frozenset[str] = frozenset()
    refuses: bool = False
    asked_singly: tuple[str, ...] = ()
    batches: tuple[int, ...] = ()

    def get(self, path: str, params: Sequence[tuple[str, str]] = (), *, also: Sequence[int] = ()) -> Any:
        asked = dict(params)
        if path != "/api/records":
            self.asked_singly = (*self.asked_singly, path.rpartition("/")[2])
        elif asked.get("all_versions"):
            (named,) = re.findall(r"^id:\(([^)]+)\)", asked["q"])
            ids = named.split(" OR ")
            assert len(ids) <= int(asked["size"]) <= self.site.page_size_guest
            self.batches = (*self.batches, len(ids))
            if self.refuses:
                raise UsageError("The query is too long.")
            hits = [{"id": id_} for id_ in ids if id_ in self.older]
            return SimpleNamespace(
                status=200, content=json.dumps({"hits": {"hits": hits, "total": len(hits)}}).encode()
            )
        return super().get(path, params, also=also)


def test_records_that_are_no_longer_found_are_looked_up_a_page_at_a_time(tmp_path: Path) -> None:
    site = Site("zenodo", "https://zenodo.org", page_size_guest=20, window=500)
    repository = Versions({str(number): number * 1_000_000 for number in range(100, 200)}, site)
    harvest(repository, tmp_path)
    gone = [str(number) for number in range(120, 165)]
    for id_ in gone:
        del repository.records[id_]
    repository.older = frozenset(gone[:42])
    repository.time = NOW + timedelta(days=7)
    receipt = harvest(repository, tmp_path, repository.time, update=True)
    assert receipt.complete
    assert repository.batches == (20, 20, 5)
    assert repository.asked_singly == tuple(gone[42:])
    fates = {one.id: (one.status, one.reason) for one in receipt.changes.gone}
    assert fates == dict.fromkeys(gone[:42], ("left", None)) | dict.fromkeys(gone[42:], ("deleted", "spam"))


def test_where_several_cannot_be_looked_up_at_once_each_is_asked_for(tmp_path: Path) -> None:
    site = Site("zenodo", "https://zenodo.org", page_size_guest=20, window=500)
    repository = Versions({"1": 0, "2": 1_000_000, "3": SPAN_US}, site)
    harvest(repository, tmp_path)
    del repository.records["1"], repository.records["2"]
    repository.refuses = True
    repository.time = NOW + timedelta(days=7)
    receipt = harvest(repository, tmp_path, repository.time, update=True)
    assert receipt.complete
    assert repository.asked_singly == ("1", "2")
    assert {one.status for one in receipt.changes.gone} == {"deleted"}


class Logs(Repository):
    """Remembers what it was asked."""

    log: list[Mapping[str, str]]

    def get(self, path: str, params: Sequence[tuple[str, str]] = (), *, also: Sequence[int] = ()) -> Any:
        self.log = [*getattr(self, "log", []), dict(params)]
        return super().get(path, params, also=also)


def test_where_nothing_moves_three_requests_settle_a_harvest_however_many_windows_it_has(
    tmp_path: Path,
) -> None:
    site = Site("zenodo", "https://zenodo.org", page_size_guest=2, window=5)
    repository = Logs({str(number): number * 1_000_000 for number in range(30)}, site)
    receipt = harvest(repository, tmp_path)
    assert len(receipt.windows) > 5
    walked = [place for place, asked in enumerate(repository.log) if "updated:" in asked.get("q", "")]
    assert len(repository.log) - walked[0] == 3
