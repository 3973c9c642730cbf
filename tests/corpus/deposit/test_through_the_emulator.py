"""Recorded metadata goes to the emulator as native drafts and comes back, and what is not kept is named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from zenodo_harvest.deposit import not_kept
from zenodo_harvest.deposit.metadata import Metadata, from_classic, from_native, to_native
from zenodo_harvest.emulator import Emulator

pytestmark = pytest.mark.corpus
RECORDINGS = Path(__file__).parents[2] / "data" / "recordings"
USER = {"Authorization": "Bearer TOKEN-A", "Accept": "application/vnd.inveniordm.v1+json"}
ELSEWHERE = ("doi", "communities", "default_preview")
"""What is no part of the metadata that a draft keeps."""


class Draft:
    """One draft whose metadata is replaced again and again."""

    def __init__(self, emulator: Emulator) -> None:
        self._client = Client(emulator.app)
        made = self._client.post("/api/records", json={}, headers=USER).get_json()
        self._path = f"/api/records/{made['id']}/draft"

    def keep(self, said: Metadata) -> tuple[set[str], tuple[str, ...]]:
        """Return the fields of which something did not come back, and what is said of that."""
        body: dict[str, Any] = {"access": {"record": "public", "files": "public"}, **to_native(said)}
        sent = {name: value for name, value in body.items() if name not in ("pids", "files")}
        answer = self._client.put(self._path, json={"files": {"enabled": True}, **sent}, headers=USER)
        assert answer.status_code == 200, answer.get_json()
        wanted, kept = _fields(said), _fields(from_native(answer.get_json()))
        wanted.setdefault("access_right", "open")
        lost = {name for name in wanted if not _holds(kept.get(name), wanted[name])}
        return lost, not_kept(sent, answer.get_json())


@pytest.fixture(scope="module")
def draft() -> Iterator[Draft]:
    with Emulator(limits="off", seed=RECORDINGS) as emulator:
        yield Draft(emulator)


def test_every_recorded_record_comes_back_as_it_was(draft: Draft, records: list[dict[str, Any]]) -> None:
    for record in records:
        assert draft.keep(from_native(record))[0] == set(), record["id"]


def test_every_recorded_deposit_comes_back_or_the_loss_is_named(
    draft: Draft, deposits: list[dict[str, Any]]
) -> None:
    losses = 0
    for metadata in deposits:
        lost, told = draft.keep(from_classic(metadata))
        losses += len(lost)
        for name in lost:
            assert any(name in sentence for sentence in told), (name, told)
    assert losses < 10


def _fields(said: Metadata) -> dict[str, Any]:
    return {name: value for name, value in said.as_document().items() if name not in ELSEWHERE}


def _holds(kept: Any, said: Any) -> bool:
    """Tell whether all that was said is in what was kept; the server may add the scheme of an identifier."""
    if isinstance(said, dict):
        return isinstance(kept, dict) and all(_holds(kept.get(name), value) for name, value in said.items())
    if isinstance(said, list):
        return isinstance(kept, list) and len(kept) == len(said) and all(map(_holds, kept, said))
    return bool(kept == said)
