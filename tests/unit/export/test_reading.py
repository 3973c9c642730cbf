"""Documents to files: by the compiled reader where a table is Parquet, and always to the same rows."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from zenodo_harvest.export import open_sinks, reads_in_threads, write_documents
from zenodo_harvest.records import Provenance, read_records

FROM = Provenance("zenodo", "file", datetime(2026, 1, 1, tzinfo=UTC))
GOOD = {"id": "1", "parent": {"id": "0"}, "metadata": {"title": "Frost"}, "new": {"a": 1}}
ODD = {"id": "2", "parent": {"id": "0"}, "metadata": {"title": 5}}
DOCUMENTS = [json.dumps(record).encode() for record in (GOOD, ODD, GOOD)]


@pytest.mark.parametrize("names", [("a.parquet",), ("a.parquet", "b.parquet"), ("a.parquet", "b.csv")])
def test_the_rows_are_those_of_the_plain_reader_and_problems_are_counted(
    tmp_path: Path, names: tuple[str, ...]
) -> None:
    with open_sinks([tmp_path / name for name in names], columns=("id", "extra", "title")) as sink:
        done = [write_documents(sink, part, FROM) for part in (DOCUMENTS[:1], DOCUMENTS[1:])]
    expected = [(one.id, one.extra, one.title) for one in read_records(DOCUMENTS, FROM)]
    for name in names:
        if name.endswith(".parquet"):
            rows = pq.read_table(tmp_path / name).to_pylist()
            assert [tuple(row.values()) for row in rows] == expected
    assert [one.rows_with_problems for one in done] == [0, 1]
    is_compiled = reads_in_threads() and sink.takes_batches
    assert [one.left_to_python for one in done] == ([0, 1] if is_compiled else [None, None])


def test_records_and_batches_may_follow_each_other(tmp_path: Path) -> None:
    with open_sinks([tmp_path / "a.parquet"]) as sink:
        sink.write(read_records(DOCUMENTS[:1], FROM))
        write_documents(sink, DOCUMENTS[1:], FROM)
        sink.write(read_records(DOCUMENTS[:2], FROM))
    assert sink.rows == 5
    assert pq.read_table(tmp_path / "a.parquet")["id"].to_pylist() == ["1", "2", "1", "1", "2"]
