from __future__ import annotations

import hashlib
from collections import Counter
from itertools import pairwise

import idutils

from zenodo_harvest.emulator.defaults import is_deleted
from zenodo_harvest.emulator.sample import sample

SEED = sample()
PUBLISHED = [record for record in SEED.records if not is_deleted(record)]


def test_the_sample_is_the_same_every_time() -> None:
    assert sample.__wrapped__() == SEED  # built anew, past the cache


def test_about_three_hundred_records_live_in_six_communities() -> None:
    slugs = Counter(
        item["slug"] for record in PUBLISHED for item in record["parent"]["communities"].get("entries", ())
    )
    assert 280 <= len(PUBLISHED) <= 330
    assert len(SEED.communities) == len(slugs) == 6
    assert slugs["enes-data-space"] >= 40


def test_a_newcomer_finds_frost_and_other_indices_in_the_first_community() -> None:
    titles = [
        record["metadata"]["title"]
        for record in PUBLISHED
        if any(
            item["slug"] == "enes-data-space" for item in record["parent"]["communities"].get("entries", ())
        )
    ]
    assert sum("frost" in title.lower() for title in titles) >= 8
    assert sum("index" in title for title in titles) >= 20
    assert any(title.startswith("Growing season length") for title in titles)
    assert any(title.startswith("Heat wave") for title in titles)


def test_every_kind_of_access_version_and_deletion_occurs() -> None:
    assert Counter(record["access"]["status"] for record in PUBLISHED).keys() == {
        "open",
        "embargoed",
        "restricted",
    }
    assert max(record["versions"]["index"] for record in PUBLISHED) == 3
    visible = Counter(record["tombstone"]["is_visible"] for record in SEED.records if is_deleted(record))
    assert visible[True] >= 4
    assert visible[False] >= 1


def test_odd_titles_and_file_names_are_part_of_it() -> None:
    titles = " ".join(record["metadata"]["title"] for record in PUBLISHED)
    for odd in ("<i>", r"$T_{\min}$", "أيام", "חורף", "🌡️", "=SUM(A1:A3)", "@home"):
        assert odd in titles
    assert max(len(record["metadata"]["title"]) for record in PUBLISHED) > 300
    names = " ".join(key for record in PUBLISHED for key in record["files"]["entries"])
    for odd in (" ", "#", "%", "?", ";", "/", "ï", "霜"):
        assert odd in names


def test_dates_are_days_months_years_and_intervals() -> None:
    lengths = {len(record["metadata"]["publication_date"]) for record in PUBLISHED}
    assert lengths == {4, 7, 9, 10}


def test_ids_dois_and_orcids_are_well_formed_and_clearly_ours() -> None:
    ids = [int(record["id"]) for record in SEED.records]
    assert ids == sorted(set(ids))
    assert min(ids) > 900_000_000
    assert all(
        record["pids"]["doi"]["identifier"] == f"10.5281/zenodo.{record['id']}" for record in SEED.records
    )
    orcids = {
        item["identifier"]
        for record in PUBLISHED
        for person in record["metadata"]["creators"]
        for item in person["person_or_org"].get("identifiers", ())
    }
    assert len(orcids) > 15
    assert all(idutils.is_orcid(orcid) and orcid.startswith("0009-0009-9") for orcid in orcids)


def test_later_records_have_later_times_and_larger_ids() -> None:
    assert all(earlier["created"] < later["created"] for earlier, later in pairwise(SEED.records))


def test_statistics_are_plausible() -> None:
    for record in PUBLISHED:
        this, every = record["stats"]["this_version"], record["stats"]["all_versions"]
        assert this["views"] > 0
        assert all(every[name] >= this[name] for name in this)
        assert this["unique_views"] <= this["views"]
        assert this["unique_downloads"] <= this["downloads"]


def test_sizes_and_checksums_fit_the_contents_save_of_one_file_that_is_too_large_to_have_any() -> None:
    entries = [entry for record in SEED.records for entry in record["files"]["entries"].values()]
    assert [entry["size"] for entry in entries if entry["size"] > 10**9] == [3 << 29]
    for entry in entries:
        if entry["size"] <= 10**9:
            data = SEED.contents[entry["checksum"].removeprefix("md5:")]
            assert entry["size"] == len(data) > 0
            assert entry["checksum"] == f"md5:{hashlib.md5(data, usedforsecurity=False).hexdigest()}"


def test_exactly_the_last_version_of_a_concept_is_the_latest() -> None:
    families: dict[str, list[bool]] = {}
    for record in sorted(SEED.records, key=lambda record: int(record["versions"]["index"])):
        families.setdefault(record["parent"]["id"], []).append(record["versions"]["is_latest"])
    assert all(flags == [False] * (len(flags) - 1) + [True] for flags in families.values())


def test_some_records_lead_to_their_code_on_github() -> None:
    links = [
        (link["relation_type"]["id"], link["identifier"])
        for record in PUBLISHED
        for link in record["metadata"].get("related_identifiers", ())
    ]
    assert ("issupplementto", "https://github.com/nordhaven/rivertools/tree/v1.0") in links
