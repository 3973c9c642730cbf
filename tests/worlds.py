"""Communities of a few records that change as told, and catalogues of them, a week from sync to sync."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from doubles import Notes, StillClock
from zenodo_harvest.catalog import Catalog, Synced
from zenodo_harvest.client import Client
from zenodo_harvest.emulator import Emulator
from zenodo_harvest.sites import Rate

WEEK_S = 7 * 86_400.0
UNLIMITED = Rate(100_000, 1)
Json = dict[str, Any]


def memberships(*slugs: str) -> Json:
    """What a record says of its communities."""
    entries = [{"id": str(uuid5(NAMESPACE_URL, slug)), "slug": slug} for slug in slugs]
    return {"ids": [entry["id"] for entry in entries], "entries": entries}


@dataclass
class World:
    """A site with communities whose names nobody else has, and the clock of all."""

    emulator: Emulator
    clock: StillClock
    client: Client
    name: str
    notes: Notes
    made: Iterator[int]
    ids: list[str] = field(default_factory=list)

    @property
    def slug(self) -> str:
        return self.name

    def slugs(self, number: int) -> list[str]:
        return [self.name, *(f"{self.name}-{letter}" for letter in "bcdef"[: number - 1])]

    def add(self, *slugs: str, concept: str | None = None, index: int = 1, **metadata: Any) -> str:
        """Publish a record an hour after the last one; return its id."""
        self.clock.sleep(3600)
        id_ = str(next(self.made))
        self.emulator.add(
            {
                "id": id_,
                "parent": {"id": concept or f"{id_}0", "communities": memberships(*(slugs or (self.slug,)))},
                "versions": {"index": index},
                "metadata": {"title": f"Frost {id_}", "publication_date": "2026-01-02", **metadata},
                "files": {"entries": {"a.csv": {"checksum": "md5:" + "a" * 32, "size": 7}}},
            }
        )
        self.ids.append(id_)
        return id_

    def concept(self, id_: str) -> str:
        return f"{id_}0"

    def edit(self, id_: str, *, is_dated: bool = True, **metadata: Any) -> None:
        self.emulator.edit(id_, lambda record: record["metadata"].update(metadata), is_dated=is_dated)

    def move(self, id_: str, *slugs: str) -> None:
        """Let the record be in these communities; no date moves."""
        self.emulator.edit(
            id_, lambda record: record["parent"].update(communities=memberships(*slugs)), is_dated=False
        )

    def later(self, weeks: float = 1) -> None:
        self.clock.sleep(weeks * WEEK_S)

    def asked(self, work: Callable[[], object]) -> list[str]:
        """Return what was asked for meanwhile."""
        before = len(self.emulator.log)
        work()
        return [one.target for one in self.emulator.log[before:]]


@dataclass
class Kept:
    """A catalogue and the world that it is of."""

    world: World
    catalog: Catalog

    @property
    def folder(self) -> Path:
        return self.catalog.folder

    @property
    def latest(self) -> Path:
        return self.folder / "latest"

    def sync(self, *, full: bool = False, weeks: float = 1) -> Synced:
        """Sync so many weeks later."""
        self.world.later(weeks)
        return self.catalog.sync(full=full)

    def changed(self, **how: Any) -> set[tuple[str, str]]:
        """Sync, hold what was told against the files of latest/, and return what changed."""
        before = len(self.catalog.changes)
        synced = self.sync(**how)
        told = self.catalog.changes[: len(self.catalog.changes) - before]
        assert tuple(told) == synced.changes
        markdown = (self.latest / "CHANGES.md").read_text("utf-8")
        listed = (self.latest / "changes.csv").read_text("utf-8")
        feed = (self.latest / "feed.atom").read_text("utf-8")
        assert feed.count("<entry>") == len(self.catalog.changes)
        assert len({line.split(",")[0] for line in listed.splitlines()[1:]}) <= len(self.catalog.changes)
        for change in synced.changes:
            assert str(change.title) in markdown
            assert change.id in listed
            assert f"/records/{change.id}" in feed
        assert intact(self.latest)
        return {(change.kind, change.id) for change in synced.changes}

    def rows(self) -> dict[str, Json]:
        lines = (self.latest / "records.jsonl").read_text("utf-8").splitlines()
        return {row["id"]: row for row in map(json.loads, lines)}

    def tables(self) -> dict[str, bytes]:
        """Return what has to be the same where nothing changed: all but what tells of the last sync."""
        moving = ("receipt.json", "README.md", "index.html", "datapackage.json")
        return {path.name: path.read_bytes() for path in self.latest.iterdir() if path.name not in moving}

    def snapshots(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "snapshots").iterdir())

    def receipt(self) -> Json:
        found: Json = json.loads((self.latest / "receipt.json").read_text("utf-8"))
        return found


def intact(latest: Path) -> bool:
    """Tell whether all files are those that the receipt names, byte by byte."""
    receipt = json.loads((latest / "receipt.json").read_text("utf-8"))
    named = {one["path"]: one["sha256"] for one in receipt["outputs"]}
    there = {path.name: sha256(path.read_bytes()).hexdigest() for path in latest.iterdir()}
    there.pop("receipt.json")
    return named == there
