from __future__ import annotations

from collections.abc import Iterator

from zenodo_harvest.export import in_batches


def sizes(items: list[int], rows: int = 500, size_bytes: int = 100) -> list[list[int]]:
    return list(in_batches(items, lambda item: item, rows=rows, size_bytes=size_bytes))


def test_a_batch_ends_with_its_rows_or_where_it_would_be_too_large() -> None:
    assert sizes([1] * 7, rows=3) == [[1, 1, 1], [1, 1, 1], [1]]
    assert sizes([60, 40, 1, 99, 2]) == [[60, 40], [1, 99], [2]]
    assert sizes([]) == []


def test_an_item_that_is_too_large_by_itself_is_a_batch_by_itself() -> None:
    assert sizes([5, 500, 5]) == [[5], [500], [5]]


def test_no_more_than_a_batch_is_taken_from_the_stream_at_once() -> None:
    taken = 0

    def stream() -> Iterator[int]:
        nonlocal taken
        for number in range(100):
            taken += 1
            yield number

    next(in_batches(stream(), lambda _: 1, rows=10))
    assert taken == 10
