"""The middle, the spread and the ends of columns with empty cells, of rows that come in pieces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Spans:
    """What is known of the cells in some rows that are not empty, column by column.

    Example:
        >>> rows = np.array([[1.0, np.nan], [3.0, 7.0], [8.0, 7.0]])
        >>> found = Spans.of(rows[:1]) + Spans.of(rows[1:])
        >>> [[round(float(one), 3) for one in column] for column in found.columns()]
        [[4.0, 2.944, 1.0, 8.0], [7.0, 0.0, 7.0, 7.0]]
    """

    count: np.ndarray
    mean: np.ndarray
    squares: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @classmethod
    def of(cls, rows: np.ndarray) -> Spans:
        """Return those of some rows, `(rows, columns)`, NaN where a cell is empty."""
        filled = ~np.isnan(rows)
        count = filled.sum(axis=0)
        mean = np.where(filled, rows, 0).sum(axis=0) / np.maximum(count, 1)
        squares = np.square(np.where(filled, rows - mean, 0)).sum(axis=0)
        low = np.where(filled, rows, np.inf).min(axis=0)
        return cls(count, mean, squares, low, np.where(filled, rows, -np.inf).max(axis=0))

    def __add__(self, other: Spans) -> Spans:
        """Return those of the rows of both; Chan, Golub and LeVeque (1983), equation 2.1b."""
        count = self.count + other.count
        share = other.count / np.maximum(count, 1)
        step = other.mean - self.mean
        return Spans(
            count,
            self.mean + step * share,
            self.squares + other.squares + step**2 * self.count * share,
            np.minimum(self.low, other.low),
            np.maximum(self.high, other.high),
        )

    def columns(self) -> Iterator[tuple[float, float, float, float]]:
        """Yield mean, standard deviation, smallest and largest value; of no cells 0, 0 and none."""
        deviation = np.sqrt(self.squares / np.maximum(self.count, 1))
        return zip(self.mean, deviation, self.low, self.high, strict=True)
