"""XOR: the truth table of exclusive or, the smallest task that one linear unit cannot learn.

Reference: Minsky and Papert, "Perceptrons", 1969.
"""

from __future__ import annotations

import os

import numpy as np

from kerazoo.datasets.about import Table
from kerazoo.datasets.sources import DataFile
from kerazoo.datasets.splits import Part, Splits

FILES: tuple[DataFile, ...] = ()


def load(data_dir: str | os.PathLike[str] | None = None) -> Splits:
    """Return the four rows as train, validation and test: there is nothing else to hold out.

    Args:
        data_dir: not used; there is no file.

    Example:
        >>> load().train.y.ravel().tolist()
        [0.0, 1.0, 1.0, 0.0]
    """
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype="float32")
    y = np.array([[0], [1], [1], [0]], dtype="float32")
    table = Part(x, y)
    return Splits(
        train=table,
        validation=table,
        test=table,
        about=Table(("a", "b"), class_names=("0", "1"), target_name="a xor b"),
    )


def tiny() -> Splits:
    """Return all four rows.

    Example:
        >>> len(tiny().train.x)
        4
    """
    return load()
