"""What changes something: sent once, and again only where the server says that nothing was done."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from zenodo_harvest.errors import (
    BadAnswer,
    NoAnswer,
    NotAllowed,
    NotFound,
    RateLimited,
    ServerError,
    UsageError,
)
from zenodo_harvest.http import PLAIN_JSON, FileBody, FormBody, RetryPolicy

Make = Callable[..., Any]
DRAFT = "/api/records/7/draft"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "frost.nc"
    path.write_bytes(b"frost" * 1000)
    return path


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_write_goes_to_the_site_and_its_answer_is_returned(
    stage: Make, make_reply: Make, method: str
) -> None:
    scene = stage(make_reply(202))
    answer = scene.transport.send(method, DRAFT)
    (sent,) = scene.script.sent
    assert (sent.method, sent.url, sent.body) == (method, f"https://repo.test{DRAFT}", None)
    assert (answer.status, answer.json()) == (202, {"hits": 1})


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_write_that_the_server_failed_on_is_not_sent_again(
    stage: Make, make_reply: Make, status: int
) -> None:
    scene = stage(make_reply(status, b"<html>", {"Retry-After": "1"}), make_reply())
    with pytest.raises(ServerError) as failed:
        scene.transport.send("POST", DRAFT, json={})
    assert failed.value.status == status
    assert (len(scene.script.sent), scene.clock.slept) == (1, [])


def test_a_500_of_a_write_is_not_said_to_be_the_fault_of_a_query(stage: Make, make_reply: Make) -> None:
    scene = stage(make_reply(500, b'{"status": 500, "message": "Internal server error"}'))
    with pytest.raises(ServerError) as failed:
        scene.transport.send("POST", DRAFT, json={})
    assert "query" not in failed.value.hint
    assert "later" in failed.value.hint


@pytest.mark.parametrize(
    "loss",
    [
        requests.ConnectionError("reset"),
        requests.ReadTimeout("slow"),
        requests.exceptions.ChunkedEncodingError("cut"),
    ],
)
def test_a_write_whose_answer_is_lost_is_not_sent_again(
    stage: Make, make_reply: Make, loss: Exception
) -> None:
    scene = stage(loss, make_reply())
    with pytest.raises(NoAnswer):
        scene.transport.send("POST", DRAFT, json={})
    assert len(scene.script.sent) == 1


def test_a_write_whose_answer_is_no_json_is_not_sent_again(stage: Make, make_reply: Make) -> None:
    scene = stage(make_reply(200, b"<!DOCTYPE html><html></html>"), make_reply())
    with pytest.raises(BadAnswer):
        scene.transport.send("POST", DRAFT, json={})
    assert len(scene.script.sent) == 1


def test_a_write_is_sent_again_after_a_429_as_nothing_was_done(
    stage: Make, make_reply: Make, file: Path
) -> None:
    scene = stage(make_reply(429, b"{}", {"Retry-After": "7"}), make_reply(201))
    body = FileBody(file)
    assert scene.transport.send("PUT", "/api/files/b/frost.nc", body=body).status == 201
    assert scene.clock.slept == [7]
    assert [b"".join(sent.body) for sent in scene.script.sent] == [file.read_bytes()] * 2


def test_a_write_that_is_refused_with_429_to_the_end_is_rate_limited(stage: Make, make_reply: Make) -> None:
    scene = stage(make_reply(429, b"{}"), retry=RetryPolicy(attempts=2, refused_attempts=3))
    with pytest.raises(RateLimited):
        scene.transport.send("POST", DRAFT)
    assert len(scene.script.sent) == 3


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_write_follows_no_redirect(stage: Make, make_reply: Make, status: int) -> None:
    scene = stage(make_reply(status, b"", {"Location": "https://repo.test/api/records/8/draft"}))
    with pytest.raises(ServerError, match="redirects what would change something"):
        scene.transport.send("PUT", DRAFT, json={"metadata": {}})
    assert len(scene.script.sent) == 1


@pytest.mark.parametrize(
    ("status", "kind"), [(400, UsageError), (403, NotAllowed), (404, NotFound), (412, UsageError)]
)
def test_a_write_that_is_refused_has_its_error_and_is_not_sent_again(
    stage: Make, make_reply: Make, status: int, kind: type[Exception]
) -> None:
    scene = stage(make_reply(status, b'{"message": "No."}'))
    with pytest.raises(kind):
        scene.transport.send("DELETE", DRAFT)
    assert len(scene.script.sent) == 1


def test_a_status_of_a_write_that_is_wanted_is_an_answer(stage: Make, make_reply: Make) -> None:
    scene = stage(make_reply(412, b'{"message": "No."}'))
    assert scene.transport.send("PUT", DRAFT, json={}, also=(412,)).status == 412


def test_an_answer_without_content_is_a_good_one(stage: Make, make_reply: Make) -> None:
    assert stage(make_reply(204, b"")).transport.send("DELETE", DRAFT).status == 204


def test_json_is_sent_as_json_under_the_headers_that_were_given(stage: Make, make_reply: Make) -> None:
    scene = stage(make_reply(), token="s3cret")
    scene.transport.send(
        "PUT", DRAFT, json={"title": "Später Frost"}, headers={"If-Match": "4"}, accept=PLAIN_JSON
    )
    (sent,) = scene.script.sent
    assert sent.body == '{"title":"Später Frost"}'.encode()
    assert sent.headers["Content-Type"] == "application/json"
    assert sent.headers["If-Match"] == "4"
    assert sent.headers["Accept"] == PLAIN_JSON
    assert sent.headers["Authorization"] == "Bearer s3cret"
    assert "s3cret" not in sent.url


def test_an_empty_object_is_sent_and_nothing_is_not(stage: Make, make_reply: Make) -> None:
    scene = stage(make_reply())
    scene.transport.send("POST", DRAFT, json={})
    scene.transport.send("POST", DRAFT)
    empty, none = scene.script.sent
    assert (empty.body, empty.headers["Content-Type"]) == (b"{}", "application/json")
    assert none.body is None
    assert "Content-Type" not in none.headers


def test_a_file_is_streamed_as_bytes_with_its_length(stage: Make, make_reply: Make, file: Path) -> None:
    scene = stage(make_reply(201))
    scene.transport.send("PUT", "/api/files/b/frost.nc", body=FileBody(file))
    (sent,) = scene.script.sent
    assert sent.headers["Content-Type"] == "application/octet-stream"
    assert sent.headers["Content-Length"] == "5000"
    assert "Transfer-Encoding" not in sent.headers
    assert b"".join(sent.body) == file.read_bytes()


def test_a_form_keeps_its_own_content_type(stage: Make, make_reply: Make, file: Path) -> None:
    scene, form = stage(make_reply(201)), FormBody(FileBody(file), "frost.nc")
    scene.transport.send("POST", "/api/deposit/depositions/7/files", body=form, headers=form.headers)
    (sent,) = scene.script.sent
    assert sent.headers["Content-Type"] == form.headers["Content-Type"]
    assert sent.headers["Content-Length"] == str(len(form))


def test_a_write_may_be_silent_for_longer_than_a_read(stage: Make, make_reply: Make) -> None:
    patience = RetryPolicy(connect_timeout_s=3, read_timeout_s=20, write_timeout_s=90)
    scene = stage(make_reply(), retry=patience)
    scene.transport.get("/api/records/7")
    scene.transport.send("POST", DRAFT)
    assert [options["timeout"] for options in scene.script.options] == [(3, 20), (3, 90)]


def test_a_write_to_the_address_of_searches_is_no_search(stage: Make, make_reply: Make) -> None:
    scene = stage(make_reply(201))
    scene.transport.send("POST", "/api/records", json={})
    assert (scene.transport.usage.requests, scene.transport.usage.search_requests) == (1, 0)
    assert "POST" in str(scene.traced[0])
