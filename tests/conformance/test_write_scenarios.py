"""Replays the recorded write scenarios in order; known_differences.toml says what may differ.

Ids, DOIs, UUIDs, times and revisions are those of the replay: each is put in place of the recorded one where
it first appears, and has to stand for it from then on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

import pytest
from werkzeug.test import Client, TestResponse

SCENARIOS = (
    *("deposit-walkthrough", "deposit-rich-metadata", "deposit-files", "deposit-edit-discard"),
    *("deposit-new-version", "deposit-delete", "deposit-bad-input"),
    *("native-draft-flow", "community-requests", "deletion"),
)
ABSENT = "(absent)"
NUMBERED = {"revision_id", "revision", "number"}
_TOKEN = re.compile(
    r"(?P<time>20\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:\+00:00)?)"
    r"|(?P<uuid>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
    r"|(?P<id>(?<!\d)1400\d{4}(?!\d))"
)
_ORDERED_BY = ("filename", "identifier", "field", "key")

Json = dict[str, Any]


class Difference(NamedTuple):
    """One place where the answers differ: what we say, what was recorded."""

    path: str
    ours: Any
    theirs: Any


class Compared(NamedTuple):
    """One exchange: its line, the request as recorded, what differs."""

    line: int
    request: str
    differences: tuple[Difference, ...]


class Names:
    """Which of our ids stands for which recorded one."""

    def __init__(self) -> None:
        self._ours: dict[str, str] = {}

    def translated(self, text: str) -> str:
        """Return a recorded text with our ids in it."""
        return _TOKEN.sub(lambda match: self._ours.get(match[0], match[0]), text)

    def is_ours(self, name: str) -> bool:
        return name in self._ours.values()

    def is_theirs(self, name: str) -> bool:
        return name in self._ours

    def agree(self, ours: str, theirs: str) -> bool:
        """Tell whether two texts say the same, and learn which new ids stand for which."""
        if _TOKEN.sub("#", ours) != _TOKEN.sub("#", theirs):
            return False
        pairs = zip(_TOKEN.finditer(ours), _TOKEN.finditer(theirs), strict=True)
        return all(self._same(our, their) for our, their in pairs)

    def _same(self, our: re.Match[str], their: re.Match[str]) -> bool:
        if our.lastgroup != their.lastgroup:
            return False
        return our.lastgroup == "time" or self._ours.setdefault(their[0], our[0]) == our[0]


def differences(names: Names, ours: Any, theirs: Any, path: str = "") -> Iterator[Difference]:
    name = path.rpartition(".")[2]
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in sorted(ours.keys() | theirs.keys()):
            yield from differences(names, ours.get(key, ABSENT), theirs.get(key, ABSENT), f"{path}.{key}")
    elif isinstance(ours, list) and isinstance(theirs, list):
        yield from list_differences(names, ours, theirs, path)
    elif type(ours) is not type(theirs) or (name not in NUMBERED and not names.agree(str(ours), str(theirs))):
        yield Difference(path, ours, theirs)


def list_differences(names: Names, ours: list[Any], theirs: list[Any], path: str) -> Iterator[Difference]:
    """Compare lists; those of records by what this scenario made, those without an order by a name."""
    if path in ("", ".hits.hits") and all(isinstance(one, dict) and "metadata" in one for one in theirs):
        ours = [one for one in ours if names.is_ours(str(one["id"]))]
        theirs = [one for one in theirs if names.is_theirs(str(one["id"]))]
    for key in _ORDERED_BY:
        if all(isinstance(one, dict) and key in one for one in (*ours, *theirs)):
            ours = sorted(ours, key=lambda one: str(one[key]))
            theirs = sorted(theirs, key=lambda one: str(one[key]))
            break
    if len(ours) != len(theirs):
        yield Difference(path, len(ours), len(theirs))
    for number, (our, their) in enumerate(zip(ours, theirs, strict=False)):
        yield from differences(names, our, their, f"{path}[{number}]")


def compare(names: Names, exchange: Json, answer: TestResponse) -> Iterator[Difference]:
    """Yield what differs of an answer: the status alone, else headers and body."""
    if answer.status_code != exchange["status"]:
        yield Difference("status", f"{answer.status_code} {answer.text[:300]}", exchange["status"])
        return
    for name, theirs in exchange["headers"].items():
        ours = answer.headers.get(name, ABSENT)
        if name != "Last-Modified" and not names.agree(ours, theirs):
            yield Difference(name, ours, theirs)
    recorded = exchange.get("body", "")
    if recorded.startswith(("{", "[")):
        yield from differences(names, json.loads(answer.text), json.loads(recorded))
    elif not names.agree(answer.text, recorded):
        yield Difference("body", answer.text, recorded)


def replay(client: Client, exchanges: list[Json]) -> Iterator[Compared]:
    names = Names()
    for line, exchange in enumerate(exchanges, 1):
        answer = client.open(
            names.translated(exchange["target"]),
            method=exchange["method"],
            headers=exchange["sent"],
            data=names.translated(exchange.get("sent_body", "")).encode() or None,
        )
        request = f"{exchange['method']} {exchange['target']} {exchange.get('sent_body', '')[:200]}"
        yield Compared(line, request, tuple(compare(names, exchange, answer)))


@pytest.fixture(scope="module")
def replayed(
    recorded: Callable[[str], list[Json]], emulated: Callable[[str], Client]
) -> Callable[[str], list[Compared]]:
    """Return the function that replays a scenario on an emulator of its own, once."""

    @cache
    def run(scenario: str) -> list[Compared]:
        return list(replay(emulated("off"), recorded(f"scenarios/{scenario}.jsonl.gz")))

    return run


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_recorded_scenario_of_writes_plays_the_same(
    scenario: str, replayed: Callable[[str], list[Compared]], known: Callable[[str], list[Json]]
) -> None:
    listed = [
        (line, pattern)
        for entry in known("write")
        if entry["scenario"] == scenario
        for line in entry["lines"]
        for pattern in entry["paths"]
    ]
    needed = set()
    for exchange in replayed(scenario):
        for difference in exchange.differences:
            matching = [
                (line, pattern)
                for line, pattern in listed
                if line == exchange.line and re.fullmatch(pattern, difference.path)
            ]
            assert matching, (exchange.line, exchange.request, difference)
            needed.update(matching)
    assert needed == set(listed)


def test_every_known_difference_of_a_write_has_its_reason(known: Callable[[str], list[Json]]) -> None:
    assert all(entry["reason"] and entry["scenario"] in SCENARIOS for entry in known("write"))


def test_at_least_97_percent_of_the_recorded_writes_agree(
    replayed: Callable[[str], list[Compared]],
) -> None:
    exchanges = [exchange for scenario in SCENARIOS for exchange in replayed(scenario)]
    agreeing = sum(not exchange.differences for exchange in exchanges)
    print(f"{agreeing} of {len(exchanges)} exchanges agree: {agreeing / len(exchanges):.1%}")
    assert agreeing / len(exchanges) >= 0.97


def test_an_edit_that_is_published_as_it_was_opened_loses_nothing(
    recorded: Callable[[str], list[Json]], emulated: Callable[[str], Client]
) -> None:
    client = emulated("off")
    headers = {"Accept": "application/vnd.inveniordm.v1+json", "Authorization": "Bearer TOKEN-A"}
    own = [
        record["id"]
        for record in recorded("records-native.jsonl.gz")
        if record["parent"]["access"]["owned_by"]["user"] == "3"
    ]
    for record_id in own[::3]:
        url = f"/api/records/{record_id}"
        before = client.get(url, headers=headers).get_json()
        draft = client.post(f"{url}/draft", headers=headers).get_json()
        saved = client.put(f"{url}/draft", json=writable(draft), headers=headers)
        assert (saved.status_code, saved.get_json().get("errors")) == (200, None), record_id
        assert client.post(f"{url}/draft/actions/publish", headers=headers).status_code == 202
        after = client.get(url, headers=headers).get_json()
        assert shown(after) == shown(before), record_id


def writable(draft: Json) -> Json:
    """Return a draft as its client sends it back: licenses by their ids alone, no display strings."""
    rights = [{"id": one["id"]} if "id" in one else one for one in draft["metadata"].get("rights", ())]
    metadata = {**draft["metadata"], **({"rights": rights} if rights else {})}
    return {name: value for name, value in {**draft, "metadata": metadata}.items() if name != "ui"}


def shown(record: Json) -> Json:
    """Return a record without what every edit moves, and licenses by what does not depend on the list."""
    kept = {name: value for name, value in record.items() if name not in ("updated", "revision_id", "ui")}
    rights = [one.get("id", one) for one in record["metadata"].get("rights", ())]
    return kept | {"metadata": {**record["metadata"], "rights": rights}}
