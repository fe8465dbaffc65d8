"""Six points in a plane, of two classes that a straight line parts, and six more to test.

Three of the test points have another label than the training point at the same place. So whoever
learns the training points gets at most three right, and a confusion matrix has something to show.

Reference: the numbers stand in course document D, lines 34-47 and 114-127.
"""

from __future__ import annotations

import os

import numpy as np

from kerazoo.datasets.about import Table
from kerazoo.datasets.sources import DataFile
from kerazoo.datasets.splits import Part, Splits

FILES: tuple[DataFile, ...] = ()
# The two coordinates of a point, and its class.
_TRAIN = ((1, 1, 0), (1, 2, 0), (2, 1, 0), (3, 2, 1), (3, 3, 1), (2, 3, 1))
_TEST = ((1, 0, 0), (0, 2, 0), (1, 1, 1), (3, 2, 0), (3, 3, 1), (2, 3, 0))


def load(data_dir: str | os.PathLike[str] | None = None) -> Splits:
    """Return six points to train on, the same ones for validation, and six to test.

    Args:
        data_dir: not used; there is no file.

    Example:
        >>> load().train.y.ravel().tolist(), load().test.y.ravel().tolist()
        ([0.0, 0.0, 0.0, 1.0, 1.0, 1.0], [0.0, 0.0, 1.0, 0.0, 1.0, 0.0])
    """
    train, test = (_part(rows) for rows in (_TRAIN, _TEST))
    about = Table(("x1", "x2"), class_names=("negative", "positive"), target_name="class")
    return Splits(train=train, validation=train, test=test, about=about)


def tiny() -> Splits:
    """Return all points.

    Example:
        >>> len(tiny().test.x)
        6
    """
    return load()


def _part(rows: tuple[tuple[int, int, int], ...]) -> Part:
    table = np.array(rows, dtype="float32")
    return Part(table[:, :2], table[:, 2:])
