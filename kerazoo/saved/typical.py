"""How far validation rows are from training rows: what the distance of a new row is compared with.

The distance of two rows of a table is the mean over its columns of how far they are apart. Numbers
are so in units of the span in which the middle 80 % of the training rows lie, so that a few wild
values change nothing; words, and columns that hold one value, by 0 if they are the same and 1 if
they are not, and so are empty and filled cells. Images are compared as thumbnails of 7 by 7 means.

Reference:
    Gower, "A general coefficient of similarity and some of its properties", 1971, with the span of
    the middle 80 % in place of the range.
    Laxhammar and Falkman, "Conformal prediction for distribution-independent anomaly detection in
    streaming vessel data", 2010 (the distance to the nearest known case, and its rank).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kerazoo.datasets.about import Images, Table
from kerazoo.datasets.splits import Splits, is_trained_on
from kerazoo.saved.array import Array
from kerazoo.saved.calibration import Scores
from kerazoo.saved.profile import Profile, profile_of_splits

SIDE = 7  # pixels of a thumbnail
PIXEL = 255.0
_SAMPLE = 64  # images
_MOST_ROWS = 5000  # of the validation part
_LOW, _HIGH = 0.1, 0.9
_PIECE = 2**22  # numbers of rows that are compared at once


@dataclass(frozen=True)
class Typical:
    """How far validation rows are from the nearest of some training rows.

    Args:
        distances: of validation rows, the smallest first.
        thumbnails: of images, those of some training images, `(some, 7 * 7 * channels)`; rows of a
            table are in the profile.
    """

    distances: Scores
    thumbnails: Array | None = None


def typical_of_splits(splits: Splits | None, dtype: str) -> Typical | None:
    """Describe how far validation rows are from training rows; `None` if nothing measures that.

    Args:
        splits: tables, or images of classes, whose validation part is not the training part.
        dtype: what the network takes.
    """
    if splits is None or not len(splits.validation.x) or is_trained_on(splits.validation, splits):
        return None
    x = splits.validation.x
    chosen = np.unique(np.linspace(0, len(x) - 1, min(len(x), _MOST_ROWS)).astype(int))
    rows = np.asarray(x)[chosen]
    profile = profile_of_splits(splits, dtype)
    if isinstance(splits.about, Table) and profile is not None:
        known, spans = profile.sample.decode(), spans_of(profile, splits.about.feature_names)
        return Typical(Scores.of(nearest_distances(rows.astype(known.dtype), known, spans)))
    train = np.asarray(splits.train.x)
    is_image = train.ndim == 4 and train.dtype == np.uint8 and min(train.shape[1:3]) >= SIDE
    if not (isinstance(splits.about, Images) and splits.class_names and is_image):
        return None
    some = np.unique(np.linspace(0, len(train) - 1, _SAMPLE).astype(int))
    known = thumbnails_of(train[some])
    spans = np.full(known.shape[1], PIXEL)
    distances = nearest_distances(thumbnails_of(rows), known, spans)
    return Typical(Scores.of(distances), Array.of(known))


def spans_of(profile: Profile, names: Sequence[str]) -> np.ndarray:
    """Return what differences in each column are divided by; 0 where only equal is near.

    Args:
        profile: of the training rows.
        names: of the columns.

    Example:
        >>> from kerazoo.saved.profile import profile_of
        >>> x = np.array([[n, 7.0] for n in range(11)], "float32")
        >>> spans_of(profile_of(x, Table(("size", "floor"))), ("size", "floor")).tolist()
        [8.0, 0.0]
    """
    spans = spans_of_numbers(profile.quantiles.decode())
    spans[[name in profile.shares for name in names]] = 0
    return spans


def spans_of_numbers(x: np.ndarray) -> np.ndarray:
    """Return the span of the middle 80 % of each column, or its range if that is 0.

    Args:
        x: `(rows, columns)` of numbers, or quantiles of these at even distances.
    """
    values = np.asarray(x, "float64")
    low, high = np.quantile(values, (_LOW, _HIGH), axis=0)
    return np.where(high > low, high - low, np.ptp(values, axis=0))


def differences(rows: np.ndarray, known: np.ndarray, spans: np.ndarray) -> np.ndarray:
    """Return the distance of each row to each known row, `(rows, known)`.

    Args:
        rows: `(rows, columns)`.
        known: `(known, columns)`.
        spans: `(columns,)`, what differences are divided by; 0 where only equal is near.

    Example:
        >>> known, spans = np.array([[1.0, 0.0], [5.0, np.nan]]), np.array([4.0, 0.0])
        >>> differences(np.array([[3.0, 0.0]]), known, spans).tolist()
        [[0.25, 0.75]]
    """
    by_number, words = spans > 0, spans <= 0
    units = np.where(by_number, spans, 1).astype("float32")
    found = np.empty((len(rows), len(known)), "float32")
    step = max(1, _PIECE // max(1, known.shape[1]))
    for start in range(0, len(known), step):
        piece = known[start : start + step].astype("float32")
        lacks = np.isnan(piece)
        for index, row in enumerate(rows.astype("float32")):
            with np.errstate(over="ignore"):  # a value may be as large as a float32 can be
                apart = np.abs(piece - row) / units
            if words.any():
                apart[:, words] = piece[:, words] != row[words]
            either = lacks | np.isnan(row)
            if either.any():  # two empty cells are equal, and one is not
                apart[either] = (lacks != np.isnan(row))[either]
            with np.errstate(over="ignore"):
                found[index, start : start + step] = apart.mean(axis=1)
    return np.minimum(found, np.finfo("float32").max)  # JSON has no infinity


def nearest_distances(rows: np.ndarray, known: np.ndarray, spans: np.ndarray) -> np.ndarray:
    """Return the distance of each row to the nearest known one, `(rows,)`."""
    return differences(rows, known, spans).min(axis=1)


def thumbnails_of(images: np.ndarray) -> np.ndarray:
    """Return the means of 7 by 7 parts of images, `(images, 7 * 7 * channels)`.

    Example:
        >>> thumbnails_of(np.full((2, 28, 28, 1), 9, "uint8")).shape
        (2, 49)
    """
    down, across = (np.linspace(0, n, SIDE + 1).round().astype(int) for n in images.shape[1:3])
    sums = np.add.reduceat(images.astype("float32"), down[:-1], axis=1)
    sums = np.add.reduceat(sums, across[:-1], axis=2)
    sizes = np.diff(down)[:, np.newaxis] * np.diff(across)
    means = sums / sizes[:, :, np.newaxis]
    return means.round().astype("uint8").reshape(len(images), -1)
