"""Splits: a data set as three parts, of which `fit` sees only two."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from kerazoo.errors import InvalidInput


class Part(NamedTuple):
    """Inputs and targets of one part; it unpacks as the `(x, y)` that `fit_model` takes."""

    x: np.ndarray
    y: np.ndarray | None = None


@dataclass(frozen=True)
class Series:
    """How windows are cut from a table of days, and what must be known to go on from its end.

    A window's columns are those of the table, and after them one per entry of `weekdays`: 1 where
    the *next* row's day is that day of the week. So the last row of a window tells the day that is
    predicted, which a calendar knows beforehand.

    Args:
        columns: the columns of the table that are inputs.
        target: which of them is predicted.
        lag: rows in a window.
        horizon: how many rows after the window are predicted at once.
        date: the column of dates; `""` if there is none.
        weekdays: days of the week that have a column of their own, Monday 0 to Sunday 6.
        missing: what was done about empty cells: `"refuse"`, or `"forward"`.

    Example:
        >>> Series(("return", "volume"), "volume", lag=5, weekdays=(0, 1)).feature_names
        ('return', 'volume', 'next_is_monday', 'next_is_tuesday')
    """

    columns: tuple[str, ...]
    target: str
    lag: int
    horizon: int = 1
    date: str = ""
    weekdays: tuple[int, ...] = ()
    missing: str = "refuse"

    @property
    def feature_names(self) -> tuple[str, ...]:
        """A name per column of a window."""
        return (*self.columns, *(f"next_is_{WEEKDAYS[day]}" for day in self.weekdays))

    @property
    def place(self) -> int:
        """Where the target is among the columns."""
        return self.columns.index(self.target)


MISSING = ("refuse", "forward")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Splits:
    """A data set, split.

    Args:
        train: what is fitted, also by scalers.
        validation: what choices are made on.
        test: touched once, at the end.
        feature_names: a name per input column; empty for images.
        class_names: a name per class; empty for regression.
        target_name: the column that is predicted.
        target_unit: unit of a regression target, such as `"$1000"`.
        categories: for columns that are words in the raw file, the words in the order of their
            codes 0, 1, ...
        series: how windows were cut, if the data is a series in time.
        picture_fit: how pictures of other sizes were brought to one size: `"crop"` for cropped
            around the centre and resized; `""` if they all had it.
        words: for running text, the word of each id, the most frequent first.

    Example:
        >>> import kerazoo
        >>> splits = kerazoo.load_dataset("boston")
        >>> splits.train.x.shape, splits.validation.x.shape, splits.test.x.shape
        ((303, 13), (101, 13), (102, 13))
    """

    train: Part
    validation: Part
    test: Part
    feature_names: tuple[str, ...] = ()
    class_names: tuple[str, ...] = ()
    target_name: str = "target"
    target_unit: str = ""
    categories: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    series: Series | None = None
    picture_fit: str = ""
    words: tuple[str, ...] = ()

    def hash(self) -> str:
        """Return the SHA-256 of every array, its shape and its type."""
        digest = hashlib.sha256()
        for part in (self.train, self.validation, self.test):
            for array in part:
                if array is not None:
                    digest.update(f"{array.shape} {array.dtype}".encode())
                    # As bytes without a copy: an array mapped from a file may not fit in memory.
                    digest.update(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
        return digest.hexdigest()


def hold_out_last(x: np.ndarray, y: np.ndarray, fraction: float) -> tuple[Part, Part]:
    """Split off the last rows, as `validation_split` of `keras.Model.fit` does.

    Args:
        x: inputs.
        y: targets.
        fraction: share of the rows that is held out, 0 < fraction < 1.

    Returns:
        What is left, and what was held out.

    Raises:
        InvalidInput: if one of them would be empty.
    """
    kept = int(len(x) * (1.0 - fraction)) if 0 < fraction < 1 else 0
    if not 0 < kept < len(x):
        raise InvalidInput(
            f"validation_fraction is {fraction}; expected a share above 0 and below 1 that leaves "
            f"some of {len(x)} rows on both sides, such as 0.25."
        )
    return Part(x[:kept], y[:kept]), Part(x[kept:], y[kept:])
