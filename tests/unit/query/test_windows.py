"""Where a window ends the next one begins: nothing lies in both and nothing between them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from zenodo_harvest.query import Counted, Search, Window, compile_search, divide, joined, within

BEFORE = datetime(2025, 12, 31, tzinfo=UTC)
START = datetime(2026, 1, 1, tzinfo=UTC)
MIDDLE = datetime(2026, 1, 2, tzinfo=UTC)
END = datetime(2026, 1, 3, tzinfo=UTC)


def test_a_record_of_the_moment_between_two_windows_belongs_to_the_later_one() -> None:
    left, right = Window(START, MIDDLE), Window(MIDDLE, END)
    assert [window.holds(MIDDLE, "7") for window in (left, right)] == [False, True]
    assert left.holds(MIDDLE - timedelta(microseconds=1), "7")


def test_a_record_whose_id_is_the_bound_between_two_windows_belongs_to_the_later_one() -> None:
    left, right = Window(START, END, end_id="7"), Window(START, END, first_id="7")
    assert [window.holds(START, "7") for window in (left, right)] == [False, True]
    assert [window.holds(START, "6") for window in (left, right)] == [True, False]


@pytest.mark.parametrize(
    ("ids", "clause"),
    [
        ({}, ""),
        ({"end_id": "7"}, ' AND id:[* TO "7"}'),
        ({"first_id": "7"}, ' AND id:["7" TO *]'),
        ({"first_id": "5", "end_id": "7"}, ' AND id:["5" TO "7"}'),
    ],
)
def test_the_server_is_asked_for_all_from_the_start_and_for_none_of_the_end(
    ids: dict[str, str], clause: str
) -> None:
    assert Window(START, MIDDLE, **ids).clause == (  # type: ignore[arg-type]
        'created:["2026-01-01T00:00:00.000000+00:00" TO "2026-01-02T00:00:00.000000+00:00"}' + clause
    )


@pytest.mark.parametrize(("field", "tick_ms"), [("created", 1), ("updated", 1000)])
def test_time_is_halved_down_to_what_the_server_tells_apart(field: str, tick_ms: int) -> None:
    tick = timedelta(milliseconds=tick_ms)
    halves = Window(START, START + 2 * tick, field=field).halves()  # type: ignore[arg-type]
    assert halves is not None
    assert [(half.start, half.end) for half in halves] == [
        (START, START + tick),
        (START + tick, START + 2 * tick),
    ]
    assert all(half.is_moment for half in halves)


def test_counts_that_grow_while_windows_are_divided_leave_none_with_fewer_than_no_records() -> None:
    whole = Counted(Window(START, END), 20)
    # a whole community came in after the whole had been counted
    parts = list(divide(whole, lambda window: 30 if window.end == MIDDLE else 12, cap=15))
    assert [part.total for part in parts] == [12, 8]
    assert (parts[0].window.start, parts[-1].window.end) == (START, END)


def test_neighbours_that_just_fill_a_window_are_one_and_one_more_record_keeps_them_apart() -> None:
    left, right = Counted(Window(START, MIDDLE), 4), Counted(Window(MIDDLE, END), 6)
    assert joined(left, right, cap=10) == Counted(Window(START, END), 10)
    assert joined(left, right, cap=9) is None


def test_windows_of_ids_are_joined_with_one_another_and_never_with_other_times() -> None:
    moment = Window(START, START + timedelta(milliseconds=1))
    first, middle, last = (
        Counted(Window(moment.start, moment.end, *ids), 1) for ids in (("", "5"), ("5", "7"), ("7", ""))
    )
    assert joined(first, middle, cap=9) == Counted(Window(moment.start, moment.end, "", "7"), 2)
    assert joined(middle, last, cap=9) == Counted(Window(moment.start, moment.end, "5", ""), 2)
    assert joined(last, Counted(Window(moment.end, END), 1), cap=9) is None
    assert joined(Counted(Window(BEFORE, START), 1), first, cap=9) is None


def test_each_division_costs_one_count() -> None:
    asked: list[Window] = []

    def count(window: Window) -> int:
        asked.append(window)
        return 10

    assert len(list(divide(Counted(Window(START, END), 20), count, cap=15))) == 2
    assert asked == [Window(START, MIDDLE)]


def test_a_moment_that_holds_just_what_can_be_paged_through_is_not_asked_about() -> None:
    full = Counted(Window(START, START + timedelta(milliseconds=1)), 4)

    def refuse(window: Window) -> int:
        raise AssertionError(window)

    assert list(divide(full, refuse, cap=4)) == [full]


def test_a_moment_of_just_too_many_records_is_divided_by_ids() -> None:
    moment = Window(START, START + timedelta(milliseconds=1))

    def count(window: Window) -> int:
        return sum(window.holds_id(str(number)) for number in range(10, 14))

    parts = list(divide(Counted(moment, 4), count, cap=3))
    assert [part.total for part in parts] == [count(part.window) for part in parts]
    assert sum(part.total for part in parts) == 4
    assert all(part.window.has_ids and not part.is_gap for part in parts)


def test_a_moment_whose_records_have_gone_meanwhile_is_no_gap() -> None:
    tick = timedelta(milliseconds=1)
    # twenty were counted at first; five are left, three of them in the later moment
    parts = divide(
        Counted(Window(START, START + 2 * tick), 20),
        lambda window: 2 if window.end == START + tick else 3,
        cap=10,
    )
    assert list(parts) == [Counted(Window(START, START + 2 * tick), 5)]


def test_a_window_confines_all_alternatives_of_a_query() -> None:
    window = Window(START, END)
    query = within(compile_search(Search(q="frost OR ice"), today=END.date()), window)
    assert query.q == f"(frost OR ice) AND {window.clause}"
    assert [value for name, value in query.params if name == "q"] == [query.q]


@pytest.mark.parametrize("blank", ["", "  "])
def test_without_a_query_the_window_is_all_that_is_asked(blank: str) -> None:
    window = Window(START, END)
    assert within(compile_search(Search(q=blank), today=END.date()), window).q == window.clause
