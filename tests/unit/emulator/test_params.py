from __future__ import annotations

import json

import pytest
from werkzeug.datastructures import MultiDict

from zenodo_harvest.emulator.params import RECORD_FACETS, RECORD_SORTS, SearchArguments, search_arguments
from zenodo_harvest.emulator.problems import Problem


def parsed(*pairs: tuple[str, str], cap: int | None = 25) -> SearchArguments:
    return search_arguments(MultiDict(pairs), facets=RECORD_FACETS, sorts=RECORD_SORTS, cap=cap)


def refused(*pairs: tuple[str, str], cap: int | None = 25) -> dict[str, object]:
    with pytest.raises(Problem) as caught:
        parsed(*pairs, cap=cap)
    assert caught.value.status == 400
    body: dict[str, object] = json.loads(caught.value.body)
    return body


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("size", "0", "Must be greater than or equal to 1."),
        ("size", "abc", "Not a valid integer."),
        ("size", "25.0", "Not a valid integer."),
        ("size", "1e1", "Not a valid integer."),
        ("page", "-1", "Must be greater than or equal to 1."),
    ],
)
def test_bad_numbers_are_refused_by_field(name: str, value: str, message: str) -> None:
    assert refused((name, value))["errors"] == [{"field": name, "messages": [message]}]


def test_the_caps_of_guests_and_users_are_told_apart() -> None:
    assert "authenticated requests" in str(refused(("size", "26")))
    assert refused(("size", "101"), cap=100)["errors"] == [
        {"field": "size", "messages": ["Page size cannot be greater than 100."]}
    ]
    assert parsed(("size", "5000"), cap=None).paging.size == 5000


@pytest.mark.parametrize(("page", "size"), [(401, 25), (10001, 1), (417, 25)])
def test_a_page_that_starts_at_the_window_is_refused_without_errors(page: int, size: int) -> None:
    body = refused(("page", str(page)), ("size", str(size)))
    assert body == {"status": 400, "message": "Invalid querystring parameters."}


@pytest.mark.parametrize(("page", "size"), [(400, 25), (10000, 1), (417, 24)])
def test_the_start_of_a_page_decides_about_the_window_not_its_end(page: int, size: int) -> None:
    assert parsed(("page", str(page)), ("size", str(size))).paging.page == page


def test_an_unknown_sort_is_refused_and_minus_is_no_prefix() -> None:
    for sort in ("nosuch", "-newest", "-updated-desc", ""):
        assert f"Invalid sort option '{sort}'." in str(refused(("sort", sort)))


@pytest.mark.parametrize(
    ("text", "meant"), [("", True), ("1", True), ("true", True), ("no", False), ("0", False)]
)
def test_all_versions_is_read_as_the_server_reads_booleans(text: str, *, meant: bool) -> None:
    assert parsed(("all_versions", text)).all_versions is meant
    assert parsed(("allversions", text)).paging.echoed["allversions"] is meant


def test_a_bad_boolean_is_refused_under_the_servers_name() -> None:
    assert refused(("all_versions", "maybe"))["errors"] == [
        {"field": "allversions", "messages": ["Not a valid boolean."]}
    ]


def test_the_first_of_a_repeated_scalar_wins_and_lists_keep_all_without_splitting_commas() -> None:
    asked = parsed(("q", "a"), ("q", "b"), ("communities", "x,y"), ("communities", "z"))
    assert asked.q == "a"
    assert asked.communities == ("x,y", "z")


def test_unknown_parameters_are_ignored_and_not_echoed() -> None:
    asked = parsed(("colour", "blue"), ("bounds", "1,2"), ("status", "draft"), ("subject", "snow"))
    assert asked.facets == {"subject": ["snow"]}
    assert dict(asked.paging.echoed) == {"subject": ["snow"]}


def test_a_blank_query_is_no_query_and_suggest_is_refused() -> None:
    assert parsed(("q", "")).q is None
    assert refused(("suggest", "x"), ("q", "y"))["message"] == "Invalid querystring parameters."
