"""What the linter says agrees with what the real software did (recorded in tests/data/query)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from zenodo_harvest.lucene import ParseError, parse
from zenodo_harvest.query import lint

RECORDED: list[dict[str, Any]] = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "data/query/recorded.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]
BY_QUERY = {row["q"]: row for row in RECORDED}


def fell_back(q: str) -> bool:
    """Whether the server silently searched for any of the words: its parser gave up."""
    try:
        parse(q)
    except ParseError:
        return True
    return False


@pytest.mark.parametrize("row", RECORDED, ids=lambda row: row["q"][:40])
def test_what_the_server_refused_or_misread_is_never_sent_as_typed(row: dict[str, Any]) -> None:
    linted = lint(row["q"])
    if row["status"] >= 400 or fell_back(row["q"]):
        assert linted.errors or linted.q != row["q"]


@pytest.mark.parametrize("row", RECORDED, ids=lambda row: row["q"][:40])
def test_what_the_server_understood_and_found_is_not_refused(row: dict[str, Any]) -> None:
    if row["status"] == 200 and row["total"] and not fell_back(row["q"]):
        assert not lint(row["q"]).errors


@pytest.mark.parametrize("row", RECORDED, ids=lambda row: row["q"][:40])
def test_a_rewritten_query_is_one_the_server_understands(row: dict[str, Any]) -> None:
    linted = lint(row["q"])
    if not linted.errors and linted.q != row["q"]:
        assert not fell_back(linted.q) or linted.q == ""
        if linted.q in BY_QUERY:
            assert BY_QUERY[linted.q]["status"] == 200


@pytest.mark.parametrize(
    ("typed", "more"),
    [
        ("filetype:CSV", "filetype:csv"),
        ("type:Publication", "type:publication"),
        ("contributors.type:Supervisor", "contributors.type:supervisor"),
        ("journal.issue:3", "custom_fields.journal\\:journal.issue:3"),
        ("title.keyword:index", "metadata.title.keyword:index"),
        (
            "created:[2026-11-23T03:30:25.742528+00:00 TO 2026-11-23T03:31:20.774274+00:00]",
            'created:["2026-11-23T03:30:25.742528+00:00" TO "2026-11-23T03:31:20.774274+00:00"]',
        ),
    ],
)
def test_a_rewrite_finds_what_the_typed_query_missed(typed: str, more: str) -> None:
    assert lint(typed).q == more
    assert BY_QUERY[more]["total"] > (BY_QUERY[typed]["total"] if "T03" not in typed else 22)
