from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from zenodo_harvest.engine import detect_flavour
from zenodo_harvest.errors import BadAnswer, NotFound
from zenodo_harvest.sites import find_site

UNKNOWN = find_site("https://repo.example.org")


@pytest.mark.parametrize(
    ("row", "flavour"),
    [
        ({"id": 1, "conceptrecid": "0"}, "zenodo"),
        ({"id": "abcde-12345", "parent": {"id": "x"}}, "inveniordm"),
        ({"id": "abcde-12345", "parent": {"id": "x"}, "conceptrecid": "0"}, "inveniordm"),
        ({"id": "abcde-12345"}, "inveniordm"),
    ],
)
def test_the_dialect_of_a_plain_answer_tells_the_kind_of_server(
    kit: Any, row: dict[str, object], flavour: str
) -> None:
    transport = kit.transport({"/api/records": kit.list_route([row])}, site=UNKNOWN)
    assert detect_flavour(transport) == replace(UNKNOWN, flavour=flavour)
    assert transport.log == [("/api/records", (("size", "1"),), "application/json")]


def test_a_server_without_records_is_taken_for_an_inveniordm(kit: Any) -> None:
    transport = kit.transport({"/api/records": kit.list_route([])}, site=UNKNOWN)
    assert detect_flavour(transport).flavour == "inveniordm"


def test_a_known_server_is_not_asked(kit: Any) -> None:
    transport = kit.transport({})
    assert detect_flavour(transport).flavour == "zenodo"
    assert transport.log == []


@pytest.mark.parametrize(
    "answer",
    [b"<html>", b"[]", b"{}", b'{"hits": 3}', b'{"hits": {"hits": [3]}}', NotFound("gone", status=404)],
)
def test_something_else_than_an_inveniordm_is_refused_in_one_sentence(kit: Any, answer: object) -> None:
    transport = kit.transport({"/api/records": lambda _: answer}, site=UNKNOWN)
    with pytest.raises(
        BadAnswer, match=r"https://repo.example.org does not answer like an InvenioRDM server\."
    ):
        detect_flavour(transport)


def test_an_unknown_server_is_asked_once(kit: Any) -> None:
    context = kit.context({"/api/records": kit.list_route([{"id": "a", "parent": {}}])}, site=UNKNOWN)
    assert context.site.flavour == context.site.flavour == "inveniordm"
    assert len(context.transport.log) == 1
