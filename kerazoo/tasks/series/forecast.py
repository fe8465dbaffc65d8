"""forecast: what comes after the end of a series, and how far off that may be."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from kerazoo._wording import agree, counted, listed
from kerazoo.datasets.about import Series
from kerazoo.datasets.reading.almanac import calendar_columns
from kerazoo.datasets.reading.calendar import continue_dates
from kerazoo.datasets.reading.many import Scale, to_own_units
from kerazoo.datasets.reading.series import SeriesTable, read_series
from kerazoo.datasets.reading.windows import cut_windows
from kerazoo.datasets.splits import Splits
from kerazoo.errors import InvalidInput, KerazooError
from kerazoo.saved.gaussian import draw, is_gaussian, means_of
from kerazoo.tasks.series.continuation import Forecast, Seen
from kerazoo.tasks.series.history import choose_series, read_history
from kerazoo.tasks.series.opening import Predict, open_forecaster

if TYPE_CHECKING:
    import keras

    from kerazoo.predict import Predictor

_MOST_STEPS = 10_000
_ROWS_PER_PARAMETER = 3
_REGRESSED_ON = 5


def forecast(
    model: Predictor | keras.Model | str | os.PathLike[str],
    history: Any,
    steps: int = 1,
    *,
    future: Any = None,
    splits: Splits | None = None,
    coverage: float = 0.9,
    paths: int = 1000,
    seed: int = 0,
    series: str | None = None,
) -> Forecast:
    """Forecast the rows after the end of a series.

    What the network predicts is fed back, row by row, until there are enough. Its other inputs are
    known, or they go on by themselves: days of the week come from a calendar without holidays, or
    from the dates in `future`; other columns come from `future`, and those that it does not hold
    from a linear autoregression on all columns of the last five rows, fitted to `history` by least
    squares.

    Intervals come from many paths into the future. On each, a residual is added to every value
    before it is fed back: for the target that of a random validation row, for another column that
    of a random row of its regression. So errors add up from step to step as they would in truth,
    and where forecasts were too low on average, the interval lies higher than the forecast.
    Of a network that gives a distribution, a value is drawn from that instead: the interval is
    wider where it is less sure. Intervals do not know of a future unlike the rows before.

    Args:
        model: a predictor, a saved model's name or directory, or a Keras model with its `splits`.
        history: the rows so far, at least as many as a window: the path of a CSV file, a DataFrame,
            a dict of columns, or an array of the network's own columns in their order.
        steps: how many rows ahead.
        future: what is known of the other columns in those rows, and their dates, in the same form
            as `history`.
        splits: the data that a Keras model was trained on; a saved model needs none.
        coverage: share of the paths that the interval holds, 0 < coverage < 1.
        paths: how many.
        seed: decides which residuals or values are drawn.
        series: which one, for a network of several series; may be left out if the history holds
            one. A series that the network was not trained on is scaled by its history.

    Raises:
        KerazooError: if the model is no forecaster, or an argument is out of range.
        InvalidInput: if the history is too short, or lacks a column or dates.

    Example:
        >>> import kerazoo
        >>> splits = kerazoo.load_dataset("nyse")
        >>> model = kerazoo.build_lstm((5, 3))
        >>> after = forecast(model, splits.test.x[-1], splits=splits, paths=50)
        >>> after.values.shape, bool(after.lower[0] <= after.upper[0])
        ((1,), True)
    """
    _check_numbers(steps, coverage, paths)
    about, residuals, predict = open_forecaster(model, splits)
    table, scale = choose_series(read_history(history, about), about, series)
    if len(table.values) < about.lag:
        raise InvalidInput(
            f"the history has {counted(len(table.values), 'row')}; {about.lag} "
            f"{agree(about.lag, 'is', 'are')} needed for a forecast. Pass a longer one."
        )
    if scale is not None:
        ahead_of = None if table.ahead is None else to_own_units(table.ahead, scale)
        table = replace(table, values=to_own_units(table.values, scale), ahead=ahead_of)
    ahead = _KnownFuture(about, table, future, steps, scale)
    random = np.random.default_rng(seed)
    # Path 0 is the forecast itself, without chance.
    simulated = _simulate_paths(predict, about, table.values, ahead, residuals, 1 + paths, random)
    past = table.values[:, about.target_index]
    if scale is not None:
        center, spread = scale[about.target_index]
        simulated, past = simulated * spread + center, past * spread + center
    tail = (1.0 - coverage) / 2
    lower, upper = np.quantile(simulated[1:], (tail, 1.0 - tail), axis=0)
    return Forecast(
        values=simulated[0],
        lower=lower,
        upper=upper,
        coverage=coverage,
        target=about.target,
        dates=ahead.dates,
        history=past,
        history_dates=table.dates,
        samples=simulated[1:],
        seen=_what_is_seen(about, table, ahead, scale),
    )


def _what_is_seen(
    series: Series, table: SeriesTable, ahead: _KnownFuture, scale: Scale | None
) -> Seen:
    window = np.concatenate(
        [table.values[-series.lag :], ahead.next_columns[1 : series.lag + 1]], 1
    )
    center, spread = (0.0, 1.0) if scale is None else scale[series.target_index]
    return Seen(window.astype("float32"), float(center), float(spread))


def _check_numbers(steps: Any, coverage: Any, paths: Any) -> None:
    if not isinstance(steps, int | np.integer) or not 1 <= steps <= _MOST_STEPS:
        raise KerazooError(f"steps is {steps!r}; pass how many rows ahead, 1 to {_MOST_STEPS}.")
    if not isinstance(coverage, int | float | np.number) or not 0.0 < coverage < 1.0:
        raise KerazooError(f"coverage is {coverage!r}; pass a share of the paths, such as 0.9.")
    if not isinstance(paths, int | np.integer) or paths < 1:
        raise KerazooError(f"paths is {paths!r}; pass how many to draw, usually 1000.")


class _KnownFuture:
    """What is known beforehand of the rows to forecast, and how the other columns go on.

    Args:
        series: how windows are cut.
        table: the history.
        future: what the caller knows.
        steps: rows to forecast.
        scale: of the series, if it is one of several.
    """

    def __init__(
        self, series: Series, table: SeriesTable, future: Any, steps: int, scale: Scale | None
    ) -> None:
        self._place = series.target_index
        self.known = np.full((steps, len(series.columns)), np.nan)
        self.dates = None
        if table.dates is not None:
            self.dates = continue_dates(table.dates, steps, series.weekdays)
        if table.ahead is not None:
            self._take_rows(table, steps)
        if future is not None:
            self._take(future, series, table, steps, scale)
        self._check(series, steps)
        days = [0] * (series.lag + steps)
        if self.dates is not None and table.dates is not None:
            days = [*table.dates.day_of_week[-series.lag :], *self.dates.day_of_week]
        # A row per day from the first of the window on: which day of the week it is, and what is
        # known of it beforehand.
        is_day = np.asarray(days)[:, np.newaxis] == np.asarray(series.weekdays, dtype=int)
        beforehand = np.concatenate([table.values[-series.lag :], self.known])
        parts = [is_day, beforehand[:, series.known_indices]]
        if self.dates is not None and table.dates is not None:
            rows = [*table.dates[-series.lag :], *self.dates]
            parts.insert(1, calendar_columns(rows, series))
        self.next_columns = np.concatenate(parts, axis=1)
        unknown = np.isnan(self.known).any(axis=0)
        unknown[series.target_index] = False
        self._unknown = np.flatnonzero(unknown)
        self._rows = min(_REGRESSED_ON, series.lag)
        if steps > 1 and len(self._unknown):  # the last step's other columns are not needed
            self._fit(series, table.values)

    def continue_columns(self, rows: np.ndarray, step: int, random: np.random.Generator) -> None:
        """Write all columns but the target of the last of `(paths, time, columns)`."""
        rows[:, -1] = self.known[step]
        if len(self._unknown):
            before = rows[:, -1 - self._rows : -1].reshape(len(rows), -1)
            following = before @ self._weights[:-1] + self._weights[-1]
            drawn = random.integers(len(self._residuals), size=len(rows) - 1)
            following[1:] += self._residuals[drawn]
            rows[:, -1, self._unknown] = following

    def _take_rows(self, table: SeriesTable, steps: int) -> None:
        """Take the rows of the history that have no target yet."""
        assert table.ahead is not None
        rows = table.ahead[:steps]
        self.known[: len(rows)] = rows
        self.known[:, self._place] = np.nan
        if table.ahead_dates is not None and len(table.ahead_dates) >= steps:
            self.dates = table.ahead_dates[:steps]

    def _check(self, series: Series, steps: int) -> None:
        """Refuse steps of which it is not known what should be known beforehand."""
        for name, index in zip(series.known or (), series.known_indices, strict=True):
            there = int((~np.isnan(self.known[:, index])).sum())
            if there < steps:
                raise InvalidInput(
                    f"{name!r} must be known of {counted(steps, 'row')} ahead, and is of {there}. "
                    f"Add rows to the history that hold it and leave {series.target!r} empty, or "
                    "pass future=."
                )

    def _take(
        self, future: Any, series: Series, table: SeriesTable, steps: int, scale: Scale | None
    ) -> None:
        known = read_series(future, with_dates=False)
        if len(known.values) < steps:
            raise InvalidInput(
                f"future has {counted(len(known.values), 'row')}; expected {steps} or more, one "
                "for each step."
            )
        if known.dates is not None and table.dates is not None:
            if known.dates[0] <= table.dates[-1]:
                raise InvalidInput("future begins before the history ends; pass later rows only.")
            self.dates = known.dates[:steps]
        for name in {*known.names} & {*series.columns}:
            column = known.values[:steps, known.names.index(name)]
            index = series.columns.index(name)
            if scale is not None:
                column = (column - scale[index][0]) / scale[index][1]
            self.known[:, index] = column

    def _fit(self, series: Series, values: np.ndarray) -> None:
        windows, _ = cut_windows(values, values[:, 0], self._rows)
        inputs = np.column_stack([windows.reshape(len(windows), -1), np.ones(len(windows))])
        if len(inputs) < _ROWS_PER_PARAMETER * inputs.shape[1]:
            names = [series.columns[index] for index in self._unknown]
            raise InvalidInput(
                f"further than one row ahead, {listed(names)} must go on too, and "
                f"{counted(len(values), 'row')} of history {agree(len(values), 'is', 'are')} too "
                f"few to tell how: expected {_ROWS_PER_PARAMETER * inputs.shape[1] + self._rows} "
                "or more. Pass a longer history or future= with those columns, or train on the "
                "target alone: features=[], or a file without the others."
            )
        targets = values[self._rows :, self._unknown]
        self._weights = np.linalg.lstsq(inputs, targets, rcond=None)[0]
        self._residuals = targets - inputs @ self._weights


def _simulate_paths(
    predict: Predict,
    series: Series,
    history: np.ndarray,
    ahead: _KnownFuture,
    residuals: np.ndarray,
    paths: int,
    random: np.random.Generator,
) -> np.ndarray:
    """Return the target on each path, `(paths, steps)`, the first path without chance."""
    lag, steps = series.lag, len(ahead.known)
    rows = np.empty((paths, lag + steps, len(series.columns)))
    rows[:, :lag] = history[-lag:]
    for first in range(0, steps, series.horizon):
        # Of the row after each row of the window.
        following = ahead.next_columns[first + 1 : first + lag + 1]
        following = np.broadcast_to(following, (paths, *following.shape))
        window = np.concatenate([rows[:, first : first + lag], following], axis=2)
        answered = predict(window.astype("float32")).astype("float64")
        predicted = np.array(means_of(answered))
        if is_gaussian(answered):
            predicted[1:] = draw(answered[1:], random)
        else:
            predicted[1:] += residuals[random.integers(len(residuals), size=paths - 1)]
        for step in range(first, min(first + series.horizon, steps)):
            if step < steps - 1:
                ahead.continue_columns(rows[:, : lag + step + 1], step, random)
            rows[:, lag + step, series.target_index] = predicted[:, step - first]
    return rows[:, lag:, series.target_index]
