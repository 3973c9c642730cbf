"""Which route a harvest takes: every column, in the fewest minutes, the newest dump."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from zenodo_harvest.errors import UsageError
from zenodo_harvest.harvest import Scope, dump_for, make_plan
from zenodo_harvest.query import Search

EVERYTHING = Search(all_versions=True)
AN_HOUR = 44_675
"""Records that take 1,800 requests, 30 a minute: 1,787 pages, 8 counts of divisions and 5 around them."""
TWO_HOURS = 89_475
"""Likewise: 3,579 pages, 16 counts and 5."""
MINUTE_BYTES = 300_000_000


@dataclass(frozen=True)
class Dump:
    """A dump as the server lists it."""

    key: str = "records-json.tar.gz"
    size_bytes: int = MINUTE_BYTES
    created: datetime = datetime(2026, 11, 1, tzinfo=UTC)
    version_id: str = "1"
    url: str = "https://zenodo.org/api/exporter/records-json.tar.gz"


def scope(kit: Any, total: int, search: Search = EVERYTHING) -> Scope:
    answer = {"hits": {"hits": [], "total": total}}
    routes = {
        "/api/records": lambda _: answer,
        f"/api/communities/{kit.community('frost')['id']}/records": lambda _: answer,
        "/api/communities/frost": lambda _: kit.community("frost"),
        "/api/communities/ice": lambda _: kit.community("ice", 2),
    }
    return Scope(kit.context(routes), search)


@pytest.mark.parametrize(("total", "chosen"), [(AN_HOUR, "search"), (AN_HOUR + 1, "dump")])
def test_a_search_of_more_than_an_hour_gives_way_to_a_dump(kit: Any, total: int, chosen: str) -> None:
    plan = make_plan(scope(kit, total), [Dump()])
    assert plan.chosen == chosen
    assert plan.total == total
    assert plan.routes[0].minutes == pytest.approx(60, abs=0.05)


@pytest.mark.parametrize(("minutes", "chosen"), [(119, "dump"), (120, "search"), (500, "search")])
def test_a_dump_that_takes_as_long_as_the_search_or_longer_is_not_taken(
    kit: Any, minutes: int, chosen: str
) -> None:
    plan = make_plan(scope(kit, TWO_HOURS), [Dump(size_bytes=minutes * MINUTE_BYTES)])
    assert plan.routes[0].minutes == 120
    assert plan.chosen == chosen


def test_every_route_says_what_it_takes(kit: Any) -> None:
    plan = make_plan(scope(kit, AN_HOUR), [Dump(size_bytes=45 * MINUTE_BYTES)])
    assert [(one.name, str(one)) for one in plan.routes] == [
        ("search", "1,800 requests, about 60 min"),
        ("oai", "898 requests, about 30 min"),
        ("dump", "6 requests, about 45 min"),
    ]


def test_a_search_that_finds_nothing_takes_a_page_to_say_so(kit: Any) -> None:
    assert make_plan(scope(kit, 0), []).routes[0].requests == 5 + 1


@pytest.mark.parametrize("order", [1, -1])
def test_of_several_dumps_the_newest_is_taken(kit: Any, order: int) -> None:
    dumps = [Dump(created=datetime(2026, month, 1, tzinfo=UTC)) for month in (8, 10, 9)][::order]
    asked = scope(kit, 10 * AN_HOUR)
    assert dump_for(asked, dumps).created == datetime(2026, 10, 1, tzinfo=UTC)
    assert "as of 2026-10-01" in make_plan(asked, dumps).routes[2].delivers


def test_a_community_takes_its_own_dump_and_everything_takes_the_dump_of_everything(kit: Any) -> None:
    dumps = [Dump("frost/records-json.tar.gz"), Dump(), Dump("records-deleted.csv.gz")]
    of_frost = scope(kit, AN_HOUR, Search(all_versions=True, communities=("frost",)))
    assert dump_for(of_frost, dumps).key == "frost/records-json.tar.gz"
    assert dump_for(scope(kit, AN_HOUR), dumps).key == "records-json.tar.gz"


@pytest.mark.parametrize(
    ("search", "dumps", "obstacle"),
    [
        (Search(q="frost", all_versions=True), [Dump()], "whatever the query"),
        (Search(communities=("frost", "ice"), all_versions=True), [Dump()], "one community or everything"),
        (Search(), [Dump()], "add --all-versions"),
        (EVERYTHING, [], "no such dump"),
        (EVERYTHING, [Dump("ice/records-json.tar.gz")], "no such dump"),
    ],
)
def test_where_no_dump_fits_a_long_search_is_taken_and_the_dump_refused(
    kit: Any, search: Search, dumps: list[Dump], obstacle: str
) -> None:
    asked = scope(kit, 10 * AN_HOUR, search)
    plan = make_plan(asked, dumps)
    assert plan.chosen == "search"
    assert obstacle in (plan.routes[2].obstacle or "")
    with pytest.raises(UsageError, match=obstacle):
        make_plan(asked, dumps, "dump")


def test_the_route_asked_for_is_taken_even_if_another_takes_less_time(kit: Any) -> None:
    plan = make_plan(scope(kit, 10 * AN_HOUR), [Dump()], "search")
    assert (plan.chosen, plan.reason) == ("search", "asked for")


def test_a_plan_shows_itself(kit: Any) -> None:
    plan = make_plan(scope(kit, 1), [Dump()])
    assert repr(plan).startswith("<Plan: 1 record by search, 6 requests, under a minute; every column")
    assert "DataCite metadata of all versions" in plan._repr_html_()
