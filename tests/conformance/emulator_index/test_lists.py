"""Compares the lists of the recorded read scenarios: ids, totals and whole aggregations with their labels."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from zenodo_harvest.emulator.index import CommunityIndex, Filters, Hits, Index

RECORDINGS = Path(__file__).parents[2] / "data" / "recordings"
FACETS = ("resource_type", "access_status", "file_type", "subject", "publication_date", "type")
NOW = datetime.fromisoformat("2026-11-23T03:50:00+00:00")
Json = dict[str, Any]


def lines(path: Path) -> list[Json]:
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(line) for line in data.decode("utf-8").splitlines()]


COMMUNITIES = lines(RECORDINGS / "communities.jsonl")
IDS = {key: item["id"] for item in COMMUNITIES for key in (item["slug"], item["id"])}
RECORDS = Index(
    lines(RECORDINGS / "records-native.jsonl.gz"),
    COMMUNITIES,
    verified_owners=frozenset({"3", "4"}),
    now=lambda: NOW,
)


def exchanges() -> Iterator[tuple[str, Json]]:
    """Yield each list with aggregations once."""
    seen = set()
    for name in ("search-pages", "communities", "negotiation"):
        for exchange in lines(RECORDINGS / "scenarios" / f"{name}.jsonl.gz"):
            target, body = exchange["target"], exchange.get("body", "")
            if target in seen or not body.startswith('{"hits"') or '"aggregations"' not in body:
                continue
            seen.add(target)
            yield target, json.loads(body)


def answer(target: str) -> Hits:
    path, asked = urlsplit(target).path, parse_qs(urlsplit(target).query)
    first = {name: values[0] for name, values in asked.items()}
    page, size = int(first.get("page", 1)), int(first.get("size", 25))
    facets = {name: asked[name] for name in FACETS if name in asked}
    parts = path.split("/")
    if path == "/api/communities" or len(parts) == 4 or parts[-1] == "subcommunities":
        shown = COMMUNITIES if path == "/api/communities" else []
        communities = CommunityIndex(shown, now=lambda: NOW)
        return communities.search(first.get("q"), sort=first.get("sort"), page=page, size=size, facets=facets)
    names = [parts[3]] if parts[2] == "communities" else asked.get("communities", [])
    filters = Filters(
        communities=tuple(IDS[name] for name in names if name in IDS),
        facets=facets,
        all_versions="all_versions" in first,
    )
    return RECORDS.search(
        first.get("q"),
        sort=first.get("sort"),
        page=page,
        size=size,
        filters=filters,
        verified_first=path == "/api/records",
    )


LISTS = list(exchanges())


@pytest.mark.parametrize(("target", "body"), LISTS, ids=[target for target, _ in LISTS])
def test_a_recorded_list_has_the_same_hits_and_aggregations(target: str, body: Json) -> None:
    hits = answer(target)
    recorded = [str(hit["id"]) for hit in body["hits"]["hits"]]
    assert hits.total == body["hits"]["total"]
    assert hits.aggregations == body["aggregations"]
    if "sort=" in target or "q=" not in target:
        assert hits.ids == recorded
    elif len(recorded) == hits.total:
        assert sorted(hits.ids) == sorted(recorded)
    else:
        assert len(hits.ids) == len(recorded)


def test_the_scenarios_hold_lists_of_records_and_of_communities() -> None:
    paths = {urlsplit(target).path for target, _ in LISTS}
    assert {"/api/records", "/api/communities"} <= paths
    assert len(LISTS) >= 20
