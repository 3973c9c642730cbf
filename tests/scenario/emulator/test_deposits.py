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


def native(client: Client, url: str, headers: dict[str, str] = FIRST, **more: Any) -> Any:
    accept = {"Accept": "application/vnd.inveniordm.v1+json"}
    return client.open(url, headers={**headers, **accept}, **more)


def test_an_edit_is_seen_when_it_is_published_and_not_before(client: Client) -> None:
    url = f"{DEPOSITS}/{published(client)['id']}"
    assert client.put(url, json={"metadata": METADATA}, headers=FIRST).status_code == 404
    opened = client.post(f"{url}/actions/edit", headers=FIRST)
    assert (opened.status_code, opened.get_json()["state"]) == (201, "inprogress")
    client.put(url, json={"metadata": METADATA | {"title": "Another qwerzz"}}, headers=FIRST)
    assert client.get("/api/records?q=qwerzz").get_json()["hits"]["total"] == 0
    assert client.post(f"{url}/actions/publish", headers=FIRST).status_code == 202
    (found,) = client.get("/api/records?q=qwerzz").get_json()["hits"]["hits"]
    assert (found["title"], found["files"][0]["key"]) == ("Another qwerzz", "a.csv")


def test_discarding_an_edit_leaves_the_record_and_discarding_a_draft_destroys_it(client: Client) -> None:
    kept, lost = published(client)["id"], begun(client)["id"]
    client.post(f"{DEPOSITS}/{kept}/actions/edit", headers=FIRST)
    for record_id in (kept, lost):
        assert client.post(f"{DEPOSITS}/{record_id}/actions/discard", headers=FIRST).status_code == 204
    assert client.get(f"{DEPOSITS}/{kept}", headers=FIRST).get_json()["state"] == "done"
    assert client.get(f"{DEPOSITS}/{lost}", headers=FIRST).status_code == 404


def test_a_new_version_has_the_files_and_hides_its_record_from_the_list(client: Client) -> None:
    first = published(client)
    revision = native(client, f"/api/records/{first['id']}").get_json()["revision_id"]
    second = client.post(f"{DEPOSITS}/{first['id']}/actions/newversion", headers=FIRST).get_json()
    assert second["conceptrecid"] == first["conceptrecid"]
    assert [one["filename"] for one in second["files"]] == ["a.csv"]
    again = client.post(f"{DEPOSITS}/{first['id']}/actions/newversion", headers=FIRST)
    assert again.get_json()["errors"][0]["messages"] == ["Please remove all files first."]
    existing = native(client, f"/api/records/{first['id']}/versions", method="POST")
    assert (existing.status_code, existing.get_json()["id"]) == (201, str(second["id"]))
    q = f"?q=conceptrecid:{first['conceptrecid']}"
    assert [one["id"] for one in client.get(DEPOSITS + q, headers=FIRST).get_json()] == [second["id"]]
    every = client.get(f"{DEPOSITS}{q}&all_versions=1", headers=FIRST).get_json()
    assert {one["id"] for one in every} == {first["id"], second["id"]}
    shown = native(client, f"/api/records/{first['id']}").get_json()["versions"]
    assert shown == {"is_latest": True, "is_latest_draft": False, "index": 1}
    client.post(f"{DEPOSITS}/{second['id']}/actions/publish", headers=FIRST)
    latest = client.get(f"/api/records/{first['conceptrecid']}")
    assert latest.headers["Location"] == f"/api/records/{second['id']}"
    assert client.get(f"/api/records/{first['id']}/versions").get_json()["hits"]["total"] == 2
    assert native(client, f"/api/records/{first['id']}").get_json()["revision_id"] == revision


def test_a_draft_is_replaced_only_by_who_knows_its_revision(client: Client) -> None:
    deposit = begun(client)
    url = f"/api/records/{deposit['id']}/draft"
    revision = native(client, url).get_json()["revision_id"]
    body = {"metadata": {"title": "Of the second writer"}, "files": {"enabled": True}}

    def put(match: str) -> Any:
        return native(client, url, {**FIRST, "If-Match": match}, method="PUT", json=body)

    assert put(f'"{revision}"').status_code == 400
    assert put(str(revision)).status_code == 200
    late = put(str(revision))
    message = f"Revision id provided({revision}) doesn't match record's one({revision + 2})"
    assert (late.status_code, late.get_json()["message"]) == (412, message)


def test_faults_of_a_native_draft_come_with_it_and_stop_its_publication(client: Client) -> None:
    body = {"metadata": {"title": "ab", "creators": [], "publication_date": "soon"}}
    draft = native(client, "/api/records", method="POST", json=body)
    assert draft.status_code == 201
    said = {one["field"]: one["messages"][0] for one in draft.get_json()["errors"]}
    assert said == {
        "metadata.resource_type": "Missing data for required field.",
        "metadata.creators": "Missing data for required field.",
        "metadata.title": "Shorter than minimum length 3.",
        "metadata.publication_date": "Please provide a valid date or interval.",
    }
    url = f"/api/records/{draft.get_json()['id']}/draft/actions/publish"
    refused = native(client, url, method="POST")
    assert refused.status_code == 400
    assert {one["field"] for one in refused.get_json()["errors"]} == set(said)


def test_a_doi_is_reserved_dropped_and_minted_with_the_record(client: Client) -> None:
    deposit = begun(client)
    url = f"/api/records/{deposit['id']}/draft/pids/doi"
    own = f"10.5281/zenodo.{deposit['id']}"
    assert native(client, url, method="POST").get_json()["pids"]["doi"]["identifier"] == own
    assert client.get(f"{DEPOSITS}/{deposit['id']}", headers=FIRST).get_json()["doi"] == own
    again = native(client, url, method="POST")
    assert again.get_json()["errors"] == [
        {"field": "pids.doi", "messages": ["A PID already exists for type doi"]}
    ]
    assert native(client, url, method="DELETE").status_code == 200
    assert native(client, url, method="DELETE").status_code == 404
    assert published(client)["doi"].startswith("10.5281/zenodo.")


def test_an_own_doi_is_kept_once_and_has_no_new_versions(client: Client) -> None:
    record = published(client, METADATA | {"doi": "10.1234/own"})
    assert (record["doi"], "conceptdoi" in record) == ("10.1234/own", False)
    second = begun(client, METADATA | {"doi": "10.1234/OWN"})
    client.put(f"{bucket(second)}/a.csv", data=b"1", headers=FIRST)
    refused = client.post(f"{DEPOSITS}/{second['id']}/actions/publish", headers=FIRST).get_json()
    assert refused["errors"][0]["field"] == "pids.doi"
    new = client.post(f"{DEPOSITS}/{record['id']}/actions/newversion", headers=FIRST)
    assert new.status_code == 403


def test_a_put_without_access_right_opens_the_files_of_an_embargoed_record(client: Client) -> None:
    closed = METADATA | {"access_right": "embargoed", "embargo_date": "2099-01-01"}
    url = f"{DEPOSITS}/{published(client, closed)['id']}"
    record = url.replace("deposit/depositions", "records")
    assert client.get(f"{record}/files").status_code == 403
    assert client.get(f"{record}/files", headers=FIRST).status_code == 200
    client.post(f"{url}/actions/edit", headers=FIRST)
    client.put(url, json={"metadata": METADATA}, headers=FIRST)
    client.post(f"{url}/actions/publish", headers=FIRST)
    assert client.get(f"{record}/files").status_code == 200


def test_an_owner_deletes_a_fresh_record_and_its_version_before_is_the_latest_again(client: Client) -> None:
    first = published(client)
    second = client.post(f"{DEPOSITS}/{first['id']}/actions/newversion", headers=FIRST).get_json()
    client.post(f"{DEPOSITS}/{second['id']}/actions/publish", headers=FIRST)
    url = f"/api/records/{second['id']}"
    ask = {"reason": "test-record"}
    assert client.post(f"{url}/request-deletion", json=ask, headers=SECOND).status_code == 403
    asked = client.post(f"{url}/request-deletion", json=ask, headers=FIRST)
    assert (asked.status_code, asked.get_json()["status"]) == (200, "accepted")
    gone = client.get(url)
    assert (gone.status_code, gone.get_json()["tombstone"]["removal_reason"]["id"]) == (410, "test-record")
    assert client.get(f"/api/records/{first['conceptrecid']}").headers["Location"].endswith(str(first["id"]))
    assert client.get(f"{DEPOSITS}/{second['id']}", headers=FIRST).status_code == 200


def test_an_old_record_is_not_deleted_by_its_owner_alone(client: Client) -> None:
    (own,) = client.get(f"{DEPOSITS}?sort=oldest&size=1&shared_with_me=false", headers=FIRST).get_json()
    asked = client.post(
        f"/api/records/{own['id']}/request-deletion", json={"reason": "duplicate"}, headers=FIRST
    )
    assert (asked.status_code, asked.get_json()["status"]) == (201, "submitted")
    assert client.get(f"/api/records/{own['id']}").status_code == 200


def test_a_community_that_is_named_twice_breaks_publishing_and_leaves_the_draft(client: Client) -> None:
    deposit = begun(client, METADATA | {"communities": METADATA["communities"] * 2})
    client.put(f"{bucket(deposit)}/a.csv", data=b"1", headers=FIRST)
    assert client.post(f"{DEPOSITS}/{deposit['id']}/actions/publish", headers=FIRST).status_code == 500
    assert client.get(f"{DEPOSITS}/{deposit['id']}", headers=FIRST).get_json()["state"] == "unsubmitted"


def test_the_list_takes_queries_pages_and_the_users_own_things_alone(client: Client) -> None:
    draft = begun(client)["id"]
    own = client.get(f"{DEPOSITS}?q=is_published:false", headers=FIRST).get_json()
    assert [one["id"] for one in own] == [draft]
    assert client.get(f"{DEPOSITS}?q=is_published:false", headers=SECOND).get_json() == []
    mine = client.get(f"{DEPOSITS}?shared_with_me=false&size=100", headers=FIRST).get_json()
    assert {one["owner"] for one in mine} == {1}
    curated = client.get(f"{DEPOSITS}?size=100&sort=oldest", headers=FIRST).get_json()
    assert {one["owner"] for one in curated} > {1}
    assert client.get(f"{DEPOSITS}?size=101", headers=FIRST).status_code == 400
    assert client.get(f"{DEPOSITS}?page=50", headers=FIRST).get_json() == []
    assert client.get(DEPOSITS).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        b'{"metadata": {"custom": {"dwc:sex": "\\ud800"}}}',
        b'{"metadata": {"custom": {"dwc:sex": 1' + b"0" * 40 + b"}}}",
        b"[" * 800 + b"]" * 800,
        b'{"metadata": {"custom": {"dwc:sex": ' + b"[" * 800 + b"]" * 800 + b"}}}",
        b'{"metadata": ',
        b"\xff\xfe",
    ],
)
def test_a_body_that_no_server_likes_is_answered_in_json_and_breaks_nothing(
    client: Client, body: bytes
) -> None:
    headers = FIRST | {"Content-Type": "application/json"}
    for url in (DEPOSITS, "/api/records"):
        answer = client.post(url, data=body, headers=headers)
        assert answer.status_code in (201, 400, 500)
        assert answer.is_json
    assert client.get(f"{DEPOSITS}?q=is_published:false", headers=FIRST).status_code == 200
