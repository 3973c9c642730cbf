"""Facets filter after the counts, save for dates; the counts have the shape of the server's JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from zenodo_harvest.emulator.index import CommunityIndex, Filters, Hits, Index

NOW = datetime(2026, 11, 23, tzinfo=UTC)
TITLES = {"publication-article": "Journal article", "physicalobject": "Physical object"}


def record(number: int, type_id: str, published: str, *subjects: str) -> dict[str, Any]:
    return {
        "id": str(number),
        "created": "2026-01-01T00:00:00+00:00",
        "parent": {"id": "c"},
        "versions": {"index": 1, "is_latest": True},
        "metadata": {
            "publication_date": published,
            "resource_type": {"id": type_id, "title": {"en": TITLES.get(type_id, type_id.title())}},
            "subjects": [{"subject": subject} for subject in subjects],
        },
        "access": {"status": "metadata-only"},
    }


INDEX = Index(
    [
        record(1, "publication-article", "2019", "ice", "snow", "ice"),
        record(2, "publication-book", "2020/2022", "snow"),
        record(3, "physicalobject", "1998-05"),
        record(4, "dataset", "no date"),
    ],
    (),
    verified_owners=frozenset(),
    now=lambda: NOW,
)


def search(**facets: list[str]) -> Hits:
    return INDEX.search(
        None, sort=None, page=1, size=25, filters=Filters(facets=facets), verified_first=False
    )


def found(**facets: list[str]) -> set[str]:
    return set(search(**facets).ids)


def buckets(name: str, **facets: list[str]) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = search(**facets).aggregations[name]["buckets"]
    return listed


def test_choosing_a_facet_changes_the_hits_but_not_the_counts() -> None:
    chosen, free = search(subject=["ice"]), search()
    assert (chosen.total, free.total) == (1, 4)
    assert [bucket["doc_count"] for bucket in chosen.aggregations["subject"]["buckets"]] == [2, 1]
    assert [bucket["is_selected"] for bucket in chosen.aggregations["subject"]["buckets"]] == [False, True]


def test_choosing_dates_changes_the_counts_as_well() -> None:
    assert [bucket["key"] for bucket in buckets("resource_type", publication_date=["2021..2025"])] == [
        "publication"
    ]


def test_values_of_one_facet_are_alternatives_and_facets_narrow_each_other() -> None:
    assert found(subject=["ice", "snow"]) == {"1", "2"}
    assert found(subject=["ice", "snow"], publication_date=["2021"]) == {"2"}


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        (["publication"], {"1", "2"}),
        (["publication::publication-article"], {"1"}),
        (["publication", "publication::publication-book"], {"2"}),
        (["publication-article"], set()),
        (["publication::publication-book", "dataset"], {"2", "4"}),
    ],
)
def test_resource_types_are_chosen_by_their_path(value: list[str], ids: set[str]) -> None:
    assert found(resource_type=value) == ids


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        *(("2019", {"1"}), ("2021-02", {"2"}), ("..2019", {"1", "3"}), ("2019..2020", {"1", "2"})),
        *(("[2019..2020)", {"1", "2"}), ("1998-06..", {"1", "2"}), ("..", {"1", "2", "3", "4"})),
        *(
            ("nonsense", {"1", "2", "3", "4"}),
            ("2019-13", {"1", "2", "3", "4"}),
            ("(1998-05..1998-06)", {"3"}),
        ),
    ],
)
def test_dates_are_chosen_by_overlap_and_nonsense_is_idle(value: str, ids: set[str]) -> None:
    assert found(publication_date=[value]) == ids


def test_years_are_counted_from_2000_with_the_gaps_filled() -> None:
    assert [(bucket["key"], bucket["doc_count"]) for bucket in buckets("publication_date")] == [
        *(("2019", 1), ("2020", 1), ("2021", 1), ("2022", 1))
    ]


def test_earlier_years_are_counted_when_they_are_asked_for() -> None:
    assert buckets("publication_date", publication_date=["1990..1999"]) == [
        {"key": "1998", "doc_count": 1, "label": "1998", "is_selected": True}
    ]


def test_types_carry_their_subtypes_and_titles() -> None:
    publication, dataset, thing = buckets("resource_type", resource_type=["publication::publication-book"])
    assert (publication["key"], publication["label"], publication["is_selected"]) == (
        *("publication", "Publication", False),
    )
    assert [(child["label"], child["is_selected"]) for child in publication["inner"]["buckets"]] == [
        *(("Journal article", False), ("Publication-Book", True))
    ]
    assert dataset["inner"] == {"buckets": []}
    assert thing["label"] == "Physical object"


def test_access_statuses_have_the_labels_of_the_server() -> None:
    assert buckets("access_status")[0]["label"] == "Metadata-only"


def test_at_most_ten_buckets_come_back_the_most_frequent_first() -> None:
    records = [record(number, "dataset", "2020", f"s{number:02}", "common") for number in range(20)]
    many = Index(records, (), verified_owners=frozenset(), now=lambda: NOW)
    hits = many.search(None, sort=None, page=1, size=1, filters=Filters(), verified_first=False)
    keys = [bucket["key"] for bucket in hits.aggregations["subject"]["buckets"]]
    assert keys == ["common", *(f"s{number:02}" for number in range(9))]


def test_no_counts_are_made_when_none_are_wanted() -> None:
    hits = INDEX.search(
        None, sort=None, page=1, size=25, filters=Filters(), verified_first=True, with_aggregations=False
    )
    assert hits.aggregations == {}


def community(number: int, slug: str, title: str, type_id: str) -> dict[str, Any]:
    return {
        "id": str(number),
        "slug": slug,
        "created": f"2026-01-0{number}T00:00:00+00:00",
        "metadata": {"title": title, "type": {"id": type_id, "title": {"en": type_id.title()}}},
    }


COMMUNITIES = CommunityIndex(
    [
        community(1, "enes-data-space", "ENES Data Space", "project"),
        community(2, "frost-lab", "Frost Lab", "topic"),
    ],
    now=lambda: NOW,
)


def communities(q: str | None, **facets: list[str]) -> list[str]:
    return COMMUNITIES.search(q, sort=None, page=1, size=25, facets=facets).ids


def test_communities_are_found_by_the_beginnings_of_the_words_of_their_title() -> None:
    assert communities("fro") == communities("Frostbite") == ["2"]
    assert communities("rost") == []
    assert communities("slug:enes*") == ["1"]


def test_communities_are_the_newest_first_and_can_be_chosen_by_type() -> None:
    assert communities(None) == ["2", "1"]
    assert communities(None, type=["project"]) == ["1"]


def test_a_deleted_community_is_not_found() -> None:
    deleted = {**community(3, "gone", "Gone", "topic"), "deletion_status": {"is_deleted": True}}
    assert CommunityIndex([deleted], now=lambda: NOW).search(None, sort=None, page=1, size=5).total == 0


@pytest.mark.parametrize("found", [1, 500])
def test_a_value_that_a_record_names_twice_counts_once_whether_few_or_many_are_found(found: int) -> None:
    index = Index(
        (record(number, "dataset", "2019", "ice", "snow", "ice") for number in range(600)),
        (),
        verified_owners=frozenset(),
        now=lambda: NOW,
    )
    ids = frozenset(str(number) for number in range(found))
    hits = index.search(None, sort=None, page=1, size=1, filters=Filters(ids=ids), verified_first=False)
    counts = [(item["key"], item["doc_count"]) for item in hits.aggregations["subject"]["buckets"]]
    assert counts == [("ice", found), ("snow", found)]
