"""Replays the recorded read scenarios over HTTP; known_differences.toml says what may differ."""

from __future__ import annotations

import base64
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug.test import Client, TestResponse

SCENARIOS = (
    *("search-pages", "search-errors", "communities", "records-and-versions"),
    *("files", "negotiation", "vocabularies", "rate-limit"),
)
JSON_DIALECTS = (
    "*/*",
    "application/json",
    "application/vnd.zenodo.v1+json",
    "application/vnd.inveniordm.v1+json",
)
REFUSED = (400, 406)
CLOCK_HEADERS = {"X-Ratelimit-Reset", "Retry-After", "Date"}
ABSENT = "(absent)"

Exchange = dict[str, Any]
Json = dict[str, Any]


class Difference(NamedTuple):
    """One place where the answers differ: a header or a path in the JSON, what we say, what was recorded."""

    path: str
    ours: Any
    theirs: Any

    @property
    def is_shape(self) -> bool:
        """Tell whether a key or a type differs, not only a value."""
        return ABSENT in (self.ours, self.theirs) or type(self.ours) is not type(self.theirs)


class Compared(NamedTuple):
    """One exchange: its line and request, the aspects that differ, the values and headers that differ."""

    line: int
    request: str
    aspects: frozenset[str]
    values: tuple[Difference, ...]


def is_in_scope(scenario: str, exchange: Exchange) -> bool:
    """Tell whether the emulator promises the answer: of negotiation, the JSON dialects and the refusals."""
    accept = exchange["sent"].get("Accept", "*/*")
    return scenario != "negotiation" or accept in JSON_DIALECTS or exchange["status"] in REFUSED


def differences(ours: Any, theirs: Any, path: str = "") -> Iterator[Difference]:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name in sorted(ours.keys() | theirs.keys()):
            yield from differences(ours.get(name, ABSENT), theirs.get(name, ABSENT), f"{path}.{name}")
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for index, (our, their) in enumerate(zip(ours, theirs, strict=True)):
            yield from differences(our, their, f"{path}[{index}]")
    elif ours != theirs or type(ours) is not type(theirs):
        yield Difference(path, ours, theirs)


def comparable(exchange: Exchange, body: Any) -> Any:
    """Return the body without what has no stable order.

    The communities of a legacy record have none. A scored list is ordered by id if it is whole; of one page
    of several only the number of hits is kept.
    """
    is_list = isinstance(body, dict) and isinstance(body.get("hits"), dict)
    for record in body["hits"]["hits"] if is_list else [body]:
        if isinstance(record, dict):
            record.get("metadata", {}).get("communities", []).sort(key=str)
    asked = parse_qs(urlsplit(exchange["target"]).query)
    if not is_list or "q" not in asked or "sort" in asked:
        return body
    hits = body["hits"]["hits"]
    is_whole = len(hits) == body["hits"]["total"]
    shown = sorted(hits, key=lambda hit: str(hit["id"])) if is_whole else len(hits)
    return {**body, "hits": {**body["hits"], "hits": shown}}


def unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}


def undated(text: str) -> str:
    """Return an answer of OAI-PMH without its date; any other text as it is."""
    return re.sub("<responseDate>[^<]*<", "<", text)


def page_text(page: str) -> list[str]:
    """Return the words of a web page's title and main part: the theme around them is not emulated."""
    parts = re.findall(r"<title>.*?</title>|<main.*?</main>", page, re.DOTALL)
    return re.sub(r"<[^>]*>", " ", " ".join(parts)).split()


def compare(exchange: Exchange, answer: TestResponse) -> tuple[Iterable[str], tuple[Difference, ...]]:
    """Return the aspects, and the values and headers, in which the answer is not the recorded one."""
    if answer.status_code != exchange["status"]:
        return {"status"}, ()
    headers = tuple(
        Difference(name, answer.headers.get(name), theirs)
        for name, theirs in exchange["headers"].items()
        if name not in CLOCK_HEADERS and answer.headers.get(name) != theirs
    )
    ours, recorded = answer.get_data(), exchange.get("body", "")
    if "base64" in exchange:
        is_same = unzipped(ours) == unzipped(base64.b64decode(exchange["base64"]))
        return set() if is_same else {"body"}, headers
    if "<main" in recorded:
        return {"body"} if page_text(ours.decode()) != page_text(recorded) else (), headers
    if not recorded.startswith(("{", "[")):
        return {"body"} if undated(ours.decode()) != undated(recorded) else (), headers
    values = tuple(
        differences(comparable(exchange, json.loads(ours)), comparable(exchange, json.loads(recorded)))
    )
    if exchange["status"] >= 400:
        return {"body"} if values else (), headers
    return aspects(values), (*headers, *values)


def aspects(values: tuple[Difference, ...]) -> Iterator[str]:
    """Yield what differs of a JSON answer that is no refusal."""
    for difference in values:
        if difference.path == ".hits.total":
            yield "total"
        elif difference.path == ".links.next":
            yield "next"
        elif difference.path == ".sortBy":
            yield "sort_by"
        elif difference.path.startswith(".aggregations"):
            yield "aggregations"
        elif re.fullmatch(r"\.hits\.hits(\[\d+\]\.id)?", difference.path):
            yield "ids"
        elif difference.is_shape:
            yield "shape"


@pytest.fixture(scope="module")
def replayed(
    recorded: Callable[[str], list[Json]], emulated: Callable[[str], Client]
) -> Callable[[str], list[Compared]]:
    """Return the function that replays a scenario, once."""

    @cache
    def replay(scenario: str) -> list[Compared]:
        client = emulated("deployed" if scenario == "rate-limit" else "off")
        found = []
        for line, exchange in enumerate(recorded(f"scenarios/{scenario}.jsonl.gz"), 1):
            answer = client.open(exchange["target"], method=exchange["method"], headers=exchange["sent"])
            request = f"{exchange['method']} {exchange['target']} {exchange['sent'].get('Accept', '')}"
            if is_in_scope(scenario, exchange):
                differing, values = compare(exchange, answer)
                found.append(Compared(line, request, frozenset(differing), values))
        return found

    return replay


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_recorded_scenario_plays_the_same(
    scenario: str, replayed: Callable[[str], list[Compared]], known: Callable[[str], list[Json]]
) -> None:
    listed = {
        line: set(entry["aspects"])
        for entry in known("exchange")
        if entry["scenario"] == scenario
        for line in entry["lines"]
    }
    exchanges = replayed(scenario)
    assert listed.keys() <= {exchange.line for exchange in exchanges}
    for exchange in exchanges:
        assert exchange.aspects == listed.get(exchange.line, set()), exchange[:2]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_where_a_scenario_agrees_only_listed_values_differ(
    scenario: str, replayed: Callable[[str], list[Compared]], known: Callable[[str], list[Json]]
) -> None:
    patterns = [entry["path"] for entry in known("value") if scenario in entry["scenarios"]]
    needed = set()
    for exchange in replayed(scenario):
        for difference in () if exchange.aspects else exchange.values:
            matching = [pattern for pattern in patterns if re.fullmatch(pattern, difference.path)]
            assert matching, (exchange.request, difference)
            needed.update(matching)
    assert needed == set(patterns)


def test_every_known_difference_names_what_differs_and_why(known: Callable[[str], list[Json]]) -> None:
    for entry in known("exchange"):
        assert entry["reason"]
        assert entry["aspects"]
        assert entry["scenario"] in SCENARIOS
    assert all(entry["reason"] and set(entry["scenarios"]) <= set(SCENARIOS) for entry in known("value"))


def agreement(exchanges: list[Compared]) -> float:
    """Return the share of the exchanges that agree in all that is compared, and print it."""
    agreeing = sum(not exchange.aspects for exchange in exchanges)
    same = sum(not exchange.aspects and not exchange.values for exchange in exchanges)
    share = agreeing / len(exchanges)
    print(
        f"{agreeing} of {len(exchanges)} exchanges agree: {share:.1%}; {same} in every value and header too"
    )
    return share


def test_at_least_97_percent_of_the_recorded_reads_agree(
    replayed: Callable[[str], list[Compared]],
) -> None:
    assert agreement([exchange for scenario in SCENARIOS for exchange in replayed(scenario)]) >= 0.97
