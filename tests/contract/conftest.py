"""Replays exchanges that were recorded with the real server software; the network is never used.

Each test names its cassette with ``@pytest.mark.cassette("name")`` and must play all of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import vcr

CASSETTES = Path(__file__).parents[2] / "cassettes"


@pytest.fixture(autouse=True)
def cassette(request: pytest.FixtureRequest) -> Iterator[None]:
    """Play the test's cassette, and fail if a part of it was not asked for."""
    mark = request.node.get_closest_marker("cassette")
    if mark is None:
        yield
        return
    player = vcr.VCR(
        cassette_library_dir=str(CASSETTES),
        record_mode="none",
        match_on=["method", "scheme", "host", "port", "path", "query"],
        filter_headers=["authorization"],
    )
    with player.use_cassette(f"{mark.args[0]}.yaml") as playing:
        yield
    assert playing.all_played, f"{mark.args[0]}.yaml holds exchanges that the test did not ask for"
