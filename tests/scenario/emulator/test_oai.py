"""OAI-PMH as a harvester meets it: tokens, sets, formats, and a repository that changes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from werkzeug.test import Client

from doubles import StillClock
from zenodo_harvest.emulator import Emulator, Fault

OAI = "{http://www.openarchives.org/OAI/2.0/}"
PREFIXES = ("marcxml", "oai_dc", "dcat", "marc21", "datacite", "oai_datacite", "datacite4", "oai_datacite4")


def lines(count: int) -> str:
    return "".join(f"{json.dumps({'id': str(number)})}\n" for number in range(1, count + 1))


@pytest.fixture
def clock() -> StillClock:
    return StillClock(1_780_000_000.0)


@pytest.fixture
def emulator(tmp_path: Path, clock: StillClock) -> Emulator:
    """A hundred records, so that the last page is empty."""
    seed = tmp_path / "seed.jsonl"
    seed.write_text(lines(100))
    return Emulator(seed=seed, limits="off", clock=clock.now)


@pytest.fixture
def client(emulator: Emulator) -> Client:
    return Client(emulator.app)


def ask(client: Client, verb: str, status: int = 200, **arguments: str) -> Any:
    names = {"from_": "from"}
    asked = {"verb": verb, **{names.get(name, name): value for name, value in arguments.items()}}
    answer = client.get("/oai2d", query_string=asked)
    assert answer.status_code == status, answer.text
    return etree.fromstring(answer.data)


def identifiers(root: Any) -> list[str]:
    return [element.text.rpartition(":")[2] for element in root.iter(f"{OAI}identifier")]


def token(root: Any) -> str:
    return root.findtext(f".//{OAI}resumptionToken") or ""


def error(root: Any) -> str:
    return root.find(f"{OAI}error").get("code")


def pages(client: Client, verb: str = "ListIdentifiers") -> Iterator[Any]:
    root = ask(client, verb, metadataPrefix="oai_dc")
    yield root
    while token(root):
        root = ask(client, verb, resumptionToken=token(root))
        yield root


def test_a_walk_ends_with_an_empty_page_when_the_last_one_was_full(client: Client) -> None:
    walked = list(pages(client))
    assert [len(identifiers(root)) for root in walked] == [50, 50, 0]
    assert len({one for root in walked for one in identifiers(root)}) == 100
    last = walked[-1].find(f".//{OAI}resumptionToken")
    assert (last.get("cursor"), last.get("completeListSize"), last.text) == ("100", "100", None)


def test_a_list_of_one_page_has_no_token(emulator: Emulator, client: Client) -> None:
    for number in range(1, 52):
        emulator.delete(str(number))
    root = ask(client, "ListIdentifiers", metadataPrefix="oai_dc")
    assert len(identifiers(root)) == 49
    assert root.find(f".//{OAI}resumptionToken") is None


def test_a_walk_sees_the_records_as_they_were_when_it_began(emulator: Emulator, client: Client) -> None:
    walk = pages(client, "ListRecords")
    seen = identifiers(next(walk))
    waiting = sorted({str(number) for number in range(1, 101)} - set(seen))
    emulator.edit(waiting[0], lambda record: record["metadata"].update(title="New words"))
    emulator.delete(waiting[1])
    emulator.add({"id": "500"})
    rest = [(root, etree.tostring(root)) for root in walk]
    assert {one for root, _ in rest for one in identifiers(root)} == set(waiting)
    assert not any(b"New words" in data for _, data in rest)
    fresh = {one for root in pages(client) for one in identifiers(root)}
    assert fresh == ({str(number) for number in range(1, 101)} | {"500"}) - {waiting[1]}


def test_an_edit_moves_the_datestamp_to_the_second(
    emulator: Emulator, client: Client, clock: StillClock
) -> None:
    clock.time_s += 0.75
    emulator.edit("7", lambda _: None)
    stamp = "2026-05-28T20:26:40Z"
    window = {"from_": stamp, "until": stamp}
    assert identifiers(ask(client, "ListIdentifiers", metadataPrefix="oai_dc", **window)) == ["7"]


def test_a_deleted_record_is_in_no_list_and_breaks_the_server_when_asked_for(
    emulator: Emulator, client: Client
) -> None:
    emulator.delete("7")
    assert "7" not in {one for root in pages(client) for one in identifiers(root)}
    asked = {"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "oai:zenodo.org:7"}
    answer = client.get("/oai2d", query_string=asked)
    assert (answer.status_code, answer.mimetype) == (500, "text/html")


def test_old_versions_are_listed_and_restricted_records_and_concepts_are_not(
    emulator: Emulator, client: Client
) -> None:
    emulator.add({"id": "300", "parent": {"id": "299"}})
    emulator.add({"id": "301", "parent": {"id": "299"}, "versions": {"index": 2}})
    emulator.add({"id": "302", "access": {"record": "restricted"}})
    listed = {one for root in pages(client) for one in identifiers(root)}
    assert listed & {"299", "300", "301", "302"} == {"300", "301"}
    for record_id in ("299", "302"):
        asked = {"metadataPrefix": "oai_dc", "identifier": f"oai:zenodo.org:{record_id}"}
        assert error(ask(client, "GetRecord", 422, **asked)) == "idDoesNotExist"


def test_a_token_lives_120_seconds_and_each_page_brings_a_fresh_one(
    client: Client, clock: StillClock
) -> None:
    first = token(ask(client, "ListIdentifiers", metadataPrefix="oai_dc"))
    clock.time_s += 119
    second = token(ask(client, "ListIdentifiers", resumptionToken=first))
    clock.time_s += 119
    assert identifiers(ask(client, "ListIdentifiers", resumptionToken=second)) == []
    clock.time_s += 2
    refused = ask(client, "ListIdentifiers", 422, resumptionToken=second)
    assert error(refused) == "badResumptionToken"


def test_a_token_of_another_verb_or_another_server_is_refused_and_stays_good(
    emulator: Emulator, client: Client
) -> None:
    good = token(ask(client, "ListIdentifiers", metadataPrefix="oai_dc"))
    assert error(ask(client, "ListRecords", 422, resumptionToken=good)) == "badResumptionToken"
    other = Client(Emulator(limits="off").app)
    assert error(ask(other, "ListIdentifiers", 422, resumptionToken=good)) == "badResumptionToken"
    for wrong in (good[:-2], good.replace(".", "", 1), f"{good}.x", "...", "é"):
        refused = ask(client, "ListIdentifiers", 422, resumptionToken=wrong)
        assert error(refused) == "badResumptionToken"
    assert len(identifiers(ask(client, "ListIdentifiers", resumptionToken=good))) == 50


def test_a_token_used_twice_continues_at_the_next_page_under_the_same_cursor(client: Client) -> None:
    good = token(ask(client, "ListIdentifiers", metadataPrefix="oai_dc"))
    first, again = (ask(client, "ListIdentifiers", resumptionToken=good) for _ in range(2))
    assert [len(identifiers(root)) for root in (first, again)] == [50, 0]
    assert [root.find(f".//{OAI}resumptionToken").get("cursor") for root in (first, again)] == ["50", "50"]


def test_a_token_expires_on_demand(emulator: Emulator, client: Client) -> None:
    emulator.faults.add("expired-token@2")
    walk = pages(client)
    assert len(identifiers(next(walk))) == 50
    assert len(identifiers(next(walk))) == 50
    answer = client.get("/oai2d", query_string={"verb": "ListIdentifiers", "metadataPrefix": "oai_dc"})
    held = re.search(">([^<]+)</resumptionToken>", answer.text)
    assert error(ask(client, "ListIdentifiers", 422, resumptionToken=held[1])) == "badResumptionToken"


def test_the_lists_may_lag_behind(emulator: Emulator, client: Client) -> None:
    ask(client, "Identify")
    emulator.faults.add(Fault("index-lag", path="/oai2d", times=1))
    emulator.delete("7")
    for complete, expected in ((True, "100"), (False, "99")):
        root = ask(client, "ListIdentifiers", metadataPrefix="oai_dc")
        assert root.find(f".//{OAI}resumptionToken").get("completeListSize") == expected, complete


@pytest.mark.parametrize("prefix", PREFIXES)
def test_every_announced_format_is_written_for_sparse_and_for_rich_records(
    client: Client, prefix: str
) -> None:
    announced = {element.text for element in ask(client, "ListMetadataFormats").iter(f"{OAI}metadataPrefix")}
    assert announced == set(PREFIXES)
    rich = Client(Emulator(limits="off").app)
    for each in (client, rich):
        root = ask(each, "ListRecords", metadataPrefix=prefix)
        bodies = root.findall(f".//{OAI}metadata")
        assert len(bodies) == 50
        assert all(len(body) == 1 for body in bodies)


def test_characters_that_xml_cannot_hold_are_left_out(emulator: Emulator, client: Client) -> None:
    odd = {"id": "500", "metadata": {"title": "A\x00B\uffffC", "version": "1\x0b2\n"}}
    emulator.edit("7", lambda record: record["metadata"].update(odd["metadata"]))
    for prefix in PREFIXES:
        asked = {"metadataPrefix": prefix, "identifier": "oai:zenodo.org:7"}
        assert "ABC" in "".join(ask(client, "GetRecord", **asked).itertext())


def test_a_set_holds_the_records_of_its_community() -> None:
    client = Client(Emulator(limits="off").app)
    specs = [element.text for element in ask(client, "ListSets").iter(f"{OAI}setSpec")]
    assert "user-city-soundscapes" in specs
    asked = {"metadataPrefix": "oai_dc", "set": "user-city-soundscapes"}
    root = ask(client, "ListIdentifiers", **asked)
    headers = list(root.iter(f"{OAI}header"))
    assert headers
    for header in headers:
        assert "user-city-soundscapes" in {element.text for element in header.iter(f"{OAI}setSpec")}
    found = client.get("/api/communities/city-soundscapes/records?all_versions=1&size=1").get_json()
    size = root.find(f".//{OAI}resumptionToken")
    assert found["hits"]["total"] == (len(headers) if size is None else int(size.get("completeListSize")))
    for spec in ("city-soundscapes", "user-"):
        refused = ask(client, "ListIdentifiers", 422, metadataPrefix="oai_dc", set=spec)
        assert error(refused) == "noRecordsMatch"


def test_more_than_fifty_sets_come_in_pages(emulator: Emulator, client: Client) -> None:
    for number in range(51):
        entry = {"id": f"00000000-0000-0000-0000-{number:012}", "slug": f"room-{number}"}
        emulator.add(
            {"id": f"9{number}", "parent": {"communities": {"ids": [entry["id"]], "entries": [entry]}}}
        )
    first = ask(client, "ListSets")
    second = ask(client, "ListSets", resumptionToken=token(first))
    specs = [[element.text for element in root.iter(f"{OAI}setSpec")] for root in (first, second)]
    assert [len(found) for found in specs] == [50, 1]
    assert len({*specs[0], *specs[1]}) == 51


def test_what_is_sent_as_a_form_is_not_read(client: Client) -> None:
    answer = client.post("/oai2d", data={"verb": "Identify"})
    assert (answer.status_code, 'code="badVerb"' in answer.text) == (422, True)


def test_a_year_alone_means_today_in_that_year(client: Client) -> None:
    root = ask(client, "ListIdentifiers", metadataPrefix="oai_dc", from_="2023")
    assert root.find(f"{OAI}request").get("from") == "2023-05-28T00:00:00Z"


def test_a_head_request_has_the_length_of_the_answer(client: Client) -> None:
    url = "/oai2d?verb=ListMetadataFormats"
    assert client.head(url).headers["Content-Length"] == str(len(client.get(url).data))
