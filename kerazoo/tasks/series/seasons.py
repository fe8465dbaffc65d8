"""Baselines that know a season: what was one before, and what is usual at that time of the year."""

from __future__ import annotations

import numpy as np

from kerazoo._wording import counted
from kerazoo.datasets import Splits
from kerazoo.datasets.about import Series
from kerazoo.errors import InvalidInput
from kerazoo.tasks._scores import score_predictions

_YEAR = 365.25
_NEAR = 7  # days before and after: of three years, the mean of 45 values instead of 3


def score_season(splits: Splits, season: int) -> dict[str, float]:
    """Score what was a season before each row, as far as it was known on the day of the forecast.

    Windows are shorter than most seasons: the target's past is put together from all parts, each of
    which goes on where the one before ends.

    Args:
        splits: windows of a series.
        season: its rows, such as 7 of a week.

    Raises:
        InvalidInput: if it is longer than the past, or these are no windows of a series.
    """
    horizon = check_series(splits).horizon
    parts = [np.asarray(part.y) for part in (splits.train, splits.validation, splits.test)]
    past = np.concatenate([np.concatenate([y[:, 0], y[-1, 1:]]) for y in parts])
    rows = len(past) - len(parts[2]) - horizon + 1 + np.arange(len(parts[2]))[:, np.newaxis]
    ahead = np.arange(horizon)
    indices = rows + ahead - season * (ahead // season + 1)
    if season < 1 or indices.min() < 0:
        raise InvalidInput(
            f"a season of {counted(season, 'row')} is longer than the past of the first test row; "
            "pass a shorter one."
        )
    return score_predictions(splits, parts[2], past[indices])


def score_climate_mean(splits: Splits) -> dict[str, float]:
    """Score the mean of the target at the same time of the year, in all rows before the test.

    The mean is over the days of the year that are at most a week away from the one predicted.

    Args:
        splits: windows of one series with dates.

    Raises:
        InvalidInput: if there are no dates, several series, or a time of the year that was never
            there before the test.
    """
    series = check_series(splits)
    timeline = splits.timelines[0] if len(splits.timelines) == 1 else None
    if timeline is None or timeline.dates is None:
        raise InvalidInput(
            "climate_mean needs one series with dates, whole; pass one, such as "
            "load_dataset('seattle_weather')."
        )
    dates = timeline.dates.astype("datetime64[D]")
    day = (dates - dates.astype("datetime64[Y]")).astype("float64")  # 0 is January 1
    apart = np.abs(day[timeline.test :, np.newaxis] - day[: timeline.test])  # (test, known)
    near = np.minimum(apart, _YEAR - apart) <= _NEAR
    if not near.any(axis=1).all():
        raise InvalidInput(
            "climate_mean needs each time of the year at least once before the test; pass a series "
            "of more than a year before it."
        )
    known = timeline.values[: timeline.test, series.target_index].astype("float64")
    usual = near @ known / near.sum(axis=1)
    predicted = np.lib.stride_tricks.sliding_window_view(usual, series.horizon)
    return score_predictions(splits, np.asarray(splits.test.y), predicted)


def check_series(splits: Splits) -> Series:
    """Return how windows are cut.

    Raises:
        InvalidInput: if these are no windows of a series.
    """
    if not isinstance(splits.about, Series):
        raise InvalidInput("this baseline needs windows of a series, such as load_dataset('nyse').")
    return splits.about
