"""The fixture `zenodo`: an emulator of its own for each test.

pytest imports this module in every run of everyone who has the package, so it imports nothing heavy.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from zenodo_harvest.emulator import Emulator


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers",
        "zenodo(seed, limits, faults, ...): how the fixture `zenodo` starts, as for "
        "zenodo_harvest.emulator.Emulator; a relative seed is looked for beside the test file",
    )


@pytest.fixture
def zenodo(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    """A running emulator of Zenodo with the sample records and without rate limits, fresh for each test."""
    from zenodo_harvest.emulator import Emulator

    settings: dict[str, Any] = {"limits": "off"}
    for marker in reversed(list(request.node.iter_markers("zenodo"))):
        if marker.args:
            pytest.fail("The marker zenodo takes names only, such as zenodo(limits='deployed').")
        settings |= marker.kwargs
    if settings.get("seed") is not None:
        settings["seed"] = request.path.parent / settings["seed"]
    with Emulator(**settings) as emulator:
        yield emulator
