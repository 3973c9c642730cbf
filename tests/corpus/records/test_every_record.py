from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from zenodo_harvest.records import Provenance, Record, read_record

Reader = Callable[[str], list[dict[str, Any]]]
Lost = Callable[[Any, Record], set[Any]]


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("pattern", "count", "dialects"),
    [
        ("records-native.jsonl.gz", 2, {"native"}),
        ("records-legacy-new.jsonl.gz", 461, {"legacy"}),
        ("records-legacy-old.jsonl.gz", 547, {"legacy-pre2023"}),
        ("transcribed/native-*.json", 4, {"native"}),
        ("transcribed/legacy-*.json", 2, {"legacy"}),
        ("search-responses/*-new-*.json", 1, {"legacy"}),
        ("search-responses/*-old-*.json*", 1, {"legacy-pre2023"}),
        ("deposit/*.jsonl.gz", 1062, {"legacy"}),
    ],
)
def test_every_record_of_the_corpus_becomes_a_row_and_no_value_is_lost(
    pattern: str,
    count: int,
    dialects: set[str],
    corpus: Reader,
    provenance: Provenance,
    lost_values: Lost,
) -> None:
    values = corpus(pattern)
    assert len(values) >= count
    _check(values, dialects, provenance, lost_values)


@pytest.mark.parametrize(
    ("name", "dialect"), [("records-native.jsonl.gz", "native"), ("records-legacy.jsonl.gz", "legacy")]
)
def test_every_recorded_record_becomes_a_row_and_no_value_is_lost(
    name: str, dialect: str, recordings: Reader, provenance: Provenance, lost_values: Lost
) -> None:
    values = recordings(name)
    assert len(values) == 319
    _check(values, {dialect}, provenance, lost_values)


def _check(values: list[dict[str, Any]], dialects: set[str], provenance: Provenance, lost: Lost) -> None:
    found = set()
    for value in values:
        record = read_record(json.dumps(value), provenance)
        found.add(record.dialect)
        assert record.id is not None
        assert lost(value, record) == set(), f"lost of {record.id}"
    assert found == dialects


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["records-legacy-new.jsonl.gz", "records-legacy-old.jsonl.gz"])
def test_all_versions_are_used_at_least_as_often_as_this_one_in_both_eras(
    name: str, corpus: Reader, provenance: Provenance
) -> None:
    records = [read_record(json.dumps(value), provenance) for value in corpus(name)]
    pairs = [
        (record.views, record.all_versions_views)
        for record in records
        if record.views is not None and record.all_versions_views is not None
    ]
    assert len(pairs) > 400
    # Before October 2023 the sum of all versions sometimes ran a use or three behind.
    assert all(this <= all_ + 3 for this, all_ in pairs)
    assert sum(this + 3 < all_ for this, all_ in pairs) > 20
