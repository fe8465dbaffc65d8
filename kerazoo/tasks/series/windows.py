"""How many rows of a series a network should see, and whether the day of the week helps.

Candidates are compared by what least squares reaches with them on the validation rows: that takes
no time, and what a line cannot see in a window, such as last week, a network will hardly find.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from kerazoo.datasets import Part, Splits, load_dataset
from kerazoo.errors import KerazooError

_GAIN = 0.01  # of R²; less is not worth a longer window
_SEASONS = (1, 2, 4)  # windows of so many weeks, days or years
_ROWS_PER_NUMBER = 4  # of a window, that there must be to learn from
_WEEK = (5, 6, 7)  # rows of daily series
_CALENDARS = {"hour": ["hour"], "day": ["month"], "month": ["month"]}
"""What may help beside the day of the week, by how far rows are apart."""


def choose_windows(arguments: Mapping[str, Any], season: int, unit: str = "") -> dict[str, Any]:
    """Return `lag` and `weekday`: those that are set, and for the rest what does best.

    Where hours or months help on top of that, `calendar` names them; it is missing otherwise.

    Args:
        arguments: of the data set `time_series_csv`; `lag` or `weekday` may be missing.
        season: after how many rows a day, a week or a year is over; 0 if that is not known.
        unit: how far rows are apart: `"hour"`, `"day"` or `"month"`; `""` for anything else.
    """
    lags = [arguments["lag"]] if "lag" in arguments else [arguments["usual_lag"]]
    if "lag" not in arguments and season:
        lags += [season * count for count in _SEASONS if season * count > lags[0]]
    days = [arguments["weekday"]] if "weekday" in arguments else [False]
    if "weekday" not in arguments and season in _WEEK:
        days.append(True)
    best, reached = {"lag": lags[0], "weekday": days[0]}, float("-inf")
    more = [] if "calendar" in arguments else _CALENDARS.get(unit, [])
    if len(lags) * len(days) == 1 and not more:
        return best
    fixed = {key: value for key, value in arguments.items() if key != "usual_lag"}
    tried = [{"lag": lag, "weekday": weekday} for lag in lags for weekday in days]
    for candidate, splits in _load_each(fixed, tried):
        score = _score(splits)
        if score > reached + _GAIN:
            best, reached = candidate, score
    for candidate, splits in _load_each(fixed, [{**best, "calendar": one} for one in more]):
        score = _score(splits)
        if score > reached + _GAIN:
            best, reached = candidate, score
    return best


def _load_each(
    fixed: Mapping[str, Any], candidates: Sequence[dict[str, Any]]
) -> Iterator[tuple[dict[str, Any], Splits]]:
    """Yield those candidates for which there are rows enough."""
    for candidate in candidates:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # said when the file is loaded at last
                splits = load_dataset("time_series_csv", **{**fixed, **candidate})
        except KerazooError:
            continue
        rows, lag, columns = splits.train.x.shape
        if lag * columns * _ROWS_PER_NUMBER <= rows:
            yield candidate, splits


def _score(splits: Splits) -> float:
    """Fit a line to the training rows, and return its R² on the validation rows."""
    from kerazoo.tasks._baselines import score_baseline  # imports scikit-learn

    assert splits.train.y is not None
    nothing = Part(splits.train.x[:0], splits.train.y[:0])
    judged = replace(splits, validation=nothing, test=splits.validation)
    return score_baseline("least_squares", judged)["r2_score"]
