"""The recorded records, from the corpus (in place) and from our own recordings (copied)."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from zenodo_harvest.records import Provenance

_ROOT = Path(__file__).parents[3]
_CORPUS = (_ROOT / "../shared/corpus").resolve()
_RECORDINGS = _ROOT / "tests/data/recordings"


@pytest.fixture(scope="session")
def provenance() -> Provenance:
    return Provenance("zenodo", "file", datetime(2026, 11, 23, tzinfo=UTC))


@pytest.fixture(scope="session")
def corpus() -> Callable[[str], list[dict[str, Any]]]:
    """Return the function that reads all records of the corpus files that match a pattern."""
    if not _CORPUS.is_dir():
        pytest.skip("../shared/corpus is absent")

    def read(pattern: str) -> list[dict[str, Any]]:
        paths = [path for path in sorted(_CORPUS.glob(pattern)) if ".meta." not in path.name]
        assert paths, f"no file of the corpus matches {pattern}"
        return [record for path in paths for record in _records(path)]

    return read


@pytest.fixture(scope="session")
def recordings() -> Callable[[str], list[dict[str, Any]]]:
    """Return the function that reads one of our recordings."""
    return lambda name: list(_records(_RECORDINGS / name))


def _records(path: Path) -> Iterator[dict[str, Any]]:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    for text in content.splitlines() if ".jsonl" in path.name else [content]:
        value = json.loads(text)
        hits = value.get("hits")
        yield from hits["hits"] if isinstance(hits, dict) else [value]
