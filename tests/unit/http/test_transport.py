from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from traceback import format_exception
from typing import Any

import pytest
import requests
from urllib3 import HTTPConnectionPool
from urllib3.exceptions import MaxRetryError

from zenodo_harvest.errors import (
    BadAnswer,
    Deleted,
    NoAnswer,
    NotAllowed,
    NotFound,
    RateLimited,
    ServerError,
    UsageError,
    ZenodoHarvestError,
)
from zenodo_harvest.http import RetryPolicy, Transport
from zenodo_harvest.sites import Site

Make = Callable[..., Any]
PAGE = b"<!DOCTYPE html><html><body>Bad gateway</body></html>"


def test_a_good_answer_is_returned_and_counted(stage: Make, make_reply: Make) -> None:
    scene = stage(make_reply())
    assert scene.transport.get("/api/records", [("q", "frost")]).json() == {"hits": 1}
    assert scene.script.sent[0].url == "https://repo.test/api/records?q=frost"
    assert (scene.transport.usage.requests, scene.transport.usage.search_requests) == (1, 1)


def test_a_parameter_may_come_several_times(stage: Make, make_reply: Make) -> None:
    scene = stage(make_reply())
    scene.transport.get("/api/records", [("communities", "a"), ("communities", "b")])
    assert scene.script.sent[0].url == "https://repo.test/api/records?communities=a&communities=b"


def test_the_token_is_in_the_header_and_nowhere_else(
    stage: Make, make_reply: Make, caplog: pytest.LogCaptureFixture
) -> None:
    scene = stage(make_reply(), token="s3cret")
    with caplog.at_level(logging.DEBUG, "zenodo_harvest"):
        scene.transport.get("/api/records")
    sent = scene.script.sent[0]
    assert sent.headers["Authorization"] == "Bearer s3cret"
    shown = [sent.url, repr(scene.transport), repr(sent.headers.get("Cookie")), caplog.text]
    shown += [str(scene.traced), repr(vars(scene.transport))]
    assert "s3cret" not in str(shown)


def test_the_token_does_not_follow_a_redirect_to_another_host(stage: Make, make_reply: Make) -> None:
    scene = stage(
        make_reply(302, b"", {"Location": "https://elsewhere.test/file"}), make_reply(), token="s3cret"
    )
    scene.transport.get("/api/records/1")
    home, elsewhere = scene.script.sent
    assert home.headers["Authorization"] == "Bearer s3cret"
    assert elsewhere.url == "https://elsewhere.test/file"
    assert "Authorization" not in elsewhere.headers


def test_a_token_that_cannot_be_one_is_refused_before_anything_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(UsageError, match="cannot be one"):
        Transport(Site("test", "https://repo.test"), user_agent="zenodo-harvest/test", token="two words")
    assert list(tmp_path.iterdir()) == []


def test_the_token_is_not_sent_to_another_port(stage: Make, make_reply: Make) -> None:
    scene = stage(make_reply(), token="s3cret")
    scene.transport.get("https://repo.test:8443/api/records")
    assert "Authorization" not in scene.script.sent[0].headers


def test_a_redirect_to_plain_http_is_not_followed(stage: Make, make_reply: Make) -> None:
    scene = stage(make_reply(302, b"", {"Location": "http://repo.test/x"}), token="s3cret")
    with pytest.raises(ServerError, match="without encryption"):
        scene.transport.get("/api/records/1")
    assert len(scene.script.sent) == 1


def test_a_circle_of_redirects_ends(stage: Make, make_reply: Make) -> None:
    scene = stage(make_reply(301, b"", {"Location": "/api/records/1"}))
    with pytest.raises(ServerError, match="again and again"):
        scene.transport.get("/api/records/1")


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_error_that_passes_is_waited_out(stage: Make, make_reply: Make, status: int) -> None:
    scene = stage(make_reply(status, PAGE, {"Content-Type": "text/html"}), make_reply())
    assert scene.transport.get("/api/records").json() == {"hits": 1}
    assert scene.clock.slept == [1.0]
    assert scene.transport.usage.retries == 1


def test_waits_grow_and_the_last_error_is_told(stage: Make, make_reply: Make) -> None:
    scene = stage(make_reply(504, PAGE))
    with pytest.raises(ServerError) as gone:
        scene.transport.get("/api/records")
    assert scene.clock.slept == [1.0, 2.0]
    assert gone.value.status == 504
    assert gone.value.hint


@pytest.mark.parametrize(
    "problem",
    [
        requests.ConnectionError("reset"),
        requests.ReadTimeout("slow"),
        requests.exceptions.ChunkedEncodingError("cut"),
    ],
)
def test_a_lost_connection_is_tried_again(stage: Make, make_reply: Make, problem: Exception) -> None:
    scene = stage(problem, make_reply())
    assert scene.transport.get("/api/records").status == 200


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        (socket.gaierror(-2, "Name or service not known"), "There is no host repo.test"),
        (ConnectionRefusedError(111, "refused"), "repo.test refuses the connection"),
        (ssl.SSLCertVerificationError(1, "expired"), "The certificate of repo.test cannot be verified"),
        (ConnectionResetError(104, "reset"), "The connection to repo.test broke off"),
    ],
)
def test_why_no_answer_came_is_said_in_words_and_nothing_hangs_on_it(
    stage: Make, cause: Exception, said: str
) -> None:
    pool = HTTPConnectionPool("repo.test")
    scene = stage(requests.ConnectionError(MaxRetryError(pool, "/", cause)), retry=RetryPolicy(attempts=1))
    with pytest.raises(NoAnswer, match=said) as caught:
        scene.transport.get("/api/records")
    assert "Error" not in str(caught.value)
    told = "".join(format_exception(caught.value))
    assert "urllib3" not in told
    assert "direct cause" not in told


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (PAGE, "web page"),
        (b'{"hits": {"hits": [', "cut short"),
        (b"", "empty"),
        (b"\xff\xfe", "no JSON"),
    ],
)
def test_an_answer_that_is_not_json_is_asked_for_again_and_then_named(
    stage: Make, make_reply: Make, body: bytes, told: str
) -> None:
    scene = stage(make_reply(200, body))
    with pytest.raises(BadAnswer, match=told) as bad:
        scene.transport.get("/api/records")
    assert len(scene.script.sent) == 3
    assert bad.value.exit_code == 6
    assert bad.value.hint


def test_one_byte_that_is_no_utf8_does_not_cost_the_page(stage: Make, make_reply: Make) -> None:
    answer = stage(make_reply(200, b'{"title": "Caf\xe9"}')).transport.get("/api/records/1")
    assert answer.json() == {"title": "Caf\ufffd"}


def test_retry_after_is_heeded_on_429(stage: Make, make_reply: Make) -> None:
    limited = make_reply(429, b'{"message": "30 per 1 minute", "status": 429}', {"Retry-After": "17"})
    scene = stage(limited, make_reply())
    scene.transport.get("/api/records")
    assert scene.clock.slept[0] == 17
    assert scene.transport.usage.refused == 1


def test_retry_after_on_a_200_is_ignored(stage: Make, make_reply: Make) -> None:
    scene = stage(make_reply(headers={"Retry-After": "59"}))
    scene.transport.get("/api/records")
    scene.transport.get("/api/records")
    assert scene.clock.slept == []


def test_a_429_that_stays_is_rate_limited(stage: Make, make_reply: Make) -> None:
    scene = stage(make_reply(429, PAGE, {"Retry-After": "59"}))
    with pytest.raises(RateLimited) as limited:
        scene.transport.get("/oai2d", accept="text/xml")
    assert limited.value.retry_after_s == 59


@pytest.mark.parametrize("attempts", [1, 5])
def test_a_500_that_the_query_causes_is_not_repeated_for_long(
    stage: Make, make_reply: Make, attempts: int
) -> None:
    body = b'{"status": 500, "message": "Internal server error"}'
    scene = stage(make_reply(500, body), retry=RetryPolicy(attempts=attempts))
    with pytest.raises(ServerError) as failed:
        scene.transport.get("/api/records", [("q", "created:[2024-13-45 TO *]")])
    assert "query" in failed.value.hint
    assert len(scene.script.sent) <= 2


@pytest.mark.parametrize(
    ("status", "body", "kind", "exit_code"),
    [
        (400, b'{"status": 400, "message": "Invalid query string syntax."}', UsageError, 2),
        (401, b'{"status": 401, "message": "No."}', NotAllowed, 4),
        (403, b'{"status": 403, "message": "Permission denied."}', NotAllowed, 4),
        (403, PAGE, NotAllowed, 4),
        (404, b'{"status": 404}', NotFound, 3),
        (406, b'{"message": "Invalid \'Accept\' header."}', UsageError, 2),
        (410, b'{"status": 410, "tombstone": null}', Deleted, 3),
        (414, PAGE, UsageError, 2),
    ],
)
def test_each_refusal_has_its_error_and_is_not_repeated(
    stage: Make, make_reply: Make, status: int, body: bytes, kind: type[ZenodoHarvestError], exit_code: int
) -> None:
    scene = stage(make_reply(status, body))
    with pytest.raises(kind) as refused:
        scene.transport.get("/api/records")
    assert refused.value.status == status
    assert refused.value.exit_code == exit_code
    assert refused.value.hint
    assert len(scene.script.sent) == 1


def test_a_firewall_page_is_told_apart_from_missing_rights(stage: Make, make_reply: Make) -> None:
    with pytest.raises(NotAllowed, match="firewall"):
        stage(make_reply(403, PAGE)).transport.get("/api/records")


def test_a_refusal_names_the_fields_it_is_about(stage: Make, make_reply: Make) -> None:
    body = b'{"message": "No.", "errors": [{"field": "size", "messages": ["Too big."]}]}'
    with pytest.raises(UsageError, match="Too big") as refused:
        stage(make_reply(400, body)).transport.get("/api/records", [("size", "999")])
    assert refused.value.field_errors[0].field == "size"


def test_the_trace_shows_cost_and_remaining_budget_without_secrets(stage: Make, make_reply: Make) -> None:
    headers = {
        "X-RateLimit-Limit": "30",
        "X-RateLimit-Remaining": "29",
        "X-RateLimit-Reset": "1795406461",
    }
    scene = stage(make_reply(headers=headers))
    scene.transport.get("/api/records", [("access_token", "s3cret")])
    (exchange,) = scene.traced
    assert "29 of 30 left" in str(exchange)
    assert "search budget" in str(exchange)
    assert "s3cret" not in str(exchange)


@pytest.mark.parametrize("loss", [502, requests.ConnectionError("reset")])
def test_what_must_not_be_repeated_is_sent_once(stage: Make, make_reply: Make, loss: int | Exception) -> None:
    scene = stage(make_reply(loss, PAGE) if isinstance(loss, int) else loss, make_reply())
    with pytest.raises(ServerError):
        scene.transport.get("/oai2d", is_repeatable=False)
    assert len(scene.script.sent) == 1


def test_a_429_is_tried_again_even_so_as_nothing_was_done(stage: Make, make_reply: Make) -> None:
    scene = stage(make_reply(429, b"{}", {"Retry-After": "3"}), make_reply())
    assert scene.transport.get("/oai2d", is_repeatable=False).status == 200
    assert len(scene.script.sent) == 2


def test_a_status_that_is_wanted_is_an_answer(stage: Make, make_reply: Make) -> None:
    scene = stage(make_reply(422, b"<error/>", {"Content-Type": "text/xml"}))
    answer = scene.transport.get("/oai2d", accept="*/*", also=(422,))
    assert (answer.status, answer.content) == (422, b"<error/>")
    with pytest.raises(UsageError):
        scene.transport.get("/oai2d", accept="*/*")
