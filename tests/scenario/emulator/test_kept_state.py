"""What is written is kept in a folder: for the next emulator, and for another one at the same time."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from zenodo_harvest.emulator import Emulator
from zenodo_harvest.errors import LocalError, UsageError

OWNER = {"Authorization": "Bearer emulator-token"}
DEPOSITS = "/api/deposit/depositions"
METADATA = {
    "title": "Kept zyxwv",
    "upload_type": "dataset",
    "creators": [{"name": "Moreau, Ada"}],
    "communities": [{"identifier": "cold-data-workshop"}],
}
_MANY = """
import sys
from pathlib import Path
from werkzeug.test import Client
from zenodo_harvest.emulator import Emulator
client = Client(Emulator(limits="off", state=Path(sys.argv[1])).app)
headers = {"Authorization": "Bearer emulator-token"}
for _ in range(20):
    made = client.post("/api/deposit/depositions", json={}, headers=headers).get_json()
    bucket = made["links"]["bucket"].removeprefix("http://localhost")
    assert client.put(f"{bucket}/a.txt", data=sys.argv[2].encode(), headers=headers).status_code == 201
    print(made["id"])
"""


def client_on(folder: Path | None) -> Client:
    return Client(Emulator(limits="off", state=folder).app)


def published(client: Client) -> dict[str, Any]:
    deposit = client.post(DEPOSITS, json={"metadata": METADATA}, headers=OWNER).get_json()
    bucket = deposit["links"]["bucket"].removeprefix("http://localhost")
    client.put(f"{bucket}/a.txt", data=b"kept", headers=OWNER)
    body: dict[str, Any] = client.post(
        f"{DEPOSITS}/{deposit['id']}/actions/publish", headers=OWNER
    ).get_json()
    return body


def test_the_next_emulator_knows_records_drafts_files_and_requests(tmp_path: Path) -> None:
    client = client_on(tmp_path)
    record = published(client)
    draft = client.post(DEPOSITS, json={}, headers=OWNER).get_json()
    edited = client.get("/api/records?sort=oldest&size=1").get_json()["hits"]["hits"][0]["id"]
    later = client_on(tmp_path)
    assert later.get("/api/records?q=zyxwv").get_json()["hits"]["total"] == 1
    assert later.get(f"/api/records/{record['id']}/files/a.txt/content").data == b"kept"
    assert later.get(f"{DEPOSITS}/{draft['id']}", headers=OWNER).get_json() == draft
    (request,) = later.get("/api/user/requests", headers=OWNER).get_json()["hits"]["hits"]
    assert (request["status"], request["topic"]) == ("submitted", {"record": str(record["id"])})
    assert later.post(DEPOSITS, json={}, headers=OWNER).get_json()["id"] > draft["id"]
    assert later.get(f"/api/records/{edited}").status_code == 200


def test_without_a_folder_everything_is_forgotten(tmp_path: Path) -> None:
    published(client_on(None))
    assert client_on(None).get("/api/records?q=zyxwv").get_json()["hits"]["total"] == 0
    assert list(tmp_path.iterdir()) == []


def test_two_emulators_on_one_folder_see_each_others_writes_at_once(tmp_path: Path) -> None:
    first, second = client_on(tmp_path), client_on(tmp_path)
    assert second.get("/api/records?q=zyxwv").get_json()["hits"]["total"] == 0
    record = published(first)
    assert second.get("/api/records?q=zyxwv").get_json()["hits"]["total"] == 1
    assert second.post(f"{DEPOSITS}/{record['id']}/actions/edit", headers=OWNER).status_code == 201
    listed = first.get(f"{DEPOSITS}?q=recid:{record['id']}", headers=OWNER).get_json()
    assert [one["state"] for one in listed] == ["inprogress"]
    gone = {"reason": "test-record"}
    second.post(f"/api/records/{record['id']}/request-deletion", json=gone, headers=OWNER)
    assert first.get(f"/api/records/{record['id']}").status_code == 410
    assert first.get("/api/records?q=zyxwv").get_json()["hits"]["total"] == 0


def test_two_processes_at_once_lose_and_mix_nothing(tmp_path: Path) -> None:
    running = [
        subprocess.Popen(
            [sys.executable, "-c", _MANY, str(tmp_path), text],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ,
        )
        for text in ("one", "two")
    ]
    made = [[int(line) for line in one.communicate(timeout=60)[0].split()] for one in running]
    assert [one.returncode for one in running] == [0, 0]
    assert len(set(made[0]) | set(made[1])) == 40
    client = client_on(tmp_path)
    for ids, size in zip(made, (3, 3), strict=True):
        for record_id in ids:
            (file,) = client.get(f"{DEPOSITS}/{record_id}", headers=OWNER).get_json()["files"]
            assert (file["filename"], file["filesize"]) == ("a.txt", size)


def test_reading_writes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    assert client_on(folder).get("/api/records?q=frost").status_code == 200
    assert not folder.exists()


def test_a_state_of_another_version_is_refused_with_the_way_out(tmp_path: Path) -> None:
    client_on(tmp_path).post(DEPOSITS, json={}, headers=OWNER)
    with sqlite3.connect(tmp_path / "state.sqlite") as connection:
        connection.execute("UPDATE facts SET value = '0' WHERE name = 'format'")
    connection.close()
    with pytest.raises(LocalError, match="another version of the emulator") as refused:
        Emulator(state=tmp_path)
    assert "emulator reset" in str(refused.value.hint)


def test_a_state_over_other_records_is_refused(tmp_path: Path) -> None:
    client_on(tmp_path).post(DEPOSITS, json={}, headers=OWNER)
    seed = tmp_path / "seed.jsonl"
    seed.write_text(json.dumps({"id": "1", "metadata": {"title": "Other"}}))
    with pytest.raises(UsageError, match="other records"):
        Emulator(state=tmp_path, seed=seed)


def test_a_file_that_is_no_state_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "state.sqlite").write_bytes(b"not a database" * 100)
    with pytest.raises(LocalError, match="cannot be used"):
        Emulator(state=tmp_path)


def test_bytes_that_no_file_holds_any_longer_are_removed(tmp_path: Path) -> None:
    client = client_on(tmp_path)
    deposit = client.post(DEPOSITS, json={}, headers=OWNER).get_json()
    bucket = deposit["links"]["bucket"].removeprefix("http://localhost")
    for data in (b"first", b"second"):
        client.put(f"{bucket}/a.txt", data=data, headers=OWNER)
    assert [path.read_bytes() for path in _files(tmp_path)] == [b"second"]
    client.delete(f"{DEPOSITS}/{deposit['id']}", headers=OWNER)
    assert _files(tmp_path) == []


def _files(folder: Path) -> list[Path]:
    return [path for path in (folder / "files").rglob("*") if path.is_file()]
