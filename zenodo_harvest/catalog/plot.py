"""`write_plot`: the history as a picture in a file."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

from zenodo_harvest.catalog.page import Series, plot_svg
from zenodo_harvest.display import cut
from zenodo_harvest.durable import Group, local_errors
from zenodo_harvest.errors import UsageError

_ACROSS = 3


def write_plot(path: Path, series: Sequence[Series], unit: str, *, overwrite: bool = False) -> None:
    """Draw a curve for each series into an ``.svg``, or with Matplotlib into a ``.png``.

    Args:
        path: The file.
        series: What is drawn, in this order; the first has all times.
        unit: What the figures count.
        overwrite: Replace a file.

    Raises:
        UsageError: It is another kind of file, or Matplotlib is not installed.
        Refused: The file is there already.
        LocalError: It cannot be written.
    """
    kind = path.suffix.lower()
    if kind not in (".svg", ".png"):
        raise UsageError(f"{str(path)!r} is no picture that is drawn.", hint="Name an .svg or a .png.")
    with Group(overwrite=overwrite) as group, local_errors(path):
        draft = group.file(path)
        if kind == ".svg":
            draft.write_text(plot_svg(series, unit), "utf-8", newline="")
        else:
            _write_png(draft, series, unit)


def _write_png(path: Path, series: Sequence[Series], unit: str) -> None:
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise UsageError(
            "Matplotlib, which draws a .png, is not installed.",
            hint="Name an .svg, or install it with: pip install matplotlib",
        ) from None
    rows = -(-len(series) // _ACROSS)
    figure = Figure(figsize=(4.5 * _ACROSS, 3 * rows), layout="constrained")
    axes = figure.subplots(rows, _ACROSS, squeeze=False, sharex=True).flat
    for each, panel in zip(series, axes, strict=False):
        times, figures = zip(*each.points, strict=True)
        panel.plot(times, figures, marker=".")
        panel.set_title(f"{cut(each.title, 50)}\n{each.says}", fontsize="small", loc="left", parse_math=False)
        panel.set_ylim(bottom=0)
        panel.tick_params(labelsize="x-small")
    for panel in axes[len(series) :]:
        panel.set_axis_off()
    figure.autofmt_xdate()
    figure.supylabel(unit)
    with warnings.catch_warnings(action="ignore"):  # of letters that its font has not
        figure.savefig(path, format="png", dpi=120)
