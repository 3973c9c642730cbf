"""The history as a picture that stands alone: one curve for each series, all over the same time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from zenodo_harvest.catalog.page.charts import WIDTH, curve, shortened
from zenodo_harvest.catalog.page.templates import templates
from zenodo_harvest.display import one_line

_NOT_IN_XML = dict.fromkeys((0xFFFE, 0xFFFF), "\ufffd")
_MOST_ACROSS, _FEW = 3, 4
_MARGIN, _HEAD, _HEIGHT, _TITLE_UNITS = 24, 44, 200, 44


@dataclass(frozen=True, slots=True)
class Series:
    """One statistic over time.

    Attributes:
        title: What it is of.
        says: How it moved, in words.
        points: Times and figures, the earliest first; at least one.
    """

    title: str
    says: str
    points: Sequence[tuple[datetime, int]]


def plot_svg(series: Sequence[Series], unit: str) -> str:
    """Return curves of one unit as an SVG that asks for nothing else; all that it shows is text.

    Args:
        series: What is drawn, in this order; the first has all times.
        unit: What the figures count.
    """
    axis = [(time.timestamp(), f"{time:%Y-%m-%d}") for time, _ in series[0].points]
    across = min(len(series), _MOST_ACROSS if len(series) > _FEW else 2)
    step_x, step_y = WIDTH + _MARGIN, _HEAD + _HEIGHT + _MARGIN
    panels = []
    for place, each in enumerate(series):
        points = [(time.timestamp(), f"{time:%Y-%m-%d}", figure) for time, figure in each.points]
        points *= 1 if points[1:] else 2  # one point makes no line
        title = one_line(each.title).translate(_NOT_IN_XML)
        chart = curve(f"series-{place}", title, "Up to", unit, points, axis=axis)
        x, y = _MARGIN + step_x * (place % across), _MARGIN + step_y * (place // across)
        panels.append((x, y, shortened(title, _TITLE_UNITS), each.says, chart))
    template = templates().get_template("plot.svg")
    return template.render(
        panels=panels,
        unit=unit,
        head=_HEAD,
        width=_MARGIN + step_x * across,
        height=_MARGIN + step_y * -(-len(series) // across),
    )
