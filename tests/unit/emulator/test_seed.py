from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from werkzeug.test import Client

from zenodo_harvest.emulator import Emulator
from zenodo_harvest.emulator.seed import read_seed
from zenodo_harvest.errors import LocalError, UsageError

COMMUNITY = {"id": "6b0a1f0e-4f6c-4a3c-8f0e-0f0f6f3c9a11", "slug": "rivers", "metadata": {"title": "Rivers"}}
BARE = {"id": "7", "metadata": {"title": "Bare"}}
MEMBER = {"id": "8", "parent": {"id": "5", "communities": {"ids": [COMMUNITY["id"]], "entries": [COMMUNITY]}}}


def write(path: Path, *records: object) -> Path:
    path.write_text("\n".join(json.dumps(record) for record in records) + "\n", encoding="utf-8")
    return path


def test_json_lines_may_lack_nearly_everything(tmp_path: Path) -> None:
    client = Client(Emulator(seed=write(tmp_path / "few.jsonl", BARE, MEMBER), limits="off").app)
    for accept in ("application/json", "application/vnd.inveniordm.v1+json"):
        answer = client.get("/api/records/7", headers={"Accept": accept})
        assert answer.status_code == 200
        assert answer.get_json()["metadata"]["title"] == "Bare"
    assert client.get("/api/records").get_json()["hits"]["total"] == 2


def test_communities_are_made_from_the_records_that_name_them(tmp_path: Path) -> None:
    client = Client(Emulator(seed=write(tmp_path / "few.jsonl", BARE, MEMBER), limits="off").app)
    assert client.get("/api/communities/rivers").get_json()["metadata"]["title"] == "Rivers"
    found = client.get("/api/communities/rivers/records").get_json()["hits"]["hits"]
    assert [record["recid"] for record in found] == ["8"]


def test_a_compressed_file_is_read_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "records.bin"
    path.write_bytes(gzip.compress(json.dumps(BARE).encode()))
    assert [record["id"] for record in read_seed(path).records] == ["7"]


def test_a_line_separator_inside_a_title_does_not_end_the_line(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    path.write_text('{"id": "7", "metadata": {"title": "one\u2028two"}}\n', encoding="utf-8")
    assert next(iter(read_seed(path).records))["metadata"]["title"] == "one\u2028two"


def test_a_bad_line_is_named_by_its_number(tmp_path: Path) -> None:
    path = write(tmp_path / "records.jsonl", BARE, BARE)
    path.write_text(path.read_text("utf-8") + "{", encoding="utf-8")
    with pytest.raises(UsageError, match="Line 3 of"):
        list(read_seed(path).records)
    with pytest.raises(UsageError, match="not an object with an id"):
        list(read_seed(write(tmp_path / "lists.jsonl", [1, 2])).records)


def test_a_missing_seed_is_a_local_error(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match=r"nowhere\.jsonl"):
        Emulator(seed=tmp_path / "nowhere.jsonl")
    with pytest.raises(LocalError, match=r"records-native"):
        Emulator(seed=tmp_path)


def test_a_seed_that_was_cut_short_is_a_local_error(tmp_path: Path) -> None:
    path = tmp_path / "cut.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(BARE).encode())[:-12])
    with pytest.raises(LocalError, match="Cannot read the seed"):
        Emulator(seed=path)
