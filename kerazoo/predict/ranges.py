"""Values far from all that a network was trained on: another unit rather than a rare case."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from kerazoo.saved.card import Card, Column

_FAR = 10  # ranges of a column


class Limits:
    """The values beyond which a column is far from all that a network was trained on.

    They are computed once for a predictor: a single row must not take longer to check than to
    answer.

    Args:
        card: what the network takes, and the least and the largest value in training.
    """

    def __init__(self, card: Card) -> None:
        self.columns = card.columns
        limits = np.array([_limits(column) for column in card.columns]).reshape(-1, 2)
        with np.errstate(over="ignore"):
            # In the type of the rows: comparing two types takes three times as long.
            self.lowest, self.highest = limits.T.astype(card.inputs[0].dtype)


class RangeCheck:
    """Says so once a column, if a value is far from all that the network was trained on.

    Args:
        limits: of the network's columns.
        source: where rows come from, for messages.
        note: told.
    """

    def __init__(self, limits: Limits, source: str, note: Callable[[str], object]) -> None:
        self._columns = limits.columns
        self._lowest, self._highest = limits.lowest, limits.highest
        self._source = source
        self._note = note

    def __call__(self, rows: np.ndarray, first_row: int = 1) -> None:
        """Look at some rows.

        Args:
            rows: as `check_array` gives them.
            first_row: number of the first one.
        """
        if not self._columns:
            return
        far = (rows < self._lowest) | (rows > self._highest)
        if not np.count_nonzero(far):  # any() of an array takes five times as long
            return
        far &= np.isfinite(rows)  # rows that are left out are infinite
        # Others use the same limits: what is said once here is not said yet there.
        self._lowest, self._highest = self._lowest.copy(), self._highest.copy()
        for number in np.flatnonzero(far.any(axis=0)):
            column = self._columns[number]
            row = int(far[:, number].argmax())
            self._lowest[number], self._highest[number] = -np.inf, np.inf  # it is said once
            self._note(
                f"{self._source}: row {row + first_row}, column {column.name!r} is "
                f"{rows[row, number]:g}; in training it was {column.minimum:g} to "
                f"{column.maximum:g}. The answer is a guess: check the unit."
            )


def _limits(column: Column) -> tuple[float, float]:
    """Return the values beyond which a column is far from all that was seen in training."""
    if column.categories:
        return -np.inf, np.inf
    low, high = column.minimum, column.maximum
    # Of a constant, a float32 may differ in the last digit.
    margin = _FAR * (high - low) + 1e-6 * max(abs(low), abs(high))
    return low - margin, high + margin
