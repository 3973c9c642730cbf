"""`catalog init`, `sync` and `diff` as people and pipelines call them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from doubles import Ran
from worlds import Kept, World
from zenodo_harvest.cli import Outside, build_app
from zenodo_harvest.client import Client
from zenodo_harvest.emulator import Poison
from zenodo_harvest.http import LocalBudget

Zh = Callable[..., Ran]


@pytest.fixture
def zh(world: World) -> Zh:
    def go(*arguments: str) -> Ran:
        site, clock = world.client.site, world.clock
        outside = Outside(
            make_client=lambda **_: Client(site, "", clock=clock, budget=LocalBudget(clock=clock)),
            environ={},
        )
        runner = CliRunner(env={"COLUMNS": "100", "TERM": "dumb", "NO_COLOR": "1"})
        done = runner.invoke(build_app(outside), ["catalog", *arguments])
        return Ran(done.exit_code, done.stdout, done.stderr)

    return go


def test_one_line_says_of_each_catalogue_what_came_of_it_and_one_that_fails_stops_no_other(
    world: World, zh: Zh, tmp_path: Path
) -> None:
    good, bad, other = (str(tmp_path / name) for name in ("good", "bad", "other"))
    for folder in (good, other):
        assert zh("init", folder, "--community", world.slug).code == 0
    world.later()
    done = zh("sync", good, bad, other)
    assert done.code == 3
    assert done.out.splitlines() == [f"{folder}: 3 records, 0 changes, complete" for folder in (good, other)]
    assert "no catalogue" in done.err
    assert Path(other, "latest", "index.html").is_file()


def test_an_incomplete_sync_ends_with_5_and_says_so(world: World, zh: Zh, tmp_path: Path) -> None:
    zh("init", str(tmp_path / "kept"), "--community", world.slug)
    world.later()
    world.emulator.faults.add(Poison(world.ids[0]))
    done = zh("sync", str(tmp_path / "kept"))
    assert done.code == 5
    assert done.out.endswith("kept: 2 records, 0 changes, incomplete\n")
    assert "Run the same command again" in done.err


def test_a_catalogue_of_another_site_is_not_synced_with_this_one(
    world: World, zh: Zh, tmp_path: Path
) -> None:
    zh("init", str(tmp_path / "kept"), "--community", world.slug)
    done = zh("sync", "--site", "sandbox", str(tmp_path / "kept"))
    assert done.code == 2
    assert "is a catalogue of emulator" in done.err
    assert not (tmp_path / "kept" / "latest").exists()


def test_snapshots_are_thinned_for_once_and_two_are_compared(
    world: World, zh: Zh, keep: Callable[..., Kept]
) -> None:
    kept = keep()
    for title in ("Thaw", "Melt"):
        world.edit(world.ids[0], title=title)
        kept.sync()
    done = zh("sync", "--keep", "2", str(kept.folder))
    assert done.code == 0
    assert len(kept.snapshots()) == 2
    assert zh("sync", "--keep", "0", str(kept.folder)).code == 2
    told = zh("diff", str(kept.folder / "snapshots" / kept.snapshots()[0]), str(kept.folder))
    (change,) = map(json.loads, told.out.splitlines())
    assert (change["kind"], change["id"]) == ("metadata", world.ids[0])
    assert change["fields"] == [{"name": "title", "before": "Thaw", "after": "Melt"}]
    assert "1 " in told.err


def test_a_folder_that_cannot_be_made_is_told(world: World, zh: Zh, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = zh("init", str(tmp_path / "file" / "kept"), "--community", world.slug)
    assert done.code == 8
    assert "cannot be written" in done.err
    assert "Traceback" not in done.err
