"""What the search core finds, in which order, and what it refuses; the traps of the server by name."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from zenodo_harvest.emulator.index import EngineError, Filters, Hits, Index

NOW = datetime(2026, 11, 23, 3, 50, tzinfo=UTC)
HOUSE = "11111111-1111-4111-8111-111111111111"


def record(
    record_id: str,
    title: str = "untitled",
    *,
    created: str = "2026-11-23T03:30:10.115148+00:00",
    owner: str = "3",
    versions: tuple[int, bool] = (1, True),
    type_id: str = "dataset",
    more: dict[str, Any] | None = None,
    **metadata: Any,
) -> dict[str, Any]:
    return {
        "id": record_id,
        "created": created,
        "updated": created,
        "parent": {"id": "9", "access": {"owned_by": {"user": owner}}, "communities": {}},
        "versions": {"index": versions[0], "is_latest": versions[1]},
        "pids": {"doi": {"identifier": f"10.5281/zenodo.{record_id}"}},
        "metadata": {
            "title": title,
            "publication_date": "2020-01-01",
            "resource_type": {"id": type_id, "title": {"en": "Data"}},
            **metadata,
        },
        "access": {"record": "public", "files": "public", "status": "open"},
        "files": {"enabled": True, "count": 0, "total_bytes": 0, "entries": {}},
        **(more or {}),
    }


def index(*records: dict[str, Any], communities: tuple[dict[str, Any], ...] = ()) -> Index:
    return Index(records, communities, verified_owners=frozenset({"3"}), now=lambda: NOW)


def search(among: Index, q: str | None = None, **options: Any) -> Hits:
    paging = {
        name: options.pop(name) for name in ("page", "size", "sort", "verified_first") if name in options
    }
    return among.search(
        q,
        **{"sort": None, "page": 1, "size": 25, "verified_first": True, **paging},
        filters=Filters(**options),
    )


def found(among: Index, q: str | None = None, **options: Any) -> list[str]:
    return sorted(search(among, q, **options).ids)


def refusal(among: Index, q: str, **options: Any) -> int:
    with pytest.raises(EngineError) as caught:
        search(among, q, **options)
    return caught.value.status


def test_words_without_an_operator_find_either() -> None:
    among = index(record("1", "climate"), record("2", "model"), record("3", "other"))
    assert found(among, "climate model") == ["1", "2"]
    assert found(among, "climate AND model") == []


def test_and_has_no_precedence_it_makes_both_neighbours_required() -> None:
    among = index(record("1", "a1"), record("2", "b1 c1"), record("3", "a1 b1 c1"))
    assert found(among, "a1 OR b1 AND c1") == ["2", "3"]


def test_punctuation_in_titles_is_removed_before_words_are_cut() -> None:
    among = index(record("1", "Frost-days over <i>habits</i>: a note", subjects=[{"subject": "frost-days"}]))
    assert found(among, "title:frostdays") == ["1"]
    assert found(among, "title:habits") == []
    assert found(among, "keywords:frost") == ["1"]


def test_accents_are_folded_in_titles_and_kept_in_keywords() -> None:
    among = index(record("1", "Ødegård über", subjects=[{"subject": "über"}]))
    assert found(among, "title:odegard AND title:UBER") == ["1"]
    assert found(among, "keywords:uber") == []


def test_keywords_are_compared_whole_and_with_their_case() -> None:
    among = index(record("1", rights=[{"id": "mit"}]), record("2", rights=[{"id": "mit-0"}]))
    assert found(among, "license.identifier:mit") == ["1"]
    assert found(among, "license.identifier:MIT") == []
    assert found(among, "license.identifier:mit*") == ["1", "2"]


def test_a_group_of_ids_without_or_is_one_value_and_finds_nothing() -> None:
    among = index(record("1"), record("2"))
    assert found(among, "recid:(1 2)") == []
    assert found(among, "recid:(1 OR 2)") == found(among, "recid:1 recid:2") == ["1", "2"]


def test_text_that_luqum_cannot_read_is_a_bag_of_words() -> None:
    among = index(record("1", "frost"), record("2", "this and that"), record("3"))
    for q in ("frost AND", "frost AND AND nothing", '"frost and', "(frost and"):
        assert found(among, q) == ["1", "2"], q


def test_blank_text_finds_nothing_but_no_text_and_a_star_find_all() -> None:
    among = index(record("1"), record("2"))
    assert found(among, "   ") == []
    assert found(among) == found(among, "") == found(among, "*") == found(among, "*:*") == ["1", "2"]


@pytest.mark.parametrize(
    "q",
    [
        *("10.5281/zenodo.1", "title:foo/bar", "a:b:c", "versions.index:abc", "is_published:perhaps"),
        *("custom_fields.code:codeRepository:x", "created:2026*", "created:>=2024-01-01T10:00:00"),
    ],
)
def test_what_the_engine_cannot_read_is_a_400(q: str) -> None:
    assert refusal(index(record("1")), q) == 400


def test_impossible_dates_are_a_500() -> None:
    among = index(record("1"))
    assert refusal(among, "created:[2026-02-30 TO *]") == refusal(among, "created:notadate") == 500


def test_sorting_by_the_worst_match_is_a_500_and_by_activity_a_400() -> None:
    among = index(record("1"))
    assert refusal(among, "x", sort="-bestmatch") == 500
    assert refusal(among, "x", sort="newestactivity") == 400


@pytest.mark.parametrize(("count", "status"), [(1016, 200), (1017, 500), (1024, 500), (1025, 400)])
def test_long_lists_of_ids_hit_the_limits_of_the_engine(count: int, status: int) -> None:
    q = f"recid:({' OR '.join(str(number) for number in range(count))})"
    among = index(record("1"))
    assert (found(among, q) == ["1"] and 200 if status == 200 else refusal(among, q)) == status


@pytest.mark.parametrize(
    ("q", "is_refused"),
    [
        (" ".join(["word"] * 53), False),
        (" ".join(["word"] * 54), True),
        (" OR ".join(["word"] * 53), False),
        (" AND ".join(["word"] * 40), False),
        (" AND ".join(["word"] * 50), True),
        (f'"{" ".join(["word"] * 52)}"', False),
        (f"({' '.join(['word'] * 60)}", True),
    ],
)
def test_words_without_a_field_count_once_for_each_default_field(q: str, is_refused: bool) -> None:
    among = index(record("1"))
    assert (refusal(among, q) == 500) if is_refused else (found(among, q) == [])


def test_parentheses_too_deep_to_follow_are_a_500() -> None:
    assert refusal(index(record("1")), "(" * 3000 + "a" + ")" * 3000) == 500


def test_dates_mean_whole_days_and_hours_but_months_and_years_their_first_day() -> None:
    among = index(record("1"))
    for q in (
        "created:2026-11-23",
        "created:[2026-11-23 TO 2026-11-23]",
        "created:[2026-11-23T03 TO 2026-11-23T03]",
    ):
        assert found(among, q) == ["1"], q
    for q in ("created:[2026-11 TO 2026-11]", "created:2026", "created:[2026-11-23 TO 2026-11-23}"):
        assert found(among, q) == [], q


def test_the_servers_own_time_format_must_be_quoted_in_a_range() -> None:
    among = index(record("1"), record("2", created="2026-11-23T03:40:00+00:00"))
    first = "2026-11-23T03:30:10.115148+00:00"
    assert found(among, f'created:["{first}" TO "2026-11-23T03:35:00+00:00"}}') == ["1"]
    assert found(among, f"created:[{first} TO 2026-11-23T03:35:00+00:00}}") == []


def test_date_math_reads_the_clock_at_each_search() -> None:
    moments = iter((NOW, NOW, NOW.replace(year=2027), NOW.replace(year=2027)))
    among = Index([record("1")], (), verified_owners=frozenset(), now=lambda: next(moments))
    assert [search(among, "created:[now-1d/d TO now]").total for _ in range(2)] == [1, 0]


def test_publication_dates_are_text_and_only_their_range_is_time() -> None:
    among = index(record("1", publication_date="2020/2021"), record("2", publication_date="2021-05"))
    assert found(among, "publication_date:[2020 TO 2021]") == ["1"]
    assert found(among, "metadata.publication_date_range:[2021-04-01 TO 2021-12-31]") == ["1", "2"]


def test_the_old_name_version_means_the_number_in_the_row_of_versions() -> None:
    among = index(record("1", version="2.0"), record("2", versions=(2, True)))
    assert found(among, "version:2") == ["2"]
    assert found(among, 'metadata.version:"2.0"') == ["1"]


def test_a_doi_is_quoted_by_the_server_so_that_a_star_in_it_is_plain() -> None:
    among = index(record("123"))
    assert found(among, "doi:10.5281/zenodo.123") == ["123"]
    assert found(among, "doi:10.5281/zenodo.1*") == []
    assert found(among, '"10.5281/zenodo.123"') == []


def test_communities_in_a_query_are_slugs_and_unknown_ones_find_nothing() -> None:
    inside = record("1", more={"parent": {"id": "9", "communities": {"ids": [HOUSE]}}})
    among = index(inside, record("2"), communities=({"id": HOUSE, "slug": "house"},))
    assert found(among, "communities:house") == found(among, 'communities:"house"') == ["1"]
    assert found(among, "communities:(house OR no-such)") == ["1"]
    for q in ("communities:House", "communities:hous*", f"communities:{HOUSE}"):
        assert found(among, q) == [], q
    assert found(among, communities=(HOUSE,)) == ["1"]


def test_unknown_fields_find_nothing_and_are_no_error() -> None:
    among = index(record("1", "x"))
    assert (
        found(among, "nosuch:x") == found(among, "journal.issue:*") == found(among, "title.keyword:x") == []
    )


def test_patterns_in_a_query_are_stripped_like_the_words_of_the_field() -> None:
    among = index(record("1", "Frost days"))
    assert found(among, "title:FRO*") == found(among, "title:*ost") == found(among, "title:f?ost") == ["1"]
    assert found(among, "title:/fro.t/") == []
    assert found(among, "title:/frost/") == ["1"]
    assert found(among, "title:forst~1") == found(among, "title:frosst~") == ["1"]


def test_phrases_want_the_words_in_order_and_slop_allows_moves() -> None:
    among = index(record("1", "frost in many days"), record("2", "days frost"))
    assert found(among, 'title:"frost days"') == []
    assert found(among, 'title:"frost days"~2') == ["1", "2"]


def test_files_of_closed_records_are_not_indexed_not_even_their_number() -> None:
    files = {
        "enabled": True,
        "count": 1,
        "total_bytes": 5,
        "entries": {"a.csv": {"key": "a.csv", "ext": "csv"}},
    }
    closed = {"access": {"record": "public", "files": "restricted", "status": "restricted"}, "files": files}
    among = index(record("1", more={"files": files}), record("2", more=closed))
    for q in ("filename:a.csv", "filetype:csv", "filecount:1", "size:[* TO 9]"):
        assert found(among, q) == ["1"], q


def test_restricted_records_show_to_their_owner_only() -> None:
    among = index(record("1", more={"access": {"record": "restricted", "files": "restricted"}}))
    assert found(among) == found(among, visible_to="4") == []
    assert found(among, visible_to="3") == ["1"]


def test_only_latest_versions_count_unless_all_are_asked_for() -> None:
    among = index(record("1", versions=(1, False)), record("2", versions=(2, True)))
    assert found(among) == ["2"]
    assert search(among, all_versions=True, concept="9", sort="version").ids == ["2", "1"]


def test_records_of_verified_owners_come_first_but_not_within_a_community() -> None:
    among = index(
        record("old", created="2024-01-01T00:00:00+00:00"),
        record("new", created="2025-01-01T00:00:00+00:00", owner="6"),
    )
    assert search(among).ids == ["old", "new"]
    assert search(among, verified_first=False).ids == ["new", "old"]
    assert search(among, sort="oldest").ids == ["old", "new"]


def test_a_best_match_without_a_query_is_the_newest() -> None:
    assert [
        search(index(), q, sort=sort).sort for q, sort in (("x", None), ("x", "oldest"), ("", "bestmatch"))
    ] == [*("bestmatch", "oldest", "newest")]


def test_records_without_the_field_of_the_sort_come_last_both_ways() -> None:
    session = {"custom_fields": {"meeting:meeting": {"session": "B"}}}
    among = index(record("1"), record("2", more=session))
    assert (
        search(among, sort="conference-desc").ids
        == search(among, sort="-conference_session").ids
        == ["2", "1"]
    )


def test_type_filters_take_ids_and_a_subtype_is_idle_without_a_type() -> None:
    among = index(record("1"), record("2", type_id="publication-article"))
    assert found(among, type="Publication") == []
    assert found(among, type="publication", subtype="article") == ["2"]
    assert found(among, subtype="article") == ["1", "2"]
    assert found(among, "resource_type.subtype:article") == []


def test_a_thesis_is_found_under_both_its_names() -> None:
    among = index(record("1", type_id="publication-dissertation"))
    assert found(among, "resource_type.subtype:publication-thesis") == ["1"]
    assert found(among, 'resource_type.subtype:"publication-thesis"') == ["1"]


def test_a_record_indexed_again_replaces_itself_and_a_deleted_one_is_gone() -> None:
    among = index(record("1", "before"))
    assert found(among, "before") == ["1"]
    among.add(record("1", "after"))
    assert (found(among, "before"), found(among, "after")) == ([], ["1"])
    among.add(record("1", more={"deletion_status": {"is_deleted": True}}))
    assert search(among, all_versions=True).total == 0
    among.add(record("1"))
    among.remove("1")
    assert search(among).total == 0


def test_a_community_made_later_can_be_named() -> None:
    among = index(record("1", more={"parent": {"id": "9", "communities": {"ids": [HOUSE]}}}))
    assert found(among, "communities:house") == []
    among.add_community({"id": HOUSE, "slug": "house"})
    assert found(among, "communities:house") == ["1"]


def test_values_too_long_to_index_are_not_found_as_keywords() -> None:
    long = "x" * 257
    among = index(record("1", long), record("2", "x" * 256))
    assert found(among, "metadata.title.keyword:x*") == ["2"]


def test_existence_is_asked_of_fields_and_of_groups_of_fields() -> None:
    among = index(record("1", funding=[{"funder": {"name": "F"}}]), record("2"))
    assert found(among, "_exists_:metadata.funding") == found(among, "grants.funder.name:*") == ["1"]
    assert found(among, "NOT _exists_:metadata.funding") == ["2"]


def test_pages_are_cut_after_sorting_and_past_the_end_are_empty() -> None:
    among = index(
        *(record(str(number), created=f"2024-01-0{number}T00:00:00+00:00") for number in range(1, 6))
    )
    pages = [search(among, sort="oldest", page=page, size=2) for page in (1, 2, 3, 4)]
    assert [page.ids for page in pages] == [["1", "2"], ["3", "4"], ["5"], []]
    assert {page.total for page in pages} == {5}
