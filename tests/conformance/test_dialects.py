"""Both dialects of all recorded records, written by the emulator from the native form alone."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from zenodo_harvest.emulator import Emulator
from zenodo_harvest.emulator.answers import ui

RECORDINGS = Path(__file__).parents[1] / "data" / "recordings"
NATIVE = "application/vnd.inveniordm.v1+json"
OWNER = {"Authorization": "Bearer TOKEN-A"}


def recorded(name: str) -> list[dict[str, Any]]:
    text = gzip.decompress((RECORDINGS / name).read_bytes()).decode("utf-8")
    return [
        json.loads(line) for line in text.replace("http://127.0.0.1:5000", "http://localhost").splitlines()
    ]


@pytest.fixture(scope="module")
def client() -> Client:
    return Client(Emulator(seed=RECORDINGS, limits="off").app)


def unordered(record: dict[str, Any]) -> dict[str, Any]:
    """Return the record with communities and files in one order: the server's is not stable."""
    record["files"] = sorted(record["files"], key=lambda file: str(file["key"]))
    if "communities" in record["metadata"]:
        record["metadata"]["communities"].sort(key=lambda community: str(community["id"]))
    return record


def test_every_recorded_record_has_the_same_legacy_form(client: Client) -> None:
    # the names of closed files of another owner are in no recording, so no thumbnail can be made of them
    without_thumbnails = {14000576}
    for theirs in recorded("records-legacy.jsonl.gz"):
        ours = client.get(f"/api/records/{theirs['id']}", headers=OWNER).get_json()
        if theirs["id"] in without_thumbnails:
            del theirs["links"]["thumbnails"]
        assert unordered(ours) == unordered(theirs), theirs["id"]


def test_every_recorded_record_has_the_same_native_form_in_a_list(client: Client) -> None:
    ours = {}
    for page in range(1, 5):
        parameters = {"all_versions": "true", "sort": "oldest", "size": 100, "page": page}
        answer = client.get("/api/records", query_string=parameters, headers={"Accept": NATIVE, **OWNER})
        ours |= {record["id"]: record for record in answer.get_json()["hits"]["hits"]}
    for theirs in recorded("records-native.jsonl.gz"):
        assert ours[theirs["id"]] == theirs, theirs["id"]


def test_display_strings_built_from_a_record_equal_the_recorded_ones() -> None:
    for record in recorded("records-native.jsonl.gz"):
        theirs = {name: value for name, value in record["ui"].items() if name != "access_status"}
        assert ui.build(record) == theirs, record["id"]
