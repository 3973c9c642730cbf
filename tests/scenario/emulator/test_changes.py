"""Records that appear, change and disappear, also while somebody walks over a list of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from zenodo_harvest.emulator import Emulator, Script
from zenodo_harvest.errors import UsageError

NATIVE = {"Accept": "application/vnd.inveniordm.v1+json"}
START = datetime(2026, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)

Json = dict[str, Any]


def record(number: int, **more: Any) -> Json:
    created = (START + timedelta(minutes=number)).isoformat()
    return {"id": str(number), "created": created, "metadata": {"title": f"Frost {number}"}, **more}


@pytest.fixture
def emulator(tmp_path: Path) -> Emulator:
    """Forty records, without a socket."""
    seed = tmp_path / "seed.jsonl"
    seed.write_text("".join(f"{json.dumps(record(number))}\n" for number in range(1, 41)))
    return Emulator(seed=seed, limits="off", clock=NOW.timestamp)


@pytest.fixture
def client(emulator: Emulator) -> Client:
    return Client(emulator.app)


def ids(client: Client, **params: Any) -> list[str]:
    asked = {"size": 25, "sort": "oldest", **params}
    found = client.get("/api/records", query_string=asked, headers=NATIVE).get_json()
    return [hit["id"] for hit in found["hits"]["hits"]]


def one(client: Client, record_id: str) -> Json:
    return client.get(f"/api/records/{record_id}", headers=NATIVE).get_json()


def test_an_edited_record_is_found_by_its_new_words_and_has_a_new_date(
    emulator: Emulator, client: Client
) -> None:
    before = one(client, "7")
    emulator.edit("7", lambda found: found["metadata"].update(title="Thaw at last"))
    after = one(client, "7")
    assert after["metadata"]["title"] == "Thaw at last"
    assert (before["created"], before["revision_id"] + 2) == (after["created"], after["revision_id"])
    assert after["updated"] == "2026-06-01T12:00:00.000000+00:00"
    assert ids(client, q="thaw") == ["7"]
    assert ids(client, q='title:"Frost 7"') == []
    assert ids(client, q="updated:[2026-06-01 TO 2026-06-02]") == ["7"]


def test_a_record_that_is_added_without_a_date_is_made_now(emulator: Emulator, client: Client) -> None:
    emulator.add({"id": "777", "metadata": {"title": "Late"}})
    found = one(client, "777")
    assert {found["created"], found["updated"]} == {"2026-06-01T12:00:00.000000+00:00"}
    assert ids(client, sort="newest")[0] == "777"


def test_a_change_of_membership_moves_no_date(emulator: Emulator, client: Client) -> None:
    before = one(client, "7")
    entry = {"id": "0b9d6d43-7f1c-4f8e-9c9c-2c1f7a6f0d10", "slug": "cold-room"}
    emulator.add(record(50, parent={"communities": {"ids": [entry["id"]], "entries": [entry]}}))
    emulator.edit(
        "7",
        lambda found: found["parent"].update(communities={"ids": [entry["id"]]}),
        is_dated=False,
    )
    after = one(client, "7")
    assert [after[name] for name in ("updated", "revision_id")] == [
        before[name] for name in ("updated", "revision_id")
    ]
    assert [each["slug"] for each in after["parent"]["communities"]["entries"]] == ["cold-room"]
    assert set(ids(client, q="communities:cold-room")) == {"7", "50"}
    listed = client.get("/api/communities/cold-room/records", headers=NATIVE).get_json()
    assert {hit["id"] for hit in listed["hits"]["hits"]} == {"7", "50"}


def test_a_deleted_record_is_gone_from_searches_and_leaves_a_tombstone(
    emulator: Emulator, client: Client
) -> None:
    emulator.delete("7", reason="duplicate", note="Twice here.")
    assert "7" not in ids(client)
    answer = client.get("/api/records/7")
    assert answer.status_code == 410
    stone = answer.get_json()["tombstone"]
    assert (stone["removal_reason"], stone["note"]) == ({"id": "duplicate"}, "Twice here.")
    assert stone["removal_date"] == "2026-06-01T12:00:00.000000+00:00"
    assert client.get("/api/records/7/files").status_code == 410


def test_a_tombstone_cites_the_record(emulator: Emulator, client: Client) -> None:
    people = [
        {"person_or_org": {"name": "Kim, Jun Ho", "given_name": "Jun Ho", "family_name": "Kim"}},
        {"person_or_org": {"name": "Frost Group", "type": "organizational"}},
    ]
    emulator.edit("7", lambda found: found["metadata"].update(creators=people, publisher="Room"))
    emulator.delete("7")
    stone = client.get("/api/records/7").get_json()["tombstone"]
    assert stone["citation_text"] == "Kim, J. H., & Frost Group (2026). Frost 7. Room."


def test_a_hidden_deletion_looks_like_a_record_that_never_was(emulator: Emulator, client: Client) -> None:
    emulator.delete("7", reason="spam", is_visible=False)
    answer = client.get("/api/records/7")
    assert (answer.status_code, answer.get_json()["message"]) == (404, "Record not found")


def test_a_new_version_takes_the_place_of_the_latest_without_moving_its_date(
    emulator: Emulator, client: Client
) -> None:
    before = one(client, "7")
    emulator.add(record(60, parent={"id": "70"}, versions={"index": 2}))
    old = one(client, "7")
    assert (old["versions"]["is_latest"], old["updated"]) == (False, before["updated"])
    assert client.get("/api/records/70").headers["Location"] == "/api/records/60"
    assert "7" not in ids(client)
    emulator.delete("60")
    again = one(client, "7")
    assert (again["versions"]["is_latest"], again["revision_id"]) == (True, old["revision_id"] + 4)
    assert again["updated"] > before["updated"]
    assert "7" in ids(client)


@pytest.mark.parametrize("record_id", ["nosuch", "8"])
def test_only_a_record_that_is_there_can_be_changed(emulator: Emulator, record_id: str) -> None:
    emulator.delete("8")
    with pytest.raises(UsageError, match=record_id):
        emulator.edit(record_id, lambda _: None)
    with pytest.raises(UsageError, match=record_id):
        emulator.delete(record_id)


def test_a_script_lets_changes_happen_between_two_pages(emulator: Emulator, client: Client) -> None:
    emulator.faults.add(
        Script(
            {
                1: lambda: [emulator.add(record(number)) for number in (41, 42)],
                2: lambda: emulator.delete("1"),
            }
        )
    )
    totals = [
        client.get("/api/records", query_string={"size": 25, "page": page}).get_json()["hits"]["total"]
        for page in (1, 2, 3)
    ]
    assert totals == [40, 42, 41]
    client.get("/api/records/1")
    assert client.get("/api/records?size=1").get_json()["hits"]["total"] == 41


def test_a_script_counts_the_requests_of_its_path(emulator: Emulator, client: Client) -> None:
    emulator.faults.add(Script({2: lambda: emulator.delete("1")}, path="/oai2d"))
    client.get("/api/records")
    client.get("/oai2d?verb=Identify")
    assert client.get("/api/records/1").status_code == 200
    client.get("/oai2d?verb=Identify")
    assert client.get("/api/records/1").status_code == 410


def test_what_changes_in_one_emulator_of_the_sample_changes_in_no_other() -> None:
    one_of, other_of = (Emulator(limits="off") for _ in range(2))
    changed, other = Client(one_of.app), Client(other_of.app)
    before = ids(other, q="frost")
    one_of.add(record(1, metadata={"title": "Frost of one alone"}))
    one_of.delete(before[0])
    one_of.edit(before[1], lambda body: body["metadata"].update(title="Thaw", description="", subjects=[]))
    assert ids(changed, q="title:alone") == ["1"]
    assert {before[0], before[1]}.isdisjoint(ids(changed, q="title:frost"))
    assert ids(other, q="frost") == before
    other_of.add(record(2, metadata={"title": "Frost of the other"}))
    assert (ids(changed, q="title:other AND frost"), ids(other, q="title:other AND frost")) == ([], ["2"])
    third = Client(Emulator(limits="off").app)
    assert (ids(third, q="frost"), one(third, "1")["status"]) == (before, 404)
