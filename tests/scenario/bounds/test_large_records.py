"""Records that are as large as the bounds allow: none is refused, and none needs much memory."""

from __future__ import annotations

import json
import tarfile
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import parse_qs, urlsplit

import pyarrow.parquet as pq

RECORDS = 110
MOST_MB = 400
BOUNDS = {"ZENODO_HARVEST_ANSWER_MB": "8", "ZENODO_HARVEST_RECORD_MB": "2"}
"""A quarter of the usual ones, for records of a quarter of the size."""


@cache
def parts() -> list[bytes]:
    """Return what stands around the id of a record of 1 MB, most of it text and the rest people."""
    people = [
        {"person_or_org": {"type": "personal", "name": f"Frost, Ann {at}", "family_name": "Frost"}}
        for at in range(75)
    ]
    record = {
        "id": "ID",
        "created": "2024-01-01T00:00:00+00:00",
        "parent": {"id": "5000"},
        "metadata": {
            "title": "Frost",
            "description": "Frost days and ice nights, by station and year. " * 21_000,
            "creators": people,
        },
    }
    return json.dumps(record).encode().split(b"ID")


def large(number: int) -> bytes:
    """Return the record of this number."""
    return (b"%d" % number).join(parts())


def test_a_search_asks_for_smaller_pages_of_large_records(
    hostile: Any, measured: Any, tmp_path: Path
) -> None:
    assert len(large(1)) > 1_000_000

    def pages(out: BinaryIO, target: str) -> None:
        asked = parse_qs(urlsplit(target).query)
        size, page = (int(asked.get(name, ["1"])[0]) for name in ("size", "page"))
        places = range((page - 1) * size, min(page * size, RECORDS))
        out.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n")
        out.write(b"X-RateLimit-Limit: 900\r\nX-RateLimit-Remaining: 899\r\nX-RateLimit-Reset: 1\r\n\r\n")
        out.write(b'{"hits": {"total": %d, "hits": [' % RECORDS)
        for place in places:
            out.write(b"," * (place > places.start) + large(1000 + place))
        out.write(b"]}}")

    server = hostile(pages)
    ran = measured("--site", server.url, "search", "frost", "--all", "-q", "-o", "frost.parquet", **BOUNDS)
    assert (ran.code, ran.err) == (0, "")
    assert pq.read_table(tmp_path / "frost.parquet", columns=["id"])["id"].to_pylist() == [
        str(1000 + place) for place in range(RECORDS)
    ]
    assert json.loads((tmp_path / "frost.parquet.receipt.json").read_text())["complete"]
    assert ran.peak_mb <= MOST_MB


def test_a_list_of_large_records_is_converted(measured: Any, tmp_path: Path) -> None:
    with (tmp_path / "saved.json").open("wb") as file:
        file.write(b"[")
        for number in range(50):
            file.write(b"," * (number > 0) + large(number))
        file.write(b"]")
    assert (tmp_path / "saved.json").stat().st_size > 50_000_000
    ran = measured("convert", "saved.json", "-o", "saved.parquet", **BOUNDS)
    assert ran.code == 0
    assert pq.read_metadata(tmp_path / "saved.parquet").num_rows == 50
    assert ran.peak_mb <= 300


def test_a_dump_of_large_records_is_converted(measured: Any, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "dump.tar.gz", "w:gz", compresslevel=1) as archive:
        for number in range(50):
            content = large(number)
            entry = tarfile.TarInfo(f"{number}.json")
            entry.size = len(content)
            archive.addfile(entry, BytesIO(content))
    ran = measured("dump", "convert", "dump.tar.gz", "-o", "dump.parquet", **BOUNDS)
    assert (ran.code, "problem" in ran.err) == (0, False)
    assert pq.read_metadata(tmp_path / "dump.parquet").num_rows == 50
    assert ran.peak_mb <= MOST_MB
