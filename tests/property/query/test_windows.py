"""For any records and any cap: windows cover all time, do not overlap, and hold what they say."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from zenodo_harvest.query import BEGINNING, Counted, Window, divide

END = datetime(2026, 11, 23, 12, tzinfo=UTC)
SPAN_US = (END - BEGINNING) // timedelta(microseconds=1)  # records keep microseconds, the engine does not
BURST_US = SPAN_US * 3 // 4

moments = st.one_of(
    st.integers(0, SPAN_US - 1),
    st.sampled_from([0, 1, SPAN_US - 1, SPAN_US // 2, SPAN_US // 2 - 1, BURST_US]),
    st.integers(BURST_US, BURST_US + 3_000),
)
record_ids = st.one_of(
    st.integers(1, 20_000_000).map(str), st.from_regex(r"[0-9a-z]{5}-[0-9a-z]{5}", fullmatch=True)
)
repositories = st.dictionaries(record_ids, moments, max_size=60)


def at(offset_us: int) -> datetime:
    return BEGINNING + timedelta(microseconds=offset_us)


def holds(window: Window, record_id: str, offset_us: int) -> bool:
    """What the condition in the query means, to the microsecond."""
    in_time = window.start <= at(offset_us) < window.end
    return in_time and window.first_id <= record_id and (not window.end_id or record_id < window.end_id)


@settings(deadline=None)
@given(repositories, st.integers(1, 20))
def test_windows_cover_the_line_without_overlap_and_stay_below_the_cap(
    records: dict[str, int], cap: int
) -> None:
    def count(window: Window) -> int:
        return sum(holds(window, *record) for record in records.items())

    parts = list(divide(Counted(Window(BEGINNING, END), len(records)), count, cap=cap))

    assert parts[0].window.start == BEGINNING
    assert parts[-1].window.end == END
    for left, right in pairwise(part.window for part in parts):
        same_moment = (left.start, left.end) == (right.start, right.end)
        assert left.end_id == right.first_id if same_moment else left.end == right.start
        assert same_moment or (not left.end_id and not right.first_id)
    assert all(part.total == count(part.window) <= cap and not part.is_gap for part in parts)
    homes = Counter(sum(holds(part.window, *record) for part in parts) for record in records.items())
    assert set(homes) <= {1}


@settings(deadline=None)
@given(st.integers(1, SPAN_US // 1000), st.integers(1, SPAN_US // 1000))
def test_the_halves_of_a_window_meet_and_none_is_empty(first: int, last: int) -> None:
    window = Window(at(min(first, last) * 1000 - 1000), at(max(first, last) * 1000))
    while halves := window.halves():
        left, right = halves
        assert (left.start, right.end) == (window.start, window.end)
        assert left.end == right.start if left.end_id == "" else left.end_id == right.first_id
        window = left if (first + last) % 2 else right
        if window.first_id or window.end_id:
            break


def test_records_that_no_count_can_tell_apart_are_a_gap_and_not_left_out() -> None:
    here = Counted(Window(BEGINNING, END), 50)
    # a server that ignores conditions on ids counts everything in each left half
    parts = list(divide(here, lambda window: 50 if window.start == BEGINNING else 0, cap=10))
    assert sum(part.total for part in parts) == 50
    assert not any(part.window.has_ids for part in parts)
    assert [part.total for part in parts if part.is_gap] == [50]
