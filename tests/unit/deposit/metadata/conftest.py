from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from zenodo_harvest.deposit.metadata.findings import Finding
from zenodo_harvest.deposit.metadata.sources.json_text import read_json
from zenodo_harvest.deposit.metadata.sources.kinds import Kind
from zenodo_harvest.deposit.metadata.sources.yaml_text import read_yaml
from zenodo_harvest.deposit.metadata.validate import findings_of

TODAY = date(2026, 11, 28)
GOOD = {
    "title": "Snow depth along the Harbour line",
    "upload_type": "dataset",
    "description": "<p>Daily snow depth.</p>",
    "creators": [{"name": "Okoro, Nkem", "orcid": "0000-0002-1825-0097"}],
    "license": "CC-BY-4.0",
    "access_right": "open",
    "keywords": ["snow"],
}

Check = Callable[..., list[tuple[str, str]]]


@pytest.fixture
def good() -> dict[str, Any]:
    """Metadata without a fault."""
    return copy.deepcopy(GOOD)


@pytest.fixture
def findings() -> Callable[..., tuple[Finding, ...]]:
    """Return the function that checks JSON or YAML of a kind."""

    def check(text: str, kind: Kind) -> tuple[Finding, ...]:
        content = text.encode()
        located = read_json(content) if text.lstrip().startswith("{") else read_yaml(content)
        return findings_of(located, kind, today=TODAY)

    return check


@pytest.fixture
def classic(good: dict[str, Any], findings: Callable[..., tuple[Finding, ...]]) -> Check:
    """Return the function that checks good metadata with some fields changed, as `.zenodo.json`."""

    def check(**fields: Any) -> list[tuple[str, str]]:
        found = findings(json.dumps({**good, **fields}), "classic")
        return [(finding.level, finding.path) for finding in found]

    return check


@pytest.fixture
def own(good: dict[str, Any], findings: Callable[..., tuple[Finding, ...]]) -> Check:
    """Return the function that checks good metadata with some fields changed, as our own format."""

    def check(**fields: Any) -> list[tuple[str, str]]:
        found = findings(json.dumps({**good, **fields}), "own")
        return [(finding.level, finding.path) for finding in found]

    return check
