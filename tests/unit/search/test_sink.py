from __future__ import annotations

from collections.abc import Sequence

from zenodo_harvest.records import Record
from zenodo_harvest.search import in_batches, pour


class Shelf:
    def __init__(self) -> None:
        self.batches: list[int] = []

    def write(self, records: Sequence[Record]) -> None:
        self.batches.append(len(records))


def test_rows_are_poured_in_batches_and_counted() -> None:
    shelf = Shelf()
    assert pour((Record(id=str(number)) for number in range(1_201)), shelf) == 1_201
    assert shelf.batches == [500, 500, 201]


def test_no_more_than_a_batch_is_taken_from_the_stream_at_once() -> None:
    taken = 0

    def stream():
        nonlocal taken
        for number in range(100):
            taken += 1
            yield Record(id=str(number))

    next(in_batches(stream(), rows=10))
    assert taken == 10
