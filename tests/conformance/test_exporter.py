"""Dumps of the recorded records, member by member, and the recorded exchanges with the exporter."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from base64 import b64decode
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from zenodo_harvest.emulator import Emulator

DUMPS = Path(__file__).parents[1] / "data" / "recordings" / "dumps"
THEIRS, OURS = b"http://127.0.0.1:5000", b"http://localhost"
DELETED = {
    "id": "14000678",
    "created": "2026-11-23T03:58:00+00:00",
    "parent": {"id": "14000677", "pids": {"doi": {"identifier": "10.5281/zenodo.14000677"}}},
    "pids": {"doi": {"identifier": "10.5281/zenodo.14000678"}},
    "metadata": {
        "title": "To be deleted",
        "resource_type": {"id": "dataset", "title": {"en": "Dataset"}},
        "publication_date": "2024-03-04",
        "publisher": "Zenodo",
        "creators": [
            {"person_or_org": {"name": "Moreau, Ada", "given_name": "Ada", "family_name": "Moreau"}}
        ],
    },
}

Json = dict[str, Any]


def members(data: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
        return {member.name: archive.extractfile(member).read() for member in archive}


@pytest.fixture(scope="module")
def theirs() -> dict[str, bytes]:
    """The recorded members of both archives, as if `localhost` had been the server."""
    found = {}
    for name in ("records-json.tar.gz", "records-xml.tar.gz"):
        found |= members((DUMPS / name).read_bytes())
    return {name: data.replace(THEIRS, OURS) for name, data in found.items()}


@pytest.fixture(scope="module")
def client(theirs: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """The emulator holds the records of the dumps and the one deletion."""
    seed = tmp_path_factory.mktemp("dump") / "records.jsonl"
    seed.write_bytes(b"".join(data + b"\n" for name, data in theirs.items() if name.endswith(".json")))
    at = datetime.fromisoformat("2026-11-23T04:01:43+00:00").timestamp()
    emulator = Emulator(seed=seed, limits="off", clock=lambda: at)
    emulator.add(DELETED)
    emulator.delete("14000678")
    return Client(emulator.app)


def test_the_xml_of_every_recorded_record_is_the_same_to_the_byte(
    client: Client, theirs: dict[str, bytes]
) -> None:
    ours = members(client.get("/api/exporter/records-xml.tar.gz").data)
    assert len(ours) == 383
    for name, data in ours.items():
        assert data == theirs[name], name


def test_the_json_of_every_recorded_record_is_the_same(client: Client, theirs: dict[str, bytes]) -> None:
    ours = members(client.get("/api/exporter/records-json.tar.gz").data)
    assert len(ours) == 383
    for name, data in ours.items():
        assert json.loads(data) == json.loads(theirs[name]), name


def test_the_dump_of_a_community_holds_its_records(client: Client, theirs: dict[str, bytes]) -> None:
    ours = members(client.get("/api/exporter/enes-data-space/records-json.tar.gz").data)
    for name, data in theirs.items():
        if name.endswith(".json"):
            entries = json.loads(data)["parent"]["communities"].get("entries", ())
            assert (name in ours) == any(entry["slug"] == "enes-data-space" for entry in entries)


def test_the_exchanges_have_the_recorded_statuses_headers_and_shapes(
    client: Client, recorded: Callable[[str], list[Json]]
) -> None:
    for exchange in recorded("scenarios/exporter.jsonl.gz"):
        answer = client.open(exchange["target"], method=exchange["method"], headers=exchange["sent"])
        assert answer.status_code == exchange["status"], exchange["target"]
        for name, value in exchange["headers"].items():
            assert answer.headers[name] == value
        if "base64" in exchange:
            assert gzip.decompress(answer.data) == gzip.decompress(b64decode(exchange["base64"]))
        elif exchange["status"] == 404:
            assert answer.text == exchange["body"]
        elif exchange["body"]:
            compare_listings(answer.get_json(), json.loads(exchange["body"]))


def compare_listings(ours: dict[str, list[Json]], theirs: dict[str, list[Json]]) -> None:
    assert ours.keys() == theirs.keys()
    for key, versions in theirs.items():
        head = next(version for version in versions if version["is_head"])
        assert ours[key][0].keys() == head.keys()
        for link, url in head["links"].items():
            expected = url.replace(head["version_id"], ours[key][0]["version_id"])
            assert ours[key][0]["links"][link] == expected


def test_sizes_and_checksums_of_the_listing_are_those_of_the_bytes(client: Client) -> None:
    for versions in client.get("/api/exporter").get_json().values():
        for version in versions:
            data = client.get(version["links"]["self"].removeprefix("http://localhost")).data
            assert len(data) == version["size"]
            assert f"md5:{hashlib.md5(data, usedforsecurity=False).hexdigest()}" == version["checksum"]
