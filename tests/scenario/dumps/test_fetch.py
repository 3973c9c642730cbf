"""Dumps listed and fetched from a server."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from zenodo_harvest.errors import NotFound, Refused

NEWEST = "records-json.tar.gz"


def test_a_dump_is_fetched_whole_and_its_newest_version(client: Any, recorded: Any, tmp_path: Path) -> None:
    fetched = client.dumps.fetch(NEWEST, tmp_path / "in" / "dump.tar.gz")
    assert fetched.path.read_bytes() == recorded["json"].read_bytes()
    assert (fetched.was_there, fetched.dump.version_id) == (False, "1")
    assert [path.name for path in (tmp_path / "in").iterdir()] == ["dump.tar.gz"]
    assert client.usage.requests == 2


def test_into_a_folder_it_is_named_after_its_key(client: Any, tmp_path: Path) -> None:
    fetched = client.dumps.fetch("biosyslit/records-xml.tar.gz", tmp_path)
    assert fetched.path == tmp_path / "biosyslit_records-xml.tar.gz"


def test_another_version_is_fetched_by_its_id(client: Any, tmp_path: Path) -> None:
    assert client.dumps.fetch(NEWEST, tmp_path, version_id="0").path.read_bytes() == b"of last month"


def test_what_is_there_is_not_fetched_again(client: Any, exporter: Any, tmp_path: Path) -> None:
    client.dumps.fetch(NEWEST, tmp_path)
    exporter.asked.clear()
    assert client.dumps.fetch(NEWEST, tmp_path).was_there
    assert exporter.asked == ["/api/exporter"]


def test_an_earlier_dump_is_replaced_only_when_that_is_asked_for(client: Any, tmp_path: Path) -> None:
    earlier = client.dumps.fetch(NEWEST, tmp_path, version_id="0").path
    for to in (tmp_path, earlier):
        with pytest.raises(Refused) as refused:
            client.dumps.fetch(NEWEST, to)
        assert earlier.read_bytes() == b"of last month"
        assert str(earlier) in refused.value.message
    assert client.dumps.fetch(NEWEST, earlier, overwrite=True).path.stat().st_size > 1_000


def test_an_unknown_dump_names_the_nearest_and_leaves_nothing(client: Any, tmp_path: Path) -> None:
    with pytest.raises(NotFound) as missing:
        client.dumps.fetch("records.json.tar.gz", tmp_path)
    assert NEWEST in missing.value.hint
    assert list(tmp_path.iterdir()) == []


def test_a_fetched_dump_becomes_a_table_of_the_site_it_came_from(client: Any, tmp_path: Path) -> None:
    from pyarrow.parquet import read_table

    dump = client.dumps.fetch(NEWEST, tmp_path).path
    os.utime(dump, (1_800_000_000, 1_800_000_000))
    done = client.dumps.convert(
        dump, tmp_path / "a.parquet", save={"columns": ("id", "site", "retrieved_at")}
    )
    assert done.rows == 383
    last = read_table(tmp_path / "a.parquet").to_pylist()[-1]
    assert last["site"] == "exporter"
    assert last["retrieved_at"].timestamp() == 1_800_000_000
