"""Count the requests of a few walks over the emulator against the fewest that the server's pages allow."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from math import ceil
from pathlib import Path
from typing import NamedTuple

from zenodo_harvest.client import Client
from zenodo_harvest.emulator import Emulator

RECORDINGS = Path(__file__).parents[1] / "tests" / "data" / "recordings"
GUEST_PAGE, TOKEN_PAGE, REFS_A_REQUEST = 25, 100, 100


class Walk(NamedTuple):
    """What is asked; `fewest` is told the number of rows and says how many requests it takes at least."""

    name: str
    run: Callable[[Client], int]
    fewest: Callable[[int], int]
    token: str | None = None


def pages(size: int) -> Callable[[int], int]:
    return lambda rows: max(1, ceil(rows / size))


def verified(size: int) -> Callable[[int], int]:
    """Return the fewest requests where one more makes sure that the community exists."""
    return lambda rows: 1 + pages(size)(rows)


def walks(ids: list[str]) -> Iterator[Walk]:
    def everything(client: Client) -> int:
        return len(list(client.search(all_versions=True)))

    def community(client: Client) -> int:
        return len(list(client.search(community="enes-data-space")))

    yield Walk("all versions, as a guest", everything, pages(GUEST_PAGE))
    yield Walk("all versions, with a token", everything, pages(TOKEN_PAGE), "TOKEN-A")
    yield Walk("one community, as a guest", community, verified(GUEST_PAGE))
    yield Walk("the first 60", lambda client: len(list(client.search(limit=60))), pages(GUEST_PAGE))
    yield Walk("nothing found", lambda client: len(list(client.search("recid:0"))), pages(GUEST_PAGE))
    yield Walk("a total", lambda client: int(client.search("frost").total > 0), lambda _: 1)
    yield Walk(
        "counts by type and year", lambda client: int(bool(client.count(by=["type", "year"]))), lambda _: 1
    )
    yield Walk(
        f"{len(ids)} ids, as a guest", lambda client: len(list(client.records(ids))), pages(GUEST_PAGE)
    )
    yield Walk(
        f"{len(ids)} ids, with a token",
        lambda client: len(list(client.records(ids))),
        pages(TOKEN_PAGE),
        "TOKEN-A",
    )


def main() -> None:
    """Print rows, requests and the fewest possible of each walk."""
    with tempfile.TemporaryDirectory() as folder, Emulator(seed=RECORDINGS, limits="off") as emulator:
        os.environ["XDG_CACHE_HOME"] = folder
        with Client(emulator, token="") as client:
            ids = [record.id for record in client.search(limit=150) if record.id]
        print(f"{'walk':<30}{'rows':>6}{'requests':>10}{'fewest':>8}")
        for walk in walks(ids):
            before = len(emulator.log)
            with Client(emulator, token=walk.token or "") as client:
                rows = walk.run(client)
            used, fewest = len(emulator.log) - before, walk.fewest(rows)
            print(f"{walk.name:<30}{rows:>6}{used:>10}{fewest:>8}{'' if used == fewest else '   more'}")


if __name__ == "__main__":
    main()
