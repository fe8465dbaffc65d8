"""Walking forward through the test part of a series: what is known at each step, and no more.

A pair is a window and the values that follow it. At each step a method may learn from the pairs all
of whose values lie before it, and forecasts the pairs from there on.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kerazoo._wording import counted
from kerazoo.datasets import Splits
from kerazoo.datasets.about import Series
from kerazoo.datasets.reading.windows import cut_windows
from kerazoo.datasets.splits import Timeline
from kerazoo.errors import InvalidInput, KerazooError, unknown_name
from kerazoo.tasks._scores import describe_predictions, score_predictions

MOST_TRAININGS = 250
"""Trainings of a backtest, unless it is told after how many rows to train again."""

_REGRESSED_ON = 5
_SEASON = "season_"


@dataclass(frozen=True)
class Pairs:
    """All windows of a data set, in the order of time.

    Args:
        x: `(pairs, lag, features)`.
        y: `(pairs, horizon)`.
        source: the number of the timeline that each was cut from.
        row: the first row that is predicted, in its timeline.
        start: when that row was, as a number that grows with time.
        end: the same of the last row that is predicted.
        is_test: whether it is of the test part.
    """

    x: np.ndarray
    y: np.ndarray
    source: np.ndarray
    row: np.ndarray
    start: np.ndarray
    end: np.ndarray
    is_test: np.ndarray

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True)
class Step:
    """One training, and what is forecast with it.

    Args:
        known: indices of the pairs to learn from.
        ahead: indices of the pairs to forecast.
    """

    known: np.ndarray
    ahead: np.ndarray


def series_of(splits: Splits) -> Series:
    """Return what a data set says of its series.

    Raises:
        InvalidInput: if it is none, or its parts are not those that were cut from its rows.
    """
    if not isinstance(splits.about, Series) or not splits.timelines:
        raise InvalidInput(
            "a backtest needs a whole series in time; pass data= and target=, or what "
            "load_dataset('time_series_csv', ...) returns."
        )
    series = splits.about
    pairs = sum(
        max(len(line.values) - max(line.test, series.lag) - series.horizon + 1, 0)
        for line in splits.timelines
    )
    if pairs != len(splits.test.x):
        raise InvalidInput(
            f"the test part has {counted(len(splits.test.x), 'window')}, and the series "
            f"{pairs:,}: pass the data set as it was loaded."
        )
    return series


def cut_pairs(splits: Splits) -> Pairs:
    """Cut all windows of a data set, also those that lie across two of its parts.

    Raises:
        InvalidInput: as for `series_of`.
    """
    series = series_of(splits)
    parts = [_cut(number, line, series) for number, line in enumerate(splits.timelines)]
    fields = [np.concatenate(field) for field in zip(*parts, strict=True)]
    order = np.argsort(fields[4], kind="stable")  # by `start`
    return Pairs(*(field[order] for field in fields))


def _cut(number: int, line: Timeline, series: Series) -> tuple[np.ndarray, ...]:
    target = line.values[:, series.target_index]
    x, y = cut_windows(line.values, target, series.lag, series.horizon)
    times = np.arange(len(target)) if line.dates is None else line.dates.astype("datetime64[ns]")
    times = times.astype("int64")
    row = series.lag + np.arange(len(x))
    end = times[row + series.horizon - 1]
    return x, y, np.full(len(x), number), row, times[row], end, row >= line.test


def plan_steps(pairs: Pairs, every: int | None = None, rows: int | None = None) -> list[Step]:
    """Return the steps through the test part.

    Args:
        pairs: all windows.
        every: after how many points in time there is a training; by default so that there are 250
            at most.
        rows: how many pairs are learned from, the last ones before each step; all by default.

    Raises:
        KerazooError: if there is nothing to learn from, or less than is asked for.
    """
    times = np.unique(pairs.start[pairs.is_test])
    every = every or math.ceil(len(times) / MOST_TRAININGS)
    steps = []
    for first in range(0, len(times), every):
        block = times[first : first + every]
        known = np.flatnonzero(pairs.end < block[0])
        ahead = pairs.is_test & (pairs.start >= block[0]) & (pairs.start <= block[-1])
        steps.append(Step(known if rows is None else known[-rows:], np.flatnonzero(ahead)))
    fewest = min(len(step.known) for step in steps)
    if fewest == 0:
        raise InvalidInput("nothing lies before the first row of the test; pass a longer series.")
    if rows is not None and fewest < rows:
        raise KerazooError(
            f"rows is {rows}, and before the test there are {counted(fewest, 'window')}; pass at "
            "most so many, or leave rows out to learn from all."
        )
    return steps


def forecast_baseline(name: str, pairs: Pairs, step: Step, splits: Splits) -> np.ndarray:
    """Forecast with a simple method what comes after one step.

    Args:
        name: `last_value`, `season_7` (the value seven rows before), or `autoregression` (least
            squares on the last five rows) and `least_squares` (on all), fitted for each series.
        pairs: all windows.
        step: what is known, and what is asked.
        splits: the data set.

    Returns:
        `(pairs ahead, horizon)`.

    Raises:
        UnknownName: if there is no such method.
        InvalidInput: if a season is longer than the past.
    """
    series = series_of(splits)
    if name == "last_value":
        last = pairs.x[step.ahead, -1, series.target_index]
        return np.repeat(last[:, np.newaxis], series.horizon, axis=1)
    if is_season(name):
        return _forecast_season(season_of(name), pairs, step, splits)
    if name not in ("autoregression", "least_squares"):
        raise unknown_name("baseline of a series", name, list_walked([name]) or ["autoregression"])
    inputs = _last_rows if name == "autoregression" else _flat
    forecasts = np.empty((len(step.ahead), series.horizon))
    for number in np.unique(pairs.source[step.ahead]):
        here = pairs.source[step.ahead] == number
        known = step.known[pairs.source[step.known] == number]
        forecasts[here] = _regress(pairs, known, step.ahead[here], inputs(pairs, series))
    return forecasts


def step_before_test(pairs: Pairs, splits: Splits) -> Step:
    """Return the step at the end of what is known: all pairs before the test, and those in it."""
    first = np.array([line.test for line in splits.timelines])
    known = pairs.row + pairs.y.shape[1] <= first[pairs.source]
    return Step(np.flatnonzero(known), np.flatnonzero(pairs.is_test))


def score_for_each(names: Sequence[str], splits: Splits) -> dict[str, dict[str, float]]:
    """Score simple methods on the test part, each fitted to each series before its test.

    Args:
        names: as for `forecast_baseline`; others are left out.
        splits: the data set.
    """
    pairs = cut_pairs(splits)
    step = step_before_test(pairs, splits)
    true = pairs.y[step.ahead]
    return {
        name: score_predictions(splits, true, forecast_baseline(name, pairs, step, splits))
        for name in list_walked(names)
    }


def score_forecasts(splits: Splits, y: np.ndarray, forecasts: np.ndarray) -> dict[str, float]:
    """Score forecasts, in the units of the target and in those of the error of the last value.

    Args:
        splits: the data set.
        y: what came, `(pairs, horizon)`.
        forecasts: the same of what was forecast.

    Returns:
        `mean_absolute_error`, `root_mean_squared_error`, `r2_score`, and `mase`, if the training
        part changes at all.
    """
    scores = score_predictions(splits, y, forecasts)
    more = describe_predictions(splits, y, forecasts)
    return scores | {name: more[name] for name in ("mase",) if name in more}


def is_season(name: str) -> bool:
    """Tell whether a baseline is the value a season before."""
    return name.startswith(_SEASON) and name.removeprefix(_SEASON).isdecimal()


def season_of(name: str) -> int:
    """Return how many rows before a baseline looks at, if it is the value a season before; else 0.

    Example:
        >>> season_of("season_7"), season_of("last_value")
        (7, 0)
    """
    return int(name.removeprefix(_SEASON)) if is_season(name) else 0


def list_walked(names: Sequence[str]) -> list[str]:
    """Return those of some baselines that a backtest knows."""
    known = ("last_value", "autoregression", "least_squares")
    return [name for name in names if name in known or is_season(name)]


def _flat(pairs: Pairs, series: Series) -> np.ndarray:
    return pairs.x.reshape(len(pairs), -1)


def _last_rows(pairs: Pairs, series: Series) -> np.ndarray:
    """Return the last five rows of every window, and what is known of the day that is predicted."""
    columns = len(series.columns)
    before = pairs.x[:, -_REGRESSED_ON:, :columns].reshape(len(pairs), -1)
    return np.concatenate([before, pairs.x[:, -1, columns:]], axis=1)


def _regress(pairs: Pairs, known: np.ndarray, ahead: np.ndarray, inputs: np.ndarray) -> np.ndarray:
    """Fit least squares to some pairs, and forecast others."""
    import threadpoolctl
    from sklearn.linear_model import LinearRegression

    x, y = inputs.astype("float64"), pairs.y.astype("float64")
    # So small a problem is solved sooner by one thread, by far on a busy machine.
    with threadpoolctl.threadpool_limits(1, "blas"):
        return np.asarray(LinearRegression().fit(x[known], y[known]).predict(x[ahead]))


def _forecast_season(season: int, pairs: Pairs, step: Step, splits: Splits) -> np.ndarray:
    """Return what was a season before each row, as far as it was known on the day."""
    series = series_of(splits)
    ahead = np.arange(series.horizon)
    rows = pairs.row[step.ahead, np.newaxis] + ahead - season * (ahead // season + 1)
    if rows.min() < 0:
        raise InvalidInput(
            f"a season of {counted(season, 'row')} is longer than the past of the first test row; "
            "pass a shorter one."
        )
    return np.stack(
        [
            splits.timelines[number].values[row, series.target_index]
            for number, row in zip(pairs.source[step.ahead], rows, strict=True)
        ]
    )
