"""How much a series tells of itself some rows later."""

from __future__ import annotations

from typing import Any

import numpy as np

from kerazoo._wording import counted
from kerazoo.datasets.about import Series
from kerazoo.datasets.splits import Splits
from kerazoo.errors import InvalidInput
from kerazoo.plots.style import DARK, LIGHT, Figure, in_style, new_figure

_LAGS = 36  # three years of months, five weeks of days
_BY_CHANCE = 1.96  # standard deviations that 95 of 100 values are within


@in_style
def plot_autocorrelation(series: Any, lags: int | None = None, name: str = "") -> Figure:
    """Draw how strongly the values of a series go with those some rows before.

    At lag l it is the correlation of v(t) and v(t - l): 1 if they rise and fall together. Between
    the dashed lines lie 95 of 100 values of a series without any memory.

    Args:
        series: the values in the order of time; or windows of a series, of whose training rows each
            column is drawn.
        lags: the largest lag that is drawn; by default 36, or half of the rows if that is less.
        name: what the values are.

    Raises:
        InvalidInput: if there are too few values, a gap among them, or they never change.

    Example:
        >>> import kerazoo
        >>> figure = plot_autocorrelation(kerazoo.load_dataset("nyse"), lags=20)
        >>> [axes.get_title() for axes in figure.axes]
        ['DJ_return', 'log_volume', 'log_volatility']

    Reference:
        Box and Jenkins, "Time series analysis: forecasting and control", 1970; James et al., "An
        introduction to statistical learning", 2nd ed., 2021, figure 10.15.
    """
    columns = _columns(series, name)
    if lags is None:
        lags = max(1, min(_LAGS, len(next(iter(columns.values()))) // 2))
    figure = new_figure(9.6, 0.6 + 1.9 * len(columns))
    figure.supylabel("autocorrelation", fontsize=10)
    for number, (title, values) in enumerate(columns.items(), start=1):
        axes = figure.add_subplot(len(columns), 1, number)
        found = autocorrelation(values, lags)
        axes.bar(range(1, lags + 1), found, width=0.6, color=DARK)
        bound = _BY_CHANCE / np.sqrt(len(values))
        for height in (-bound, bound):
            axes.axhline(height, color=LIGHT, linestyle="--", linewidth=1)
        axes.set_title(title)
    axes.set_xlabel("lag, in rows")
    return figure


def autocorrelation(values: Any, lags: int) -> np.ndarray:
    """Return the autocorrelation of a series at the lags from 1 on.

    Args:
        values: in the order of time.
        lags: how many.

    Raises:
        InvalidInput: if there are too few values, a gap among them, or they never change.

    Example:
        >>> autocorrelation([1, -1, 1, -1, 1, -1, 1, -1], 2).tolist()
        [-0.875, 0.75]
    """
    array = np.asarray(values, "float64")
    if array.ndim != 1 or not 1 <= lags < len(array):
        raise InvalidInput(
            f"values have shape {array.shape} and lags is {lags}; expected one value for each row, "
            "and at least one lag, fewer than there are rows."
        )
    if not np.isfinite(array).all():
        raise InvalidInput("the values hold NaN or infinity; fill the gaps first.")
    away = array - array.mean()
    whole = away @ away
    if whole == 0:
        raise InvalidInput(f"all {counted(len(array), 'value')} are {array[0]:g}; pass others.")
    return np.array([away[lag:] @ away[:-lag] for lag in range(1, lags + 1)]) / whole


def _columns(series: Any, name: str) -> dict[str, np.ndarray]:
    if not isinstance(series, Splits):
        return {name: np.asarray(series)}
    about = series.about
    if not isinstance(about, Series) or len(series.timelines) != 1:
        raise InvalidInput(
            "the data is not one whole series; pass windows of one, or its values in the order of "
            "time."
        )
    timeline = series.timelines[0]
    known = timeline.values[: timeline.validation, : len(about.columns)]
    return dict(zip(about.columns, known.T, strict=True))
