"""Deposits from the first request to the published record."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import Client

from zenodo_harvest.emulator import Emulator

FIRST = {"Authorization": "Bearer emulator-token"}
SECOND = {"Authorization": "Bearer emulator-token-2"}
METADATA = {
    "title": "Zyxwv of the harbour",
    "upload_type": "dataset",
    "creators": [{"name": "Moreau, Ada"}],
    "communities": [{"identifier": "enes-data-space"}],
}
DEPOSITS = "/api/deposit/depositions"


@pytest.fixture
def client() -> Client:
    return Client(Emulator(limits="off").app)


def begun(client: Client, metadata: dict[str, Any] | None = None) -> dict[str, Any]:
    answer = client.post(DEPOSITS, json={"metadata": metadata or METADATA}, headers=FIRST)
    assert answer.status_code == 201
    body: dict[str, Any] = answer.get_json()
    return body


def bucket(deposit: dict[str, Any]) -> str:
    return str(deposit["links"]["bucket"]).removeprefix("http://localhost")


def published(client: Client, metadata: dict[str, Any] | None = None) -> dict[str, Any]:
    deposit = begun(client, metadata)
    assert client.put(f"{bucket(deposit)}/a.csv", data=b"x,y\n1,2\n", headers=FIRST).status_code == 201
    answer = client.post(f"{DEPOSITS}/{deposit['id']}/actions/publish", headers=FIRST)
    assert answer.status_code == 202, answer.text
    body: dict[str, Any] = answer.get_json()
    return body


def test_what_is_published_is_found_everywhere(client: Client) -> None:
    assert client.get("/api/records?q=zyxwv").get_json()["hits"]["total"] == 0
    record_id = published(client)["id"]
    (found,) = client.get("/api/records?q=zyxwv").get_json()["hits"]["hits"]
    assert (found["id"], found["metadata"]["communities"]) == (record_id, [{"id": "enes-data-space"}])
    inside = client.get(f"/api/communities/enes-data-space/records?q=recid:{record_id}").get_json()
    assert inside["hits"]["total"] == 1
    assert client.get(f"/api/records/{record_id}/versions").get_json()["hits"]["total"] == 1
    assert client.get(f"/api/records/{record_id}/files/a.csv/content").data == b"x,y\n1,2\n"
    listed = client.get(f"/oai2d?verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:zenodo.org:{record_id}")
    assert "Zyxwv of the harbour" in listed.text


def test_a_draft_is_its_owners_alone(client: Client) -> None:
    url = f"{DEPOSITS}/{begun(client)['id']}"
    for headers in ({}, {"Authorization": "Bearer wrong"}, SECOND):
        for method in ("GET", "DELETE"):
            answer = client.open(url, method=method, headers=headers)
            assert (answer.status_code, answer.get_json()["message"]) == (403, "Permission denied.")
    assert client.get(url, headers=FIRST).status_code == 200
