"""What a newcomer types wrongly: one sentence of ours, what to do, and the right exit code."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest

CALLS = [
    ("", 2, ""),
    ("serach frost", 2, "search"),
    ("frost", 2, "No such command 'frost'"),
    ("search --lmit 3", 2, "--limit"),
    ("search frost --limit", 2, "requires an argument"),
    ("search frost --limit many", 2, "it should be a valid integer."),
    ("search frost --limit 0", 2, "--limit"),
    ("search frost --limit -5", 2, "--limit"),
    ("search frost --limit 2.5", 2, "--limit"),
    ("search frost --all --limit 3", 2, "contradict"),
    ("search 'frost AND ('", 2, "never closed"),
    ("search 'titel:frost'", 2, "title"),
    ("search 'title:'", 2, "no value"),
    ("search 'a \"b'", 2, "quotation mark"),
    ("search 'created:2020/2021'", 2, "[2020 TO 2021]"),
    ("search 'created:yesterday'", 2, "2024-05-03"),
    ("search AND", 2, ""),
    ("search -frost", 2, "NOT frost"),
    ("search --frost", 2, "--help"),
    ("search '*:'", 2, ""),
    ("search frost --type datset", 2, "dataset"),
    ("search frost --type ''", 2, "A value of 'type' is blank"),
    ("search frost --subtype artcle", 2, "article"),
    ("search frost --subtype dataset", 2, "type"),
    ("search frost --access closed", 2, "restricted"),
    ("search frost --license foo-bar", 2, "metadata.rights.title.en"),
    ("search frost --license cc-by-5.0", 2, "cc-by-4.0"),
    ("search frost --language klingon", 2, "metadata.languages.title.en"),
    ("search frost --orcid 0000-0002-1825-0098", 2, "16 digits"),
    ("search frost --doi zenodo.12", 2, "10.5281/zenodo."),
    ("search frost --custom genus", 2, "dwc:genus=Apis"),
    ("search frost --created 'last month'", 2, "'last month' is not a date"),
    ("search frost --created 2020/2021", 2, "2020..2021"),
    ("search frost --created 2024..2020", 2, "before it begins"),
    ("search frost --created 31.12.2020", 2, "2020-MM-DD"),
    ("search frost --published 2024-13", 2, "2024-12"),
    ("search frost --sort newset", 2, "newest"),
    ("search frost --columns doi,titel", 2, "title"),
    ("search frost --columns ,", 2, "column"),
    ("search frost --community no-such", 3, "nearest"),
    ("search frost --community ''", 2, "blank"),
    ("search frost -o notes.xlsx", 2, ".parquet"),
    ("search frost -o records", 2, ".parquet"),
    ("search frost -o records.csv/", 2, "folder"),
    ("search frost -o records", 2, "--tables"),
    ("search frost -o ''", 2, "blank"),
    ("deposit list -o ''", 2, "blank"),
    ("search frost --spreadsheet -o a.parquet", 2, "--spreadsheet needs CSV"),
    ("search frost --raw-csv --tables -o out", 2, "--table-format csv"),
    ("search frost --tables --columns doi,title -o out", 2, "Add the column id"),
    ("search frost --tables", 2, "-o"),
    ("search frost --table-format xml --tables -o out", 2, "parquet"),
    ("search https://zenodo.org/search?f=owner:12", 2, "owner"),
    ("search https://sandbox.zenodo.org/search?q=frost", 2, "--site https://sandbox.zenodo.org"),
    ("--site nowhere search frost", 2, "zenodo"),
    ("--site", 2, "requires an argument"),
    ("search frost --token abc", 2, "command line"),
    ("count frost --by license", 2, "type"),
    ("explain 'frost)'", 2, "closes nothing"),
    ("communities", 2, ""),
    ("communities find", 2, "TEXT"),
    ("communities show no-such", 3, "nearest"),
    ("communities records", 2, "REF"),
    ("record", 2, "--from"),
    ("record frost", 2, "10.5281"),
    ("record 1", 3, "1"),
    ("record 10.1000/182", 3, "10.1000/182"),
    ("record --from missing.csv", 8, "missing.csv"),
    ("convert missing.json", 8, "missing.json"),
    ("convert notes.txt -o out.csv", 2, "notes.txt"),
    ("convert", 2, "FILE"),
    ("harvest frost", 2, "-o records.parquet"),
    ("harvest frost --limit 3 -o a.csv", 2, "--limit"),
    ("harvest frost --route ftp -o a.csv", 2, "search, oai"),
    ("plan frost --sort newest", 2, "--sort"),
    ("schema --format yaml", 2, "markdown"),
    ("dump fetch no-such", 3, "records-json"),
    ("dump convert missing.tar.gz -o a.parquet", 8, "missing.tar.gz"),
    ("dump convert notes.txt", 2, "-o"),
    ("deposit get 12", 4, "token"),
    ("deposit create --set title", 2, "title"),
    ("deposit validate missing.yaml", 8, "missing.yaml"),
    ("emulator serve --port 70000", 2, "--port"),
]


@pytest.mark.parametrize(("call", "code", "part"), CALLS, ids=[call for call, *_ in CALLS])
def test_a_bad_call_is_met_with_a_sentence(
    zh: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, code: int, part: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("notes.txt").write_text("Notes of mine.\n")
    done = zh(*shlex.split(call))
    assert done.code == code, done.err
    assert part in done.err
    assert "Traceback" not in done.err + done.out
    said = [line for line in done.err.splitlines() if line.startswith("Error: ")]
    assert len(said) == (0 if "Usage:" in done.out else 1)
    assert all(line[-1] in ".?!" for line in said)
    assert "this is a fault of" not in done.err
    assert [path.name for path in tmp_path.iterdir() if path.name != "home"] == ["notes.txt"]
