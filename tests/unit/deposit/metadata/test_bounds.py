"""Files of any size and shape are answered in a moment, in sentences that can be read."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from zenodo_harvest.deposit.metadata.findings import Finding

Findings = Callable[..., tuple[Finding, ...]]
MANY = 20_000


@pytest.mark.parametrize(
    "fields",
    [
        {f"k{number}": 1 for number in range(MANY)},
        {"keywords": [""] * MANY},
        {"creators": [{"naem": "x"}] * MANY},
        {"license": "x" * 1_000_000},
        {"x" * 1_000_000: 1},
        {"related_identifiers": [{"identifier": "1" * 1_000_000, "relation": "cites"}]},
        {"creators": [{"name": "A, B", "orcid": "0" * 1_000_000}]},
        {"language": "e" * 1_000_000},
        {"publication_date": "2" * 1_000_000},
    ],
)
def test_a_file_of_any_size_is_answered_in_a_moment(
    fields: dict[str, Any], good: dict[str, Any], findings: Findings
) -> None:
    text = json.dumps({**good, **fields})
    start = time.thread_time()
    found = findings(text, "classic")
    assert time.thread_time() - start < 10
    assert 1 <= len(found) <= 1001
    assert all(len(str(one)) < 1200 for one in found)


def test_a_citation_file_with_many_authors_is_answered_in_a_moment(findings: Findings) -> None:
    authors = "".join(f"- family-names: A{number}\n" for number in range(2000))
    text = f"cff-version: 1.2.0\nmessage: Cite.\ntitle: Snow\nauthors:\n{authors}"
    start = time.thread_time()
    assert findings(text, "cff") == ()
    assert time.thread_time() - start < 10


def test_half_a_character_is_an_error(good: dict[str, Any], findings: Findings) -> None:
    (found,) = findings(json.dumps({**good, "title": "Snow \ud83c"}), "classic")
    assert (found.level, found.path) == ("error", "title")
