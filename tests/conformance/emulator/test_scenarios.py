"""Replays the recorded read scenarios: status, headers and bodies; known.toml says what may differ."""

from __future__ import annotations

import base64
import gzip
import io
import json
import re
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug.test import Client, TestResponse

from zenodo_harvest.emulator import Emulator

RECORDINGS = Path(__file__).parents[2] / "data" / "recordings"
KNOWN = tomllib.loads(Path(__file__).with_name("known.toml").read_text("utf-8"))["difference"]
SCENARIOS = (
    *("search-pages", "search-errors", "communities", "records-and-versions"),
    *("files", "negotiation", "vocabularies", "rate-limit"),
)
COUNTED = {"X-Ratelimit-Limit", "X-Ratelimit-Remaining"}
CLOCK_HEADERS = {"X-Ratelimit-Reset", "Retry-After", "Date"}

Exchange = dict[str, Any]
Difference = tuple[str, Any, Any]


def exchanges(scenario: str) -> list[Exchange]:
    text = gzip.decompress((RECORDINGS / "scenarios" / f"{scenario}.jsonl.gz").read_bytes()).decode("utf-8")
    return [
        json.loads(line) for line in text.replace("http://127.0.0.1:5000", "http://localhost").splitlines()
    ]


def differences(ours: Any, theirs: Any, path: str = "") -> Iterator[Difference]:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name in sorted(ours.keys() | theirs.keys()):
            yield from differences(ours.get(name, "(absent)"), theirs.get(name, "(absent)"), f"{path}.{name}")
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for index, (our, their) in enumerate(zip(ours, theirs, strict=True)):
            yield from differences(our, their, f"{path}[{index}]")
    elif ours != theirs or type(ours) is not type(theirs):
        yield path, ours, theirs


def is_scored(exchange: Exchange) -> bool:
    """Tell whether the order is the engine's relevance, which nobody promises."""
    parameters = parse_qs(urlsplit(exchange["target"]).query)
    return "q" in parameters and "sort" not in parameters


def without_order(exchange: Exchange, body: Any) -> Any:
    """Return the body without what has no stable order.

    The communities of a legacy record have none. A scored list is ordered by id if it is whole; of one page
    of several only the number of hits is kept.
    """
    records = body["hits"]["hits"] if isinstance(body, dict) and "hits" in body else [body]
    for record in records:
        if isinstance(record, dict):
            record.get("metadata", {}).get("communities", []).sort(key=str)
    if not is_scored(exchange) or not isinstance(body, dict) or not isinstance(body.get("hits"), dict):
        return body
    hits = body["hits"]["hits"]
    whole = len(hits) == body["hits"]["total"]
    shown = sorted(hits, key=lambda hit: str(hit["id"])) if whole else len(hits)
    return {**body, "hits": {**body["hits"], "hits": shown}}


def compare(exchange: Exchange, answer: TestResponse) -> Iterator[Difference]:
    if answer.status_code != exchange["status"]:
        yield "status", answer.status_code, exchange["status"]
        return
    for name, theirs in exchange["headers"].items():
        if name not in CLOCK_HEADERS and answer.headers.get(name) != theirs:
            yield name, answer.headers.get(name), theirs
    ours, theirs = answer.get_data(), exchange.get("body", "")
    if "base64" in exchange:
        yield from differences(unzipped(ours), unzipped(base64.b64decode(exchange["base64"])), "zip")
    elif theirs.startswith(("{", "[")):
        yield from differences(
            without_order(exchange, json.loads(ours)), without_order(exchange, json.loads(theirs))
        )
    elif ours.decode("utf-8") != theirs:
        yield "body", ours[:200], theirs[:200]


def unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}


def replay(scenario: str, client: Client) -> tuple[int, list[tuple[str, Difference]]]:
    """Return how many exchanges there are, and each difference with the request it belongs to."""
    found = []
    recorded = exchanges(scenario)
    for exchange in recorded:
        answer = client.open(exchange["target"], method=exchange["method"], headers=exchange["sent"])
        request = f"{exchange['method']} {exchange['target']} {exchange['sent'].get('Accept', '')}"
        found += [(request, difference) for difference in compare(exchange, answer)]
    return len(recorded), found


def known_reason(scenario: str, path: str) -> int | None:
    for number, entry in enumerate(KNOWN):
        if scenario in entry["scenarios"] and re.fullmatch(entry["path"], path):
            return number
    return None


@pytest.fixture
def client(request: pytest.FixtureRequest) -> Client:
    limits = "deployed" if request.param == "rate-limit" else "off"
    emulator = Emulator(seed=RECORDINGS, limits=limits, clock=lambda: 1795406387.6)
    return Client(emulator.app)


@pytest.mark.parametrize(("client", "scenario"), [(name, name) for name in SCENARIOS], indirect=["client"])
def test_a_recorded_scenario_plays_the_same(client: Client, scenario: str) -> None:
    _, found = replay(scenario, client)
    unknown = [
        (request, difference)
        for request, difference in found
        if known_reason(scenario, difference[0]) is None
    ]
    assert not unknown, f"{len(unknown)} differences, the first: {unknown[0]}"
    needed = {known_reason(scenario, difference[0]) for _, difference in found}
    listed = {number for number, entry in enumerate(KNOWN) if scenario in entry["scenarios"]}
    assert needed == listed, [KNOWN[number]["reason"] for number in listed - needed]
