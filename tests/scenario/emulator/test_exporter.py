"""Dumps while the repository changes."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from zenodo_harvest.emulator import Emulator
from zenodo_harvest.errors import UsageError

NOW_S = 1_780_000_000.0


@pytest.fixture
def emulator(tmp_path: Path) -> Emulator:
    seed = tmp_path / "seed.jsonl"
    seed.write_text("".join(f"{json.dumps({'id': str(number)})}\n" for number in range(1, 21)))
    return Emulator(seed=seed, limits="off", clock=lambda: NOW_S)


@pytest.fixture
def client(emulator: Emulator) -> Client:
    return Client(emulator.app)


def listing(client: Client, key: str) -> list[dict[str, Any]]:
    return client.get("/api/exporter").get_json()[key]


def names(data: bytes) -> list[str]:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
        return archive.getnames()


def test_the_same_state_gives_the_same_bytes(emulator: Emulator, client: Client, tmp_path: Path) -> None:
    twin = Client(Emulator(seed=tmp_path / "seed.jsonl", limits="off", clock=lambda: NOW_S).app)
    assert client.get("/api/exporter").data == twin.get("/api/exporter").data
    assert client.get("/api/exporter").data == client.get("/api/exporter").data


def test_a_dump_stays_as_it_was_listed_until_it_is_listed_again(emulator: Emulator, client: Client) -> None:
    key = "records-json.tar.gz"
    (before,) = listing(client, key)
    emulator.delete("7")
    data = client.get(f"/api/exporter/{key}").data
    assert f"md5:{hashlib.md5(data, usedforsecurity=False).hexdigest()}" == before["checksum"]
    after, older = listing(client, key)
    assert [after["is_head"], older["is_head"]] == [True, False]
    assert "self_head" not in older["links"]
    assert client.get(f"/api/exporter/{key}/{older['version_id']}").data == data
    assert "7.json" not in names(client.get(f"/api/exporter/{key}").data)


def test_at_most_three_versions_are_kept(emulator: Emulator, client: Client) -> None:
    for number in range(1, 6):
        emulator.delete(str(number))
        versions = listing(client, "records-xml.tar.gz")
    assert [version["is_head"] for version in versions] == [True, False, False]


def test_deletions_are_listed_and_spam_has_no_citation(emulator: Emulator, client: Client) -> None:
    emulator.delete("7", note="Twice, here.")
    emulator.delete("8", reason="spam", is_visible=False)
    table = gzip.decompress(client.get("/api/exporter/records-deleted.csv.gz").data).decode()
    rows = {row["record_id"]: row for row in csv.DictReader(io.StringIO(table))}
    assert rows["7"]["removal_note"] == "Twice, here."
    assert (rows["7"]["removal_reason"], rows["7"]["removal_date"]) == ("test-record", "2026-05-28")
    assert (bool(rows["7"]["citation_text"]), rows["8"]["citation_text"]) == (True, "")


def test_a_range_is_ignored_and_head_tells_the_size(client: Client) -> None:
    path = "/api/exporter/records-xml.tar.gz"
    part = client.get(path, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.data) == (200, client.get(path).data)
    assert client.head(path).headers["Content-Length"] == str(len(part.data))


def test_restricted_records_are_in_no_dump(emulator: Emulator, client: Client) -> None:
    emulator.add({"id": "99", "access": {"record": "restricted"}})
    for kind in ("json", "xml"):
        assert f"99.{kind}" not in names(client.get(f"/api/exporter/records-{kind}.tar.gz").data)


@pytest.mark.parametrize(
    "path",
    ["nosuch", "nosuch/records-json.tar.gz", f"records-xml.tar.gz/{'0' * 8}-0000-0000-0000-{'0' * 12}"],
)
def test_what_is_not_there_is_not_found(client: Client, path: str) -> None:
    answer = client.get(f"/api/exporter/{path}")
    assert (answer.status_code, answer.get_json()["message"]) == (404, "ObjectVersion not found")


def test_a_server_may_offer_fewer_dumps_or_none(tmp_path: Path) -> None:
    few = Client(Emulator(limits="off", dumps=["records-xml.tar.gz"]).app)
    assert list(few.get("/api/exporter").get_json()) == ["records-xml.tar.gz"]
    assert few.get("/api/exporter/records-json.tar.gz").status_code == 404
    none = Client(Emulator(limits="off", dumps=()).app)
    assert none.get("/api/exporter").get_json() == {"message": "Bucket not found", "status": 404}
    with pytest.raises(UsageError, match=r"records\.zip"):
        Emulator(dumps=["records.zip"])
