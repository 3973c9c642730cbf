"""Replays the 334 recorded searches over HTTP: status, total, ids, order, next page, counts, refusals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec
import pytest
from werkzeug.test import Client, TestResponse

SEARCHES = 334
NATIVE = "application/vnd.inveniordm.v1+json"
TIES_BY_VERSION = ("version", "-version")
TIES_BY_VIEWS = ("mostviewed", "-mostviewed", "mostdownloaded", "-mostdownloaded")

Json = dict[str, Any]


class Replay:
    """Asks the emulator what was asked of the server."""

    def __init__(self, client: Client, records: Mapping[str, Json]) -> None:
        self._client = client
        self._records = records

    def differing(self, search: Json) -> Iterator[str]:
        """Yield the aspects in which the emulator's answer differs from the recorded one."""
        answer = self._answer(search, search["params"])
        body = msgspec.json.decode(answer.get_data())
        if answer.status_code != search["status"]:
            yield "status"
            return
        if search["status"] != 200:
            if body != search["body"]:
                yield "body"
            return
        page, size = search["params"].get("page", 1), search["params"].get("size", 25)
        if body["hits"]["total"] != search["total"]:
            yield "total"
        if not self._same_ids(search, [hit["id"] for hit in body["hits"]["hits"]]):
            yield "ids"
        if body["sortBy"] != search["sort_by"]:
            yield "sort_by"
        if ("next" in body["links"]) != search.get("has_next", page * size < search["total"]):
            yield "next"
        if "aggregations" in search and counts(body) != in_any_order(search["aggregations"]):
            yield "aggregations"

    def _answer(self, search: Json, params: Json) -> TestResponse:
        headers = {"Accept": NATIVE} | ({} if search["guest"] else {"Authorization": "Bearer TOKEN-A"})
        return self._client.get(search["path"], query_string=params, headers=headers)

    def _same_ids(self, search: Json, ids: list[str]) -> bool:
        """Tell whether the ids agree: in order if by time, by rank where ties are left, else as sets."""
        theirs, sort = search["ids"], search["sort_by"]
        if ids == theirs:
            return True
        if sort == "journal" or sort in (*TIES_BY_VERSION, *TIES_BY_VIEWS):
            same_ranks = [self._rank(one, sort) for one in ids] == [self._rank(one, sort) for one in theirs]
        else:
            same_ranks = sort == "bestmatch"
        if not same_ranks or len(ids) != len(theirs):
            return False
        return set(ids) == set(theirs) or (
            len(theirs) < search["total"] and set(theirs) <= self._whole(search)
        )

    def _whole(self, search: Json) -> set[str]:
        """Return the ids of all pages."""
        found: set[str] = set()
        page, has_next = 0, True
        while has_next:
            page += 1
            answer = self._answer(search, {**search["params"], "size": 100, "page": page})
            body = msgspec.json.decode(answer.get_data())
            found |= {hit["id"] for hit in body["hits"]["hits"]}
            has_next = "next" in body["links"]
        return found

    def _rank(self, id_: str, sort: str) -> Any:
        """Return what a sort that leaves ties orders by."""
        record = self._records[id_]
        if sort in TIES_BY_VERSION:
            return record["versions"]["index"]
        if sort in TIES_BY_VIEWS:
            return record["stats"]["all_versions"]["unique_views"]
        journal = record["custom_fields"].get("journal:journal", {})
        return record["metadata"]["publication_date"], journal.get("volume"), journal.get("issue")


def counts(body: Json) -> dict[str, list[list[Any]]]:
    return {
        name: sorted([bucket["key"], bucket["doc_count"]] for bucket in found["buckets"])
        for name, found in body["aggregations"].items()
    }


def in_any_order(aggregations: Json) -> dict[str, list[list[Any]]]:
    return {name: sorted(buckets) for name, buckets in aggregations.items()}


@pytest.fixture(scope="module")
def searches(recorded: Callable[[str], list[Json]]) -> list[Json]:
    return recorded("queries.jsonl")


@pytest.fixture(scope="module")
def replay(emulated: Callable[[str], Client], recorded: Callable[[str], list[Json]]) -> Replay:
    return Replay(emulated("off"), {record["id"]: record for record in recorded("records-native.jsonl.gz")})


@pytest.mark.parametrize("number", range(1, SEARCHES + 1))
def test_a_recorded_search_is_answered_as_the_server_did(
    number: int, searches: list[Json], replay: Replay, known: Callable[[str], list[Json]]
) -> None:
    expected = {aspect for entry in known("search") if entry["line"] == number for aspect in entry["aspects"]}
    search = searches[number - 1]
    assert set(replay.differing(search)) == expected, (search["path"], search["params"])


def test_at_least_97_percent_of_the_recorded_searches_agree(
    searches: list[Json], known: Callable[[str], list[Json]]
) -> None:
    # each search that differs is listed, or its own test fails
    differing = {entry["line"] for entry in known("search") if entry["reason"]}
    agreeing = len(searches) - len(differing)
    print(f"{agreeing} of {len(searches)} searches agree: {agreeing / len(searches):.1%}")
    assert len(searches) == SEARCHES
    assert differing <= set(range(1, SEARCHES + 1))
    assert agreeing >= 0.97 * len(searches)
