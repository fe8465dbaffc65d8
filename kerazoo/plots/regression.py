"""How far predicted numbers are off."""

from __future__ import annotations

from typing import Any

import numpy as np

from kerazoo._wording import counted
from kerazoo.errors import InvalidInput
from kerazoo.plots.style import DARK, LIGHT, Figure, in_style, new_figure, with_unit


@in_style
def plot_residuals(y: Any, predictions: Any, unit: str = "", name: str = "") -> Figure:
    """Draw predicted over true values, and a histogram of what is left unexplained.

    Args:
        y: true values.
        predictions: as many predicted ones.
        unit: their unit, such as `"$1000"`.
        name: what they are.

    Raises:
        InvalidInput: if there are none, not as many of each, or one is NaN or infinite.

    Example:
        >>> figure = plot_residuals([21.0, 24.0, 30.0], [20.0, 26.0, 30.5], "$1000")
        >>> [axes.get_title() for axes in figure.axes]
        ['Mean absolute error 1.17 ($1000)', 'Residuals: mean -0.5, standard deviation 1.5']
    """
    true, predicted = _to_column(y, "y"), _to_column(predictions, "predictions")
    if len(true) != len(predicted):
        raise InvalidInput(
            f"y has {counted(len(true), 'value')}, predictions have {len(predicted)}; pass as many "
            "of each."
        )
    residuals = true - predicted
    spread = float(residuals.std(ddof=1)) if len(residuals) > 1 else 0.0
    figure = new_figure(9.6, 4.2)
    left, right = figure.subplots(1, 2)

    low, high = min(true.min(), predicted.min()), max(true.max(), predicted.max())
    opacity = float(np.clip(300 / len(true), 0.03, 0.7))
    left.plot(
        [low, high], [low, high], color="black", linewidth=1, zorder=3, label="predicted = true"
    )
    left.plot(true, predicted, "o", color=DARK, markersize=4, alpha=opacity, markeredgewidth=0)
    left.set_aspect("equal", adjustable="datalim")
    left.set_xlabel(with_unit(f"true {name}".rstrip(), unit))
    left.set_ylabel(with_unit(f"predicted {name}".rstrip(), unit))
    left.set_title(with_unit(f"Mean absolute error {np.abs(residuals).mean():.3g}", unit))
    left.legend(loc="upper left")

    bins = np.histogram_bin_edges(residuals, bins=int(np.clip(np.sqrt(len(true)), 5, 60)))
    right.hist(residuals, bins=bins, color=LIGHT, edgecolor="white", linewidth=0.5)
    right.axvline(0, color="black", linewidth=1)
    right.set_xlabel(with_unit("residual: true − predicted", unit))
    right.set_ylabel("number of rows")
    right.set_title(f"Residuals: mean {residuals.mean():.3g}, standard deviation {spread:.3g}")
    return figure


def _to_column(values: Any, what: str) -> np.ndarray:
    column = np.asarray(values, "float64").ravel()
    if not column.size:
        raise InvalidInput(f"{what} is empty; pass at least one value.")
    if not np.isfinite(column).all():
        row = int(np.argmax(~np.isfinite(column)))
        raise InvalidInput(f"{what} holds {column[row]} in row {row}; drop such rows.")
    return column
