"""The ways that optimizers take over a surface of two numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from kerazoo.errors import InvalidInput
from kerazoo.plots.style import GRAY, Figure, in_style, new_figure

_STEPS = 201
_LEVELS = 24
_PANEL, _HEIGHT = 2.9, 1.9  # inches
_IN_A_ROW = 4


@in_style
def plot_optimizer_paths(
    loss: Callable[[np.ndarray, np.ndarray], Any],
    paths: Mapping[str, Any],
    limits: tuple[float, float, float, float],
    minimum: tuple[float, float] | None = None,
    names: tuple[str, str] = ("w1", "w2"),
) -> Figure:
    """Draw a panel per optimizer: lines of equal loss, and the way that it went.

    Args:
        loss: takes two arrays of the same shape, and gives the loss for each pair.
        paths: the points of each way, `(steps, 2)`, by the name of its optimizer.
        limits: left, right, lower and upper end of what is drawn.
        minimum: where the loss is lowest.
        names: of the two numbers.

    Raises:
        InvalidInput: if there is no path, or one does not consist of pairs.

    Example:
        >>> way = [(2.0, 1.0), (1.0, 0.2), (0.5, 0.0)]
        >>> figure = plot_optimizer_paths(
        ...     lambda a, b: a**2 + 4 * b**2, {"SGD": way}, (-3, 3, -2, 2), minimum=(0, 0)
        ... )
        >>> figure.axes[0].get_title()
        'SGD: loss 0.25 after 2 steps'
    """
    if not paths:
        raise InvalidInput("paths is empty; pass at least one, by the name of its optimizer.")
    points = {name: np.asarray(path, "float64") for name, path in paths.items()}
    for name, path in points.items():
        if path.ndim != 2 or path.shape[1] != 2:
            raise InvalidInput(f"{name!r} has shape {path.shape}; expected (steps, 2).")
    left, right, low, high = limits
    across, up = np.linspace(left, right, _STEPS), np.linspace(low, high, _STEPS)
    heights = np.asarray(loss(*np.meshgrid(across, up)), "float64")
    # Levels in equal steps of the logarithm: near the minimum there would be none otherwise.
    floor = max(heights.min(), 1e-3 * heights.max())
    levels = np.geomspace(floor, heights.max(), _LEVELS)
    columns = min(len(points), _IN_A_ROW)
    rows = -(-len(points) // columns)
    figure = new_figure(0.3 + _PANEL * columns, 0.3 + _HEIGHT * rows)
    for number, (name, path) in enumerate(points.items(), start=1):
        axes = figure.add_subplot(rows, columns, number)
        axes.grid(False)
        axes.contour(across, up, heights, levels=levels, colors=[GRAY], linewidths=0.5)
        axes.plot(*path.T, "-", color="tab:blue", linewidth=1)
        axes.plot(*path.T, ".", color="tab:blue", markersize=4)
        axes.plot(*path[0], "s", color="black", markersize=6)
        if minimum is not None:
            axes.plot(*minimum, "*", color="tab:red", markersize=12)
        axes.set_xlim(left, right)
        axes.set_ylim(low, high)
        axes.set_xlabel(names[0])
        axes.set_ylabel(names[1])
        reached = float(np.asarray(loss(path[-1, 0], path[-1, 1])))
        axes.set_title(f"{name}: loss {reached:.2g} after {len(path) - 1} steps", fontsize=8)
    return figure
