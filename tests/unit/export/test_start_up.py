from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import zenodo_harvest.export


def run(code: str, *arguments: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], check=True, capture_output=True, text=True, timeout=60
    ).stdout


def test_importing_the_room_imports_nothing_heavy() -> None:
    code = (
        "import sys, zenodo_harvest.export; print(sorted({'pandas','pyarrow','msgspec'} & set(sys.modules)))"
    )
    assert run(code) == "[]\n"


def test_csv_json_lines_and_the_dictionary_need_neither_pandas_nor_pyarrow(tmp_path: object) -> None:
    code = """
import sys
sys.modules["pandas"] = sys.modules["pyarrow"] = None
from zenodo_harvest.export import data_dictionary, describe_output, open_sinks
from zenodo_harvest.records import Record
with open_sinks([sys.argv[1] + "/a.csv", sys.argv[1] + "/a.jsonl"]) as sink:
    sink.write([Record(id="1")])
print([describe_output(path).rows for path in sink.paths], len(data_dictionary("table")) > 1000)
"""
    assert run(code, str(tmp_path)) == "[1, 1] True\n"


def test_a_command_that_writes_a_table_imports_no_pandas(tmp_path: Path) -> None:
    saved, table = tmp_path / "saved.jsonl", tmp_path / "saved.parquet"
    saved.write_text('{"id": 1, "metadata": {"title": "Frost"}}\n')
    code = """
import sys
from zenodo_harvest.cli import main
try:
    main()
except SystemExit as end:
    print(end.code, [name for name in ("pyarrow", "pandas") if name in sys.modules])
"""
    assert run(code, "convert", str(saved), "-o", str(table)) == "0 ['pyarrow']\n"


def test_every_public_name_is_there_and_another_is_not() -> None:
    for name in zenodo_harvest.export.__all__:
        assert getattr(zenodo_harvest.export, name) is not None
    with pytest.raises(AttributeError):
        zenodo_harvest.export.__getattr__("nothing")
