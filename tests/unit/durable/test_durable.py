from __future__ import annotations

import errno
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from zenodo_harvest.durable import Group, Journal, lock, write_text
from zenodo_harvest.errors import LocalError


def test_a_file_appears_whole_and_its_folder_with_it(tmp_path: Path) -> None:
    final = tmp_path / "new" / "deep" / "out.txt"
    with Group(overwrite=True) as group:
        temporary = group.file(final)
        temporary.write_text("whole")
        assert not final.exists()
        assert temporary.parent.parent == final.parent
    assert final.read_text() == "whole"
    assert list(final.parent.iterdir()) == [final]


@pytest.mark.parametrize("problem", [RuntimeError, KeyboardInterrupt])
def test_whatever_goes_wrong_the_earlier_file_stays(tmp_path: Path, problem: type[BaseException]) -> None:
    final = tmp_path / "out.txt"
    final.write_text("earlier")

    def write_half() -> None:
        with Group(overwrite=True) as group:
            group.file(final).write_text("half")
            raise problem

    with pytest.raises(problem):
        write_half()
    assert final.read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [final]


def test_a_folder_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(LocalError, match="it is a folder"), Group(overwrite=True) as group:
        group.file(tmp_path / "out")


def test_a_file_in_the_path_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LocalError) as refused, Group(overwrite=True) as group:
        group.file(tmp_path / "file" / "out.txt")
    assert refused.value.hint


def test_a_name_that_is_too_long_for_the_disk_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match="too long"):
        write_text(tmp_path / ("n" * 300), "x")


def test_a_full_disk_is_one_clear_error_with_a_hint(tmp_path: Path) -> None:
    from zenodo_harvest.durable import local_errors

    with pytest.raises(LocalError, match="disk is full") as full, local_errors(tmp_path / "out.csv"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert "Free some space" in full.value.hint
    assert full.value.exit_code == 8


def test_a_file_that_is_no_journal_is_refused_and_not_left_open(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    opened: list[sqlite3.Connection] = []

    def connect(file: Path) -> sqlite3.Connection:
        opened.append(sqlite3.connect(file))
        return opened[-1]

    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE theirs (id)")
    with pytest.raises(LocalError, match="another tool"):
        Journal(path, connect=connect)
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        opened[0].execute("SELECT 1")


def test_a_lock_is_held_by_one_alone_and_free_again_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "out.lock"
    with lock(path), pytest.raises(LocalError, match="Another run"), lock(path):
        pass
    with lock(path):
        pass


def test_what_a_killed_process_left_is_removed_by_the_next_one(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from zenodo_harvest.durable import Group\n"
        "with Group() as group: group.file(Path(sys.argv[1])); os.kill(os.getpid(), signal.SIGKILL)"
    )
    final = tmp_path / "records[1].csv"
    killed = subprocess.run([sys.executable, "-c", code, str(final)], check=False)
    assert killed.returncode == -9
    assert len(list(tmp_path.iterdir())) == 1
    with Group(overwrite=True) as group, Group(overwrite=True) as other:
        mine = group.file(final)
        other.file(final)
        assert {mine.parent} < set(tmp_path.iterdir())
        assert len(list(tmp_path.iterdir())) == 2
    assert list(tmp_path.iterdir()) == [final]


def test_a_link_stays_a_link_and_its_target_is_written(tmp_path: Path) -> None:
    link = tmp_path / "link.csv"
    link.symlink_to("target.csv")
    write_text(link, "id\n")
    assert link.is_symlink()
    assert (tmp_path / "target.csv").read_text() == "id\n"
