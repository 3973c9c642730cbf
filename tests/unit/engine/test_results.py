from __future__ import annotations

import json
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest

from zenodo_harvest.engine import Results
from zenodo_harvest.errors import (
    BadAnswer,
    BadToken,
    Incomplete,
    QueryRefused,
    ServerError,
    TooManyResults,
    UnknownCommunity,
    UsageError,
)
from zenodo_harvest.query import Search
from zenodo_harvest.records.schema import COLUMNS
from zenodo_harvest.sites import ZENODO

OTHER = replace(ZENODO, name="repo.example.org", url="https://repo.example.org", flavour="inveniordm")


def results(kit: Any, rows: list[object], search: Search | None = None, **how: Any) -> Results:
    cap = how.pop("cap", 100 if how.get("has_token") else 25)
    context = kit.context({"/api/records": kit.list_route(rows, cap=cap)}, **how)
    return Results(context, search or Search(q="frost"))


def log(found: Results) -> list[tuple[str, tuple[tuple[str, str], ...], str]]:
    return found._context.transport.log


def sizes(found: Results) -> list[str | None]:
    return [dict(params).get("size") for _, params, _ in log(found)]


def test_nothing_is_asked_before_the_results_are_used(kit: Any) -> None:
    found = results(kit, [kit.record(1)])
    assert found.findings == ()
    assert log(found) == []


def test_a_guest_walks_pages_of_25_and_gets_every_record_once(kit: Any) -> None:
    found = results(kit, [kit.record(number) for number in range(1, 61)])
    assert [record.id for record in found] == [str(number) for number in range(1, 61)]
    assert sizes(found) == ["25", "25", "25"]
    assert found.receipt is not None
    assert found.receipt.complete
    assert (found.receipt.total_start, found.receipt.total_end, found.receipt.rows) == (60, 60, 60)


def test_a_token_that_counts_walks_pages_of_100(kit: Any) -> None:
    found = results(kit, [kit.record(number) for number in range(1, 161)], has_token=True)
    assert len(list(found)) == 160
    assert sizes(found) == ["100", "100"]


@pytest.mark.parametrize(
    "use", [list, lambda found: found.total, lambda found: found.preview(), lambda found: found.preview(1)]
)
def test_a_token_the_server_does_not_know_is_said_whatever_is_asked(kit: Any, use: Any) -> None:
    found = results(kit, [kit.record(number) for number in range(40)], has_token=True, cap=25)
    with pytest.raises(BadToken) as caught:
        use(found)
    assert caught.value.exit_code == 4
    assert "token" in caught.value.hint
    assert len(log(found)) == 1


def test_every_page_asks_for_the_same_dialect(kit: Any) -> None:
    found = results(kit, [kit.record(number) for number in range(60)])
    list(found)
    assert {accept for *_, accept in log(found)} == {"application/vnd.inveniordm.v1+json"}


def test_what_was_fetched_is_kept_and_fetched_anew_when_asked(kit: Any, tmp_path: Path) -> None:
    rows = [kit.record(number) for number in range(30)]
    found = results(kit, rows)
    assert [record.id for record in found] == [record.id for record in found]
    assert len(found.to_pandas()) == found.to_parquet(tmp_path / "frost.parquet").rows == 30
    assert len(found.preview(5)) == 5
    assert len(log(found)) == 2
    assert found.receipt is not None
    assert found.receipt.requests == 2
    rows.append(kit.record(99))
    assert len(list(found.fetch())) == 31
    assert len(log(found)) == 4


def test_what_was_kept_is_saved_with_its_own_receipt(kit: Any, tmp_path: Path) -> None:
    found = results(kit, [kit.record(number) for number in range(60)])
    found.to_pandas()
    next(found.walk(keep_raw=True))
    receipt = found.to_parquet(tmp_path / "frost.parquet")
    assert (receipt.complete, receipt.rows) == (True, 60)
    assert found.receipt == receipt


def test_a_later_walk_that_fails_does_not_make_what_was_kept_incomplete(kit: Any, tmp_path: Path) -> None:
    rows = [kit.record(number) for number in range(60)]
    found = results(kit, rows)
    found.to_pandas()
    rows[30:] = rows[:30]
    with pytest.raises(Incomplete):
        list(found.walk(keep_raw=True))
    assert found.to_parquet(tmp_path / "frost.parquet").complete


def test_after_a_fetch_nothing_that_was_known_before_is_shown(kit: Any) -> None:
    rows = [kit.record(number) for number in range(30)]
    found = results(kit, rows)
    found.kept_bytes = 0
    assert (found[0].id, found.total) == ("0", 30)
    rows[:] = [kit.record(99)]
    assert found.fetch()[0].id == "99"
    assert found.total == 1


def test_a_slice_that_runs_backwards_is_that_of_all_records(kit: Any) -> None:
    found = results(kit, [kit.record(number) for number in range(90)])
    assert [record.id for record in found[30:2:-1]] == [str(number) for number in range(30, 2, -1)]


def test_a_notebook_shows_every_finding(kit: Any) -> None:
    found = results(kit, [], Search(q="creators.nam\u0065:x 10.1234/a AND 10.1234/b", lint=True))
    assert len(found.findings) > 1
    shown = found._repr_html_()
    assert all(escape(str(finding)) in shown for finding in found.findings)


def test_what_is_too_large_to_keep_is_fetched_by_each_use(kit: Any) -> None:
    found = results(kit, [kit.record(number) for number in range(5)])
    found.kept_bytes = 300
    assert [record.id for record in found] == [record.id for record in found]
    assert len(log(found)) == 2


def test_a_walk_that_was_left_early_or_ended_badly_keeps_nothing(kit: Any) -> None:
    found = results(kit, [kit.record(number) for number in range(30)])
    next(iter(found))
    assert len(list(found)) == 30
    assert len(log(found)) == 3


def test_the_servers_json_is_kept_apart(kit: Any) -> None:
    found = results(kit, [kit.record(1)])
    assert found.to_arrow(raw=True)["raw"].to_pylist() != [None]
    assert [record.raw for record in found] == [None]
    assert "raw" in found.to_arrow(raw=True).column_names
    assert len(log(found)) == 2


def test_one_record_or_the_first_are_asked_for_alone_and_once(kit: Any) -> None:
    found = results(kit, [kit.record(number) for number in range(90)])
    assert [found[0].id, found[7].id] == ["0", "7"]
    assert [record.id for record in found[2:5]] == ["2", "3", "4"]
    assert found[:0] == ()
    assert sizes(found) == ["25"]
    assert found[30].id == "30"
    assert len(log(found)) == 3
    assert found[-1].id == "89"
    assert [record.id for record in found[88:]] == ["88", "89"]
    assert found[-1].id == "89"
    assert len(log(found)) == 7


def test_nothing_beyond_what_was_asked_has_a_place(kit: Any) -> None:
    found = results(kit, [kit.record(number) for number in range(90)], Search(limit=3))
    assert [record.id for record in found[:10]] == ["0", "1", "2"]
    with pytest.raises(IndexError, match="has no record 3"):
        found[3]
    with pytest.raises(UsageError, match="no column 'doi'"):
        found["doi"]
    assert sizes(found) == ["3"]


def test_asking_whether_there_are_results_asks_nobody(kit: Any) -> None:
    found = results(kit, [])
    assert found
    assert log(found) == []
    with pytest.raises(TypeError):
        len(found)  # type: ignore[arg-type]


def test_results_say_how_many_of_the_total_are_wanted(kit: Any) -> None:
    found = results(kit, [kit.record(number) for number in range(32)], Search(q="frost", limit=5))
    assert found.total == 32
    assert repr(found).endswith("on zenodo: 5 of 32 records>")
    assert "5 of 32 records" in found._repr_html_()


def test_results_say_what_they_are_of_and_the_total_once_it_is_known(kit: Any) -> None:
    found = results(kit, [kit.record(1)], Search(q='"<b>frost</b>"', types=("dataset",), limit=5))
    assert repr(found) == "<Results of '\"<b>frost</b>\"', limit=5, type=dataset on zenodo: not counted yet>"
    assert log(found) == []
    assert found.total == found.total == 1
    assert len(log(found)) == 1
    assert repr(found).endswith("on zenodo: 1 record>")
    assert "<b>" not in found._repr_html_()
    assert "&lt;b&gt;frost&lt;/b&gt;" in found._repr_html_()
    assert len(log(found)) == 1


def test_pandas_and_polars_take_results_as_they_are(kit: Any) -> None:
    found = results(kit, [kit.record(1), kit.record(2)])
    frame = pd.DataFrame(found)
    assert list(frame.columns) == [column.name for column in COLUMNS]
    assert list(frame["title"]) == ["Record 1", "Record 2"]
    for table in (pl.DataFrame(found), found.to_polars()):
        assert table["title"].to_list() == ["Record 1", "Record 2"]
        assert table.columns == list(frame.columns)
    assert found.to_polars(["doi"]).columns == ["doi"]
    assert len(log(found)) == 1


def test_an_explanation_shows_itself(kit: Any) -> None:
    told = results(kit, [kit.record(1)], Search(q='climate "<i>model"')).explain(with_total=True)
    assert "request: https://zenodo.org/api/records?" in repr(told)
    assert "ANY" in repr(told)
    assert "<i>" not in told._repr_html_()


def test_an_iteration_that_is_left_early_leaves_no_receipt_and_ends_the_progress(kit: Any) -> None:
    found = results(kit, [kit.record(number) for number in range(30)])
    rows = iter(found)
    next(rows)
    rows.close()
    assert found.receipt is None
    assert kit.progress.started == [("records", 30)]
    assert kit.progress.finished == 1


def test_a_limit_brings_the_first_rows_and_asks_for_no_more(kit: Any) -> None:
    found = results(kit, [kit.record(number) for number in range(90)], Search(q="frost", limit=30))
    assert len(list(found)) == 30
    assert sizes(found) == ["25", "25"]
    assert found.receipt is not None
    assert (found.receipt.complete, found.receipt.limit, found.receipt.total_end) == (True, 30, 90)


def test_a_small_limit_makes_a_small_page(kit: Any) -> None:
    found = results(kit, [kit.record(number) for number in range(90)], Search(q="frost", limit=3))
    assert len(list(found)) == 3
    assert sizes(found) == ["3"]


def test_the_preview_is_one_request_and_knows_the_total_and_the_cost(kit: Any) -> None:
    found = results(kit, [kit.record(number) for number in range(990)])
    assert len(found.preview()) == 25
    assert found.total == 990
    assert str(found.cost) == "40 requests, about 1 min; with a token 10"
    assert len(log(found)) == 1


def test_more_than_the_window_is_refused_before_the_walk_with_a_way_out(kit: Any) -> None:
    found = results(kit, [kit.record(number) for number in range(10_001)])
    with pytest.raises(TooManyResults) as caught:
        list(found)
    assert len(log(found)) == 1
    assert caught.value.exit_code == 2
    assert "limit" in caught.value.hint
    assert found.receipt is None


def test_a_preview_of_more_than_the_window_works(kit: Any) -> None:
    found = results(kit, [kit.record(number) for number in range(10_001)])
    assert len(found.preview()) == 25
    assert found.total == 10_001


def test_an_empty_page_in_the_middle_is_asked_for_again(kit: Any) -> None:
    rows = [kit.record(number) for number in range(60)]
    sound, hiccups = kit.list_route(rows), [2]

    def answer(params: dict[str, str]) -> object:
        if params["page"] == "2" and hiccups:
            hiccups.pop()
            return {"hits": {"hits": [], "total": 60}}
        return sound(params)

    found = Results(kit.context({"/api/records": answer}), Search())
    assert len(list(found)) == 60
    assert kit.clock.slept == [2.0]
    assert "Page 2 holds 0 rows" in kit.progress.notes[0]


def test_an_empty_page_that_stays_makes_the_walk_incomplete(kit: Any) -> None:
    sound = kit.list_route([kit.record(number) for number in range(60)])

    def answer(params: dict[str, str]) -> object:
        return {"hits": {"hits": [], "total": 60}} if params["page"] == "3" else sound(params)

    found = Results(kit.context({"/api/records": answer}), Search())
    got: list[object] = []
    with pytest.raises(Incomplete, match="Page 3 holds 0 rows where 10 are due") as caught:
        got.extend(found)
    assert caught.value.exit_code == 5
    assert "page=3" in caught.value.url
    assert found.receipt is not None
    assert (found.receipt.complete, found.receipt.rows) == (False, 50)
    assert "Page 3" in str(found.receipt.reason)


def test_a_dialect_that_changes_and_stays_changed_makes_the_walk_incomplete(kit: Any) -> None:
    sound = kit.list_route([kit.record(number) for number in range(60)])

    def answer(params: dict[str, str]) -> object:
        if params["page"] == "1":
            return sound(params)
        return {"hits": {"hits": [{"id": 1, "conceptrecid": "0"}] * 25, "total": 60}}

    with pytest.raises(Incomplete, match="another JSON dialect"):
        list(Results(kit.context({"/api/records": answer}), Search()))


def test_an_answer_that_is_no_list_is_asked_for_again_and_then_is_a_bad_answer(kit: Any) -> None:
    found = Results(kit.context({"/api/records": lambda _: {"error": "?"}}), Search())
    with pytest.raises(BadAnswer) as caught:
        list(found)
    assert caught.value.exit_code == 6
    assert len(log(found)) == 3


def test_a_page_that_the_server_repeats_for_good_makes_the_walk_incomplete(kit: Any) -> None:
    rows = [kit.record(number) for number in range(25)]
    found = Results(kit.context({"/api/records": lambda _: {"hits": {"hits": rows, "total": 50}}}), Search())
    with pytest.raises(Incomplete, match="25 of them did not come"):
        list(found)
    assert found.receipt is not None
    assert (found.receipt.rows, found.receipt.duplicates, found.receipt.complete) == (25, 75, False)


def test_rows_passed_over_because_others_left_are_found_by_walking_once_more(kit: Any) -> None:
    rows = [kit.record(number) for number in range(60)]
    asked: list[str] = []

    def answer(params: dict[str, str]) -> object:
        asked.append(params["page"])
        if len(asked) == 2:
            del rows[:3]
        return kit.list_route(rows)(params)

    found = Results(kit.context({"/api/records": answer}), Search())
    ids = [record.id for record in found]
    assert sorted(ids, key=int) == [str(number) for number in range(60)]
    assert asked == ["1", "2", "3", "1", "2", "3"]
    assert found.receipt is not None
    assert found.receipt.complete
    assert "60 records at the start and 57 at the end" in str(found.receipt.reason)
    assert any("once more" in note for note in kit.progress.notes)


def test_walking_once_more_brings_no_more_rows_than_the_limit(kit: Any) -> None:
    pages = iter([(1, 26), (1, 26), (51, 76), (26, 51)])

    def answer(_: dict[str, str]) -> object:
        return {"hits": {"hits": [kit.record(number) for number in range(*next(pages))], "total": 50}}

    found = Results(kit.context({"/api/records": answer}), Search(limit=50))
    assert len(list(found)) == 50


def test_records_that_appear_on_the_way_are_recorded_and_cost_no_second_walk(kit: Any) -> None:
    rows = [kit.record(number) for number in range(100, 160)]
    asked: list[str] = []

    def answer(params: dict[str, str]) -> object:
        asked.append(params["page"])
        if len(asked) == 2:
            rows.insert(0, kit.record(999))
        return kit.list_route(rows)(params)

    found = Results(kit.context({"/api/records": answer}), Search())
    ids = [record.id for record in found]
    assert ids == [str(number) for number in range(100, 160)]
    assert found.receipt is not None
    assert (found.receipt.total_start, found.receipt.total_end, found.receipt.duplicates) == (60, 61, 1)
    assert found.receipt.complete
    assert asked == ["1", "2", "3"]


def test_a_malformed_row_is_a_row(kit: Any) -> None:
    rows: list[object] = [kit.record(number) for number in range(30)]
    rows[3] = None
    rows[28] = {"surprise": [1]}
    found = list(results(kit, rows))
    assert len(found) == 30
    assert found[3].problems


def test_one_community_is_verified_and_searched_on_its_own_route_in_true_order(kit: Any) -> None:
    enes = kit.community("enes-data-space")
    place = f"/api/communities/{enes['id']}/records"
    context = kit.context(
        {"/api/communities/enes-data-space": lambda _: enes, place: kit.list_route([kit.record(1)])}
    )
    found = Results(context, Search(q="index", communities=("ENES-Data-Space",)))
    assert [record.id for record in found] == ["1"]
    assert [path for path, *_ in log(found)] == ["/api/communities/enes-data-space", place]
    assert found.receipt is not None
    assert [(used.slug, used.id) for used in found.receipt.communities] == [("enes-data-space", enes["id"])]


def test_several_communities_are_repeated_parameters_each_verified(kit: Any) -> None:
    one, two = kit.community("one-room", 1), kit.community("two-room", 2)
    context = kit.context(
        {
            "/api/communities/one-room": lambda _: one,
            "/api/communities/two-room": lambda _: two,
            "/api/records": kit.list_route([]),
        }
    )
    found = Results(context, Search(communities=("one-room", "two-room", "one-room")))
    assert list(found) == []
    sent = [value for name, value in log(found)[-1][1] if name == "communities"]
    assert sent == [one["id"], two["id"]]


def test_an_unknown_community_never_becomes_a_search_of_everything(kit: Any) -> None:
    one = kit.community("one-room", 1)
    context = kit.context(
        {
            "/api/communities/one-room": lambda _: one,
            "/api/communities": lambda _: {"hits": {"hits": [one], "total": 1}},
            "/api/records": kit.list_route([kit.record(number) for number in range(9)]),
        }
    )
    found = Results(context, Search(communities=("one-room", "no-room")))
    with pytest.raises(UnknownCommunity):
        list(found)
    assert not [path for path, *_ in log(found) if path == "/api/records"]


def test_another_server_gets_several_communities_in_the_query(kit: Any) -> None:
    one, two = kit.community("one-room", 1), kit.community("two-room", 2)
    routes = {
        "/api/communities/one-room": lambda _: one,
        "/api/communities/two-room": lambda _: two,
        "/api/records": kit.list_route([], cap=100),
    }
    found = Results(kit.context(routes, site=OTHER), Search(q="frost", communities=("one-room", "two-room")))
    assert list(found) == []
    sent = log(found)[-1][1]
    assert dict(sent)["q"] == f'(frost) AND parent.communities.ids:("{one["id"]}" OR "{two["id"]}")'
    assert "communities" not in dict(sent)


def test_another_server_is_asked_for_all_versions_by_the_name_it_knows(kit: Any) -> None:
    found = results(kit, [kit.record(1)], Search(all_versions=True), site=OTHER, cap=100)
    assert len(list(found)) == 1
    assert ("allversions", "true") in log(found)[0][1]
    assert "all_versions" not in dict(log(found)[0][1])


def test_another_server_gives_pages_of_100_to_guests(kit: Any) -> None:
    found = results(kit, [kit.record(number) for number in range(120)], site=OTHER, cap=100)
    assert len(list(found)) == 120
    assert sizes(found) == ["100", "100"]


def test_another_server_that_refuses_100_gets_25_from_the_start(kit: Any) -> None:
    found = results(kit, [kit.record(number) for number in range(60)], site=OTHER, cap=25)
    assert len(list(found)) == 60
    assert sizes(found) == ["100", "25", "25", "25"]
    assert found.receipt is not None
    assert found.receipt.page_size == 25


def test_a_refusal_that_is_not_about_the_page_size_stays_what_it_is(kit: Any) -> None:
    refusal = UsageError("Invalid query string syntax.", status=400)
    found = Results(kit.context({"/api/records": lambda _: refusal}, has_token=True), Search())
    with pytest.raises(UsageError, match="Invalid query string syntax") as caught:
        list(found)
    assert not isinstance(caught.value, BadToken)


def test_a_query_that_cannot_mean_what_it_says_is_refused_at_once(kit: Any) -> None:
    with pytest.raises(QueryRefused):
        results(kit, [], Search(q="foo AND ("))


def test_an_explanation_asks_for_nothing_but_the_communities(kit: Any) -> None:
    enes = kit.community("enes-data-space")
    context = kit.context({"/api/communities/enes-data-space": lambda _: enes})
    found = Results(context, Search(q="index", communities=("enes-data-space",)))
    explanation = found.explain()
    assert len(log(found)) == 1
    assert explanation.requests[0].startswith(
        f"https://zenodo.org/api/communities/{enes['id']}/records?q=index"
    )
    assert "size=25&page=1" in explanation.requests[0]
    assert (explanation.total, explanation.cost) == (None, None)
    assert explanation.communities[0].slug == "enes-data-space"


def test_an_explanation_with_a_total_costs_one_request_of_one_row(kit: Any) -> None:
    found = results(kit, [kit.record(number) for number in range(9_900)])
    explanation = found.explain(with_total=True)
    assert explanation.total == 9_900
    assert str(explanation.cost) == "396 requests, about 13 min; with a token 99"
    assert sizes(found) == ["1"]


def test_the_raw_json_is_kept_when_it_is_asked_for(kit: Any) -> None:
    found = results(kit, [kit.record(1)])
    assert [record.raw for record in found.walk()] == [None]
    (kept,) = found.walk(keep_raw=True)
    assert json.loads(kept.raw or "") == kit.record(1)


def test_all_records_of_a_walk_have_one_time_of_retrieval(kit: Any) -> None:
    found = list(results(kit, [kit.record(number) for number in range(60)]))
    assert {record.retrieved_at.isoformat() for record in found if record.retrieved_at} == {
        "2027-01-15T08:00:00+00:00"
    }


def test_the_receipt_says_what_was_typed_sent_and_counted_and_holds_no_token(kit: Any) -> None:
    found = results(kit, [kit.record(1)], Search(q="frost", sort="oldest", all_versions=True))
    list(found)
    receipt = found.receipt
    assert receipt is not None
    assert (receipt.tool, receipt.site, receipt.base_url) == ("test 1", "zenodo", "https://zenodo.org")
    assert (receipt.query, receipt.sort, receipt.all_versions, receipt.dialect) == (
        "frost",
        "oldest",
        True,
        "native",
    )
    assert dict(receipt.params)["q"] == "frost"
    assert "token" not in receipt.to_json().replace('"token', "")


@pytest.mark.parametrize(("is_final", "pages"), [(True, ["1"]), (False, ["1", "2", "10000"])])
def test_a_total_is_asked_for_elsewhere_once_each_unless_the_query_itself_fails(
    kit: Any, is_final: bool, pages: list[str]
) -> None:
    failure = ServerError("It failed.", status=500, is_final=is_final)
    found = Results(kit.context({"/api/records": lambda _: failure}), Search(q="frost"))
    with pytest.raises(ServerError):
        _ = found.total
    assert [dict(params)["page"] for _, params, _ in log(found)] == pages


def test_a_hit_that_is_no_record_is_a_row_that_is_counted(kit: Any) -> None:
    found = results(kit, [kit.record(1), None, {"id": "3", "type": "dataset", "title": "Peas"}])
    assert [bool(row.problems) for row in found] == [False, True, True]
    assert kit.progress.notes == ["2 rows with problems, named in the column `problems`."]
