"""What the recorded server made of deposits is what the model and the validator say of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from zenodo_harvest.deposit.metadata import from_classic, from_native, sendable, to_native
from zenodo_harvest.deposit.metadata.sources.json_text import read_json
from zenodo_harvest.deposit.metadata.validate import findings_of

pytestmark = pytest.mark.corpus
SCENARIOS = (Path(__file__).parents[3] / "../shared/recordings/scenarios").resolve()
TODAY = date(2026, 11, 23)
NOT_ABOUT_METADATA = (401, 403, 404, 412, 415)


class Deposited(NamedTuple):
    """Metadata that was sent, what the server answered, and how its publication ended (0: not tried)."""

    sent: dict[str, Any]
    status: int
    kept: dict[str, Any]
    published: int


def test_a_rich_deposit_is_read_as_the_server_reads_it() -> None:
    calls = list(exchanges("deposit-rich-metadata"))
    said = from_classic(calls[0][2]["metadata"])
    draft = next(answer for _, url, _, answer in calls if url.endswith("/draft"))
    # the server finds out the schemes of identifiers, which nobody sent
    expected = sendable(draft)
    for related in expected["metadata"]["related_identifiers"]:
        del related["scheme"]
    body = to_native(said)
    assert body["metadata"] == expected["metadata"]
    assert body["custom_fields"] == expected["custom_fields"]
    shown = from_classic(calls[0][3]["metadata"]).as_document()
    assert shown.keys() == from_native(draft).as_document().keys() == said.as_document().keys()
    assert shown == from_native(draft).as_document()


def test_every_refusal_of_the_server_is_an_error_of_ours() -> None:
    for each in deposits():
        is_refused = each.status >= 400 and each.status not in NOT_ABOUT_METADATA
        if is_refused or each.published == 400:
            assert errors(each.sent), each.sent


def test_what_the_server_keeps_and_publishes_has_no_error() -> None:
    published = [each for each in deposits() if each.published == 202]
    assert len(published) > 20
    for each in published:
        if each.sent.keys() <= each.kept.keys() and not exploded(each):
            assert errors(each.sent) == [], each.sent


def test_what_the_server_drops_without_a_word_is_an_error_or_a_warning() -> None:
    for each in deposits():
        if each.status < 300:
            # supervisors are shown as contributors
            dropped = each.sent.keys() - each.kept.keys() - {"thesis_supervisors"}
            assert dropped <= {one.path.split(".")[0] for one in findings(each.sent)}


def exploded(each: Deposited) -> bool:
    """Tell whether a text fell into its letters."""
    return isinstance(each.sent.get("keywords"), str)


def errors(metadata: dict[str, Any]) -> list[str]:
    return [one.path for one in findings(metadata) if one.level == "error"]


def findings(metadata: dict[str, Any]) -> Any:
    return findings_of(read_json(json.dumps(metadata).encode()), "classic", today=TODAY)


@cache
def deposits() -> tuple[Deposited, ...]:
    """Return the deposits of all scenarios, each with the metadata that it was sent last."""
    return tuple(each for path in sorted(SCENARIOS.glob("deposit-*.yaml")) for each in deposited(path.stem))


def deposited(scenario: str) -> Iterator[Deposited]:
    sent: dict[str, tuple[dict[str, Any], int, dict[str, Any]]] = {}
    ends: dict[str, int] = {}
    for number, (method, url, body, answer) in enumerate(exchanges(scenario)):
        if method in ("POST", "PUT") and "deposit/depositions" in url and list(body or ()) == ["metadata"]:
            key = str(answer.get("id") or number)
            sent[key] = (body["metadata"], answer["_status"], answer.get("metadata", {}))
        elif url.endswith("/actions/publish"):
            is_about_files = "files.enabled" in json.dumps(answer.get("errors", ""))
            ends[url.split("/")[-3]] = 0 if is_about_files else answer["_status"]
    for key, (metadata, status, kept) in sent.items():
        yield Deposited(metadata, status, kept, ends.get(key, 0))


def exchanges(scenario: str) -> Iterator[tuple[str, str, Any, dict[str, Any]]]:
    """Yield method, address, JSON sent and JSON answered, with its status."""
    path = SCENARIOS / f"{scenario}.yaml"
    if not path.is_file():
        pytest.skip("../shared/recordings is absent")
    for each in yaml.safe_load(path.read_bytes())["interactions"]:
        request, response = each["request"], each["response"]
        answer = decoded(response["body"]["string"])
        if isinstance(answer, dict):
            answer["_status"] = response["status"]["code"]
            yield request["method"], request["uri"], decoded(request.get("body")), answer


def decoded(text: Any) -> Any:
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return None
