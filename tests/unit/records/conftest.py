from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from zenodo_harvest.records import Provenance, Record, read_record

Read = Callable[..., Record]


@pytest.fixture(scope="session")
def read() -> Read:
    """Return the reader of a value, with a provenance that tests may leave out."""

    def read_value(value: Any, **changed: Any) -> Record:
        known: dict[str, Any] = {
            "site": "zenodo",
            "source": "search",
            "retrieved_at": datetime(2026, 11, 23, tzinfo=UTC),
        }
        return read_record(value, Provenance(**(known | changed)))

    return read_value
