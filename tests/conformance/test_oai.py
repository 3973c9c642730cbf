"""Replays the recorded OAI-PMH exchanges; what a walk brought is compared record by record.

The server gives records in no order, so a page is compared by its size and its token, and a record by its
identifier wherever it stands.
"""

from __future__ import annotations

import gzip
import re
import tarfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from lxml import etree
from werkzeug.test import Client, TestResponse

from zenodo_harvest.emulator import Emulator

RECORDINGS = Path(__file__).parents[1] / "data" / "recordings"
OAI = "{http://www.openarchives.org/OAI/2.0/}"
SCENARIOS = ("oai", "oai-tokens")
CLOCK = re.compile(r"<responseDate>([^<]*)</responseDate>")

Json = dict[str, Any]
Tree = tuple[str, tuple[tuple[str, str], ...], str, tuple[Any, ...]]


class Replayed(NamedTuple):
    """One exchange: the request, what was recorded, what we answered."""

    target: str
    recorded: Json
    answer: TestResponse

    @property
    def roots(self) -> tuple[Any, Any]:
        """The root elements, ours and theirs."""
        return etree.fromstring(self.answer.data), etree.fromstring(self.recorded["body"].encode())


def tree(element: Any) -> Tree:
    """Return an element as nested tuples, without the blanks between elements."""
    text = element.text or ""
    return (
        element.tag,
        tuple(sorted(element.attrib.items())),
        text if text.strip() else "",
        tuple(tree(child) for child in element),
    )


def by_identifier(element: Any) -> Iterator[tuple[str, Any]]:
    """Yield the headers or records of a list with their identifiers."""
    for child in element.iter(f"{OAI}header"):
        whole = child.getparent() if child.getparent().tag == f"{OAI}record" else child
        yield child.findtext(f"{OAI}identifier"), whole


def seed_of_dump(folder: Path) -> Path:
    """Write the 383 records that the server held when the tokens were tried, and return the folder."""
    communities = (RECORDINGS / "communities.jsonl").read_bytes()
    (folder / "communities.jsonl").write_bytes(communities)
    with (
        tarfile.open(RECORDINGS / "dumps" / "records-json.tar.gz") as archive,
        gzip.open(folder / "records-native.jsonl.gz", "wb", compresslevel=1) as lines,
    ):
        for member in archive:
            lines.write(archive.extractfile(member).read() + b"\n")
    return folder


@pytest.fixture(scope="module")
def replayed(
    recorded: Callable[[str], list[Json]], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[Replayed]]:
    """Every scenario, played with the clock of the recording and our own tokens in place of theirs."""
    seeds = {"oai": RECORDINGS, "oai-tokens": seed_of_dump(tmp_path_factory.mktemp("dump"))}
    return {name: list(play(recorded(f"scenarios/{name}.jsonl.gz"), seed)) for name, seed in seeds.items()}


def play(exchanges: list[Json], seed: Path) -> Iterator[Replayed]:
    time_s, tokens = 0.0, dict[str, str]()
    client = Client(Emulator(seed=seed, limits="off", clock=lambda: time_s).app)
    for exchange in exchanges:
        if at := CLOCK.search(exchange["body"]):
            time_s = datetime.fromisoformat(at[1]).timestamp()
        target = exchange["target"]
        for theirs, ours in tokens.items():
            target = target.replace(theirs, ours)
        answer = client.open(target, method=exchange["method"], headers=exchange["sent"])
        found = [
            re.search("<resumptionToken [^>]*>([^<]+)<", body) for body in (exchange["body"], answer.text)
        ]
        if all(found):
            tokens[found[0][1]] = found[1][1]
        yield Replayed(exchange["target"], exchange, answer)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_exchange_has_the_recorded_status_and_type(
    scenario: str, replayed: dict[str, list[Replayed]]
) -> None:
    for one in replayed[scenario]:
        assert one.answer.status_code == one.recorded["status"], one.target
        for name, value in one.recorded["headers"].items():
            assert one.answer.headers[name] == value


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_refusal_is_the_recorded_one_to_the_letter(
    scenario: str, replayed: dict[str, list[Replayed]]
) -> None:
    refused = [one for one in replayed[scenario] if one.recorded["status"] == 422]
    assert refused
    for one in refused:
        assert one.answer.text == one.recorded["body"], one.target


def test_dates_of_two_kinds_break_the_server(replayed: dict[str, list[Replayed]]) -> None:
    broken = [one for one in replayed["oai"] if one.recorded["status"] == 500]
    assert len(broken) == 1
    for page in (broken[0].answer.text, broken[0].recorded["body"]):
        assert "<title>Internal server error | Zenodo</title>" in page


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_page_has_the_recorded_request_size_and_token(
    scenario: str, replayed: dict[str, list[Replayed]]
) -> None:
    lists = [one for one in replayed[scenario] if "verb=List" in one.target and one.answer.status_code == 200]
    for one in lists:
        ours, theirs = one.roots
        for tag in ("header", "metadata", "set", "metadataFormat"):
            path = f".//{OAI}{tag}"
            assert len(ours.findall(path)) == len(theirs.findall(path)), one.target
        tokens = [root.find(f".//{OAI}resumptionToken") for root in (ours, theirs)]
        assert (tokens[0] is None) == (tokens[1] is None)
        if tokens[0] is not None:
            assert bool(tokens[0].text) == bool(tokens[1].text)
            for name in ("cursor", "completeListSize"):
                assert tokens[0].get(name) == tokens[1].get(name)
        asked = [dict(root.find(f"{OAI}request").attrib) for root in (ours, theirs)]
        if "resumptionToken" not in asked[1]:
            assert asked[0] == asked[1]


def test_answers_that_are_no_list_of_records_are_the_recorded_ones(
    replayed: dict[str, list[Replayed]],
) -> None:
    verbs = ("verb=Identify", "verb=ListMetadataFormats", "verb=ListSets", "verb=GetRecord")
    whole = [one for one in replayed["oai"] if any(verb in one.target for verb in verbs)]
    compared = [one for one in whole if one.answer.status_code == 200]
    assert len(compared) == 7
    for one in compared:
        assert one.answer.text.startswith(one.recorded["body"][:100])
        ours, theirs = one.roots
        assert tree(ours) == tree(theirs), one.target


def test_a_whole_walk_brings_the_recorded_records(replayed: dict[str, list[Replayed]]) -> None:
    walked = [one for one in replayed["oai"] if "ListRecords" in one.target and one.answer.status_code == 200]
    ours, theirs = (
        {key: tree(record) for one in walked for key, record in by_identifier(one.roots[side])}
        for side in (0, 1)
    )
    assert len(theirs) == 319
    assert ours.keys() == theirs.keys()
    for identifier, record in theirs.items():
        assert ours[identifier] == record, identifier


def test_a_header_is_the_recorded_one(replayed: dict[str, list[Replayed]]) -> None:
    theirs, ours = {}, {}
    for one in replayed["oai-tokens"]:
        if one.answer.status_code == 200:
            ours |= {key: tree(header) for key, header in by_identifier(one.roots[0])}
            theirs |= {key: tree(header) for key, header in by_identifier(one.roots[1])}
    shared = ours.keys() & theirs.keys()
    assert len(shared) > 100
    for identifier in shared:
        assert ours[identifier] == theirs[identifier]


def test_a_token_asked_twice_skips_a_page(replayed: dict[str, list[Replayed]]) -> None:
    first, second = replayed["oai-tokens"][1:3]
    assert first.target == second.target
    for side in (0, 1):
        pages = [{key for key, _ in by_identifier(one.roots[side])} for one in (first, second)]
        assert not pages[0] & pages[1]
