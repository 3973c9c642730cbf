"""What is the user's is not overwritten unasked; what is ours and unchanged is replaced."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from zenodo_harvest.client import Client
from zenodo_harvest.errors import Refused

DUMP = Path(__file__).parents[2] / "data" / "recordings" / "dumps" / "records-json.tar.gz"
SAVED = '{"id": "1", "metadata": {"title": "Frost"}}\n'

COMMANDS = {
    "search": ["search", "frost"],
    "harvest": ["harvest", "--community", "enes-data-space"],
    "harvest by dump": ["harvest", "--all-versions", "--route", "dump"],
    "record": ["record", "900000101"],
    "convert": ["convert", "saved.jsonl"],
    "dump convert": ["dump", "convert", str(DUMP)],
    "deleted": ["dump", "convert", "deleted.csv.gz"],
}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "saved.jsonl").write_text(SAVED)
    (tmp_path / "deleted.csv.gz").write_bytes(gzip.compress(b"record_id,doi\r\n1,10.5281/zenodo.1\r\n"))
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_of_the_user_is_replaced_with_force_alone(
    zh: Any, emulator: Any, here: Path, command: str
) -> None:
    words = [*COMMANDS[command], "-o", "notes.csv"]
    (here / "notes.csv").write_text("my notes\n")
    refused = zh(*words)
    assert refused.code == 7
    assert "notes.csv" in refused.err
    assert "--force" in refused.err
    assert (here / "notes.csv").read_text() == "my notes\n"
    assert emulator.log == []
    assert {path.name for path in here.iterdir()} == {"deleted.csv.gz", "notes.csv", "saved.jsonl"}
    assert zh(*words, "--force").code == 0
    assert (here / "notes.csv").read_text() != "my notes\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_an_output_of_ours_is_replaced_until_somebody_changes_it(zh: Any, here: Path, command: str) -> None:
    words = [*COMMANDS[command], "-o", "a.csv", "-o", "inner/b.jsonl"]
    for _ in range(2):
        done = zh(*words)
        assert done.code == 0, done.err
    described = json.loads((here / "a.csv.receipt.json").read_text())["outputs"]
    assert [each["path"] for each in described] == ["a.csv", "inner/b.jsonl"]
    assert "receipt" not in done.err
    with (here / "inner" / "b.jsonl").open("a") as file:
        file.write("\n")
    assert zh(*words).code == 7


def test_a_copy_of_an_output_is_the_users(zh: Any, here: Path) -> None:
    zh("convert", "saved.jsonl", "-o", "a.csv")
    shutil.copy("a.csv", "mine.csv")
    assert zh("convert", "saved.jsonl", "-o", "mine.csv").code == 7


def test_an_empty_file_is_nobodys(zh: Any, here: Path) -> None:
    (here / "a.csv").touch()
    assert zh("convert", "saved.jsonl", "-o", "a.csv").code == 0


def test_what_is_no_receipt_is_not_replaced_by_one(zh: Any, here: Path) -> None:
    place = here / "a.csv.receipt.json"
    place.write_text('{"shop": "bakery"}')
    assert zh("convert", "saved.jsonl", "-o", "a.csv").code == 7
    assert place.read_text() == '{"shop": "bakery"}'
    assert not (here / "a.csv").exists()


def test_a_table_of_a_folder_may_be_the_users(zh: Any, here: Path) -> None:
    words = ["harvest", "--community", "enes-data-space", "-o", "tables", "--tables"]
    assert zh(*words).code == 0
    assert zh(*words, "--update").code == 0
    (here / "tables" / "files.parquet").write_text("mine")
    assert zh(*words, "--update").code == 7
    assert (here / "tables" / "files.parquet").read_text() == "mine"


def test_another_dump_is_not_replaced(zh: Any, here: Path) -> None:
    (here / "dump").write_text("mine")
    assert zh("dump", "fetch", "records-json.tar.gz", "-o", "dump").code == 7
    assert (here / "dump").read_text() == "mine"
    for words in (["--force"], []):  # the second time it is there
        assert zh("dump", "fetch", "records-json.tar.gz", "-o", "dump", *words).code == 0


def test_a_file_that_comes_while_records_are_fetched_is_the_users(emulator: Any, here: Path) -> None:
    with Client(emulator, "", trace=lambda _: (here / "a.csv").write_text("mine")) as client:
        with pytest.raises(Refused):
            client.search("frost", limit=3).to_csv("a.csv")
        assert (here / "a.csv").read_text() == "mine"
        client.search("frost", limit=3).to_csv("a.csv", overwrite=True)
    assert (here / "a.csv").read_text() != "mine"


def test_a_table_by_year_has_a_receipt_of_all_its_files(zh: Any, here: Path) -> None:
    assert zh("dump", "convert", str(DUMP), "-o", "years", "--partition-by", "year").code == 0
    described = json.loads((here / "years.receipt.json").read_text())
    files = sorted(str(path.relative_to(here)) for path in here.rglob("*.parquet"))
    assert [each["path"] for each in described["outputs"]] == files
    assert sum(each["rows"] for each in described["outputs"]) == described["rows"] > 0
