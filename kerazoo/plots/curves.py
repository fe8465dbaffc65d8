"""Several curves in one panel, such as losses over an output or errors over a batch size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from kerazoo.errors import InvalidInput
from kerazoo.plots.style import DARK, LIGHT, Figure, in_style, new_figure

# Colors differ in brightness, and lines in their dashes, so that a gray printer tells them apart.
_COLORS = (DARK, LIGHT, "tab:green", "tab:purple", "tab:red", "tab:cyan", "black", "0.6")
_LINES: tuple[Any, ...] = ("-", "--", "-.", (0, (1, 1)))
_WIDTH, _HEIGHT = 5.6, 3.2  # inches of a panel
_MOST_TICKS = 12
_LEGEND = 2.2  # inches beside it


@in_style
def plot_curves(
    curves: Mapping[str, Any],
    x: Sequence[float] | np.ndarray | None = None,
    title: str = "",
    *,
    x_label: str = "",
    y_label: str = "",
    log: str = "",
    marks: bool = False,
) -> Figure:
    """Draw curves in one panel, each with its name beside it.

    Args:
        curves: the values of each curve, by its name.
        x: where they are; 1, 2, 3 and so on by default.
        title: above the panel.
        x_label: what `x` is.
        y_label: what the values are.
        log: which axes are logarithmic: `"x"`, `"y"`, `"xy"`, or none.
        marks: mark each value, where there are few; `x` is then written at each, too.

    Raises:
        InvalidInput: if there is no curve, or one has another length than `x`.

    Example:
        >>> figure = plot_curves({"a": [1, 2], "b": [2, 1]}, x=[0, 1], title="two lines")
        >>> [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
        ['a', 'b']
    """
    if not curves:
        raise InvalidInput("curves is empty; pass at least one, by a name.")
    figure = new_figure(_WIDTH + _LEGEND, _HEIGHT)
    axes = figure.add_subplot()
    draw_curves(axes, curves, x, marks=marks)
    for axis in (axes.xaxis, axes.yaxis):
        if axis.axis_name in log:
            make_logarithmic(axes, axis.axis_name)
    if marks and x is not None and len(x) <= _MOST_TICKS:
        axes.set_xticks(x, [f"{one:g}" for one in x])
    axes.set_title(title)
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    axes.legend(loc="center left", bbox_to_anchor=(1.02, 0.5))
    return figure


def make_logarithmic(axes: Axes, axis: str) -> None:
    """Make an axis logarithmic, with plain numbers: our style writes no formulas."""
    getattr(axes, f"set_{axis}scale")("log")
    labeled = getattr(axes, f"{axis}axis")
    labeled.set_major_formatter("{x:g}")
    labeled.set_minor_formatter("")


def draw_curves(axes: Axes, curves: Mapping[str, Any], x: Any = None, *, marks: bool) -> None:
    """Draw curves that differ in color and dashes.

    Raises:
        InvalidInput: if one has another length than `x`, or is no row of numbers.
    """
    for number, (name, values) in enumerate(curves.items()):
        y = np.asarray(values, "float64")
        at = np.arange(1, y.size + 1) if x is None else np.asarray(x, "float64")
        if y.ndim != 1 or at.shape != y.shape:
            raise InvalidInput(
                f"{name!r} has shape {y.shape}, and x {at.shape}; expected as many numbers in both."
            )
        axes.plot(
            at,
            y,
            color=_COLORS[number % len(_COLORS)],
            linestyle=_LINES[number % len(_LINES)],
            marker="o" if marks else "",
            markersize=4,
            label=name,
        )
