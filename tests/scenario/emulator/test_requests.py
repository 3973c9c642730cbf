"""Reviews, inclusions and what each of two users may do about them."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import Client

from zenodo_harvest.emulator import Emulator

FIRST = {"Authorization": "Bearer emulator-token"}
SECOND = {"Authorization": "Bearer emulator-token-2"}
STRANGER: dict[str, str] = {}
NATIVE = {"Accept": "application/vnd.inveniordm.v1+json"}
METADATA = {
    "title": "To be reviewed",
    "resource_type": {"id": "dataset"},
    "publication_date": "2024-03-04",
    "creators": [{"person_or_org": {"type": "personal", "family_name": "Moreau", "given_name": "Ada"}}],
    "publisher": "Zenodo",
}


@pytest.fixture
def client() -> Client:
    return Client(Emulator(limits="off").app)


def community(client: Client, slug: str) -> str:
    return str(client.get(f"/api/communities/{slug}").get_json()["id"])


def draft(client: Client) -> str:
    body = {"metadata": METADATA, "files": {"enabled": True}}
    record_id = client.post("/api/records", json=body, headers=FIRST | NATIVE).get_json()["id"]
    files = f"/api/records/{record_id}/draft/files"
    client.post(files, json=[{"key": "a.csv"}], headers=FIRST)
    client.put(f"{files}/a.csv/content", data=b"1", headers=FIRST)
    assert client.post(f"{files}/a.csv/commit", headers=FIRST).status_code == 200
    return str(record_id)


def published(client: Client) -> str:
    record_id = draft(client)
    answer = client.post(f"/api/records/{record_id}/draft/actions/publish", headers=FIRST | NATIVE)
    assert answer.status_code == 202
    return record_id


def submitted(client: Client, record_id: str, slug: str) -> Any:
    receiver = {"community": community(client, slug)}
    review = {"receiver": receiver, "type": "community-submission"}
    url = f"/api/records/{record_id}/draft"
    assert client.put(f"{url}/review", json=review, headers=FIRST).status_code == 200
    answer = client.post(f"{url}/actions/submit-review", json={}, headers=FIRST)
    assert answer.status_code == 202
    return answer.get_json()


def status(client: Client, record_id: str) -> str:
    url = f"/api/records/{record_id}/draft"
    return str(client.get(url, headers=FIRST | NATIVE).get_json()["status"])


def act(client: Client, request: Any, action: str, headers: dict[str, str]) -> Any:
    return client.post(f"/api/requests/{request['id']}/actions/{action}", headers=headers)


def test_a_reviewer_publishes_a_draft_into_a_closed_community(client: Client) -> None:
    record_id = draft(client)
    request = submitted(client, record_id, "cold-data-workshop")
    assert (request["status"], list(request["links"]["actions"])) == ("submitted", ["cancel"])
    assert status(client, record_id) == "in_review"
    url = f"/api/requests/{request['id']}"
    assert client.get(url, headers=STRANGER).status_code == 403
    assert list(client.get(url, headers=SECOND).get_json()["links"]["actions"]) == ["accept", "decline"]
    assert act(client, request, "accept", FIRST).status_code == 403
    assert act(client, request, "accept", SECOND).get_json()["status"] == "accepted"
    (found,) = client.get(f"/api/records/{record_id}/communities").get_json()["hits"]["hits"]
    assert found["slug"] == "cold-data-workshop"
    again = act(client, request, "accept", SECOND)
    message = "Error for action 'accept': Could not execute the action"
    assert (again.status_code, again.get_json()["message"]) == (400, message)


def test_a_declined_draft_can_be_handed_in_again(client: Client) -> None:
    record_id = draft(client)
    request = submitted(client, record_id, "cold-data-workshop")
    act(client, request, "decline", SECOND)
    assert status(client, record_id) == "declined"
    assert client.get(f"/api/records/{record_id}/draft", headers=SECOND).status_code == 200
    second = submitted(client, record_id, "cold-data-workshop")
    assert (second["status"], second["id"] != request["id"]) == ("submitted", True)


def test_a_review_is_cancelled_by_who_asked_for_it(client: Client) -> None:
    record_id = draft(client)
    request = submitted(client, record_id, "cold-data-workshop")
    publish = f"/api/records/{record_id}/draft/actions/publish"
    refused = client.post(publish, headers=FIRST | NATIVE)
    assert (refused.status_code, "open review request" in refused.get_json()["message"]) == (400, True)
    assert act(client, request, "cancel", SECOND).status_code == 403
    assert act(client, request, "cancel", FIRST).get_json()["status"] == "cancelled"
    assert status(client, record_id) == "draft"
    assert client.post(publish, headers=FIRST | NATIVE).status_code == 202


def test_an_owner_of_an_open_community_needs_no_review_unless_wanted(client: Client) -> None:
    assert submitted(client, draft(client), "enes-data-space")["status"] == "accepted"
    record_id = draft(client)
    receiver = {"community": community(client, "enes-data-space")}
    url = f"/api/records/{record_id}/draft"
    review = {"receiver": receiver, "type": "community-submission"}
    client.put(f"{url}/review", json=review, headers=FIRST)
    body = {"require_review": True}
    answer = client.post(f"{url}/actions/submit-review", json=body, headers=FIRST).get_json()
    assert answer["status"] == "submitted"


def test_records_join_and_leave_communities_one_answer_each(client: Client) -> None:
    record_id = published(client)
    url = f"/api/records/{record_id}/communities"
    named = ("enes-data-space", "cold-data-workshop", "no-such")
    body = {"communities": [{"id": slug} for slug in named]}
    assert client.post(url, json=body, headers=SECOND).status_code == 403
    answer = client.post(url, json=body, headers=FIRST).get_json()
    assert [one["request"]["status"] for one in answer["processed"]] == ["accepted", "submitted"]
    assert answer["errors"] == [{"community_id": "no-such", "message": "Community not found."}]
    again = client.post(url, json=body, headers=FIRST)
    assert again.status_code == 400
    assert [one["message"] for one in again.get_json()["errors"]] == [
        "The record is already included in this community.",
        "There is already an open inclusion request for this community.",
        "Community not found.",
    ]
    found = client.get("/api/communities/enes-data-space/records?q=reviewed").get_json()
    assert [hit["id"] for hit in found["hits"]["hits"]] == [int(record_id)]
    by_slug = {"communities": [{"id": "enes-data-space"}]}
    assert client.delete(url, json=by_slug, headers=FIRST).status_code == 400
    by_uuid = {"communities": [{"id": community(client, "enes-data-space")}]}
    gone = client.delete(url, json=by_uuid, headers=FIRST)
    assert (gone.status_code, gone.get_json()) == (200, {})
    assert client.get(url).get_json()["hits"]["total"] == 0


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ([], "Shorter than minimum length 1."),
        ([{"id": str(n)} for n in range(11)], "Too many communities passed, 10 max allowed."),
        ([{"id": "a"}, {"id": "a"}], "Duplicated communities {'a'}."),
    ],
)
def test_a_list_of_communities_that_makes_no_sense_is_refused(
    client: Client, named: list[Any], message: str
) -> None:
    url = f"/api/records/{published(client)}/communities"
    refused = client.post(url, json={"communities": named}, headers=FIRST)
    assert refused.get_json()["errors"] == [{"field": "communities", "messages": [message]}]


def test_requests_are_listed_to_those_they_concern(client: Client) -> None:
    record_id = published(client)
    body = {"communities": [{"id": "cold-data-workshop"}]}
    client.post(f"/api/records/{record_id}/communities", json=body, headers=FIRST)
    club = community(client, "cold-data-workshop")
    for target, headers, total in (
        ("/api/requests/", FIRST, 1),
        ("/api/user/requests?q=status:submitted", SECOND, 1),
        ("/api/user/requests?q=status:accepted", SECOND, 0),
        ("/api/requests/?type=community-inclusion&is_open=true", SECOND, 1),
        (f"/api/records/{record_id}/requests", FIRST, 1),
        (f"/api/communities/{club}/requests", SECOND, 1),
    ):
        assert client.get(target, headers=headers).get_json()["hits"]["total"] == total, target
    assert client.get("/api/requests/").status_code == 403
    assert client.get(f"/api/communities/{club}/requests", headers=FIRST).status_code == 403
    assert client.get("/api/requests", headers=FIRST).headers["Location"].endswith("/api/requests/")


def test_comments_are_kept_in_order(client: Client) -> None:
    request = submitted(client, draft(client), "cold-data-workshop")
    url = f"/api/requests/{request['id']}/comments"
    for headers, text in ((FIRST, "please"), (SECOND, "why?")):
        body = {"payload": {"content": text, "format": "html"}}
        assert client.post(url, json=body, headers=headers).status_code == 201
    timeline = client.get(url.replace("comments", "timeline"), headers=FIRST).get_json()["hits"]["hits"]
    assert [one["payload"]["content"] for one in timeline] == ["please", "why?"]
    assert [one["created_by"]["user"] for one in timeline] == ["1", "2"]


def test_a_reviewer_may_correct_the_draft_but_not_throw_it_away(client: Client) -> None:
    record_id = draft(client)
    url = f"/api/records/{record_id}/draft"
    body = {"metadata": METADATA | {"title": "Corrected"}, "files": {"enabled": True}}
    assert client.put(url, json=body, headers=SECOND | NATIVE).status_code == 403
    submitted(client, record_id, "cold-data-workshop")
    assert client.put(url, json=body, headers=SECOND | NATIVE).status_code == 200
    assert client.delete(url, headers=SECOND | NATIVE).status_code == 403
    assert client.get(url, headers=FIRST | NATIVE).get_json()["metadata"]["title"] == "Corrected"
