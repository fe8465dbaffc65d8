"""Which rows of a table are the same, told by a number of 64 bits for each.

Two rows that differ have one number by chance only: in 50 million rows, that happens to some two in
about one of ten thousand tables, and only keeps these two rows in one part.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

_FIRST, _SECOND, _STEP = (
    np.uint64(number) for number in (0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0x9E3779B97F4A7C15)
)
_EMPTY = np.uint64(0x7FF8000000000000)


def scatter(values: np.ndarray, column: int) -> np.ndarray:
    """Return a number for each value of a column, the same for equal ones, all else at random.

    The sum of those of its columns tells a row.

    Args:
        values: numbers, or texts as objects with `None` for an empty cell.
        column: which it is.

    Example:
        >>> found = scatter(np.array([0.0, -0.0, np.nan, np.nan, 1.0]), 0)
        >>> [bool(found[a] == found[b]) for a, b in ((0, 1), (2, 3), (0, 4), (2, 4))]
        [True, True, False, False]

    Reference:
        Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014 (the mixing
        of SplitMix64).
    """
    if values.dtype == object:
        bits = pd.util.hash_array(values)
    else:
        numbers = values.astype("float64") + 0.0  # of two zeros one
        bits = numbers.view("uint64")
        bits[np.isnan(numbers)] = _EMPTY
    with np.errstate(over="ignore"):
        bits = bits + np.uint64(column + 1) * _STEP
        bits ^= bits >> np.uint64(30)
        bits *= _FIRST
        bits ^= bits >> np.uint64(27)
        bits *= _SECOND
        bits ^= bits >> np.uint64(31)
    return bits


def number_alike(scattered: np.ndarray) -> np.ndarray:
    """Return a number per row, by first appearance: the same for equal ones.

    As `kerazoo.datasets.reading.holdout.number_equal`, with memory for three numbers of each row.

    Example:
        >>> number_alike(np.array([7, 9, 7, 5], "uint64")).tolist()
        [0, 1, 0, 2]
    """
    ordered = np.sort(scattered)
    several = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    del ordered
    if not len(several):
        return np.arange(len(scattered))
    where = np.searchsorted(several, scattered)
    where[where == len(several)] = 0
    is_shared = several[where] == scattered
    codes, _ = pd.factorize(where[is_shared])  # by first appearance
    rows = np.flatnonzero(is_shared)
    begins = np.unique(codes, return_index=True)[1]
    is_new = ~is_shared
    is_new[rows[begins]] = True
    numbers = np.cumsum(is_new) - 1
    numbers[rows] = numbers[rows[begins]][codes]
    return numbers
