"""Closed files, tombstones and versions: what guests, owners and strangers are shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from zenodo_harvest.emulator import Emulator
from zenodo_harvest.emulator.defaults import is_deleted, owner_of
from zenodo_harvest.emulator.sample import sample

NATIVE = {"Accept": "application/vnd.inveniordm.v1+json"}
USER = {"Authorization": "Bearer emulator-token"}
RECORDS = sample().records


@pytest.fixture(scope="module")
def client() -> Client:
    return Client(Emulator(limits="off").app)


def first(status: str, *, is_own: bool) -> dict[str, Any]:
    return next(
        record
        for record in RECORDS
        if record["access"]["status"] == status
        and (owner_of(record) == "1") is is_own
        and not is_deleted(record)
    )


@pytest.mark.parametrize("status", ["embargoed", "restricted"])
@pytest.mark.parametrize("headers", [{}, USER])
def test_closed_files_are_hidden_from_everybody_but_the_owner(
    client: Client, status: str, headers: dict[str, str]
) -> None:
    record = first(status, is_own=False)
    url = f"/api/records/{record['id']}"
    assert client.get(url, headers=headers).get_json()["files"] == []
    assert client.get(url, headers=headers | NATIVE).get_json()["files"] == {"enabled": True}
    for part in ("files", f"files/{next(iter(record['files']['entries']))}", "files-archive"):
        answer = client.get(f"{url}/{part}", headers=headers)
        assert (answer.status_code, answer.get_json()) == (
            403,
            {"status": 403, "message": "Permission denied."},
        )


@pytest.mark.parametrize("status", ["embargoed", "restricted"])
def test_an_owner_reads_closed_files_of_a_record_but_not_in_a_list(client: Client, status: str) -> None:
    record = first(status, is_own=True)
    url = f"/api/records/{record['id']}"
    assert client.get(url, headers=USER).get_json()["files"]
    assert len(client.get(f"{url}/files", headers=USER).get_json()["entries"]) == len(
        record["files"]["entries"]
    )
    listed = client.get(f"{url}/versions", headers=USER | NATIVE).get_json()["hits"]["hits"][0]
    assert listed["files"] == {"enabled": True, "order": [], "count": 0, "total_bytes": 0, "entries": {}}


def test_an_embargo_is_told_to_everybody(client: Client) -> None:
    metadata = client.get(f"/api/records/{first('embargoed', is_own=False)['id']}").get_json()["metadata"]
    assert (metadata["access_right"], metadata["embargo_date"]) == ("embargoed", "2035-03-01")


def test_a_visible_tombstone_is_a_410_and_a_hidden_one_a_404(client: Client) -> None:
    for record in filter(is_deleted, RECORDS):
        answer = client.get(f"/api/records/{record['id']}")
        if record["tombstone"]["is_visible"]:
            assert answer.status_code == 410
            assert answer.get_json()["tombstone"]["removal_reason"]["id"] in {
                *("duplicate", "retracted", "test-record", "copyright", "out-of-scope")
            }
        else:
            assert (answer.status_code, answer.get_json()["message"]) == (404, "Record not found")


def test_deleted_records_are_not_listed_but_their_concept_still_leads_to_them(client: Client) -> None:
    record = next(filter(is_deleted, RECORDS))
    versions = client.get(f"/api/records/{record['id']}/versions")
    assert (versions.status_code, versions.get_json()["hits"]["total"]) == (200, 0)
    concept = client.get(f"/api/records/{record['parent']['id']}")
    assert (concept.status_code, concept.headers["Location"]) == (302, f"/api/records/{record['id']}")


def test_a_concept_leads_to_its_latest_version_relatively_and_latest_absolutely(client: Client) -> None:
    latest = next(item for item in RECORDS if item["versions"] == {"index": 3, "is_latest": True})
    concept = latest["parent"]["id"]
    assert client.get(f"/api/records/{concept}").headers["Location"] == f"/api/records/{latest['id']}"
    answer = client.get(f"/api/records/{concept}/versions/latest")
    assert (answer.status_code, answer.headers["Location"]) == (
        301,
        f"http://localhost/api/records/{latest['id']}",
    )
    listed = client.get(f"/api/records/{latest['id']}/versions").get_json()["hits"]["hits"]
    assert [item["metadata"]["relations"]["version"][0]["index"] for item in listed] == [2, 1, 0]
    assert client.get(f"/api/records/{concept}/versions").status_code == 404


def test_legacy_counts_without_prefix_are_those_of_all_versions(client: Client) -> None:
    record = next(item for item in RECORDS if item["versions"]["index"] == 3)
    stats = client.get(f"/api/records/{record['id']}").get_json()["stats"]
    assert stats["views"] == record["stats"]["all_versions"]["views"]
    assert stats["version_views"] == record["stats"]["this_version"]["views"] < stats["views"]


def test_nobody_writes_yet_and_put_breaks_as_on_the_real_server(client: Client) -> None:
    record_id = RECORDS[0]["id"]
    assert client.put(f"/api/records/{record_id}", json={}).status_code == 500
    assert client.delete(f"/api/records/{record_id}", headers=USER).status_code == 403
    assert client.post("/api/records", json={}).status_code == 403


def test_a_deleted_latest_version_leaves_the_concept_to_the_one_before(tmp_path: Path) -> None:
    parent, deleted = {"id": "10"}, {"is_deleted": True, "status": "D"}
    versions = (
        {"id": "11", "parent": parent, "versions": {"index": 1, "is_latest": True}},
        {
            "id": "12",
            "parent": parent,
            "versions": {"index": 2, "is_latest": False},
            "deletion_status": deleted,
        },
    )
    seed = tmp_path / "two.jsonl"
    seed.write_text("\n".join(map(json.dumps, versions)), encoding="utf-8")
    client = Client(Emulator(seed=seed, limits="off").app)
    assert client.get("/api/records/10").headers["Location"] == "/api/records/11"
    assert client.get("/api/records/12/versions/latest").headers["Location"].endswith("/api/records/11")
