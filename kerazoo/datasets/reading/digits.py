"""Digits that float32, which networks compute in, does not have."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from kerazoo._notes import warn_user
from kerazoo.datasets.reading.mapped import pieces

# Fewer steps of float32 between the smallest and the largest value of a column blur it.
_STEPS_TO_KEEP = 256
# What differs by rounding in float64, such as 0.1 + 0.2 and 0.3, was meant to be the same.
_ROUNDING_STEPS = 16


def say_lost_digits(values: np.ndarray, name: Callable[[int], str]) -> None:
    """Warn if rounding to float32 blurs what tells the rows of a column apart.

    Milliseconds since 1970 are about 1.7e12, where float32 knows only every 131,072nd number.

    Args:
        values: `(rows, ..., columns)` or `(rows,)`; other types than float64 and integers, and
            columns that lose nothing, are passed over.
        name: what to call a column, by its index.

    Example:
        >>> import warnings
        >>> with warnings.catch_warnings(record=True) as said:
        ...     warnings.simplefilter("always")
        ...     say_lost_digits(np.array([1e12, 1e12 + 9]), str)
        >>> str(said[0].message)[:62]
        '0 goes from 1000000000000.0 to 1000000000009.0; a network comp'
    """
    if values.ndim == 0 or values.size == 0 or values.dtype.kind not in "fiu":
        return
    if values.dtype.itemsize < 4 or values.dtype == np.float32:
        return
    columns = values.reshape(-1, values.shape[-1]) if values.ndim > 1 else values[:, None]
    ranges = [(piece.min(axis=0), piece.max(axis=0)) for _, piece in pieces(columns)]
    low = np.min([low for low, _ in ranges], axis=0).astype("float64")
    high = np.max([high for _, high in ranges], axis=0).astype("float64")
    largest = np.maximum(np.abs(low), np.abs(high))
    with np.errstate(invalid="ignore", over="ignore"):
        step = np.spacing(largest.astype("float32")).astype("float64")
        differs = high - low > _ROUNDING_STEPS * np.spacing(largest)
        blurred = np.flatnonzero(differs & (high - low < _STEPS_TO_KEEP * step))
    for index in blurred:
        warn_user(
            f"{name(int(index))} goes from {float(low[index])!r} to {float(high[index])!r}; a "
            f"network computes in float32, which knows only every {step[index]:g} there, so that "
            "digits are lost. Subtract the smallest value from the column first."
        )
