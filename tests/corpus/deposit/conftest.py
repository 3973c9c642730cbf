"""Metadata files with verdicts, and the metadata of recorded deposits and records, read in place."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

_SHARED = (Path(__file__).parents[3] / "../shared").resolve()


@pytest.fixture(scope="session")
def metadata_files() -> Path:
    """The folder of metadata files with verdicts."""
    return _present(_SHARED / "corpus/metadata-files")


@pytest.fixture(scope="session")
def deposits() -> list[dict[str, Any]]:
    """The metadata that recorded deposits were sent or answered."""
    folder = _present(_SHARED / "corpus/deposit")
    found = [said for path in sorted(folder.iterdir()) for line in _lines(path) for said in _metadata(line)]
    assert len(found) > 1000
    return found


@pytest.fixture(scope="session")
def records() -> list[dict[str, Any]]:
    """Every recorded native record."""
    paths = [
        _present(_SHARED / "recordings/records-native.jsonl.gz"),
        _SHARED / "corpus/records-native.jsonl.gz",
        *sorted((_SHARED / "corpus/transcribed").glob("native-*.json")),
    ]
    return [record for path in paths for record in _lines(path)]


def _present(path: Path) -> Path:
    if not path.exists():
        pytest.skip(f"{path} is absent")
    return path


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    yield from (json.loads(text) for text in (content.splitlines() if ".jsonl" in path.name else [content]))


def _metadata(line: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the metadata of a deposit, or of the request and the answer of a recorded call."""
    sent = line.get("request_body")
    for each in (line, line.get("body"), _decoded(sent) if isinstance(sent, str) else None):
        if isinstance(each, dict) and isinstance(each.get("metadata"), dict):
            yield each["metadata"]


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
