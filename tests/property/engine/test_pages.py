from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zenodo_harvest.engine import Contradiction, Page, PageWalk, read_page

WINDOW = 400

good_rows = st.integers(1, 10**9).map(lambda number: {"id": str(number), "parent": {"id": "1"}})
odd_rows = st.one_of(
    st.none(),
    st.integers(),
    st.text(max_size=5),
    st.lists(st.integers(), max_size=2),
    st.just({}),
    st.just({"id": None, "parent": 3}),
    st.just({"id": {"deep": [1]}, "parent": {}}),
    st.just({"id": True}),
)
shelves = st.lists(st.one_of(good_rows, good_rows, odd_rows), max_size=120)


def key(row: object) -> object:
    return row["id"] if isinstance(row, dict) and isinstance(row.get("id"), str) else None


def unique(rows: Sequence[object]) -> list[object]:
    """Each record once, at its first place; a row without an id is a record of its own."""
    seen: set[object] = set()
    return [row for row in rows if key(row) is None or (key(row) not in seen and not seen.add(key(row)))]


def answer(rows: Sequence[object], page: int, size: int) -> bytes:
    shown = rows[(page - 1) * size : page * size]
    return json.dumps({"hits": {"hits": shown, "total": len(rows)}, "links": {}}).encode()


def walk_through(
    walk: PageWalk, ask: Callable[[int, int], bytes]
) -> tuple[list[object], list[tuple[int, int]]]:
    got, asked = [], []
    while (number := walk.next_page) is not None:
        asked.append((number, walk.size))
        got += [json.loads(row.body) for row in walk.take(read_page(ask(number, walk.size)))]
        assert len(asked) <= 500, "the walk does not end"
    return got, asked


@settings(deadline=None)
@given(shelves, st.integers(1, 30))
def test_any_total_and_page_size_give_each_record_of_the_server_once_and_in_order(
    rows: list[object], size: int
) -> None:
    walk = PageWalk(size=size, window=WINDOW)
    got, _ = walk_through(walk, lambda page, size: answer(rows, page, size))
    assert got == unique(rows)
    assert walk.duplicates == len(rows) - len(got)
    assert walk.total_start == walk.total_end == walk.offset == len(rows)
    assert walk.missing == walk.duplicates


@settings(deadline=None)
@given(shelves, st.integers(1, 30))
def test_the_page_size_never_changes_and_no_page_is_asked_twice(rows: list[object], size: int) -> None:
    _, asked = walk_through(PageWalk(size=size, window=WINDOW), lambda page, size: answer(rows, page, size))
    pages = max(1, -(-len(rows) // size))
    assert asked == [(number, size) for number in range(1, pages + 1)]


@settings(deadline=None)
@given(st.lists(good_rows, min_size=1, max_size=80), st.data())
def test_a_malformed_record_never_moves_the_window(rows: list[object], data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 20))
    broken = list(rows)
    for place in data.draw(st.sets(st.integers(0, len(rows) - 1), max_size=10)):
        broken[place] = data.draw(odd_rows)
    _, sound_pages = walk_through(
        PageWalk(size=size, window=WINDOW), lambda page, size: answer(rows, page, size)
    )
    got, broken_pages = walk_through(
        PageWalk(size=size, window=WINDOW), lambda page, size: answer(broken, page, size)
    )
    assert broken_pages == sound_pages
    assert len(got) == len(unique(broken))


@settings(deadline=None)
@given(shelves, st.integers(1, 30), st.integers(1, 150))
def test_a_limit_brings_the_first_unique_rows_and_asks_for_nothing_more(
    rows: list[object], size: int, limit: int
) -> None:
    got, asked = walk_through(
        PageWalk(size=size, window=WINDOW, limit=limit), lambda page, size: answer(rows, page, size)
    )
    assert got == unique(rows)[:limit]
    if len(got) == limit:
        assert len(got) > len(unique(rows[: (len(asked) - 1) * size]))


@settings(deadline=None)
@given(st.integers(1, 60), st.integers(1, 20), st.data())
def test_rows_that_slip_away_on_the_way_are_never_called_whole(
    total: int, size: int, data: st.DataObject
) -> None:
    rows: list[object] = [{"id": str(number), "parent": {}} for number in range(total)]
    there_all_along = {row["id"] for row in rows}

    def ask(page: int, size: int) -> bytes:
        if page > 1 and rows and data.draw(st.booleans()):
            gone = rows.pop(data.draw(st.integers(0, len(rows) - 1)))
            there_all_along.discard(gone["id"])
        return answer(rows, page, size)

    walk = PageWalk(size=size, window=WINDOW)
    got, _ = walk_through(walk, ask)
    missed = there_all_along - {row["id"] for row in got}
    assert not (missed and walk.is_whole)


@settings(deadline=None)
@given(st.integers(1, 60), st.integers(1, 20), st.data())
def test_records_that_appear_on_the_way_cost_none_of_those_that_were_there(
    total: int, size: int, data: st.DataObject
) -> None:
    rows: list[object] = [{"id": str(number), "parent": {}} for number in range(total)]
    there_all_along = {row["id"] for row in rows}

    def ask(page: int, size: int) -> bytes:
        if page > 1 and len(rows) < total + 10 and data.draw(st.booleans()):
            rows.insert(data.draw(st.integers(0, len(rows))), {"id": f"n{len(rows)}", "parent": {}})
        return answer(rows, page, size)

    walk = PageWalk(size=size, window=WINDOW)
    got, _ = walk_through(walk, ask)
    assert there_all_along <= {row["id"] for row in got}
    assert walk.is_whole


@settings(deadline=None)
@given(st.integers(1, 100), st.integers(1, 20), st.data())
def test_a_page_with_rows_missing_is_refused_and_leaves_the_walk_where_it_was(
    total: int, size: int, data: st.DataObject
) -> None:
    rows = [{"id": str(number), "parent": {}} for number in range(total)]
    walk = PageWalk(size=size, window=WINDOW)
    bad_page = data.draw(st.integers(1, -(-total // size)))
    while walk.next_page != bad_page:
        walk.take(read_page(answer(rows, walk.next_page or 0, size)))
    page = read_page(answer(rows, bad_page, size))
    kept = data.draw(st.integers(0, len(page.rows) - 1))
    before = (walk.next_page, walk.offset, walk.total_end, set(walk.ids))
    with pytest.raises(Contradiction, match=f"Page {bad_page} holds {kept} rows"):
        walk.take(Page(page.rows[:kept], page.total, {}))
    assert (walk.next_page, walk.offset, walk.total_end, set(walk.ids)) == before
    got, _ = walk_through(walk, lambda page, size: answer(rows, page, size))
    assert len(walk.ids) == total
    assert len(got) == total - (bad_page - 1) * size
