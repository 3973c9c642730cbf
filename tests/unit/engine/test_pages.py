from __future__ import annotations

import json

import pytest

from zenodo_harvest.engine import Contradiction, PageWalk, read_page
from zenodo_harvest.errors import BadAnswer, TooManyResults
from zenodo_harvest.records import read_head


def native(number: int) -> dict[str, object]:
    return {"id": str(number), "parent": {"id": "1"}}


def legacy(number: int) -> dict[str, object]:
    return {"id": number, "conceptrecid": "1"}


def page(rows: list[object], total: object) -> bytes:
    return json.dumps({"hits": {"hits": rows, "total": total}}).encode()


def test_a_page_keeps_the_bytes_of_each_row() -> None:
    content = b'{"hits":{"total":2,"hits":[{"id": "1", "z":1.50 },null]},"aggregations":{"a":1}}'
    found = read_page(content)
    assert found.rows == (b'{"id": "1", "z":1.50 }', b"null")
    assert (found.total, found.aggregations) == (2, {"a": 1})


def test_the_total_may_be_an_object_as_the_search_engine_itself_writes_it() -> None:
    assert read_page(page([], {"value": 12, "relation": "eq"})).total == 12


@pytest.mark.parametrize("total", [None, "12", True, -1, {"relation": "eq"}, 1.5])
def test_a_list_without_a_usable_total_is_refused(total: object) -> None:
    with pytest.raises(BadAnswer, match="how many"):
        read_page(page([], total))


@pytest.mark.parametrize(
    "content",
    [b"[]", b"{}", b'{"hits": []}', b'{"hits": {"hits": null, "total": 1}}', b'"hits"', b"not json"],
)
def test_something_that_is_no_list_of_records_is_refused(content: bytes) -> None:
    with pytest.raises(BadAnswer, match="not a list of records"):
        read_page(content)


def test_one_record_with_nan_or_broken_text_does_not_cost_the_others() -> None:
    found = read_page(b'{"hits":{"hits":[{"id":"1","x":NaN},{"id":"2","t":"\xff"},{"id":"3"}],"total":3}}')
    assert [read_head(row).id for row in found.rows] == ["1", "2", "3"]


def test_more_results_than_the_window_are_refused_on_the_first_page() -> None:
    walk = PageWalk(size=2, window=10_000)
    with pytest.raises(TooManyResults, match="10,001") as caught:
        walk.take(read_page(page([native(1), native(2)], 10_001)))
    assert "limit" in caught.value.hint
    assert "harvest" in caught.value.hint


def test_exactly_the_window_can_be_walked() -> None:
    walk = PageWalk(size=100, window=10_000)
    pages = []
    while (number := walk.next_page) is not None:
        pages.append(number)
        walk.take(read_page(page([native(number * 1000 + place) for place in range(100)], 10_000)))
    assert pages == list(range(1, 101))
    assert walk.is_whole


def test_a_limit_up_to_the_window_works_however_many_results_there_are() -> None:
    walk = PageWalk(size=25, window=10_000, limit=10_000)
    while (number := walk.next_page) is not None:
        walk.take(read_page(page([native(number * 100 + place) for place in range(25)], 4_000_000)))
    assert (walk.offset, walk.is_whole) == (10_000, True)


def test_a_limit_past_the_window_is_refused_when_there_are_more_results() -> None:
    walk = PageWalk(size=2, window=10, limit=11)
    with pytest.raises(TooManyResults):
        walk.take(read_page(page([native(1), native(2)], 11)))


def test_the_end_is_found_without_any_link_of_the_server() -> None:
    walk = PageWalk(size=2, window=100)
    content = {
        "hits": {"hits": [native(1), native(2)], "total": 2},
        "links": {"next": "https://zenodo.org/api/records?page=2"},
    }
    walk.take(read_page(json.dumps(content).encode()))
    assert walk.next_page is None


def test_an_empty_search_is_whole_after_one_page() -> None:
    walk = PageWalk(size=25, window=100)
    assert walk.take(read_page(page([], 0))) == ()
    assert walk.next_page is None
    assert walk.is_whole


def test_an_empty_page_in_the_middle_is_no_end() -> None:
    walk = PageWalk(size=2, window=100)
    walk.take(read_page(page([native(1), native(2)], 5)))
    with pytest.raises(Contradiction, match="Page 2 holds 0 rows where 2 are due"):
        walk.take(read_page(page([], 5)))
    assert walk.next_page == 2


def test_a_dialect_that_changes_between_pages_is_refused() -> None:
    walk = PageWalk(size=2, window=100)
    walk.take(read_page(page([native(1), native(2)], 4)))
    with pytest.raises(Contradiction, match="another JSON dialect"):
        walk.take(read_page(page([legacy(3), legacy(4)], 4)))
    walk.take(read_page(page([native(3), native(4)], 4)))
    assert (walk.dialect, walk.is_whole) == ("native", True)


def test_rows_of_two_dialects_on_one_page_are_kept_and_counted() -> None:
    walk = PageWalk(size=2, window=100)
    assert len(walk.take(read_page(page([native(1), legacy(2)], 2)))) == 2
    assert (walk.dialect, walk.others, walk.is_whole) == ("native", 1, True)


def test_a_last_page_of_a_few_rows_in_another_dialect_is_kept() -> None:
    walk = PageWalk(size=3, window=100)
    walk.take(read_page(page([native(1), native(2), native(3)], 5)))
    assert len(walk.take(read_page(page([legacy(4), legacy(5)], 5)))) == 2
    assert (walk.dialect, walk.others, walk.is_whole) == ("native", 2, True)


@pytest.mark.parametrize(
    "odd", ["\ufeff{native}", "", "/* x */ {native}", '{"id": "2", "metadata": {"title": "x"'], ids=range(4)
)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_what_is_no_row_costs_no_neighbour(odd: str, place: int) -> None:
    rows = [json.dumps(native(number)) for number in (1, 2, 3)]
    is_open = odd.endswith('"x"')
    if is_open and place < 2:
        pytest.skip("what is not closed holds all that follows")
    rows[place] = odd.replace("{native}", rows[place])
    content = f'{{"hits": {{"hits": [{", ".join(rows)}], "total": 3}}}}'
    found = read_page(content.encode())
    assert (found.total, len(found.rows)) == (3, 3)
    neighbours = [row.decode() for at, row in enumerate(found.rows) if at != place]
    assert neighbours == [row for at, row in enumerate(rows) if at != place]


def test_a_comma_after_the_last_row_is_no_row() -> None:
    walk = PageWalk(size=2, window=100)
    assert len(walk.take(read_page(b'{"hits": {"hits": [{"id": "1"}, {"id": "2"},], "total": 2}}'))) == 2
    assert walk.is_whole


def test_a_walk_in_the_legacy_dialect_is_a_walk() -> None:
    walk = PageWalk(size=2, window=100)
    walk.take(read_page(page([legacy(1), legacy(2)], 2)))
    assert (walk.dialect, walk.is_whole) == ("legacy", True)


def test_a_page_that_the_server_repeats_leaves_the_walk_not_whole() -> None:
    walk = PageWalk(size=2, window=100)
    for _ in range(2):
        walk.take(read_page(page([native(1), native(2)], 4)))
    assert (walk.next_page, walk.duplicates, walk.missing, walk.is_whole) == (None, 2, 2, False)


def test_a_page_longer_than_asked_for_is_refused() -> None:
    with pytest.raises(Contradiction):
        PageWalk(size=1, window=100).take(read_page(page([native(1), native(2)], 2)))


def test_a_second_walk_gives_only_what_the_first_has_not_given() -> None:
    walk = PageWalk(size=3, window=100, seen={"1", "3"})
    new = walk.take(read_page(page([native(1), native(2), native(3)], 3)))
    assert [json.loads(row.body)["id"] for row in new] == ["2"]
    assert walk.is_whole


def test_a_record_that_leaves_while_another_appears_is_noticed_although_the_total_is_the_same() -> None:
    walk = PageWalk(size=2, window=100)
    walk.take(read_page(page([native(1), native(2)], 5)))
    walk.take(read_page(page([native(4), native(5)], 4)))
    walk.take(read_page(page([native(6)], 5)))
    assert (walk.missing, walk.fell, walk.total_end, walk.is_whole) == (0, 1, 5, False)


def test_a_total_that_grows_past_the_window_is_not_followed_past_it_and_is_not_whole() -> None:
    walk = PageWalk(size=2, window=4)
    walk.take(read_page(page([native(1), native(2)], 4)))
    walk.take(read_page(page([native(3), native(4)], 6)))
    assert (walk.next_page, walk.beyond, walk.is_whole) == (None, 2, False)


def test_a_walk_that_has_the_rows_it_wants_is_whole_whatever_became_of_the_others() -> None:
    walk = PageWalk(size=2, window=100, limit=3)
    walk.take(read_page(page([native(1), native(2)], 50)))
    assert not walk.is_whole
    walk.take(read_page(page([native(3), native(4)], 40)))
    assert (walk.next_page, walk.missing, walk.fell, walk.is_whole) == (None, 0, 10, True)


@pytest.mark.parametrize("stopped_after", [1, 2, 3])
def test_a_walk_that_goes_on_in_another_process_ends_as_if_it_had_never_stopped(stopped_after: int) -> None:
    pages = [([1, 2], 8), ([2, 3], 7), ([3, 4], 7), ([5], 7)]
    answers = [read_page(page([native(number) for number in rows], total)) for rows, total in pages]
    one = PageWalk(size=2, window=100)
    other = PageWalk(size=2, window=100)
    for place, answer in enumerate(answers):
        assert one.take(answer) == other.take(answer)
        if place + 1 == stopped_after:
            other = PageWalk.resume(other.standing, frozenset(other.ids), window=100)
    assert other.standing == one.standing
    assert (other.fell, other.duplicates, other.missing, other.total_start) == (1, 2, 3, 8)
    assert (one.missing, one.is_whole, one.next_page) == (other.missing, other.is_whole, other.next_page)


def test_a_walk_that_goes_on_in_another_process_still_refuses_another_dialect() -> None:
    walk = PageWalk(size=2, window=100)
    walk.take(read_page(page([native(1), native(2)], 4)))
    later = PageWalk.resume(walk.standing, walk.ids, window=100)
    with pytest.raises(Contradiction, match="another JSON dialect"):
        later.take(read_page(page([legacy(3), legacy(4)], 4)))


def test_a_window_that_ends_within_a_page_ends_the_walk_there() -> None:
    walk = PageWalk(size=2, window=5, limit=5)
    for rows in ([1, 2], [3, 4], [5]):
        walk.take(read_page(page([native(number) for number in rows], 50)))
    assert (walk.next_page, walk.is_whole) == (None, True)
