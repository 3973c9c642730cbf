"""What a ledger notes of rows, edits and windows, and what it tells of another harvest's journal."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from zenodo_harvest.durable import Journal
from zenodo_harvest.errors import UsageError
from zenodo_harvest.harvest.ledger import Ledger, Part, Run
from zenodo_harvest.harvest.receipt import Changes, Gone
from zenodo_harvest.query import BEGINNING, Counted, Window
from zenodo_harvest.raw_records import RawRecord, is_id
from zenodo_harvest.records import read_head

KNOWN = datetime(2026, 11, 1, tzinfo=UTC)
BEFORE = KNOWN - timedelta(days=9)
SUBJECT = {"query": "frost", "communities": ["enes", "ice"], "all versions": False}
RUN = Run(KNOWN, KNOWN, KNOWN, total=2, walked_at=KNOWN)
WHOLE = Window(BEGINNING, KNOWN)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal(tmp_path / "out.parquet.journal") as opened:
        yield opened


@pytest.fixture
def ledger(journal: Journal) -> Ledger:
    begun = Ledger(journal, SUBJECT)
    begun.begin(RUN, [Counted(WHOLE, 2)])
    return begun


def row(id_: Any, created: datetime | str = BEFORE, updated: datetime = BEFORE, title: str = "") -> RawRecord:
    told = {"id": id_, "created": str(created), "updated": str(updated), "metadata": {"title": title}}
    body = json.dumps(told).encode()
    head = read_head(body)
    return RawRecord(head.name, head.id, head.created, head.updated, body)


def note_edits(ledger: Ledger, *rows: RawRecord) -> tuple[tuple[str, ...], tuple[str, ...]]:
    with ledger.writing():
        ledger.keep_edited(rows)
    return ledger.changes.appeared, ledger.changes.edited


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"query": "ice"}, "its query is 'frost'"),
        ({"communities": []}, "its communities is enes, ice"),
        ({"all versions": True}, "its all versions is no"),
        ({"query": "ice", "all versions": True}, "its query is 'frost' and its all versions is no"),
        ({"route": "oai"}, "it was written by another version"),
    ],
)
def test_a_journal_of_another_harvest_is_refused_and_says_of_which(
    journal: Journal, ledger: Ledger, changed: dict[str, Any], said: str
) -> None:
    with pytest.raises(UsageError, match="is the journal of another harvest") as refused:
        Ledger(journal, SUBJECT | changed)
    assert refused.value.message.endswith(f"another harvest: {said}.")
    assert Ledger(journal, SUBJECT).run == RUN


def test_a_journal_of_no_community_says_none(tmp_path: Path) -> None:
    with Journal(tmp_path / "other") as journal:
        Ledger(journal, {"communities": []}).begin(RUN, [])
        with pytest.raises(UsageError, match="its communities is none"):
            Ledger(journal, {"communities": ["ice"]})


def test_an_edit_is_a_row_that_differs_or_was_updated_since(ledger: Ledger) -> None:
    with ledger.writing():
        ledger.keep_rows([row("1"), row("2"), row("3", updated=KNOWN), row("4")])
    appeared, edited = note_edits(
        ledger, row("1"), row("2", title="new"), row("3", updated=KNOWN), row("5"), row("6", created=KNOWN)
    )
    assert (appeared, edited) == (("5",), ("2", "3"))
    assert b"new" in b"".join(ledger.contents())


def test_what_has_just_appeared_is_not_called_edited_as_well(ledger: Ledger) -> None:
    assert note_edits(ledger, row("5")) == (("5",), ())
    assert note_edits(ledger, row("5", title="new")) == (("5",), ())


def test_rows_without_an_id_are_kept_each_once_and_rows_without_a_time_come_first(ledger: Ledger) -> None:
    odd = [row("7"), row(None), row(None, title="other"), row(True), row(None), row("8", created="soon")]
    with ledger.writing():
        assert len(ledger.keep_rows(odd)) == 6
    assert ledger.rows == 5
    assert json.loads(next(ledger.contents()))["id"] == "8"
    with ledger.writing():
        assert ledger.keep_rows([row("7"), row("9")]) == ["9"]


def test_a_time_without_a_zone_is_utc() -> None:
    assert read_head(b'{"id": 7, "created": "2026-01-02T03:04:05"}').created == datetime(
        2026, 1, 2, 3, 4, 5, tzinfo=UTC
    )
    names = [read_head(row).name for row in (b'{"id": 7}', b'{"id": false}', b"[")]
    assert names[0] == "7"
    assert [is_id(name) for name in names] == [True, False, False]


def test_the_ids_of_a_window_are_those_of_its_time_and_its_part_of_the_ids(ledger: Ledger) -> None:
    with ledger.writing():
        ledger.keep_rows([row("10"), row("20"), row("30"), row("40", created=KNOWN)])
    assert ledger.ids(WHOLE) == {"10", "20", "30"}
    assert ledger.ids(replace(WHOLE, first_id="20", end_id="30")) == {"20"}


def test_the_first_account_of_a_record_that_went_stays_until_more_is_known(ledger: Ledger) -> None:
    with ledger.writing():
        ledger.keep_gone([Gone("2", "deleted", "spam")])
        ledger.note_gone(["2", "1"])
    assert ledger.changes.gone == (Gone("1", "unknown"), Gone("2", "deleted", "spam"))


def test_what_a_page_writes_does_not_grow_with_what_was_noted_before(tmp_path: Path) -> None:
    written: list[str] = []

    def connect(path: Path) -> sqlite3.Connection:
        database = sqlite3.connect(path)
        database.set_trace_callback(written.append)
        return database

    sizes = []
    with Journal(tmp_path / "traced", connect=connect) as journal:
        ledger = Ledger(journal, SUBJECT)
        ledger.begin(RUN, [Counted(WHOLE, 500)])
        for page in range(20):
            written.clear()
            with ledger.writing():
                ledger.keep_edited([row(f"{page + 10}{number:02}") for number in range(25)])
                ledger.note_gone(f"9{page + 10}{number:02}" for number in range(25))
            sizes.append(sum(map(len, written)))
        assert len(ledger.changes.appeared) == len(ledger.changes.gone) == 500
    assert max(sizes) < 1.1 * min(sizes)


def test_a_new_run_begins_with_no_changes(ledger: Ledger) -> None:
    with ledger.writing():
        ledger.note_gone(["2"])
        ledger.note_appeared(["3"])
    ledger.begin(replace(RUN, is_update=True), [])
    assert ledger.changes == Changes()


def part(first_day: int, end_day: int, **more: Any) -> Part:
    days = [BEGINNING + timedelta(days=day) for day in (first_day, end_day)]
    known: dict[str, Any] = {"is_done": True, "total_start": 3, "total_end": 2, "duplicates": 1}
    return Part(Window(days[0], days[1]), 4, **(known | more))


def test_windows_where_all_is_well_become_one_that_accounts_for_both(journal: Journal) -> None:
    ledger = Ledger(journal, SUBJECT)
    with ledger.writing():
        ledger.keep_part(part(0, 1))
        ledger.keep_part(part(1, 2, total_end=5))
    ledger.join(cap=7)
    (one,) = ledger.parts
    assert one == replace(part(0, 2, total_start=6, total_end=7, duplicates=2), total=8)


@pytest.mark.parametrize("odd", [{"problem": "One is missing."}, {"is_done": False}, {"is_gap": True}])
def test_a_window_with_which_all_is_not_well_stays_by_itself(journal: Journal, odd: dict[str, Any]) -> None:
    ledger = Ledger(journal, SUBJECT)
    parts = [part(0, 1), part(1, 2, **odd), part(2, 3)]
    with ledger.writing():
        for one in parts:
            ledger.keep_part(one)
    ledger.join(cap=100)
    assert ledger.parts == parts


@pytest.mark.parametrize("reopen", [False, True])
def test_a_new_run_opens_the_windows_again_only_when_all_are_to_be_walked(
    journal: Journal, ledger: Ledger, *, reopen: bool
) -> None:
    with ledger.writing():
        ledger.keep_part(replace(ledger.parts[0], is_done=True, was_whole=True))
    later = Window(KNOWN, KNOWN + timedelta(days=7))
    ledger.begin(replace(RUN, is_update=True), [Counted(later, 1)], reopen=reopen)
    assert [(one.is_done, one.was_whole) for one in ledger.parts] == [(not reopen, True), (False, False)]


def test_the_parts_of_a_window_that_was_whole_were_whole(ledger: Ledger) -> None:
    (one,) = ledger.parts
    middle = replace(WHOLE, end=BEFORE), replace(WHOLE, start=BEFORE)
    ledger.divide(replace(one, was_whole=True), [Counted(half, 1) for half in middle])
    assert [(each.window, each.was_whole) for each in ledger.parts] == [(half, True) for half in middle]
