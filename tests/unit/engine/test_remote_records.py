from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from zenodo_harvest.engine import pour
from zenodo_harvest.records import Record


class Shelf:
    def __init__(self) -> None:
        self.batches: list[int] = []

    def write(self, records: Sequence[Record]) -> None:
        self.batches.append(len(records))


def test_rows_are_poured_in_batches_and_counted() -> None:
    shelf = Shelf()
    assert pour((Record(id=str(number)) for number in range(1_201)), shelf) == 1_201
    assert shelf.batches == [500, 500, 201]


def test_large_rows_are_poured_in_smaller_batches() -> None:
    shelf = Shelf()
    assert pour((Record(id=str(number), extra="x" * 3_000_000) for number in range(5)), shelf) == 5
    assert shelf.batches == [4, 1]


def test_without_polars_one_sentence_says_what_to_install() -> None:
    code = """
import sys
sys.modules["polars"] = None
import zenodo_harvest as zh
try:
    zh.Client("zenodo", token="").search("frost").to_polars()
except zh.UsageError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "Polars is not installed. Install it with: pip install polars\n"
