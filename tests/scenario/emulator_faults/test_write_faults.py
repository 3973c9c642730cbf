"""Faults around a write: before the work, after it, in the middle of an upload, instead of the answer."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from zenodo_harvest.emulator import Emulator, Fault

DEPOSITS = "/api/deposit/depositions"
OWNER = {"Authorization": "Bearer emulator-token"}


@pytest.fixture
def server() -> Iterator[Emulator]:
    with Emulator(limits="off") as emulator:
        yield emulator


def send(server: Emulator, method: str, target: str, data: bytes = b"") -> tuple[int, bytes]:
    kind = "application/json" if method == "POST" else "application/octet-stream"
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=20)
    try:
        connection.request(method, target, data, OWNER | {"Content-Type": kind})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def drafts(server: Emulator) -> list[int]:
    listed = json.loads(send(server, "GET", f"{DEPOSITS}?q=is_published:false")[1])
    return [one["id"] for one in listed]


@pytest.mark.parametrize(
    ("name", "status", "is_done"),
    [("server-error-before", 502, False), ("server-error-after", 504, True), ("rate-limit", 429, False)],
)
def test_a_post_fails_before_or_after_it_was_done(
    server: Emulator, name: str, status: int, is_done: bool
) -> None:
    server.faults.add(Fault(name, path=DEPOSITS, method="POST"))
    assert send(server, "POST", DEPOSITS, b"{}")[0] == status
    assert len(drafts(server)) == is_done
    assert send(server, "POST", DEPOSITS, b"{}")[0] == 201


def test_an_answer_is_lost_after_the_work_was_done(server: Emulator) -> None:
    server.faults.add(Fault("lost-answer", path=DEPOSITS, method="POST"))
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        send(server, "POST", DEPOSITS, b"{}")
    assert len(drafts(server)) == 1


def test_an_upload_is_cut_in_the_middle_and_leaves_nothing(server: Emulator) -> None:
    deposit = json.loads(send(server, "POST", DEPOSITS, b"{}")[1])
    target = f"{urlsplit(deposit['links']['bucket']).path}/big.bin"
    server.faults.add(Fault("cut-upload", path="/api/files/*", method="PUT"))
    data = bytes(4_000_000)
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        send(server, "PUT", target, data)
    files = f"{DEPOSITS}/{deposit['id']}/files"
    assert json.loads(send(server, "GET", files)[1]) == []
    assert send(server, "PUT", target, data)[0] == 201
    assert json.loads(send(server, "GET", files)[1])[0]["filesize"] == len(data)


def test_a_delete_whose_answer_is_cut_was_done(server: Emulator) -> None:
    deposit = json.loads(send(server, "POST", DEPOSITS, b"{}")[1])
    server.faults.add(Fault("lost-answer", path=f"{DEPOSITS}/*", method="DELETE"))
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        send(server, "DELETE", f"{DEPOSITS}/{deposit['id']}")
    assert send(server, "DELETE", f"{DEPOSITS}/{deposit['id']}")[0] == 404


def test_what_was_published_is_found_a_little_later(server: Emulator) -> None:
    metadata = {"title": "Lagging zyxwv", "upload_type": "dataset", "creators": [{"name": "Moreau, Ada"}]}
    body = json.dumps({"metadata": metadata}).encode()
    deposit = json.loads(send(server, "POST", DEPOSITS, body)[1])
    assert send(server, "PUT", f"{urlsplit(deposit['links']['bucket']).path}/a.txt", b"x")[0] == 201
    send(server, "GET", DEPOSITS)
    server.faults.add("index-lag", Fault("index-lag", path=DEPOSITS))
    assert send(server, "POST", f"{DEPOSITS}/{deposit['id']}/actions/publish")[0] == 202
    totals = [json.loads(send(server, "GET", "/api/records?q=zyxwv")[1])["hits"]["total"] for _ in "ab"]
    assert totals == [0, 1]
    states = [json.loads(send(server, "GET", f"{DEPOSITS}?q=zyxwv")[1])[0]["state"] for _ in "ab"]
    assert states[-1] == "done"


def test_an_upload_may_leave_a_file_that_never_completes(server: Emulator) -> None:
    deposit = json.loads(send(server, "POST", DEPOSITS, b"{}")[1])
    target = f"{urlsplit(deposit['links']['bucket']).path}/a.txt"
    server.faults.add(Fault("pending-upload", path="/api/files/*", method="PUT"))
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        send(server, "PUT", target, b"x")
    files = f"/api/records/{deposit['id']}/draft/files"
    (entry,) = json.loads(send(server, "GET", files)[1])["entries"]
    assert (entry["key"], entry["status"]) == ("a.txt", "pending")
    assert send(server, "PUT", target, b"x")[0] == 201
    assert json.loads(send(server, "GET", files)[1])["entries"][0]["status"] == "completed"
