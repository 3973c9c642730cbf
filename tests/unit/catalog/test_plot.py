"""The history as a picture: what it shows, and what it needs."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from zenodo_harvest.catalog.page import Series, plot_svg

JANUARY, MARCH, MAY = (datetime(2026, month, 5, tzinfo=UTC) for month in (1, 3, 5))
SVG = "{http://www.w3.org/2000/svg}"


def drawn(*series: Series) -> Any:
    return etree.fromstring(plot_svg(series, "views").encode())


def test_all_curves_go_over_the_same_time() -> None:
    whole = Series("All records", "rose", [(JANUARY, 0), (MARCH, 5), (MAY, 9)])
    root = drawn(
        whole, Series("Frost", "new: 4", [(MARCH, 2), (MAY, 4)]), Series("Snow", "new: 1", [(MAY, 1)])
    )
    across = [
        [point.split(",")[0] for point in each.get("points").split()] for each in root.iter(f"{SVG}polyline")
    ]
    assert across[1] == across[0][1:]
    assert across[2] == across[0][2:] * 2, "a point alone is drawn as a line to itself"
    ticks = [each.text for each in root.iter(f"{SVG}text") if "tick" in each.get("class", "")]
    assert ticks.count("2026-01-05") == ticks.count("2026-05-05") == 3


def test_a_single_time_is_a_picture_as_well() -> None:
    root = drawn(Series("All records", "new: 0", [(MAY, 0)]))
    assert len(list(root.iter(f"{SVG}polyline"))) == 1


def test_long_titles_are_cut_to_their_room_and_whole_for_screen_readers() -> None:
    title = "<b>Frost</b> & snow " * 20
    root = drawn(Series(title, "rose", [(JANUARY, 1), (MAY, 2)]))
    (shown,) = (each.text for each in root.iter(f"{SVG}text") if each.get("class") == "title")
    assert shown.startswith("<b>Frost</b> & snow")
    assert len(shown) < 50
    said = [each.text for each in root.iter(f"{SVG}title")]
    assert said == ["views over time", f"{title.strip()}: rose"]


def test_without_matplotlib_one_sentence_says_what_to_do() -> None:
    code = """
import sys
sys.modules["matplotlib"] = None
from pathlib import Path
from datetime import datetime
from zenodo_harvest.catalog.page import Series
from zenodo_harvest.catalog.plot import write_plot
from zenodo_harvest.errors import UsageError
try:
    write_plot(Path("moved.png"), [Series("Frost", "", [(datetime(2026, 1, 5), 1)])], "views")
except UsageError as error:
    print(error, Path("moved.png").exists())
"""
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60
    )
    assert done.stdout == (
        "Matplotlib, which draws a .png, is not installed. "
        "Name an .svg, or install it with: pip install matplotlib False\n"
    )
