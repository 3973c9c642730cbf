from __future__ import annotations

import json

import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from zenodo_harvest.emulator.negotiation import JSON_ONLY, NATIVE, PLAIN, RECORD_TYPES, choose
from zenodo_harvest.emulator.problems import Problem


def chosen(accept: str | None, offered: tuple[str, ...] = RECORD_TYPES) -> str:
    headers = {} if accept is None else {"Accept": accept}
    return choose(Request(EnvironBuilder(headers=headers).get_environ()).accept_mimetypes, offered)


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "text/html, */*;q=0.1"])
def test_no_wish_and_any_type_get_the_legacy_dialect(accept: str | None) -> None:
    assert chosen(accept) == PLAIN


def test_an_exact_type_beats_any_type_whatever_its_weight() -> None:
    assert chosen(f"*/*, {NATIVE};q=0.1") == NATIVE


@pytest.mark.parametrize(
    "accept", ["application/*", "application/xml", "application/json;charset=utf-8", "text/html"]
)
def test_partial_wishes_and_parameters_are_refused_with_the_list_of_types(accept: str) -> None:
    with pytest.raises(Problem) as caught:
        chosen(accept)
    message = json.loads(caught.value.body)["message"]
    assert caught.value.status == 406
    assert message.startswith(
        "Invalid 'Accept' header. Expected one of: application/json, application/ld+json, "
    )


def test_files_speak_plain_json_only() -> None:
    with pytest.raises(Problem, match=r"Expected one of: application/json$"):
        chosen(NATIVE, JSON_ONLY)
