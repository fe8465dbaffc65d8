"""Splits: a data set as three parts, of which `fit` sees only two."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np


class Part(NamedTuple):
    """Inputs and targets of one part; it unpacks as the `(x, y)` that `fit_model` takes."""

    x: np.ndarray
    y: np.ndarray | None = None


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

    def hash(self) -> str:
        """Return the SHA-256 of every array, its shape and its type."""
        digest = hashlib.sha256()
        for part in (self.train, self.validation, self.test):
            for array in part:
                if array is not None:
                    digest.update(f"{array.shape} {array.dtype}".encode())
                    digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()


def hold_out_last(x: np.ndarray, y: np.ndarray, fraction: float) -> tuple[Part, Part]:
    """Split off the last rows, as `validation_split` of `keras.Model.fit` does.

    Args:
        x: inputs.
        y: targets.
        fraction: share of the rows that is held out, 0 < fraction < 1.

    Returns:
        What is left, and what was held out.
    """
    kept = int(len(x) * (1.0 - fraction))
    return Part(x[:kept], y[:kept]), Part(x[kept:], y[kept:])
