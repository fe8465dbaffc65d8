"""Means, variances and ranges of values: of all rows at once, or of one block after the other."""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

_ROWS_AT_ONCE = 2**16


@dataclass(frozen=True)
class Statistics:
    """What is known of the values in some rows, column by column, in float64."""

    count: int
    low: np.ndarray
    high: np.ndarray
    mean: np.ndarray
    variance: np.ndarray

    def __add__(self, other: Statistics) -> Statistics:
        """Return those of the rows of both; Chan, Golub and LeVeque (1983), equation 2.1b."""
        count = self.count + other.count
        share = other.count / count
        step = other.mean - self.mean
        return Statistics(
            count,
            np.minimum(self.low, other.low),
            np.maximum(self.high, other.high),
            self.mean + step * share,
            self.variance * (1 - share) + other.variance * share + step**2 * share * (1 - share),
        )


def describe_blocks(blocks: Iterable[tuple[np.ndarray, tuple[int, ...]]]) -> Statistics:
    """Return the statistics of values that come in blocks.

    Args:
        blocks: values, and the axes to compute over, the first among them.

    Example:
        >>> whole = np.arange(12.0).reshape(6, 2)
        >>> found = describe_blocks([(whole[:4], (0,)), (whole[4:], (0,))])
        >>> found.mean.tolist(), whole.mean(axis=0).tolist()
        ([5.0, 6.0], [5.0, 6.0])
        >>> bool(np.allclose(found.variance, whole.var(axis=0)))
        True
    """
    return functools.reduce(operator.add, (_describe(*block) for block in blocks))


def _describe(values: np.ndarray, axes: tuple[int, ...]) -> Statistics:
    mean = np.asarray(values.mean(axis=axes, dtype="float64"))
    return Statistics(
        math.prod(values.shape[axis] for axis in axes),
        values.min(axis=axes),
        values.max(axis=axes),
        mean,
        _variance(values, mean, axes),
    )


def _variance(values: np.ndarray, mean: np.ndarray, reduced: tuple[int, ...]) -> np.ndarray:
    """Return the variance in float64, without a copy of all rows in float64."""
    if 0 not in reduced:
        return np.asarray(values.var(axis=reduced, dtype="float64"))
    kept = np.expand_dims(mean, reduced)
    total = np.zeros_like(mean)
    for start in range(0, len(values), _ROWS_AT_ONCE):
        part = values[start : start + _ROWS_AT_ONCE]
        total += np.square(part - kept, dtype="float64").sum(axis=reduced)
    count = math.prod(values.shape[axis] for axis in reduced)
    return np.asarray(total / count)
