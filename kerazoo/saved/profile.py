"""What the training rows of a table looked like: enough to explain answers, and to notice drift."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from kerazoo.datasets.about import Table
from kerazoo.datasets.reading.mapped import is_mapped, pieces
from kerazoo.datasets.splits import Splits
from kerazoo.saved.array import Array

QUANTILES = 101  # the percentiles
_MOST_ROWS = 2**18  # of a table that is larger than memory
_SAMPLE = 64  # rows: what an answer is compared with
_MOST_NUMBERS = 2**14  # of each of both, so that a card stays small
_FEWEST_QUANTILES = 11
_MOST_COLUMNS = _MOST_NUMBERS // _FEWEST_QUANTILES


@dataclass(frozen=True)
class Profile:
    """What the training rows of a table looked like.

    Args:
        rows: how many there were.
        sample: `(some, columns)`: rows at even distances, as the network takes them.
        quantiles: `(quantiles, columns)`: of each column from the smallest to the largest value, at
            even distances; 0 of words and of columns without a value.
        empty: share of empty cells, by column.
        shares: of a column of words, the share of each of them among the filled cells, and of all
            other words at the end.
    """

    rows: int
    sample: Array
    quantiles: Array
    empty: tuple[float, ...]
    shares: Mapping[str, Array]


def ranges_of(splits: Splits | None) -> tuple[tuple[float, ...], ...]:
    """Return the smallest and the largest training value of each column of a table."""
    if splits is None or not isinstance(splits.about, Table):
        return ()
    columns = np.shape(splits.train.x)[1]
    low, high = np.full(columns, np.inf), np.full(columns, -np.inf)
    for _, rows in pieces(splits.train.x):  # of a file some at a time
        low = np.fmin(low, np.fmin.reduce(rows, axis=0))
        high = np.fmax(high, np.fmax.reduce(rows, axis=0))
    has_cells = low <= high
    low, high = np.where(has_cells, low, 0), np.where(has_cells, high, 0)
    return tuple(zip(low.tolist(), high.tolist(), strict=True))


def profile_of_splits(splits: Splits | None, dtype: str) -> Profile | None:
    """Describe the training rows of a table, in the type that a network takes.

    Of a table that is larger than memory, that is a sample of its rows.
    """
    if splits is None or not isinstance(splits.about, Table):
        return None
    x = splits.train.x
    if is_mapped(x) and len(x) > _MOST_ROWS:  # some rows at even distances
        some = x[np.unique(np.linspace(0, len(x) - 1, _MOST_ROWS).astype(int))]
        found = profile_of(some.astype(dtype), splits.about)
        return found and dataclasses.replace(found, rows=len(x))
    return profile_of(np.asarray(x).astype(dtype), splits.about)


def profile_of(x: np.ndarray, about: Table) -> Profile | None:
    """Describe rows of a table as a network takes them; `None` if they are too wide for a card.

    Args:
        x: `(rows, columns)`.
        about: what the columns are.

    Example:
        >>> x = np.array([[1.0, 0], [2, 1], [np.nan, 1]], "float32")
        >>> about = Table(("size", "color"), {"color": ("red", "blue")})
        >>> found = profile_of(x, about)
        >>> found.empty, found.shares["color"].decode().tolist()
        ((0.333333, 0.0), [0.333..., 0.666..., 0.0])
    """
    rows, columns = x.shape
    if not rows or columns > _MOST_COLUMNS:
        return None
    kept = max(1, min(rows, _SAMPLE, _MOST_NUMBERS // columns))
    chosen = np.unique(np.linspace(0, rows - 1, kept).astype(int))
    count = max(_FEWEST_QUANTILES, min(QUANTILES, _MOST_NUMBERS // columns))
    levels = np.linspace(0, 1, count)
    quantiles = np.zeros((count, columns), "float32")
    shares = {}
    for index, name in enumerate(about.feature_names):
        filled = x[:, index][~np.isnan(x[:, index])]
        words = about.categories.get(name, ())
        if words:
            # Codes beyond the known words are other words.
            codes = np.minimum(filled.astype(int), len(words))
            counts = np.bincount(codes, minlength=len(words) + 1)
            shares[name] = Array.of((counts / max(1, len(filled))).astype("float32"))
        elif len(filled):
            quantiles[:, index] = np.quantile(filled.astype("float64"), levels)
    empty = np.isnan(x).mean(axis=0).round(6)
    return Profile(rows, Array.of(x[chosen]), Array.of(quantiles), tuple(empty.tolist()), shares)
