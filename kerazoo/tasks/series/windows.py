"""How many rows of a series a network should see, and whether the day of the week helps.

Candidates are compared by what least squares reaches with them on the validation rows: that takes
no time, and what a line cannot see in a window, such as last week, a network will hardly find.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from kerazoo.datasets import Part, Splits, load_dataset
from kerazoo.errors import KerazooError

_GAIN = 0.01  # of R²; less is not worth a longer window
_SEASONS = (1, 2, 4)  # windows of so many weeks, days or years
_ROWS_PER_NUMBER = 4  # of a window, that there must be to learn from
_WEEK = (5, 6, 7)  # rows of daily series


def choose_windows(arguments: Mapping[str, Any], season: int) -> dict[str, Any]:
    """Return `lag` and `weekday`: those that are set, and for the rest what does best.

    Args:
        arguments: of the data set `time_series_csv`; `lag` or `weekday` may be missing.
        season: after how many rows a day, a week or a year is over; 0 if that is not known.
    """
    lags = [arguments["lag"]] if "lag" in arguments else [arguments["usual_lag"]]
    if "lag" not in arguments and season:
        lags += [season * count for count in _SEASONS if season * count > lags[0]]
    days = [arguments["weekday"]] if "weekday" in arguments else [False]
    if "weekday" not in arguments and season in _WEEK:
        days.append(True)
    best, reached = {"lag": lags[0], "weekday": days[0]}, float("-inf")
    if len(lags) * len(days) == 1:
        return best
    fixed = {key: value for key, value in arguments.items() if key != "usual_lag"}
    for candidate, splits in _load_each(fixed, lags, days):
        score = _score(splits)
        if score > reached + _GAIN:
            best, reached = candidate, score
    return best


def _load_each(
    fixed: Mapping[str, Any], lags: list[int], days: list[bool]
) -> Iterator[tuple[dict[str, Any], Splits]]:
    """Yield the candidates for which there are rows enough, short windows first."""
    for lag in lags:
        for weekday in days:
            candidate = {"lag": lag, "weekday": weekday}
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # said when the file is loaded at last
                    splits = load_dataset("time_series_csv", **{**fixed, **candidate})
            except KerazooError:
                continue
            rows, _, columns = splits.train.x.shape
            if lag * columns * _ROWS_PER_NUMBER <= rows:
                yield candidate, splits


def _score(splits: Splits) -> float:
    """Fit a line to the training rows, and return its R² on the validation rows."""
    from kerazoo.tasks._baselines import score_baseline  # imports scikit-learn

    assert splits.train.y is not None
    nothing = Part(splits.train.x[:0], splits.train.y[:0])
    judged = replace(splits, validation=nothing, test=splits.validation)
    return score_baseline("least_squares", judged)["r2_score"]
