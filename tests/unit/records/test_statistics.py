"""Counts of use: legacy JSON turned their names round in October 2023."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from zenodo_harvest.records import Record

Read = Callable[..., Record]

STATS = {
    "views": 100,
    "unique_views": 90,
    "downloads": 80,
    "unique_downloads": 70,
    "version_views": 10,
    "version_unique_views": 9,
    "version_downloads": 8,
    "version_unique_downloads": 7,
}


def _counts(record: Record) -> tuple[tuple[int | None, ...], tuple[int | None, ...]]:
    return (
        (record.views, record.unique_views, record.downloads, record.unique_downloads),
        (
            record.all_versions_views,
            record.all_versions_unique_views,
            record.all_versions_downloads,
            record.all_versions_unique_downloads,
        ),
    )


def test_todays_legacy_views_are_all_versions_and_version_views_are_this_one(read: Read) -> None:
    record = read({"id": 7, "recid": "7", "conceptrecid": "6", "stats": STATS})
    assert _counts(record) == ((10, 9, 8, 7), (100, 90, 80, 70))


def test_before_october_2023_views_were_this_version_and_version_views_all_of_them(read: Read) -> None:
    swapped = {**STATS, "views": 10.0, "version_views": 100.0, "volume": 5.0, "version_volume": 50.0}
    record = read({"id": 7, "conceptrecid": "6", "owners": [3], "stats": swapped})
    assert (record.views, record.all_versions_views) == (10, 100)
    assert (record.data_volume_bytes, record.all_versions_data_volume_bytes) == (5, 50)


def test_native_stats_are_nested(read: Read) -> None:
    stats = {"this_version": {"views": 1}, "all_versions": {"views": 2, "data_volume": 3.0}}
    record = read({"id": "7", "parent": {}, "stats": stats})
    assert (record.views, record.all_versions_views, record.all_versions_data_volume_bytes) == (1, 2, 3)


@pytest.mark.parametrize("stats", [{}, None])
def test_no_stats_are_null_and_not_zero(read: Read, stats: Any) -> None:
    for value in ({"id": 7, "recid": "7"}, {"id": 7, "conceptrecid": "6"}, {"id": "7", "parent": {}}):
        record = read({**value, "stats": stats})
        assert set(sum(_counts(record), ())) == {None}
        assert set(sum(_counts(read(value)), ())) == {None}


def test_counts_that_are_no_whole_numbers_are_named_and_kept(read: Read) -> None:
    record = read({"id": 7, "conceptrecid": "6", "stats": {"views": 1.5, "version_views": "3"}})
    assert (record.views, record.all_versions_views, len(record.problems)) == (None, None, 2)
    assert record.extra == '{"stats":{"version_views":"3","views":1.5}}'
