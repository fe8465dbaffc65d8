"""Windows of a series in time: what went before, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kerazoo._wording import counted
from kerazoo.datasets.about import Series
from kerazoo.datasets.reading.almanac import calendar_columns
from kerazoo.datasets.splits import Part, Splits, Timeline
from kerazoo.errors import InvalidInput, KerazooError


def cut_windows(
    rows: np.ndarray, target: np.ndarray, lag: int, horizon: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """Return every window of a series and the values of the target that follow it.

    Both are views: nothing is copied.

    Args:
        rows: `(time, features)`.
        target: `(time,)`.
        lag: rows in a window, >= 1.
        horizon: values after it, >= 1.

    Returns:
        Windows `(pairs, lag, features)` and what follows `(pairs, horizon)`; the first row that is
        predicted for pair `i` is row `i + lag`.

    Example:
        >>> rows = np.array([[0, 10], [1, 11], [2, 12], [3, 13]])
        >>> x, y = cut_windows(rows, rows[:, 1], lag=2)
        >>> x.tolist(), y.tolist()
        ([[[0, 10], [1, 11]], [[1, 11], [2, 12]]], [[12], [13]])
    """
    pairs = max(len(rows) - lag - horizon + 1, 0)
    if pairs == 0:
        return np.empty((0, lag, rows.shape[1]), rows.dtype), np.empty((0, horizon), target.dtype)
    windows = np.lib.stride_tricks.sliding_window_view(rows[: len(rows) - horizon], lag, axis=0)
    following = np.lib.stride_tricks.sliding_window_view(target[lag:], horizon)
    return windows.transpose(0, 2, 1), following


def with_weekdays(values: np.ndarray, days: np.ndarray, weekdays: Sequence[int]) -> np.ndarray:
    """Add columns that tell of each row which day of the week the *next* row is.

    Args:
        values: `(time, columns)`.
        days: the day of the week of every row and of the one after the last, Monday 0.
        weekdays: the days that get a column.

    Example:
        >>> with_weekdays(np.array([[7.0], [8.0]]), np.array([4, 0, 1]), (0, 1)).tolist()
        [[7.0, 1.0, 0.0], [8.0, 0.0, 1.0]]
    """
    known = days[1:, np.newaxis] == np.asarray(weekdays, dtype=int)
    return np.concatenate([values, known.astype(values.dtype)], axis=1)


def split_windows(
    values: np.ndarray,
    days: np.ndarray | None,
    series: Series,
    *,
    validation: int,
    test: int,
    dates: np.ndarray | None = None,
) -> Splits:
    """Cut windows and split them by time: train, then validation, then test.

    A pair belongs to the part in which all the rows lie that it predicts; its window may reach back
    into the part before, as it would on the day of the forecast.

    Args:
        values: the series' columns, `(time, columns)`, float32.
        days: the day of the week of every row; needed only if the series has weekdays.
        series: how windows are cut.
        validation: the first row that is predicted in validation.
        test: the first row that is predicted in the test.
        dates: when each row was, if that is known.

    Raises:
        InvalidInput: if a part would be empty, or a column is constant in the rows trained on.
    """
    check_lag_and_horizon(series.lag, series.horizon)
    if problem := say_too_few(len(values), series, validation, test):
        raise InvalidInput(f"{problem} Pass more rows or a smaller lag.")
    _check_constant(values[:validation], series)
    return cut_splits(values, days, series, validation=validation, test=test, dates=dates)


def cut_splits(
    values: np.ndarray,
    days: np.ndarray | None,
    series: Series,
    *,
    validation: int,
    test: int,
    dates: np.ndarray | None = None,
) -> Splits:
    """Be `split_windows` of values that have been checked."""
    rows = with_calendar(values, days, series, dates)
    x, y = cut_windows(rows, values[:, series.target_index], series.lag, series.horizon)

    def part(first: int, end: int) -> Part:
        pairs = slice(max(first - series.lag, 0), end - series.lag - series.horizon + 1)
        return Part(x[pairs], y[pairs])

    return Splits(
        train=part(0, validation),
        validation=part(validation, test),
        test=part(test, len(values)),
        about=series,
        timelines=(Timeline(rows, validation, test, dates),),
    )


def with_calendar(
    values: np.ndarray, days: np.ndarray | None, series: Series, dates: np.ndarray | None
) -> np.ndarray:
    """Return the rows of windows: values, and what is known of the row after each.

    Args:
        values: the series' columns, `(time, columns)`.
        days: the day of the week of every row; needed only if the series has weekdays.
        series: how windows are cut.
        dates: when each row was; needed only if the series looks at them.
    """
    rows = values
    if series.weekdays and days is not None:
        # Nothing is predicted from the last row, so that its "next day" does not matter.
        rows = with_weekdays(values, np.append(days, days[-1]), series.weekdays)
    if dates is not None and (series.hours or series.months or series.holidays):
        calendar = calendar_columns(dates, series).astype(values.dtype)
        rows = np.concatenate([rows, np.concatenate([calendar[1:], calendar[-1:]])], axis=1)
    if series.known:
        following = np.concatenate([values[1:], values[-1:]])[:, series.known_indices]
        rows = np.concatenate([rows, following], axis=1)
    return rows


def check_lag_and_horizon(lag: int, horizon: int) -> None:
    """Refuse windows without rows and forecasts of nothing.

    Raises:
        KerazooError: if one of them is below 1.
    """
    if not isinstance(lag, int | np.integer) or lag < 1:
        raise KerazooError(f"lag is {lag!r}; pass the rows that a forecast looks back, usually 5.")
    if not isinstance(horizon, int | np.integer) or horizon < 1:
        raise KerazooError(f"horizon is {horizon!r}; pass the rows to predict at once, usually 1.")


def say_too_few(rows: int, series: Series, validation: int, test: int) -> str:
    """Say which part of a series would have nothing to predict; `""` if none.

    Args:
        rows: how many there are.
        series: how windows are cut.
        validation: the first row that is predicted in validation.
        test: the first row that is predicted in the test.
    """
    parts = {
        "training": validation - series.lag,
        "validation": test - validation,
        "test": rows - test,
    }
    for name, length in parts.items():
        if length < series.horizon:
            return (
                f"{counted(rows, 'row is', 'rows are')} too few: with lag {series.lag} and horizon "
                f"{series.horizon} nothing is left to predict in the {name} part."
            )
    return ""


def _check_constant(values: np.ndarray, series: Series) -> None:
    for name, column in zip(series.columns, values.T, strict=True):
        if (column == column[0]).all():
            what = "predict" if name == series.target else "learn from"
            raise InvalidInput(
                f"column {name!r} is {column[0]:g} in all {counted(len(column), 'row')} trained "
                "on, to the seven digits that a network computes with: there is nothing to "
                f"{what}. Leave it out, or pass rows in which it changes."
            )
