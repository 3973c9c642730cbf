"""Readers of input: what is kept of a value, and what is said about the rest."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from zenodo_harvest.emulator.deposits.fields import ABSENT, Shape, listed, text, without_blanks
from zenodo_harvest.emulator.deposits.html import clean
from zenodo_harvest.emulator.deposits.identifiers import PERSON_SCHEMES, RECORD_SCHEMES, identifier
from zenodo_harvest.emulator.deposits.moments import Moments
from zenodo_harvest.emulator.deposits.native_input import is_date, read_access, read_metadata

PERSON = Shape(
    {"name": text(shortest=2), "role": text()},
    required=("name",),
    rules=(lambda found: [] if found["name"] != "nobody" else [("name", "Nobody.")],),
    finish=lambda found: {**found, "is_known": True},
)


def test_what_is_right_of_an_object_is_kept_and_only_a_right_one_is_completed() -> None:
    assert PERSON({"name": " Ada ", "role": "x"}) == ({"name": "Ada", "role": "x", "is_known": True}, [])
    assert PERSON({"name": "A", "role": "x", "odd": 1}) == (
        {"role": "x"},
        [("name", "Shorter than minimum length 2."), ("odd", "Unknown field.")],
    )
    assert PERSON({"name": "nobody"}) == ({"name": "nobody"}, [("name", "Nobody.")])
    assert PERSON({}) == ({}, [("name", "Missing data for required field.")])


def test_a_list_names_the_place_of_each_fault_and_keeps_the_rest() -> None:
    found = listed(PERSON)([{"name": "Ada"}, {"name": 1}, "x"])
    assert found.value == [{"name": "Ada", "is_known": True}, {}]
    assert found.faults == [("1.name", "Not a valid string."), ("2", "Invalid input type.")]
    assert listed(PERSON)("no list") == (ABSENT, [("", "Not a valid list.")])


def test_blank_parts_vanish_at_any_depth_and_empty_texts_stay() -> None:
    assert without_blanks({"a": [{}, {"b": None}, ""], "c": {"d": []}, "e": 0}) == {"a": [""], "e": 0}


@pytest.mark.parametrize(
    ("value", "is_right"),
    [
        *(("2024", True), ("2024-02", True), ("2024-02-29", True), ("2024-01/2024-03", True)),
        *(("2023-02-29", False), ("2024-13", False), ("24", False), ("2024-03/2024-01", False), ("", False)),
        *(("yesterday", False), ("2024-01-01T10:00:00Z", False), ("2024/2025/2026", False)),
    ],
)
def test_dates_are_those_of_edtf_level_0(value: str, *, is_right: bool) -> None:
    assert is_date(value) is is_right


def test_an_identifier_finds_its_scheme_and_a_wrong_one_is_kept_and_named() -> None:
    read = identifier(RECORD_SCHEMES)
    assert read({"identifier": "10.1234/abc"}).value == {"identifier": "10.1234/abc", "scheme": "doi"}
    assert read({"identifier": "???"}).faults == [("scheme", "No valid scheme recognized for identifier.")]
    wrong = identifier(PERSON_SCHEMES)({"identifier": "0000-0002-1825-0098", "scheme": "orcid"})
    assert wrong.faults == [("identifier", "Invalid ORCID identifier.")]
    assert wrong.value == {"identifier": "0000-0002-1825-0098", "scheme": "orcid"}


def test_a_person_with_a_fault_has_no_name() -> None:
    found = read_metadata({"creators": [{"person_or_org": {"type": "personal", "given_name": "Ada"}}]})
    assert found.value["creators"] == [{"person_or_org": {"type": "personal", "given_name": "Ada"}}]
    path = "creators.0.person_or_org.family_name"
    assert (path, "Family name cannot be blank.") in found.faults


def test_an_embargo_ends_in_the_future_and_a_broken_end_is_dropped() -> None:
    def read(until: str) -> tuple[object, list[tuple[str, str]]]:
        access = {"record": "public", "files": "restricted", "embargo": {"active": True, "until": until}}
        found = read_access(access, date(2026, 11, 23))
        return found.value["embargo"].get("until"), found.faults

    assert read("2026-11-24") == ("2026-11-24", [])
    past = [("embargo.until", "Embargo end date must be set to a future date.")]
    assert read("2026-11-23") == ("2026-11-23", past)
    assert read("soon")[0] is None


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("<script>alert(1)</script><p onclick=x>hi</p>", "alert(1)<p>hi</p>"),
        ("<p>Rich <b>text</b> &amp; more</p>", "<p>Rich <b>text</b> &amp; more</p>"),
        ('<a href="javascript:x()">y</a><img src=x>', "<a>y</a>"),
        ("<p>0 &deg;C &lt; 5 &#176;C &quot;x&quot;</p>", "<p>0 &deg;C &lt; 5 &#176;C &quot;x&quot;</p>"),
        ("a < b & c", "a &lt; b &amp; c"),
        ("plain", "plain"),
    ],
)
def test_html_loses_what_is_not_allowed_but_not_the_text_in_it(given: str, kept: str) -> None:
    assert clean(given) == kept


def test_no_two_events_have_the_same_time_though_the_clock_stands_still() -> None:
    start = datetime(2026, 11, 23, 3, 50, tzinfo=UTC)
    moments = Moments(lambda: start)
    stamps = [datetime.fromisoformat(moments.stamp()) for _ in range(3)]
    assert stamps == [start + timedelta(microseconds=step) for step in range(3)]
