"""Fits of one sample, or of many, beside what they were drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from kerazoo._wording import counted
from kerazoo.errors import InvalidInput
from kerazoo.plots.style import DARK, LIGHT, Figure, in_style, new_figure

_PANELS_IN_A_ROW = 3


@in_style
def plot_fits(
    x: Any,
    fits: Mapping[str, Any],
    truth: Any,
    *,
    points: tuple[Any, Any] | None = None,
    names: tuple[str, str, str] = ("one fit", "mean of fits", "truth"),
) -> Figure:
    """Draw what was fitted to one sample, or to each of many, beside what is true.

    Args:
        x: where the fits are drawn.
        fits: per title of a panel a fit, `(len(x),)`, or several, `(samples, len(x))`.
        truth: what the samples were drawn from, at `x`.
        points: x and y of the sample itself, if there is only one.
        names: the legend: what a thin line, a thick one and the dashed one are.

    Raises:
        InvalidInput: if there is no panel, or a curve is longer or shorter than `x`.

    Example:
        >>> fits = {"degree 0": [[1, 1, 1], [0, 0, 0]], "degree 1": [[1, 2, 3], [0, 2, 4]]}
        >>> figure = plot_fits([1, 2, 3], fits, [1, 2, 3])
        >>> [axes.get_title() for axes in figure.axes], len(figure.axes[0].lines)
        (['degree 0', 'degree 1'], 4)
    """
    at = np.ravel(np.asarray(x, "float64"))
    true = _of_length("truth", truth, len(at))
    if not fits:
        raise InvalidInput("there are no fits; pass at least one, by the title of its panel.")
    columns = min(len(fits), _PANELS_IN_A_ROW)
    rows = -(-len(fits) // columns)
    figure = new_figure(0.3 + 3.1 * columns, 0.3 + 2.4 * rows)
    low, high = _range([true, *([] if points is None else [points[1]])])
    for number, (title, values) in enumerate(fits.items(), start=1):
        many = np.atleast_2d(np.asarray(values, "float64"))
        _of_length(title, many[0], len(at))
        axes = figure.add_subplot(rows, columns, number)
        _draw_fits(axes, at, many, names)
        axes.plot(at, true, "--", color="black", linewidth=1.2, label=names[2])
        if points is not None:
            axes.plot(*points, "o", color="black", markersize=3.5)
        axes.set_ylim(low, high)
        axes.set_title(title)
    figure.axes[0].legend(loc="best")
    return figure


def _draw_fits(axes: Axes, at: np.ndarray, many: np.ndarray, names: tuple[str, str, str]) -> None:
    if len(many) == 1:
        axes.plot(at, many[0], color=DARK, linewidth=1.8, label=names[0])
        return
    for number, one in enumerate(many):
        label = names[0] if number == 0 else None
        axes.plot(at, one, color=LIGHT, linewidth=0.6, alpha=0.6, label=label)
    axes.plot(at, many.mean(axis=0), color=DARK, linewidth=2.0, label=names[1])


def _of_length(name: str, values: Any, length: int) -> np.ndarray:
    found = np.ravel(np.asarray(values, "float64"))
    if len(found) != length:
        raise InvalidInput(
            f"{name!r} has {counted(len(found), 'value')}; expected {length}, as many as x."
        )
    return found


def _range(shown: list[Any]) -> tuple[float, float]:
    """Return the ends of an axis: what was seen, and half as much above and below."""
    seen = np.concatenate([np.ravel(np.asarray(one, "float64")) for one in shown])
    room = 0.35 * float(np.ptp(seen)) or 1.0
    return float(seen.min()) - room, float(seen.max()) + room
