"""What comes after a series, and how far forecasts of it were off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kerazoo._wording import counted
from kerazoo.errors import InvalidInput
from kerazoo.plots.style import DARK, GRAY, LIGHT, Figure, in_style, new_figure, percent

if TYPE_CHECKING:
    from kerazoo.report.backtest import Backtest
    from kerazoo.tasks.series.continuation import Forecast

_SMOOTHED = 20  # parts of the time that an error is averaged over
_LINES: tuple[tuple[Any, Any, float], ...] = (
    (DARK, "-", 2.0),
    (GRAY, "-", 1.2),
    (LIGHT, "-", 1.2),
    (LIGHT, "--", 1.2),
    ("black", ":", 1.2),
)
_ROWS_FOR_EACH_AHEAD = 4
_FEWEST_ROWS = 60


@in_style
def plot_forecast(forecast: Forecast, rows: int | None = None) -> Figure:
    """Draw the end of a series, what is forecast after it, and the interval.

    Args:
        forecast: what `kerazoo.forecast` returns.
        rows: how many rows of the history are drawn; by default four for each row ahead, at least
            60.

    Raises:
        InvalidInput: if no row of the history would be drawn.

    Example:
        >>> import kerazoo
        >>> splits = kerazoo.load_dataset("nyse")
        >>> model = kerazoo.build_lstm((5, 3))
        >>> after = kerazoo.forecast(model, splits.test.x[-1], splits=splits, paths=50)
        >>> plot_forecast(after).axes[0].get_title()
        'log_volume: 1 row ahead, 90 % interval'
    """
    if rows is not None and rows < 1:
        raise InvalidInput(f"rows is {rows}; pass how many of the history to draw, at least 1.")
    ahead = len(forecast)
    shown = min(rows or max(_ROWS_FOR_EACH_AHEAD * ahead, _FEWEST_ROWS), len(forecast.history))
    history = forecast.history[-shown:]
    figure = new_figure(9.6, 4.2)
    axes = figure.add_subplot()
    if forecast.dates is None or forecast.history_dates is None:
        before: list[Any] = list(range(1 - shown, 1))
        after: list[Any] = list(range(1, ahead + 1))
        axes.set_xlabel("rows after the end of the history")
    else:
        before, after = list(forecast.history_dates[-shown:]), list(forecast.dates)
    # What is forecast begins at the last value that is known, so that no gap seems to be there.
    times, last = [before[-1], *after], history[-1]
    low, high = [last, *forecast.lower], [last, *forecast.upper]
    label = f"{percent(forecast.coverage)} interval"
    axes.fill_between(times, low, high, color=LIGHT, alpha=0.3, linewidth=0, label=label)
    axes.plot(before, history, color=DARK, linewidth=1.2, label="history")
    axes.plot(times, [last, *forecast.values], color=LIGHT, linewidth=2, label="forecast")
    axes.set_ylabel(forecast.target)
    axes.set_title(f"{forecast.target}: {counted(ahead, 'row')} ahead, {label}")
    axes.legend(loc="best")
    return figure


@in_style
def plot_backtest(result: Backtest) -> Figure:
    """Draw how far the forecasts of each method were off over time.

    Each curve is the mean absolute error of the last twentieth of the forecasts.

    Args:
        result: what `kerazoo.backtest` returns.

    Example:
        >>> import kerazoo
        >>> from kerazoo.datasets.time_series_csv import tiny
        >>> result = kerazoo.backtest("nyse_rnn", splits=tiny(), every=80, epochs=1)
        >>> [line.get_label() for line in plot_backtest(result).axes[0].lines]
        ['nyse_rnn', 'last value', 'autoregression']
    """
    figure = new_figure(9.6, 4.2)
    axes = figure.add_subplot()
    width = max(1, len(result) // _SMOOTHED)
    times = np.arange(1, len(result) + 1) if result.dates is None else result.dates[:, 0]
    for index, (name, values) in enumerate(result.forecasts.items()):
        color, line, thickness = _LINES[index % len(_LINES)]
        errors = (np.abs(values - result.true) / result.spreads).mean(axis=1)
        smooth = np.convolve(errors, np.ones(width) / width, mode="valid")
        label = name.replace("_", " ") if index else name
        axes.plot(times[width - 1 :], smooth, line, color=color, linewidth=thickness, label=label)
    if result.dates is None:
        axes.set_xlabel("forecast")
    unit = "" if result.series is None else ", in standard deviations"
    axes.set_ylabel(f"mean absolute error of {result.target}{unit}")
    axes.set_title(f"errors over time, each the mean of {counted(width, 'forecast')}")
    axes.legend(loc="best")
    return figure
