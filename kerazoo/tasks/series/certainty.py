"""How good forecasts are as distributions: CRPS, and how often and how widely intervals hold.

A distribution is a Gaussian, as a network such as deepar gives it; or a number and the residuals of
validation rows around it, as for any other forecaster.

Reference:
    Gneiting and Raftery, "Strictly proper scoring rules, prediction, and estimation", 2007.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from kerazoo.datasets import Part, Splits
from kerazoo.errors import InvalidInput
from kerazoo.saved.gaussian import is_gaussian, means_of
from kerazoo.tasks._scores import score_numbers
from kerazoo.tasks.series.walk import (
    Step,
    cut_pairs,
    forecast_baseline,
    list_walked,
    season_of,
    step_before_test,
)

if TYPE_CHECKING:
    import keras

COVERAGE = 0.9
_TINY = 1e-30


def crps_of_gaussians(y: np.ndarray, mean: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """Return the continuous ranked probability score of Gaussian forecasts; lower is better.

    It is the area between the squared distribution functions of the forecast and of what came. A
    forecast without a spread has its absolute error.

    Args:
        y: what came.
        mean: of the same shape.
        spread: standard deviations of the same shape, >= 0.

    Example:
        >>> one = crps_of_gaussians(np.array([0.0, 3.0]), np.zeros(2), np.array([1.0, 0.0]))
        >>> one.round(4).tolist()
        [0.2337, 3.0]
    """
    from scipy.special import ndtr  # comes with scikit-learn

    y, mean, spread = (np.asarray(one, "float64") for one in (y, mean, spread))
    away = (y - mean) / np.maximum(spread, _TINY)
    with np.errstate(over="ignore"):
        density = np.exp(-0.5 * away**2) / math.sqrt(2 * math.pi)
    of_spread = spread * (2 * density - 1 / math.sqrt(math.pi))
    return np.asarray((y - mean) * (2 * ndtr(away) - 1) + of_spread)


def crps_of_samples(y: np.ndarray, samples: np.ndarray) -> np.ndarray:
    """Return the CRPS of forecasts that are the same samples, each as probable as any other.

    That is E|X - y| - E|X - X'| / 2, where X and X' are samples, drawn with replacement.

    Args:
        y: `(rows,)`, what came.
        samples: `(samples,)`, the same for all rows: residuals, if `y` is what came minus what was
            forecast.

    Example:
        >>> crps_of_samples(np.array([0.0, 5.0]), np.array([-1.0, 1.0])).tolist()
        [0.5, 4.5]
    """
    ordered = np.sort(np.asarray(samples, "float64"))
    y, count = np.asarray(y, "float64"), len(ordered)
    below = np.searchsorted(ordered, y)  # samples below each value
    sums = np.concatenate([[0.0], np.cumsum(ordered)])
    away = (y * (2 * below - count) - 2 * sums[below] + sums[-1]) / count
    ranks = 2 * np.arange(count) - count + 1
    return np.asarray(away - (ranks @ ordered) / count**2)


def interval_of_gaussians(
    forecasts: np.ndarray, coverage: float = COVERAGE
) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the interval that holds a share of each distribution, in its middle.

    Args:
        forecasts: `(..., 2)`: means and standard deviations.
        coverage: the share, 0 < coverage < 1.

    Example:
        >>> low, high = interval_of_gaussians(np.array([[5.0, 1.0]]))
        >>> low.round(3).tolist(), high.round(3).tolist()
        ([3.355], [6.645])
    """
    mean, spread = forecasts[..., 0], forecasts[..., 1]
    reach = NormalDist().inv_cdf((1 + coverage) / 2) * spread
    return mean - reach, mean + reach


def score_gaussians(y: np.ndarray, forecasts: np.ndarray) -> dict[str, float]:
    """Score Gaussian forecasts.

    Args:
        y: what came, `(rows, horizon)`.
        forecasts: `(rows, horizon, 2)`: means and standard deviations.

    Returns:
        `crps`; and of the intervals that are to hold nine tenths of what comes, `coverage_90`, the
        share that they do, and `width_90`, their mean width.

    Raises:
        InvalidInput: if the forecasts are no distributions.
    """
    if not is_gaussian(forecasts):
        raise InvalidInput(
            f"forecasts of shape {np.shape(forecasts)} are no distributions, and CRPS is of such; "
            "expected (rows, horizon, 2): means and standard deviations. Leave the measure 'crps' "
            "out."
        )
    y, forecasts = np.asarray(y, "float64"), np.asarray(forecasts, "float64")
    low, high = interval_of_gaussians(forecasts)
    return {
        "crps": float(crps_of_gaussians(y, forecasts[..., 0], forecasts[..., 1]).mean()),
        "coverage_90": float(((low <= y) & (y <= high)).mean()),
        "width_90": float((high - low).mean()),
    }


def score_residuals(
    y: np.ndarray, forecasts: np.ndarray, residuals: np.ndarray
) -> dict[str, float]:
    """Score forecasts that are numbers with the residuals of validation rows around them.

    Args:
        y: what came, `(rows, horizon)`.
        forecasts: of the same shape.
        residuals: `(residuals, horizon)`, what came in other rows minus what was forecast.

    Returns:
        As for `score_gaussians`.
    """
    away = np.asarray(y, "float64") - np.asarray(forecasts, "float64")
    tail = (1 - COVERAGE) / 2
    low, high = np.quantile(np.asarray(residuals, "float64"), (tail, 1 - tail), axis=0)
    each = [crps_of_samples(*pair) for pair in zip(away.T, residuals.T, strict=True)]
    return {
        "crps": float(np.mean(each)),
        "coverage_90": float(((low <= away) & (away <= high)).mean()),
        "width_90": float((high - low).mean()),
    }


def measure_crps(model: keras.Model, part: Part) -> dict[str, float]:
    """Return the errors of a network's means, and the scores of its distributions."""
    forecasts = model.predict(np.asarray(part.x), batch_size=1024, verbose=0)
    scores = score_gaussians(np.asarray(part.y), forecasts)
    return {**score_numbers(np.asarray(part.y), means_of(forecasts)), **scores}


def score_gaussian_baselines(names: Sequence[str], splits: Splits) -> dict[str, dict[str, float]]:
    """Score simple methods as Gaussians, as wide as their errors were in the rows before the test.

    Args:
        names: as for `forecast_baseline`; others are left out.
        splits: windows of one series or several; each has a width of its own.
    """
    pairs = cut_pairs(splits)
    step = step_before_test(pairs, splits)
    scored = {}
    for name in list_walked(names):
        # The first rows have no season before them.
        known = step.known[pairs.row[step.known] >= season_of(name)]
        sources = np.unique(pairs.source[step.ahead])
        if not np.isin(sources, pairs.source[known]).all():
            continue
        forecasts = forecast_baseline(name, pairs, step, splits)
        off = pairs.y[known] - forecast_baseline(name, pairs, Step(step.known, known), splits)
        spread = np.empty_like(forecasts)
        for number in sources:
            of_source = np.square(off[pairs.source[known] == number]).mean(axis=0)
            spread[pairs.source[step.ahead] == number] = np.sqrt(of_source)
        values = np.stack([forecasts, spread], axis=-1)
        scored[name] = score_gaussians(pairs.y[step.ahead], values)
    return scored
