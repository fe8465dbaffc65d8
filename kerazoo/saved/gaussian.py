"""Answers that are distributions: a mean and a standard deviation for each row ahead.

A network that forecasts numbers gives `(rows, horizon)`; one that forecasts a Gaussian distribution
gives `(rows, horizon, 2)`, the mean first. Nothing else tells the two apart.
"""

from __future__ import annotations

import numpy as np

PARAMETERS = 2
"""Numbers of a distribution: mean and standard deviation."""


def is_gaussian(values: np.ndarray) -> bool:
    """Tell whether answers are distributions.

    Example:
        >>> is_gaussian(np.zeros((5, 1, 2))), is_gaussian(np.zeros((5, 2)))
        (True, False)
    """
    return np.ndim(values) == 3 and np.shape(values)[-1] == PARAMETERS


def means_of(values: np.ndarray) -> np.ndarray:
    """Return forecasts as numbers, `(rows, horizon)`: means, where they are distributions.

    Example:
        >>> means_of(np.array([[[5.0, 0.1]], [[7.0, 0.2]]])).tolist()
        [[5.0], [7.0]]
    """
    return values[..., 0] if is_gaussian(values) else values


def draw(values: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Draw a number from each of some distributions, `(rows, horizon)`.

    Args:
        values: `(rows, horizon, 2)`.
        random: what the numbers are drawn by.

    Example:
        >>> draw(np.array([[[5.0, 0.0]]]), np.random.default_rng(0)).tolist()
        [[5.0]]
    """
    mean, spread = values[..., 0], values[..., 1]
    return np.asarray(mean + spread * random.standard_normal(mean.shape))
