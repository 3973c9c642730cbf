"""Files that are larger than they seem: archives and saved JSON that no memory would hold."""

from __future__ import annotations

import gzip
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

MOST_MB = 400
BLANKS = gzip.compress(b" " * (1 << 20), 1) * 64
"""64 MiB of blanks; gzip files may be put one after the other."""
LETTERS = gzip.compress(b"x" * (1 << 20), 1) * 64


def entry(name: str, size_bytes: int, kind: bytes = tarfile.REGTYPE) -> bytes:
    header = tarfile.TarInfo(name)
    header.size, header.type = size_bytes, kind
    return header.tobuf(tarfile.USTAR_FORMAT)


def member(number: int, content: bytes = b"") -> bytes:
    content = content or b'{"id": "%d", "metadata": {"title": "Frost"}}' % number
    return entry(f"{number}.json", len(content)) + content + b"\0" * (-len(content) % tarfile.BLOCKSIZE)


def dump(folder: Path, *parts: bytes) -> None:
    packed = [part if part.startswith(b"\x1f\x8b") else gzip.compress(part) for part in parts]
    (folder / "dump.tar.gz").write_bytes(b"".join(packed))


def rows(folder: Path) -> Iterator[tuple[str, list[str]]]:
    for row in pq.read_table(folder / "dump.parquet", columns=["id", "problems"]).to_pylist():
        yield row["id"], row["problems"]


@pytest.mark.parametrize("output", ["dump.parquet", "dump.csv"])
def test_a_giant_member_costs_one_row_and_the_rest_is_there(
    measured: Any, tmp_path: Path, output: str
) -> None:
    dump(tmp_path, member(1), entry("2.json", 1 << 29), *[LETTERS] * 8, member(3), b"\0" * 1024)
    ran = measured("dump", "convert", "dump.tar.gz", "-o", output)
    assert ran.code == 0
    assert "1 row with problems" in ran.err
    assert ran.peak_mb <= MOST_MB
    if output.endswith("parquet"):
        (first, second, third) = rows(tmp_path)
        assert (first, third) == (("1", []), ("3", []))
        assert second[0] == "2"
        assert second[1][0] == "the record was not read: it has 536,870,912 bytes, more than 8 MB"


def test_a_member_of_a_million_lists_costs_one_row(measured: Any, tmp_path: Path) -> None:
    swollen = b'{"id": "2", "metadata": {"x": [' + b"[]," * 2_000_000 + b"[]]}}"
    dump(tmp_path, member(1), member(2, swollen), member(3), b"\0" * 1024)
    ran = measured("dump", "convert", "dump.tar.gz", "-o", "dump.parquet")
    assert ran.code == 0
    assert dict(rows(tmp_path))["2"][0] == "the record was not read: it holds more than 300,000 values"
    assert ran.peak_mb <= MOST_MB


def test_a_giant_entry_that_is_no_record_is_passed_over(measured: Any, tmp_path: Path) -> None:
    long_name = entry("././@LongLink", 1 << 29, tarfile.GNUTYPE_LONGNAME)
    dump(tmp_path, member(1), long_name, *[LETTERS] * 8, member(3), b"\0" * 1024)
    ran = measured("dump", "convert", "dump.tar.gz", "-o", "dump.parquet")
    assert ran.code == 0
    assert [id_ for id_, _ in rows(tmp_path)] == ["1", "3"]
    assert ran.peak_mb <= MOST_MB


def test_a_member_that_says_it_is_giant_and_is_not_there_is_a_damaged_archive(
    measured: Any, tmp_path: Path
) -> None:
    dump(tmp_path, member(1), entry("2.json", (8 << 30) - 1))
    ran = measured("dump", "convert", "dump.tar.gz", "-o", "dump.parquet")
    assert ran.code == 8
    assert "is cut short" in ran.err
    assert not (tmp_path / "dump.parquet").exists()


def test_a_line_of_deletions_without_end_is_refused(measured: Any, tmp_path: Path) -> None:
    dump(tmp_path, b"record_id,doi\r\n1,", *[LETTERS] * 16)
    ran = measured("dump", "convert", "dump.tar.gz", "-o", "dump.parquet")
    assert ran.code == 8
    assert "has a line of more than 8 MB" in ran.err
    assert not (tmp_path / "dump.parquet").exists()
    assert ran.peak_mb <= MOST_MB


def test_a_row_of_deletions_that_goes_on_over_lines_without_end_is_refused(
    measured: Any, tmp_path: Path
) -> None:
    dump(tmp_path, b'record_id,doi\r\n1,"', *[gzip.compress(b'ab\n","' * 1_000_000)] * 10)
    ran = measured("dump", "convert", "dump.tar.gz", "-o", "dump.parquet")
    assert ran.code == 8
    assert "has a row of more than 8,000,000 letters" in ran.err
    assert ran.peak_mb <= MOST_MB


def test_large_rows_of_deletions_are_written_a_few_at_a_time(measured: Any, tmp_path: Path) -> None:
    row = b"1,10.5281/zenodo.1,2,10.5281/zenodo.2," + b"x" * 1_750_000 + b",spam,2026-01-01,\r\n"
    head = b"record_id,doi,parent_id,parent_doi,removal_note,removal_reason,removal_date,citation_text\r\n"
    dump(tmp_path, head, *[gzip.compress(row, 1)] * 75)
    ran = measured("dump", "convert", "dump.tar.gz", "-o", "dump.parquet", ZENODO_HARVEST_RECORD_MB="2")
    assert ran.code == 0
    assert pq.read_metadata(tmp_path / "dump.parquet").num_rows == 75
    assert ran.peak_mb <= MOST_MB


def test_records_of_many_values_are_worked_on_a_few_at_a_time(measured: Any, tmp_path: Path) -> None:
    record = b'{"id": 1, "metadata": {"subjects": [' + b"1," * 62_500 + b"1]}}\n"
    (tmp_path / "saved.jsonl").write_bytes(record * 8)
    ran = measured("convert", "saved.jsonl", "-o", "saved.parquet", ZENODO_HARVEST_VALUES="75000")
    assert ran.code == 0
    assert ran.peak_mb <= 300


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([BLANKS] * 16, "a stretch of blanks is larger than 8 MB"),
        ([gzip.compress(b'[{"id": 1},'), *[BLANKS] * 16], "a stretch of blanks is larger than 8 MB"),
        ([gzip.compress(b'{"id": 1}\n'), *[LETTERS] * 16], "a line is larger than 8 MB"),
        ([gzip.compress(b'{"id": 1}\n["'), *[LETTERS] * 16], "a line is larger than 8 MB"),
        ([gzip.compress(b'[{"id": "'), *[LETTERS] * 16], "a record is larger than 8 MB"),
        ([gzip.compress(b'{"id": "'), *[LETTERS] * 16], "a record is larger than 8 MB"),
        ([gzip.compress(b"["), *[LETTERS] * 16], "a record is larger than 8 MB"),
        ([gzip.compress(b'{"hits": {"x": "'), *[LETTERS] * 16], "a member of the answer is larger than 8 MB"),
        ([gzip.compress(b'{"id": [' + b"[]," * 340_000 + b"0]}")], "holds more than 300,000 values"),
        ([gzip.compress(b"[" * 1_000_000) * 50], "is nested too deeply"),
    ],
)
def test_saved_json_without_end_is_refused(
    measured: Any, tmp_path: Path, parts: list[bytes], said: str
) -> None:
    (tmp_path / "saved.json.gz").write_bytes(b"".join(parts))
    ran = measured("convert", "saved.json.gz", "-o", "saved.parquet")
    assert said in ran.err
    assert ran.code == (2 if "nested" in said else 8)
    assert len(ran.err.splitlines()) == 2
    assert not (tmp_path / "saved.parquet").exists()
    assert ran.peak_mb <= MOST_MB
