"""When a scope asks the server: never when it is made."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest

from zenodo_harvest.errors import UnknownCommunity, UsageError
from zenodo_harvest.harvest import Harvest, Scope
from zenodo_harvest.http import Context
from zenodo_harvest.query import Search
from zenodo_harvest.sites import ZENODO


@pytest.fixture
def context(kit: Any) -> Context:
    routes = {
        f"/api/communities/{slug}": lambda _, slug=slug: kit.community(slug) for slug in ("frost", "ice")
    }
    routes["/api/communities/snow"] = lambda _: kit.community("snow", 2)
    made: Context = kit.context(routes)
    return made


@pytest.mark.parametrize("route", ["search", "oai"])
def test_what_is_made_has_asked_nothing(context: Any, route: Literal["search", "oai"]) -> None:
    search = Search(communities=("frost", "snow"), all_versions=True)
    Harvest(context, search, route=route)
    scope = Scope(context, search, route)
    assert context.transport.log == []
    assert [community.slug for community in scope.communities] == ["frost", "snow"]
    assert len(context.transport.log) == len(scope.communities)


def test_a_community_that_does_not_exist_is_said_before_any_file_is_looked_at(context: Any) -> None:
    with pytest.raises(UnknownCommunity):
        Harvest(context, Search(communities=("fog",))).save([Path("odd.xyz")], {})


def test_oai_refuses_several_communities_and_takes_two_names_of_one(context: Any) -> None:
    several = Scope(context, Search(communities=("frost", "snow"), all_versions=True), "oai")
    with pytest.raises(UsageError, match="one community at a time"):
        several.verify()
    one = Scope(context, Search(communities=("frost", "frost"), all_versions=True), "oai").verify()
    assert one.oai_set == "user-frost"


def test_the_set_of_a_community_is_called_as_the_server_calls_it(kit: Any) -> None:
    routes = {"/api/communities/frost": lambda _: kit.community("frost")}
    context = kit.context(routes, site=replace(ZENODO, flavour="inveniordm"))
    scope = Scope(context, Search(communities=("frost",), all_versions=True), "oai").verify()
    assert scope.oai_set == "community-frost"


@pytest.mark.parametrize("odd", [{"limit": 5}, {"sort": "newest"}])
def test_a_limit_or_an_order_is_refused_at_once(context: Any, odd: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        Scope(context, Search(**odd))
    assert context.transport.log == []
