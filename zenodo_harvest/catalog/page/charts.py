"""Charts as values: where each mark stands and the same figures as a table. The template draws them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import combining, east_asian_width

WIDTH = 360
_BAR_STEP = 34
_LABEL_UNITS = 40
_LEFT, _RIGHT, _TOP, _BOTTOM, _CURVE_HEIGHT = 46, 12, 12, 24, 200


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: its whole label, the label as far as there is room, its figure, its top and its length."""

    label: str
    short_label: str
    figure: int
    top: int
    length: int


@dataclass(frozen=True, slots=True)
class BarChart:
    """Bars one under the other, with what is in words what they show."""

    id: str
    title: str
    says: str
    what: str
    unit: str
    bars: tuple[Bar, ...]

    @property
    def height(self) -> int:
        """The height that the bars need."""
        return _BAR_STEP * len(self.bars)

    @property
    def rows(self) -> tuple[tuple[str, int], ...]:
        """The same as a table."""
        return tuple((bar.label, bar.figure) for bar in self.bars)


@dataclass(frozen=True, slots=True)
class Curve:
    """A line over time and the area under it, ticks as places with labels, and a table of chosen points."""

    id: str
    title: str
    says: str
    what: str
    unit: str
    line: str
    area: str
    across: tuple[tuple[float, str], ...]
    upward: tuple[tuple[float, str], ...]
    rows: tuple[tuple[str, int], ...]
    height: int = _CURVE_HEIGHT
    left: int = _LEFT
    right: int = WIDTH - _RIGHT


def bar_chart(
    chart_id: str, title: str, what: str, unit: str, counts: Sequence[tuple[str, int]], most: int = 10
) -> BarChart:
    """Return a chart of the first `most` of `counts`, which are pairs of label and figure, largest first."""
    shown = counts[:most]
    largest = max((figure for _, figure in shown), default=0) or 1
    bars = tuple(
        Bar(label, shortened(label, _LABEL_UNITS), figure, _BAR_STEP * place, WIDTH * figure // largest)
        for place, (label, figure) in enumerate(shown)
    )
    first = ", ".join(f"{label} {figure:,}" for label, figure in shown[:3])
    rest = f" The {most} largest of {len(counts):,}." if len(counts) > most else ""
    return BarChart(chart_id, title, f"Most {unit}: {first}.{rest}", what, unit, bars)


def curve(
    chart_id: str,
    title: str,
    what: str,
    unit: str,
    points: Sequence[tuple[float, str, int]],
    *,
    rows: int = 12,
    axis: Sequence[tuple[float, str]] = (),
) -> Curve:
    """Return the curve through points in order: a time as a number, its label and a figure.

    The axis goes over two or more times with their labels: those of the points, unless it is given.
    """
    axis = axis or [(time, label) for time, label, _ in points]
    start, end = axis[0][0], axis[-1][0]
    top = nice_ceiling(max(figure for _, _, figure in points))
    foot = _CURVE_HEIGHT - _BOTTOM

    def x(time: float) -> float:
        return round(_LEFT + (WIDTH - _LEFT - _RIGHT) * (time - start) / (end - start or 1), 1)

    def y(figure: float) -> float:
        return round(foot - (foot - _TOP) * figure / top, 1)

    line = " ".join(f"{x(time)},{y(figure)}" for time, _, figure in points)
    chosen = [points[round(place * (len(points) - 1) / (rows - 1))] for place in range(rows)]
    middle = axis[len(axis) // 2]
    across = {x(time): label for time, label in (axis[0], middle, axis[-1])}
    return Curve(
        chart_id,
        title,
        f"From {points[0][2]:,} in {points[0][1]} to {points[-1][2]:,} in {points[-1][1]}.",
        what,
        unit,
        line,
        f"{x(points[0][0])},{foot} {line} {x(points[-1][0])},{foot}",
        tuple(across.items()),
        tuple((y(part), compact(part)) for part in (0, top / 2, top) if part == int(part)),
        tuple(dict.fromkeys((label, figure) for _, label, figure in chosen)),
    )


def nice_ceiling(figure: int) -> int:
    """Return a round number that is no less: 2, 3, 4, 6, 8 or 10 times a power of ten."""
    power = 1
    while 10 * power < figure:
        power *= 10
    return next(step * power for step in (2, 3, 4, 6, 8, 10) if step * power >= figure)


def compact(figure: float) -> str:
    """Return a figure as an axis has it: ``950``, ``1.2k``, ``3M``."""
    for power, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if figure >= 0.9995 * power:
            return f"{figure / power:.3g}{letter}"
    return f"{figure:.0f}"


def shortened(label: str, units: int) -> str:
    """Return a label that takes no more room than `units` narrow characters."""
    used = fitting = 0
    for place, character in enumerate(label):
        if used < units:
            fitting = place
        used += 0 if combining(character) else 2 if east_asian_width(character) in "WF" else 1
        if used > units:
            return f"{label[:fitting].rstrip()}…"
    return label
