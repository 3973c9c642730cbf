"""The file of the budget lost, replaced, broken and held by others."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from doubles import Notes, StillClock
from zenodo_harvest.http import SharedBudget
from zenodo_harvest.http.allowance import Allowance
from zenodo_harvest.http.limits import ABANDONED_S
from zenodo_harvest.http.store import LOCKED_S, MOST_BYTES
from zenodo_harvest.sites import Rate

Open = Callable[..., SharedBudget]
Harm = Callable[[Path], object]


def spend(budget: SharedBudget, told: Allowance | None = None) -> float:
    lease = budget.acquire("host", "search", Rate(3, 60))
    budget.settle(lease, told, None)
    return lease.waited_s


def delete(path: Path) -> None:
    path.unlink()


def delete_the_folder(path: Path) -> None:
    shutil.rmtree(path.parent)


def replace_by_nothing(path: Path) -> None:
    path.unlink()
    path.touch()


def replace_by_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def empty(path: Path) -> None:
    path.write_bytes(b"")


def overwrite(path: Path) -> None:
    path.write_bytes(b"no database at all, but quite long enough to look at" * 100)


def blot(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 8192)


def drop(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("DROP TABLE slot")


def change(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("ALTER TABLE slot RENAME COLUMN at TO moment")


HARMS = [
    delete,
    delete_the_folder,
    replace_by_nothing,
    replace_by_a_folder,
    empty,
    overwrite,
    blot,
    drop,
    change,
]


@pytest.mark.parametrize("harm", HARMS)
def test_after_a_loss_all_that_others_may_have_used_counts_as_used(
    open_budget: Open, notes: Notes, tmp_path: Path, harm: Harm
) -> None:
    path = tmp_path / "cache" / "budget.sqlite3"
    one, other = open_budget(path), open_budget(path)
    assert [spend(one), spend(other)] == [0, 0]
    harm(path)
    assert spend(one) == pytest.approx(60, abs=0.3)
    assert any("budget of requests" in text for text in notes.notes)


@pytest.mark.parametrize("harm", [harm for harm in HARMS if harm is not replace_by_a_folder])
def test_after_a_loss_processes_share_again_and_wait_once(
    open_budget: Open, clock: StillClock, notes: Notes, tmp_path: Path, harm: Harm
) -> None:
    path = tmp_path / "cache" / "budget.sqlite3"
    budgets = [open_budget(path) for _ in range(8)]
    for budget in budgets[:3]:
        spend(budget)
    began_at = clock.time_s + 30
    clock.time_s = began_at
    for budget in budgets[3:]:
        budget.acquire("host", "other", Rate(100, 60))
    harm(path)
    waits_s = [spend(budget) for budget in budgets]
    assert waits_s[:3] == [pytest.approx(60, abs=0.01), 0, 0]
    assert clock.time_s - began_at == pytest.approx(180, abs=0.1)
    assert not any("limits itself" in text for text in notes.notes)


def test_the_file_that_was_left_is_closed(open_budget: Open, tmp_path: Path) -> None:
    budget = open_budget(tmp_path / "budget.sqlite3")
    left = budget._store._database
    drop(tmp_path / "budget.sqlite3")
    spend(budget)
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        left.execute("SELECT 1")


def test_a_request_that_was_on_its_way_at_the_loss_is_counted_in_the_new_file(
    open_budget: Open, clock: StillClock, tmp_path: Path
) -> None:
    path = tmp_path / "budget.sqlite3"
    one, other = open_budget(path), open_budget(path)
    lease = one.acquire("host", "search", Rate(1, 60))
    path.unlink()
    assert other.acquire("else", "search", Rate(1, 60)).waited_s == 0
    clock.time_s += 5
    one.settle(lease, None, None)
    assert other.acquire("host", "search", Rate(1, 60)).waited_s == pytest.approx(60, abs=0.01)


def test_a_file_restored_from_long_ago_counts_as_lost(
    open_budget: Open, clock: StillClock, tmp_path: Path
) -> None:
    path, copy = tmp_path / "budget.sqlite3", tmp_path / "copy"
    budget = open_budget(path)
    spend(budget, Allowance(3, 2, clock.time_s + 61))
    shutil.copy(path, copy)
    clock.time_s += 100
    assert [spend(budget), spend(budget)] == [0, 0]
    copy.replace(path)
    assert spend(budget) == pytest.approx(60, abs=0.01)


def test_a_file_larger_than_any_budget_is_begun_anew(open_budget: Open, tmp_path: Path) -> None:
    path = tmp_path / "budget.sqlite3"
    open_budget(path)
    with path.open("r+b") as file:
        file.truncate(MOST_BYTES + 1)
    assert spend(open_budget(path)) == 0
    assert path.stat().st_size < 100_000
    assert list(tmp_path.glob("*.broken")) == []


@dataclass
class Calendar(StillClock):
    """A still clock on which something happens once a time is reached."""

    due_at: float = float("inf")
    due: Callable[[], object] = lambda: None

    def sleep(self, wait_s: float) -> None:
        super().sleep(wait_s)
        if self.time_s >= self.due_at:
            self.due_at = float("inf")
            self.due()


@pytest.mark.parametrize(("held_s", "notes_told"), [(0.5, 0), (5, 1)])
def test_the_wait_for_a_file_that_another_process_holds_is_told_after_a_second(
    notes: Notes, tmp_path: Path, held_s: float, notes_told: int
) -> None:
    clock = Calendar()
    path = tmp_path / "budget.sqlite3"
    with (
        SharedBudget(path, clock=clock, progress=notes) as budget,
        closing(sqlite3.connect(path, isolation_level=None)) as holder,
    ):
        holder.execute("BEGIN EXCLUSIVE")
        clock.due_at, clock.due = clock.time_s + held_s, lambda: holder.execute("COMMIT")
        assert spend(budget) == pytest.approx(held_s, abs=0.03)
    assert ["another process holds" in text for text in notes.notes] == [True] * notes_told


@pytest.mark.parametrize("is_open", [True, False])
def test_a_file_that_is_held_for_ever_is_left_after_a_while_and_said(
    open_budget: Open, clock: StillClock, notes: Any, tmp_path: Path, is_open: bool
) -> None:
    path = tmp_path / "budget.sqlite3"
    budget = open_budget(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        began_at = clock.time_s
        spend(budget if is_open else open_budget(path))
    assert clock.time_s - began_at == pytest.approx(LOCKED_S, abs=0.03)
    assert sum("limits itself" in text for text in notes.notes) == 1


def test_the_wait_for_requests_of_a_killed_process_is_told_and_ends(
    open_budget: Open, clock: StillClock, notes: Notes, tmp_path: Path
) -> None:
    path = tmp_path / "budget.sqlite3"
    killed = open_budget(path)
    for _ in range(3):
        killed.acquire("host", "search", Rate(3, 60))
    began_at = clock.time_s
    told_at = []
    notes.note = lambda text: told_at.append((clock.time_s - began_at, text))  # type: ignore[method-assign]
    waited_s = spend(open_budget(path))
    assert ABANDONED_S + 60 <= waited_s < ABANDONED_S + 61
    ((after_s, text),) = told_at
    assert 1 <= after_s < 1.1
    assert text.startswith("Waiting at most 359 s")
    assert "on their way" in text
