from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from datetime import date
from typing import Any

import pandas as pd
import pytest

from zenodo_harvest.errors import UsageError
from zenodo_harvest.query import Search


def test_a_search_takes_one_value_or_several_under_either_name() -> None:
    one = Search.of(q="frost", type="dataset", community=["a", "b"], filetype="csv")
    same = Search.of(q="frost", types=("dataset",), communities=("a", "b"), file_types=["csv"])
    assert one == same
    assert hash(one) == hash(same)
    assert one.types == ("dataset",)


def test_nothing_given_is_nothing_asked() -> None:
    assert Search.of(type=None, license=[], sort=None, keyword=[None]) == Search()


@pytest.mark.parametrize("blank", ["", "  ", ["frost", ""]])
def test_a_blank_value_would_stand_for_everything_and_is_refused(blank: Any) -> None:
    with pytest.raises(UsageError, match="blank"):
        Search.of(keyword=blank)


def test_values_are_kept_once_without_blanks_around_them() -> None:
    assert Search.of(keyword=[" frost ", "frost", "heat"]).keywords == ("frost", "heat")


def test_a_date_may_be_a_date() -> None:
    assert Search.of(created=date(2024, 5, 3)).created == ("2024-05-03",)


def test_a_midnight_of_pandas_is_its_day() -> None:
    found = Search.of(published=[pd.Timestamp("2021-01-29"), "2024"], created=pd.Timestamp("2024-05-03"))
    assert (found.published, found.created) == (("2021-01-29", "2024"), ("2024-05-03",))
    timed = Search.of(updated=pd.Timestamp("2021-01-29T00:00Z"))
    assert timed.updated == ("2021-01-29T00:00:00+00:00",)


def test_a_year_with_a_fraction_names_the_whole_number() -> None:
    with pytest.raises(UsageError, match=r"'published' is 2021\.0, a number") as caught:
        Search.of(published=2021.0)
    assert caught.value.hint == "Give a whole number: 2021."


@pytest.mark.parametrize(
    ("option", "meant"),
    [
        ("year", "Did you mean 'published' or 'created'?"),
        ("query", "Did you mean 'q'?"),
        ("page", "Did you mean 'limit'?"),
        ("xyzzy", "Options are "),
    ],
)
def test_an_option_of_another_name_is_told_what_it_is_called_here(option: str, meant: str) -> None:
    with pytest.raises(UsageError) as caught:
        Search.of(**{option: 2021})
    assert caught.value.hint.startswith(meant)


def test_a_year_may_be_a_number_and_a_community_an_object() -> None:
    class Community:
        slug = "enes-data-space"

    search = Search.of(created=2024, published=[2020, "2021-05"], grant=641185, community=[Community(), "b"])
    assert search.created == ("2024",)
    assert search.published == ("2020", "2021-05")
    assert search.grants == ("641185",)
    assert search.communities == ("enes-data-space", "b")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"limit": "5"}, "'limit' is '5', a text"),
        ({"limit": True}, "'limit' is True, a truth value"),
        ({"limit": 2.5}, "'limit' is 2.5, a number"),
        ({"sort": 5}, "'sort' is 5, a number"),
        ({"all_versions": "yes"}, "'all_versions' is 'yes', a text"),
        ({"lint": "no"}, "'lint' is 'no', a text"),
        ({"type": 5}, "'type' is 5, a number"),
        ({"keyword": ["frost", 2024]}, "'keyword' is 2024, a number"),
        ({"license": b"cc"}, "'license' is b'cc', bytes"),
        ({"type": {"a": 1}}, "'type' is {'a': 1}, a dict"),
        ({"created": True}, "'created' is True, a truth value"),
        ({"orcid": date(2024, 5, 3)}, "'orcid' is datetime.date(2024, 5, 3), a date"),
    ],
)
def test_a_value_of_the_wrong_type_is_named_with_its_kind(options: Any, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        Search.of(**options)
    assert said in caught.value.message
    assert caught.value.hint.startswith("Give ")


def test_a_search_cannot_be_changed_only_replaced() -> None:
    search = Search(q="frost")
    with pytest.raises(FrozenInstanceError):
        search.q = "heat"  # type: ignore[misc]
    assert replace(search, q="heat").q == "heat"
    assert search.q == "frost"


@pytest.mark.parametrize(
    ("option", "hint"),
    [("typ", "'type'"), ("licence", "'license'"), ("communitys", "'community'"), ("zzzz", "Options are")],
)
def test_an_unknown_option_is_refused_with_the_nearest(option: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        Search.of(**{option: "x"})
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    "options",
    [
        {"limit": 0},
        {"limit": -1},
        {"limit": True},
        {"q": 5},
        {"q": None, "limit": 0},
        {"type": 5},
        {"type": ["a", 5]},
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        Search.of(**options)


def test_an_option_under_both_names_is_refused() -> None:
    with pytest.raises(UsageError, match="twice"):
        Search.of(type="dataset", types=["software"])
