"""The same questions to Zenodo and to another InvenioRDM: the same rows, apart from their ids."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from doubles import StillClock
from zenodo_harvest.client import Client
from zenodo_harvest.emulator import Emulator
from zenodo_harvest.emulator.flavours import INVENIORDM
from zenodo_harvest.errors import Deleted, NotFound, UnknownCommunity, UsageError
from zenodo_harvest.http import LocalBudget
from zenodo_harvest.progress import NoProgress

AN_HOUR_S = 3600
OF_THE_SERVER = ("site", "retrieved_at", "revision")


@dataclass
class Pair:
    """A Zenodo and another server that hold the same, each with a client that has no token."""

    zenodo: Client
    other: Client
    servers: Mapping[Client, Emulator]
    time: StillClock

    def both(self, ask: Callable[[Client], Any]) -> tuple[Any, Any]:
        return ask(self.zenodo), ask(self.other)

    def change(self, change: Callable[[Emulator, Callable[[str], str]], object]) -> None:
        """Change both servers, an hour before anything else happens."""
        change(self.servers[self.zenodo], str)
        change(self.servers[self.other], INVENIORDM.id_of)
        self.time.time_s += AN_HOUR_S


@contextmanager
def pair() -> Iterator[Pair]:
    clock, of_servers = StillClock(time.time()), StillClock(time.time() - AN_HOUR_S)
    with (
        Emulator(limits="off", clock=of_servers.now) as zenodo,
        Emulator(limits="off", clock=of_servers.now, flavour="inveniordm") as other,
        LocalBudget(clock=clock) as budget,
        Client(zenodo.url, "", clock=clock, budget=budget, progress=NoProgress()) as first,
        Client(other.url, "", clock=clock, budget=budget, progress=NoProgress()) as second,
    ):
        yield Pair(first, second, {first: zenodo, second: other}, of_servers)


@pytest.fixture(scope="module")
def resting() -> Iterator[Pair]:
    """Servers on which nothing changes."""
    with pair() as made:
        yield made


@pytest.fixture
def moving() -> Iterator[Pair]:
    with pair() as made:
        yield made


def rows(client: Client, texts: list[str], *, is_zenodo: bool) -> list[dict[str, Any]]:
    """Return rows as they would be on the other server, by time of creation."""

    def renamed(text: str) -> str:
        text = text.replace(client.site.url, "URL")
        if is_zenodo:
            text = text.replace("10.5281/zenodo.", "10.1234/").replace(
                "oai:zenodo.org", "oai:repository.example.org"
            )
            text = re.sub(r"\b900000[0-9]{3}\b", lambda found: INVENIORDM.id_of(found[0]), text)
        return text

    found = [json.loads(renamed(text)) for text in texts]
    kept = [{name: value for name, value in row.items() if name not in OF_THE_SERVER} for row in found]
    return sorted(kept, key=lambda row: (row["created"] or row["updated"] or "", row["id"]))


def saved(pair: Pair, bring: Callable[[Client, Path], object], folder: Path) -> list[dict[str, Any]]:
    """Return the rows of a file that both servers give alike."""
    found = []
    for client in (pair.zenodo, pair.other):
        is_zenodo = client is pair.zenodo
        path = folder / f"{'zenodo' if is_zenodo else 'other'}.jsonl"
        bring(client, path)
        found.append(rows(client, path.read_text("utf-8").splitlines(), is_zenodo=is_zenodo))
    assert found[0] == found[1]
    return found[1]


SEARCHES: list[tuple[str, dict[str, Any]]] = [
    ("frost", {}),
    ("title:index AND NOT creators.affiliation:University", {}),
    ("author:M*", {"all_versions": True}),
    ("keywords:climate publication_date:[2020 TO 2022]", {}),
    ("filetype:csv", {"access": "open"}),
    ("communities:enes-data-space", {}),
    ("_exists_:journal.title", {}),
    ("version:1.1", {"all_versions": True}),
    ("", {"type": "software", "community": "research-software-shelf"}),
    ("", {"community": ["enes-data-space", "alpine-hydrology"], "all_versions": True}),
    ("", {"published": "2021", "license": "cc-by-4.0"}),
    ("", {"journal": "Annals of Cold Regions", "sort": "oldest"}),
]


@pytest.mark.parametrize(("q", "options"), SEARCHES)
def test_a_search_brings_the_same_rows(
    resting: Pair, tmp_path: Path, q: str, options: dict[str, Any]
) -> None:
    found = saved(resting, lambda client, path: client.search(q, **options).save(path), tmp_path)
    assert found


@pytest.mark.parametrize(("route", "community"), [("search", None), ("oai", "enes-data-space")])
def test_a_harvest_brings_the_same_rows_also_when_it_is_brought_up_to_date(
    moving: Pair, tmp_path: Path, route: Any, community: str | None
) -> None:
    def bring(client: Client, path: Path, *, update: bool = False) -> None:
        receipt = client.harvest("", path, route=route, community=community, all_versions=True, update=update)
        assert receipt.complete

    before = saved(moving, bring, tmp_path)
    assert len(before) == len(list(moving.other.search(community=community, all_versions=True)))
    kept = next(iter(moving.zenodo.search("frost", community=community)))
    gone = next(iter(moving.zenodo.search("days", community=community)))
    assert kept.id != gone.id

    def change(server: Emulator, id_of: Callable[[str], str]) -> None:
        server.edit(id_of(str(kept.id)), lambda record: record["metadata"].update(title="Thaw"))
        server.delete(id_of(str(gone.id)), reason="copyright")

    moving.change(change)
    after = saved(moving, lambda client, path: bring(client, path, update=True), tmp_path)
    assert len(after) == len(before) - 1
    assert [row["title"] for row in after].count("Thaw") == 1


def test_a_record_is_found_by_each_of_its_names(resting: Pair) -> None:
    record = next(iter(resting.other.search("frost")))
    for name in (
        record.id,
        record.concept_id,
        record.doi,
        record.concept_doi,
        f"https://doi.org/{record.doi}",
    ):
        assert resting.other.record(str(name)).concept_id == record.concept_id
    ids = [row.id for row in resting.other.search(limit=30, all_versions=True)]
    assert [row.id for row in resting.other.records(map(str, ids))] == ids
    with pytest.raises(NotFound):
        resting.other.record("abcde-12345")


def test_a_deleted_record_says_so(moving: Pair) -> None:
    record = next(iter(moving.other.search("frost", sort="version")))
    moving.servers[moving.other].delete(str(record.id), reason="copyright")
    with pytest.raises(Deleted, match="copyright"):
        moving.other.record(str(record.id))


def test_communities_are_the_same(resting: Pair) -> None:
    first, second = resting.both(
        lambda client: [(one.id, one.slug, one.title) for one in client.communities.find("")]
    )
    assert sorted(first) == sorted(second)
    first, second = resting.both(
        lambda client: client.communities.count("enes-data-space", all_versions=True)
    )
    assert first == second > 0
    first, second = resting.both(lambda client: client.communities.show("ENES Data Space").slug)
    assert first == second == "enes-data-space"
    with pytest.raises(UnknownCommunity, match="enes-data-space"):
        resting.other.search(community="enes-data-spaces").total  # noqa: B018 -- asks


def test_counts_are_the_same_where_the_server_counts(resting: Pair) -> None:
    first, second = resting.both(
        lambda client: client.count("frost", by=["type", "year", "access", "filetype"])
    )
    assert first == second
    with pytest.raises(UsageError, match="does not count by subject"):
        resting.other.count(by="subject")


def test_what_only_zenodo_has_is_refused_and_not_asked_for(resting: Pair) -> None:
    assert [
        (route.name, route.obstacle is None) for route in resting.other.plan(all_versions=True).routes
    ] == [
        ("search", True),
        ("oai", True),
        ("dump", False),
    ]
    with pytest.raises(UsageError, match="no such order"):
        resting.other.search(sort="publication-desc")
    with pytest.raises(NotFound):
        resting.other.dumps.list()
    asked = [request.target for request in resting.servers[resting.other].log]
    assert not any(
        "conceptdoi" in target or "user-" in target or "communities=" in target for target in asked
    )


def test_a_deposit_is_published_by_the_native_api_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("a")
    metadata = {
        "title": "Kept zyxwv",
        "upload_type": "dataset",
        "creators": [{"name": "Novak, Iva"}],
        "publisher": "P",
        "publication_date": "2026-11-01",
    }
    emulator = Emulator(limits="off", flavour="inveniordm")
    with emulator, Client(emulator, emulator.token, progress=NoProgress()) as client:
        id_ = client.deposits.create(metadata).id
        client.deposits.upload(id_, path)
        assert [one.id for one in client.deposits.list("creators.name:Novak", which="drafts")] == [id_]
        assert client.deposits.publish(id_).doi == f"10.1234/{id_}"
        assert client.record(f"10.1234/{id_}").title == "Kept zyxwv"
        with pytest.raises(UsageError, match="no such order"):
            list(client.deposits.list(sort="publication-desc"))
    assert not any(request.target.startswith("/api/deposit") for request in emulator.log)
