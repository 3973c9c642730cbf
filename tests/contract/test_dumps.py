"""What the real server software answered about its dumps, read through our own transport."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from zenodo_harvest.dumps import find_dump, list_dumps
from zenodo_harvest.errors import NotFound
from zenodo_harvest.http import LocalBudget, RetryPolicy, Transport, download
from zenodo_harvest.sites import Site


@pytest.fixture
def transport() -> Iterator[Transport]:
    site = Site("recorder", "http://127.0.0.1:5000")
    retry = RetryPolicy(attempts=1)
    with (
        LocalBudget() as budget,
        Transport(site, user_agent="zenodo-harvest/test", budget=budget, retry=retry) as made,
    ):
        yield made


@pytest.mark.cassette("dumps-list")
def test_the_list_tells_of_every_dump_the_newest_first(transport: Transport) -> None:
    dumps = list_dumps(transport)
    assert [(dump.key, dump.is_head) for dump in dumps] == [
        ("enes-data-space/records-deleted.csv.gz", True),
        ("enes-data-space/records-json.tar.gz", True),
        ("records-deleted.csv.gz", True),
        ("records-deleted.csv.gz", False),
        ("records-json.tar.gz", True),
        ("records-json.tar.gz", False),
        ("records-xml.tar.gz", True),
    ]
    newest = find_dump(dumps, "records-json.tar.gz")
    assert (newest.size_bytes, newest.md5) == (291123, "123dc9d27dd1de171b264d90f3a056f7")
    assert newest.created == datetime(2026, 11, 23, 4, 1, 43, 178925, UTC)
    assert newest.url == (
        "http://127.0.0.1:5000/api/exporter/records-json.tar.gz/1a1d1fbf-0e97-46dc-aa37-a493dec11f51"
    )


@pytest.mark.cassette("dumps-fetch")
def test_a_range_is_ignored_so_that_a_fetch_begins_anew_and_a_missing_dump_is_not_found(
    transport: Transport, tmp_path: Path
) -> None:
    (tmp_path / "deleted.csv.gz.part").write_bytes(b"ten bytes.")
    checksum = "c48cfa2ef819524a0b074b17bad0014a"
    target = tmp_path / "deleted.csv.gz"
    download(transport, "/api/exporter/records-deleted.csv.gz", target, size_bytes=220, checksum=checksum)
    assert gzip.decompress(target.read_bytes()).startswith(b"record_id,doi,parent_id,parent_doi,")
    assert [path.name for path in tmp_path.iterdir()] == ["deleted.csv.gz"]
    with pytest.raises(NotFound):
        transport.get("/api/exporter/nosuch")
