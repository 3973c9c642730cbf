"""The tables of a catalogue as other programs take them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from zenodo_harvest.client import Client

LINES = re.compile(r"^\| (\w+) \| `(import .*)` \|$", re.MULTILINE)


@pytest.fixture
def latest(tmp_path: Path) -> Path:
    with Client(site="emulator") as client:
        catalog = client.catalog(tmp_path / "demo")
        catalog.init(community="enes-data-space")
        catalog.sync()
    return tmp_path / "demo" / "latest"


@pytest.fixture
def frictionless() -> Iterator[Any]:
    """The library, which sets a limit of the whole process when it reads."""
    limit = csv.field_size_limit()
    yield import_module("frictionless")
    csv.field_size_limit(limit)


def test_the_data_package_is_valid_and_its_tables_are_as_it_says(latest: Path, frictionless: Any) -> None:
    package = frictionless.Package(str(latest / "datapackage.json"))
    assert [resource.path for resource in package.resources] == [
        "records.parquet", "records.csv", "records.jsonl", "changes.csv", "checks.csv",
    ]  # fmt: skip
    assert list(frictionless.Package.metadata_validate(package.to_descriptor())) == []
    package.remove_resource("records-parquet")  # it needs another reader than ours
    report = package.validate()
    assert report.valid, report.flatten(["name", "type", "fieldName", "message"])
    assert report.tasks[0].stats["rows"] == report.tasks[1].stats["rows"] > 40


def test_the_lines_of_the_readme_read_the_records(latest: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(latest)
    lines = dict(LINES.findall((latest / "README.md").read_text("utf-8")))
    assert set(lines) == {"pandas", "Polars", "DuckDB"}
    for code in lines.values():
        names: dict[str, Any] = {}
        exec(code, names)  # noqa: S102 - our own line
        assert len(names["records"]) > 40
