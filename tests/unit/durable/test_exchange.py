"""A folder takes the place of another, at once or, where the system cannot, in steps that can be ended."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from zenodo_harvest.durable import exchange, restore


def cannot(_: Path, __: Path) -> bool:
    """Be a system that exchanges no names."""
    return False


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return folder(tmp_path / "latest", "old")


def folder(path: Path, text: str) -> Path:
    path.mkdir()
    (path / "a.txt").write_text(text)
    return path


def text(path: Path) -> str:
    (file,) = path.iterdir()
    return file.read_text()


@pytest.mark.parametrize("swap", [None, cannot])
def test_the_new_one_is_there_and_what_was_there_is_where_that_was(
    tmp_path: Path, place: Path, swap: object
) -> None:
    place.chmod(0o750)
    new = folder(tmp_path / "new", "new")
    exchange(new, place, swap=swap)  # type: ignore[arg-type]
    assert (text(place), text(new)) == ("new", "old")
    assert place.stat().st_mode & 0o777 == 0o750
    assert sorted(path.name for path in tmp_path.iterdir()) == ["latest", "new"]
    restore(place)
    assert text(place) == "new"


def test_where_nothing_was_the_new_one_is_there(tmp_path: Path) -> None:
    exchange(folder(tmp_path / "new", "new"), tmp_path / "latest")
    assert text(tmp_path / "latest") == "new"
    assert not (tmp_path / "new").exists()


def test_cut_off_before_the_new_one_is_there_the_old_one_comes_back(tmp_path: Path, place: Path) -> None:
    place.rename(tmp_path / "latest.earlier")
    restore(place)
    assert text(place) == "old"
    exchange(folder(tmp_path / "new", "new"), place, swap=cannot)
    assert text(place) == "new"


def test_cut_off_after_the_new_one_is_there_the_old_one_goes(tmp_path: Path, place: Path) -> None:
    place.rename(tmp_path / "latest.earlier")
    folder(place, "new")
    restore(place)
    assert text(place) == "new"
    exchange(folder(tmp_path / "newer", "newer"), place, swap=cannot)
    assert text(place) == "newer"


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links here")
def test_links_and_what_may_not_be_written_hinder_nothing(tmp_path: Path, place: Path) -> None:
    new = folder(tmp_path / "new", "new")
    (new / "a.txt").chmod(0o444)
    (new / "link").symlink_to("nowhere")
    exchange(new, place)
    assert (place / "link").is_symlink()
