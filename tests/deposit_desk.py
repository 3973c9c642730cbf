"""One emulator and whoever deposits there, and metadata of two kinds: classic, and what only native has."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from doubles import Notes, Ran, StillClock
from zenodo_harvest.client import Client
from zenodo_harvest.deposit import Deposits
from zenodo_harvest.emulator import Emulator
from zenodo_harvest.http import LocalBudget

OWNER, OTHER = "emulator-token", "emulator-token-2"
OPEN, CLOSED = "enes-data-space", "cold-data-workshop"
CLASSIC = {
    "title": "Frost days",
    "upload_type": "dataset",
    "description": "<p>Days with frost.</p>",
    "creators": [{"name": "Moreau, Ada", "affiliation": "Institute of Cold Regions"}],
    "license": "cc-by-4.0",
}
NATIVE: dict[str, Any] = {
    **CLASSIC,
    "languages": ["eng", "fra"],
    "additional_titles": [{"title": "Jours de gel", "type": "translated-title"}],
    "dates": [{"date": "2024-03-01", "type": "collected"}],
    "sizes": ["12 pages"],
}


@dataclass
class Desk:
    """One emulator, and whoever deposits there."""

    emulator: Emulator
    folder: Path
    notes: Notes = field(default_factory=Notes)
    _open: list[Any] = field(default_factory=list)

    def of(self, token: str = OWNER, **settings: Any) -> Deposits:
        """The deposits of a user; nobody waits."""
        clock = StillClock(time.time())
        budget = LocalBudget(clock=clock)
        client = Client(self.emulator, token, clock=clock, budget=budget, progress=self.notes, **settings)
        self._open += [client, budget]
        return client.deposits

    def close(self) -> None:
        for each in self._open:
            each.close()

    def file(self, name: str = "frost.csv", content: bytes = b"day,frost\n1,2\n") -> Path:
        path = self.folder / name
        path.write_bytes(content)
        return path

    def classic(self) -> str:
        """Make a draft as old clients do."""
        done = requests.post(
            f"{self.emulator.url}/api/deposit/depositions",
            json={"metadata": {**CLASSIC, "creators": [{"name": "Moreau, Ada"}]}},
            headers={"Authorization": f"Bearer {OWNER}"},
            timeout=20,
        )
        return str(done.json()["id"])

    def name_classically(self, id_: str, *slugs: str) -> None:
        """Name communities as old clients do, which the server takes as they are."""
        requests.put(
            f"{self.emulator.url}/api/deposit/depositions/{id_}",
            json={"metadata": {**CLASSIC, "communities": [{"identifier": slug} for slug in slugs]}},
            headers={"Authorization": f"Bearer {OWNER}"},
            timeout=20,
        ).raise_for_status()

    def native(self) -> str:
        """Make a draft with fields that the classic API does not have."""
        return self.of().create(NATIVE).id

    def published(self, kind: str = "plain", **metadata: Any) -> str:
        """Publish a record of a kind: ``classic`` or ``native`` as the drafts are, or one of ours."""
        deposits = self.of()
        makes = {"classic": self.classic, "native": self.native}
        id_ = makes[kind]() if kind in makes else deposits.create({**CLASSIC, **metadata}).id
        deposits.upload(id_, self.file())
        return deposits.publish(id_).id

    def writes(self, method: str = "POST", part: str = "") -> list[str]:
        return [each.target for each in self.emulator.log if each.method == method and part in each.target]


Zh = Callable[..., Ran]
