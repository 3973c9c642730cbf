"""Replays the recorded searches against the search core: status, total, ids, order, counts, refusals."""

from __future__ import annotations

import gzip
import json
import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from zenodo_harvest.emulator.index import EngineError, Filters, Hits, Index

RECORDINGS = Path(__file__).parents[2] / "data" / "recordings"
KNOWN = tomllib.loads(Path(__file__).with_name("known_differences.toml").read_text("utf-8"))["difference"]
FACETS = ("resource_type", "access_status", "file_type", "subject", "publication_date")
ALL = 10_000

Json = dict[str, Any]


def lines(name: str) -> list[Json]:
    path = RECORDINGS / name
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(line) for line in data.decode("utf-8").splitlines()]


@cache
def records() -> Mapping[str, Json]:
    return {record["id"]: record for record in lines("records-native.jsonl.gz")}


@cache
def slugs() -> Mapping[str, str]:
    return {community["slug"]: community["id"] for community in lines("communities.jsonl")}


@cache
def index() -> Index:
    users = json.loads((RECORDINGS / "users.json").read_text("utf-8"))
    now = datetime.fromisoformat(users["now"])
    verified = frozenset(user["id"] for user in users["users"] if user["verified"])
    return Index(records().values(), lines("communities.jsonl"), verified_owners=verified, now=lambda: now)


def listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [] if value is None else [str(value)]


def is_for_the_core(query: Json) -> bool:
    """Tell whether the search reached the engine: bad arguments and unknown paths are refused before."""
    before = ("A validation error occurred.", "Invalid querystring parameters.")
    is_refused = query.get("body", {}).get("message") in before and "sort" not in query["params"]
    is_bad_sort = "Invalid sort option" in json.dumps(query.get("body", ""))
    return query["status"] != 404 and not is_refused and not is_bad_sort


def answer(query: Json, *, page: int, size: int) -> Hits:
    params = query["params"]
    of_community = query["path"] != "/api/records"
    asked = [query["path"].split("/")[3]] if of_community else listed(params.get("communities"))
    filters = Filters(
        communities=tuple(slugs()[slug] for slug in asked if slug in slugs()),
        type=None if of_community else params.get("type"),
        subtype=None if of_community else params.get("subtype"),
        facets={name: listed(params[name]) for name in FACETS if name in params},
        all_versions="all_versions" in params or "allversions" in params,
    )
    text = next(iter(listed(params.get("q"))), None)
    return index().search(
        text, sort=params.get("sort"), page=page, size=size, filters=filters, verified_first=not of_community
    )


def rank(record_id: str, sort: str) -> Any:
    """Return what a sort that leaves ties orders by."""
    record = records()[record_id]
    if "version" in sort:
        return record["versions"]["index"]
    if sort == "journal":
        journal = record["custom_fields"].get("journal:journal", {})
        return record["metadata"]["publication_date"], journal.get("volume"), journal.get("issue")
    return record["stats"]["all_versions"]["unique_views"]


def differing(query: Json) -> Iterator[str]:
    """Yield the aspects in which the core's answer differs from the recorded one."""
    page, size = query["params"].get("page", 1), query["params"].get("size", 25)
    try:
        whole, shown = answer(query, page=1, size=ALL), answer(query, page=page, size=size)
    except EngineError as refusal:
        if refusal.status != query["status"]:
            yield "status"
        if {"status": refusal.status, "message": refusal.message} != query.get("body"):
            yield "body"
        return
    if query["status"] != 200:
        yield "status"
        return
    if whole.total != query["total"]:
        yield "total"
    if shown.sort != query["sort_by"]:
        yield "sort_by"
    if query.get("has_next", page * size < query["total"]) != (page * size < whole.total):
        yield "has_next"
    if not same_ids(query, shown, whole):
        yield "ids"
    if "aggregations" in query and counts(shown) != {
        name: sorted(buckets) for name, buckets in query["aggregations"].items()
    }:
        yield "aggregations"


def same_ids(query: Json, shown: Hits, whole: Hits) -> bool:
    """Tell whether the ids agree: in order where time decides, by rank where ties are left, else as sets."""
    recorded, sort = query["ids"], shown.sort
    if sort == "bestmatch":
        return set(recorded) <= set(whole.ids) and len(recorded) == len(shown.ids)
    if sort in ("version", "-version", "journal") or "most" in sort.removesuffix("recent"):
        is_whole = len(recorded) == len(whole.ids)
        same_ranks = [rank(one, sort) for one in shown.ids] == [rank(one, sort) for one in recorded]
        return same_ranks and (not is_whole or set(recorded) == set(whole.ids))
    return shown.ids == recorded


def counts(hits: Hits) -> dict[str, list[list[Any]]]:
    return {
        name: sorted([bucket["key"], bucket["doc_count"]] for bucket in found["buckets"])
        for name, found in hits.aggregations.items()
    }


QUERIES = [
    (number, query) for number, query in enumerate(lines("queries.jsonl"), 1) if is_for_the_core(query)
]


@pytest.mark.parametrize(("number", "query"), QUERIES, ids=[str(number) for number, _ in QUERIES])
def test_a_recorded_search_is_answered_as_the_server_did(number: int, query: Json) -> None:
    known = {aspect for entry in KNOWN if entry["line"] == number for aspect in entry["aspects"]}
    assert set(differing(query)) == known, json.dumps(query["params"], ensure_ascii=False)


def test_every_known_difference_names_a_search_and_a_reason() -> None:
    numbers = {number for number, _ in QUERIES}
    assert all(entry["line"] in numbers and entry["aspects"] and entry["reason"] for entry in KNOWN)


def test_at_least_97_percent_of_the_recorded_searches_agree() -> None:
    assert len(KNOWN) <= 0.03 * len(QUERIES)
