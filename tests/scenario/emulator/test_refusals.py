"""What is refused otherwise than as the API's JSON, or before the reason one would expect."""

from __future__ import annotations

import pytest
from werkzeug.test import Client

from zenodo_harvest.emulator import Emulator

BIBLIOGRAPHY = {"Accept": "text/x-bibliography"}


def test_too_many_requests_outside_the_api_get_a_web_page() -> None:
    client = Client(Emulator(limits="1/1h", clock=lambda: 0.0).app)
    client.get("/api/records")
    page, refused = client.get("/oai2d?verb=Identify"), client.get("/api/records")
    assert page.status_code == refused.status_code == 429
    assert page.content_type == "text/html; charset=utf-8"
    assert "<title>Too many requests" in page.get_data(as_text=True)
    assert page.headers["Retry-After"] == refused.headers["Retry-After"]
    assert refused.get_json() == {"status": 429, "message": "1 per 1 hour"}


@pytest.mark.parametrize("target", ["/api/records/{id}", "/api/records"])
def test_an_unknown_style_of_a_bibliography_is_refused_as_such(target: str) -> None:
    client = Client(Emulator(limits="off").app)
    record_id = client.get("/api/records?size=1").get_json()["hits"]["hits"][0]["id"]
    url = target.format(id=record_id)
    unknown = client.get(url, query_string={"style": "nosuch", "q": f"id:{record_id}"}, headers=BIBLIOGRAPHY)
    known = client.get(url, query_string={"style": "IEEE", "q": f"id:{record_id}"}, headers=BIBLIOGRAPHY)
    assert (unknown.status_code, unknown.get_json()["message"]) == (400, "Citation string style not found.")
    assert known.status_code == 406
