"""The README, the dictionary and the data package of a catalogue as texts."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from zenodo_harvest.catalog import (
    CATALOG_COLUMNS,
    STATISTICS,
    About,
    CommunityShown,
    catalog_dictionary,
    catalog_readme,
    data_package,
    metadata_license,
    write_checks_csv,
)
from zenodo_harvest.catalog.changes_csv import write_changes_csv
from zenodo_harvest.catalog.dictionary import change_entries, check_entries, record_entries
from zenodo_harvest.export import Output

SYNCED = datetime(2026, 11, 28, 3, 17, tzinfo=UTC)
COMMUNITY = CommunityShown("cold-data", "Cold data", "https://zenodo.org/communities/cold-data")
ABOUT = About(
    title="Cold data",
    site="zenodo",
    site_url="https://zenodo.org",
    query="",
    communities=(COMMUNITY,),
    records=1,
    synced_at=SYNCED,
    changed_at=datetime(2026, 11, 1, 3, 17, tzinfo=UTC),
)
FILES = (
    Output(Path("records.parquet"), 5, "ab" * 32, rows=1),
    Output(Path("changes.csv"), 6, "cd" * 32, rows=0),
)


def header(text: str) -> list[str]:
    return text.splitlines()[0].split(",")


def test_the_dictionary_has_the_columns_that_the_tables_have() -> None:
    stream = BytesIO()
    write_changes_csv(stream, ())
    checks = BytesIO()
    write_checks_csv(checks, ())
    assert [entry["name"] for entry in change_entries()] == header(stream.getvalue().decode())
    assert [entry["name"] for entry in check_entries()] == header(checks.getvalue().decode())
    assert [entry["name"] for entry in record_entries()] == [*CATALOG_COLUMNS, "memberships"]
    text = catalog_dictionary()
    assert all(f"| `{name}` |" in text for name in (*CATALOG_COLUMNS, "memberships", "previous_id", "rule"))
    assert not any(f"| `{name}` |" in text for name in (*STATISTICS, "retrieved_at"))


def test_a_later_sync_that_changes_nothing_leaves_the_documents_as_they_were() -> None:
    later = replace(ABOUT, synced_at=datetime(2026, 12, 5, 3, 17, tzinfo=UTC))
    assert later != ABOUT
    assert catalog_readme(later, {"dataset": 1}) == catalog_readme(ABOUT, {"dataset": 1})
    assert data_package(later, FILES) == data_package(ABOUT, FILES)


def test_the_metadata_of_zenodo_is_under_cc0_and_that_of_other_sites_is_not_said_to_be() -> None:
    other = replace(ABOUT, site="repo.example.org", site_url="https://repo.example.org")
    assert "CC0-1.0" in catalog_readme(ABOUT, {})
    assert json.loads(data_package(ABOUT, FILES))["licenses"][0]["name"] == "CC0-1.0"
    assert metadata_license(other) is None
    assert "CC0" not in catalog_readme(other, {})
    assert "licenses" not in json.loads(data_package(other, FILES))


def test_the_readme_says_what_it_holds_and_what_is_missing() -> None:
    about = replace(ABOUT, records=1234, query="frost AND snow", problem="3 rows are missing")
    text = catalog_readme(about, {"dataset": 1000, "software": 234})
    assert "1,234 records of zenodo, found by the query <code>frost AND snow</code>" in text
    assert "last changed 2026-11-01 03:17 UTC" in text
    assert "| dataset | 1,000 |\n| software | 234 |" in text
    assert "**Not complete:** 3 rows are missing" in text
    assert "Not complete" not in catalog_readme(ABOUT, {})


@pytest.mark.parametrize(
    ("typed", "never"),
    [
        ("<script>alert(1)</script>", "<script"),
        ("[click](javascript:alert(1))", "[click]("),
        ("![x](https://evil.example/x.png)", "https://"),
        ("see https://evil.example", "https://"),
        ("a | b", " | b"),
        ("one\n# two", "\n# two"),
        ("`x`", " `x`"),
        ("{{ site.github }}", "{{"),
    ],
)
def test_text_of_the_site_is_inert_in_the_readme(typed: str, never: str) -> None:
    hostile = CommunityShown("s", typed, "https://zenodo.org/communities/s")
    text = catalog_readme(
        replace(ABOUT, title=f"A {typed}", query=f"q {typed}", communities=(hostile,)), {f"t {typed}": 1}
    )
    shown = text.replace("](https://zenodo.org/communities/s)", "]")
    before_files, _, _ = shown.partition("## Files")
    assert never not in before_files


def test_an_address_that_is_none_of_the_web_is_no_link() -> None:
    hostile = CommunityShown("s", "S", "javascript:alert(1)")
    assert "javascript" not in catalog_readme(replace(ABOUT, communities=(hostile,)), {})


def test_a_saved_search_names_the_site_as_its_source() -> None:
    package = json.loads(data_package(replace(ABOUT, communities=(), title="Frost & Schnee"), FILES))
    assert package["sources"] == [{"title": "zenodo", "path": "https://zenodo.org"}]
    assert package["name"] == "frost-schnee"
