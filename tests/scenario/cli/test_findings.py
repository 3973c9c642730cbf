"""What the linter says about a query: looked at once, told once."""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from zenodo_harvest.query import lint

LOOK = "filetype:CSV"


def lints(work: Any) -> tuple[Any, int]:
    """Return what some work returns, and how often it lints."""
    times = 0

    def hook(frame: FrameType, event: str, _: Any) -> None:
        nonlocal times
        times += event == "call" and frame.f_code is lint.__code__

    sys.setprofile(hook)
    try:
        return work(), times
    finally:
        sys.setprofile(None)


@pytest.mark.parametrize("words", [["search"], ["count"], ["explain"], ["plan"], ["harvest"]])
def test_a_query_is_linted_once_on_its_way_and_what_is_found_is_said_once(
    zh: Any, tmp_path: Path, words: list[str]
) -> None:
    outputs = ["-o", str(tmp_path / "frost.csv")] if words == ["harvest"] else []
    done, times = lints(lambda: zh(*words, LOOK, *outputs))
    assert done.code == 0
    assert times == 1
    assert (done.out + done.err).count("filetype are in lower case") == 1


@pytest.mark.parametrize("command", ["search", "count", "explain", "plan"])
def test_a_refusal_points_at_the_place_without_linting_again(zh: Any, command: str) -> None:
    done, times = lints(lambda: zh(command, "foo AND ("))
    assert done.code == 2
    assert times == 1
    assert "  foo AND (\n          ^\n" in done.err
