from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from zenodo_harvest.errors import LocalError
from zenodo_harvest.export import describe_output, open_sink
from zenodo_harvest.records import Record

RECORDS = [Record(id="1", title='two\nlines "quoted"'), Record(id="2", title='"'), Record(id="3")]


@pytest.mark.parametrize("name", ["r.parquet", "r.csv", "r.csv.gz", "r.jsonl", "R.JSONL.GZ"])
def test_a_file_is_described_as_it_lies_on_the_disk(tmp_path: Path, name: str) -> None:
    with open_sink(tmp_path / name) as sink:
        sink.write(RECORDS)
    output = describe_output(tmp_path / name)
    content = (tmp_path / name).read_bytes()
    assert (output.path, output.rows) == (tmp_path / name, 3)
    assert (output.size_bytes, output.sha256) == (len(content), hashlib.sha256(content).hexdigest())


def test_a_file_of_another_kind_has_no_rows(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    assert describe_output(tmp_path / "notes.txt").rows is None


def test_an_empty_file_has_no_rows_and_does_not_fail(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("")
    assert describe_output(tmp_path / "r.csv").rows == 0


@pytest.mark.parametrize("name", ["r.csv", "r.csv.gz", "r.parquet"])
def test_a_missing_or_broken_file_is_a_local_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(LocalError):
        describe_output(tmp_path / name)
    (tmp_path / "broken.jsonl.gz").write_bytes(b"\x1f\x8b\x08\x00")
    with pytest.raises(LocalError):
        describe_output(tmp_path / "broken.jsonl.gz")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1")
    with pytest.raises(LocalError):
        describe_output(tmp_path / "broken.parquet")
