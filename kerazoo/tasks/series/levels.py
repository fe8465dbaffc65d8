"""Series whose level leaves the range that is trained on, such as sales that grow."""

from __future__ import annotations

from typing import cast

import numpy as np

from kerazoo.datasets import Splits
from kerazoo.datasets.about import Series

_OFTEN = 0.05  # share of validation rows out of a column's trained range that counts


def columns_to_difference(splits: Splits) -> tuple[int, ...]:
    """Return the columns that are better seen as differences from the last row of a window.

    A network hardly gives values that it was not trained on. Two linear forecasts stand for it,
    fitted to the training rows and compared on the validation rows: one from the values, held
    within the range of the targets that were trained on, and one of the change from the last value.

    Args:
        splits: windows of a series; the test part is not looked at.

    Returns:
        Indices of columns, the target first: it, and others that leave their range. None where the
        values themselves do as well.

    Example:
        >>> from kerazoo.datasets import Part
        >>> from kerazoo.datasets.reading.windows import split_windows
        >>> rising = np.arange(90, dtype="float32")[:, np.newaxis]
        >>> rising += np.random.default_rng(0).normal(size=rising.shape)
        >>> series = Series(("sold",), "sold", lag=5)
        >>> columns_to_difference(split_windows(rising, None, series, validation=50, test=70))
        (0,)
    """
    series = cast(Series, splits.about)
    target = series.target_index
    x, y, later_x, later_y = (
        np.asarray(array, "float64") for part in (splits.train, splits.validation) for array in part
    )
    of_values = np.clip(_fit(x, y, later_x), y.min(), y.max())
    last, later_last = x[:, -1, [target]], later_x[:, -1, [target]]
    of_changes = later_last + _fit(_since_last(x, target), y - last, _since_last(later_x, target))
    if _error(of_changes, later_y) >= _error(of_values, later_y):
        return ()
    others = [
        index
        for index in range(len(series.columns))
        if index != target and _leaves_range(x[:, -1, index], later_x[:, -1, index])
    ]
    return target, *others


def _since_last(x: np.ndarray, column: int) -> np.ndarray:
    changed = x.copy()
    changed[:, :, column] -= x[:, -1:, column]
    return changed


def _fit(x: np.ndarray, y: np.ndarray, later: np.ndarray) -> np.ndarray:
    """Return a least-squares forecast for later windows."""
    inputs, later_inputs = (
        np.column_stack([part.reshape(len(part), -1), np.ones(len(part))]) for part in (x, later)
    )
    return np.asarray(later_inputs @ np.linalg.lstsq(inputs, y, rcond=None)[0])


def _error(forecast: np.ndarray, truth: np.ndarray) -> float:
    return float(np.square(forecast - truth).mean())


def _leaves_range(trained: np.ndarray, later: np.ndarray) -> bool:
    return bool(((later < trained.min()) | (later > trained.max())).mean() > _OFTEN)
