"""What a journal holds after blocks that ended well, ended badly, or were written by somebody else."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from zenodo_harvest.durable import Journal, Row
from zenodo_harvest.errors import LocalError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new folder" / "records.parquet.journal"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    with Journal(path) as opened:
        yield opened


def keep(journal: Journal, *rows: tuple[str, str]) -> None:
    with journal.writing():
        journal.keep_rows(Row(id_, place, f"{id_} at {place}".encode()) for id_, place in rows)


def test_what_was_written_is_there_for_the_next_one_who_opens_it(journal: Journal, path: Path) -> None:
    keep(journal, ("7", "a"))
    with journal.writing():
        journal.keep_facts({"run": {"total": 3}, "none": None})
        journal.keep_part("b", [1])
    journal.close()
    with Journal(path) as later:
        assert list(later.contents()) == [b"7 at a"]
        assert (later.fact("run"), later.fact("none"), later.fact("other")) == ({"total": 3}, None, None)
        assert later.parts() == {"b": [1]}


def test_facts_are_read_and_forgotten_by_what_their_names_begin_with(journal: Journal) -> None:
    names = ["gone:2", "gone:\U0010ffff", "gone:", "gone", "gone;", "goner:1"]
    with journal.writing():
        journal.keep_facts(dict.fromkeys(names, True))
    assert list(journal.facts("gone:")) == ["", "2", "\U0010ffff"]
    with journal.writing():
        journal.drop_facts("gone:")
    assert journal.facts("gone:") == {}
    assert [journal.fact(name) for name in names] == [None] * 3 + [True] * 3


def test_rows_come_by_place_then_by_id_whatever_the_order_they_came_in(journal: Journal) -> None:
    keep(journal, ("3", "b"), ("2", "b"), ("9", "a"), ("1", "c"))
    assert list(journal.contents()) == [b"9 at a", b"2 at b", b"3 at b", b"1 at c"]
    assert journal.ids("a", "d") == ["9", "2", "3", "1"]


def test_a_range_of_places_holds_its_first_and_not_its_end(journal: Journal) -> None:
    keep(journal, ("1", "a"), ("2", "b"), ("3", "c"))
    assert journal.ids("a", "c") == ["1", "2"]
    assert journal.ids("b", "b") == []


def test_a_row_written_again_is_replaced_and_may_move(journal: Journal) -> None:
    keep(journal, ("1", "a"), ("2", "b"))
    keep(journal, ("1", "c"))
    assert (journal.count(), journal.content("1")) == (2, b"1 at c")
    assert list(journal.contents()) == [b"2 at b", b"1 at c"]


def test_what_was_dropped_is_gone_and_nothing_else(journal: Journal) -> None:
    keep(journal, ("1", "a"), ("2", "b"))
    with journal.writing():
        journal.drop_rows(["1", "none"])
        for key in "cab":
            journal.keep_part(key, key.upper())
        journal.drop_part("a")
    assert (journal.holds("1"), journal.holds("2")) == (False, True)
    assert (journal.content("1"), journal.content("2")) == (None, b"2 at b")
    assert list(journal.parts().items()) == [("b", "B"), ("c", "C")]


@pytest.mark.parametrize("problem", [RuntimeError, KeyboardInterrupt])
def test_a_block_that_ends_badly_has_written_nothing_and_the_next_one_can(
    journal: Journal, problem: type[BaseException]
) -> None:
    def write_half() -> None:
        with journal.writing():
            journal.keep_rows([Row("1", "a", b"half")])
            journal.keep_facts({"run": 1})
            journal.keep_part("a", 1)
            raise problem

    with pytest.raises(problem):
        write_half()
    assert (journal.count(), journal.fact("run"), journal.parts()) == (0, None, {})
    keep(journal, ("2", "b"))
    assert list(journal.contents()) == [b"2 at b"]


def test_a_cleared_journal_is_as_new(journal: Journal) -> None:
    keep(journal, ("1", "a"))
    with journal.writing():
        journal.keep_facts({"run": 1})
        journal.keep_part("a", 1)
    journal.clear()
    assert (journal.count(), journal.fact("run"), journal.parts()) == (0, None, {})


@pytest.mark.parametrize("statement", ["PRAGMA user_version = 2", "CREATE TABLE mine (x)"])
def test_a_database_of_another_tool_or_a_later_version_is_refused_and_left_alone(
    tmp_path: Path, statement: str
) -> None:
    path = tmp_path / "other.journal"
    with closing(sqlite3.connect(path)) as other:
        other.execute(statement)
    before = path.read_bytes()
    with pytest.raises(LocalError, match="another version of this tool, or of another tool") as refused:
        Journal(path)
    assert "remove the file" in refused.value.hint
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_one_clear_error_with_a_hint(tmp_path: Path) -> None:
    path = tmp_path / "other.journal"
    path.write_text("not a database, but long enough to be looked at as one" * 20)
    with pytest.raises(LocalError, match="cannot be used") as refused:
        Journal(path)
    assert refused.value.exit_code == 8
    assert "Remove it" in refused.value.hint


def test_what_was_made_of_a_row_holds_until_the_row_is_another(journal: Journal) -> None:
    keep(journal, ("1", "a"), ("2", "b"))
    with journal.writing():
        journal.keep_made({"1": b"made"}, by="us")
    assert [(row.id, row.content, row.made) for row in journal.made("us")] == [
        ("1", None, b"made"),
        ("2", b"2 at b", None),
    ]
    assert [row.made for row in journal.made("others")] == [None, None]
    keep(journal, ("1", "c"))
    assert [(row.id, row.made) for row in journal.made("us")] == [("2", None), ("1", None)]


def test_a_journal_of_an_earlier_version_learns_what_is_made_of_rows(journal: Journal, path: Path) -> None:
    keep(journal, ("1", "a"))
    journal.close()
    with closing(sqlite3.connect(path)) as database:
        database.execute("DROP TABLE made")
    with Journal(path) as later:
        with later.writing():
            later.keep_made({"1": b"made"}, by="us")
        assert [row.made for row in later.made("us")] == [b"made"]


def test_the_digest_of_a_journal_is_that_of_its_rows_in_order(journal: Journal) -> None:
    keep(journal, ("1", "a"), ("2", "b"))
    before = journal.digest(b"of this")
    assert journal.digest(b"of that") != before
    keep(journal, ("1", "a"))
    assert journal.digest(b"of this") == before
    keep(journal, ("3", "c"))
    assert journal.digest(b"of this") != before


def test_a_journal_waits_until_the_disk_has_what_it_was_given(path: Path) -> None:
    opened = []

    def connect(place: Path) -> sqlite3.Connection:
        opened.append(sqlite3.connect(place))
        return opened[0]

    with Journal(path, connect=connect):
        ((synchronous,),) = opened[0].execute("PRAGMA synchronous").fetchall()
    assert synchronous == 2
