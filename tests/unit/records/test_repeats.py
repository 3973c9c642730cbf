"""Parts that records repeat word for word are read once, and read alike every time."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from typing import Any

import msgspec
import pytest

from zenodo_harvest.records import Provenance, read_record
from zenodo_harvest.records.metadata_shapes import Term
from zenodo_harvest.records.remains import renamed
from zenodo_harvest.records.repeats import Repeated

_PROVENANCE = Provenance("zenodo", "file", datetime(2026, 11, 23, tzinfo=UTC))


def _terms() -> Repeated[str | None]:
    return Repeated(Term, partial(renamed, change=str.lower), None)


def _read(terms: Repeated[str | None], content: bytes) -> tuple[str | None, bytes]:
    value, rest = terms[content]
    return value, bytes(rest)


def test_a_part_is_read_once() -> None:
    seen = []

    def take(term: Term) -> str | None:
        seen.append(term.id)
        term.id = None
        return "read"

    terms: Repeated[str | None] = Repeated(Term, take, None)
    for _ in range(3):
        part = b'{"id":"a","title":{"sv":"A","en":"B"}}'
        assert _read(terms, part) == ("read", b'{"title":{"en":"B","sv":"A"}}')
    assert seen == ["a"]


@pytest.mark.parametrize("content", [b"", b"null"])
def test_a_part_that_is_absent_or_null_is_nothing(content: bytes) -> None:
    assert _read(_terms(), content) == (None, b"")


def test_what_no_column_holds_remains() -> None:
    assert _read(_terms(), b'{ "id": "Editor" }') == ("editor", b'{"id":"Editor"}')
    assert _read(_terms(), b'{"id": "editor", "title": {}}') == ("editor", b"")


def test_json_of_another_kind_is_refused() -> None:
    with pytest.raises(msgspec.MsgspecError):
        _terms()[b'{"id": 7}']


def test_memory_does_not_grow_with_the_number_of_parts_or_their_length() -> None:
    terms = _terms()
    for number in range(5_000):
        assert _read(terms, b'{"id":"%d"}' % number) == (str(number), b"")
    assert _read(terms, b'{"id":"%s"}' % (b"x" * 5_000)) == ("x" * 5_000, b"")
    assert len(terms) <= 2_048
    assert max(map(len, terms)) < 4_097


@pytest.mark.parametrize(
    "value",
    [
        {"access": {"embargo": {"until": "soon"}}},
        {"metadata": {"resource_type": {"id": "dataset", "title": {"en": 7}}}},
        {"metadata": {"rights": [None, {"id": "mit"}, "x"]}},
        {"parent": {"communities": {"ids": ["b"], "entries": [{"id": "a", "slug": "s"}, None, 7]}}},
        {"versions": {"index": 2**70}},
    ],
)
def test_a_part_reads_the_second_time_as_the_first(value: dict[str, Any]) -> None:
    first, second = (read_record(json.dumps(value), _PROVENANCE) for _ in range(2))
    assert first == second
    assert json.loads(first.extra or "{}") or first.problems
