"""How far validation rows are from training rows: what the distance of a new row is compared with.

The distance of two rows of a table is the mean over its columns of how far they are apart. Numbers
are so in units of the span in which the middle 80 % of the training rows lie, so that a few wild
values change nothing; words, and columns that hold one value, by 0 if they are the same and 1 if
they are not, and so are empty and filled cells. Images are compared as thumbnails: the mean and the
standard deviation of each of 7 by 7 parts, which noise and other textures change, each in units of
what training images are from one another; the larger of the two distances counts. Windows of a
series are compared value by value, like rows of a table. A text is as far as its words are rare:
the mean over its words of log(rank) / log(words), by how frequent they were in training; words that
were not there count as the rarest.

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

from kerazoo.datasets.about import Images, Series, Table, Texts
from kerazoo.datasets.reading.texts import FIRST_WORD, UNKNOWN
from kerazoo.datasets.splits import Splits, is_trained_on
from kerazoo.saved.array import Array
from kerazoo.saved.calibration import Scores
from kerazoo.saved.profile import Profile, profile_of_splits

SIDE = 7  # pixels of a thumbnail
_LIGHTEST, _WIDEST = 255.0, 128.0  # mean and standard deviation of a part of an image
_SAMPLE = 64  # images or windows
_MOST_NUMBERS, _FEWEST = 2**14, 8  # of the windows in a card, and how many of them
_MOST_ROWS = 5000  # of the validation part
_LOW, _HIGH = 0.1, 0.9
_PIECE = 2**22  # numbers that are looked at at once


@dataclass(frozen=True)
class Typical:
    """How far validation rows are from the nearest of some training rows.

    Args:
        distances: of validation rows, the smallest first.
        thumbnails: what rows are compared with: those of some training images, `(some, 2 * 7 * 7 *
            channels)`, in cards of old without the deviations; or windows of a series, `(some, lag
            * columns)`; rows of a table are in the profile, and texts need none.
    """

    distances: Scores
    thumbnails: Array | None = None


def typical_of_splits(splits: Splits | None, dtype: str) -> Typical | None:
    """Describe how far validation rows are from training rows; `None` if nothing measures that.

    Args:
        splits: tables, series, texts or images of classes, whose validation part is not the
            training part.
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
    if isinstance(splits.about, Texts) and splits.class_names and rows.ndim == 2:
        return Typical(Scores.of(rarity_of(rows, len(splits.about.words))))
    train = np.asarray(splits.train.x)
    if isinstance(splits.about, Series) and train.ndim == 3:
        return _of_windows(rows, train)
    is_image = train.ndim == 4 and train.dtype == np.uint8 and min(train.shape[1:3]) >= SIDE
    if not (isinstance(splits.about, Images) and splits.class_names and is_image):
        return None
    some = np.unique(np.linspace(0, len(train) - 1, _SAMPLE).astype(int))
    known = thumbnails_of(train[some])
    distances = distances_of_thumbnails(thumbnails_of(rows), known, train.shape[-1])
    return Typical(Scores.of(distances), Array.of(known))


def _of_windows(rows: np.ndarray, train: np.ndarray) -> Typical | None:
    """Describe windows of a series; `None` if they are too long for a card."""
    numbers = train.shape[1] * train.shape[2]
    if numbers > _MOST_NUMBERS // _FEWEST:
        return None
    kept = min(_SAMPLE, _MOST_NUMBERS // numbers)
    some = np.unique(np.linspace(0, len(train) - 1, kept).astype(int))
    known = train[some].reshape(-1, numbers).astype("float32")
    spans = spans_of_windows(known, train.shape[2])
    distances = nearest_distances(rows.reshape(len(rows), -1), known, spans)
    return Typical(Scores.of(distances), Array.of(known))


def spans_of_windows(known: np.ndarray, columns: int) -> np.ndarray:
    """Return what differences of each value of a window are divided by: the same in each row.

    Args:
        known: `(windows, lag * columns)`.
        columns: of a window.

    Example:
        >>> spans_of_windows(np.array([[0, 7, 5, 7], [10, 7, 5, 7.0]]), columns=2).tolist()
        [7.0, 0.0, 7.0, 0.0]
    """
    spans = spans_of_numbers(known.reshape(-1, columns))
    return np.tile(spans, known.shape[1] // columns)


def rarity_of(rows: np.ndarray, words: int) -> np.ndarray:
    """Return how rare the words of texts are, `(rows,)`, from 0 to 1.

    Args:
        rows: of ids: 0 fills up, 1 begins a text, 2 is any other word, and from 3 on they are the
            words of the training, the most frequent first.
        words: how many there are of these.

    Example:
        >>> rarity_of(np.array([[0, 1, 3, 3], [0, 1, 2, 12]]), 10).tolist()
        [0.0, 1.0]
    """
    ranks = np.where(rows >= FIRST_WORD, rows - FIRST_WORD + 1, words)
    rarity = np.log(np.minimum(ranks, words)) / np.log(max(words, 2))
    is_word = rows >= UNKNOWN
    mean = np.where(is_word, rarity, 0).sum(axis=1) / np.maximum(is_word.sum(axis=1), 1)
    return np.asarray(mean, "float32")


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
    """Return means, and then standard deviations, of 7 by 7 parts of images.

    Args:
        images: `(images, height, width, channels)`, in `uint8`.

    Returns:
        `(images, 2 * 7 * 7 * channels)`, in `uint8`.

    Example:
        >>> found = thumbnails_of(np.full((2, 28, 28, 1), 9, "uint8"))
        >>> found.shape, found[0, 0].item(), found[0, 49].item()
        ((2, 98), 9, 0)
    """
    step = max(1, _PIECE // max(1, images[0].size)) if len(images) else 1
    pieces = [_summed_up(images[at : at + step]) for at in range(0, len(images), step)]
    return np.concatenate(pieces or [_summed_up(images)])


def distances_of_thumbnails(rows: np.ndarray, known: np.ndarray, channels: int) -> np.ndarray:
    """Return the distance of each image to the nearest known one, `(rows,)`.

    Args:
        rows: `(rows, numbers)`, thumbnails.
        known: `(known, numbers)`; in cards of old they are means alone, of which white to black
            is 1.
        channels: of the images.
    """
    means = SIDE * SIDE * channels
    if known.shape[1] == means:
        return nearest_distances(rows[:, :means], known, np.full(means, _LIGHTEST))
    halves = ((slice(0, means), _LIGHTEST), (slice(means, None), _WIDEST))
    return np.maximum(
        *(
            nearest_distances(
                rows[:, half], known[:, half], np.full(means, _usual_gap(known[:, half]) or widest)
            )
            for half, widest in halves
        )
    )


def _usual_gap(known: np.ndarray) -> float:
    """Return how far an image usually is from the nearest other one; 0 if that tells nothing."""
    apart = differences(known, known, np.ones(known.shape[1]))
    np.fill_diagonal(apart, np.inf)
    gap = float(np.median(apart.min(axis=1)))
    return gap if np.isfinite(gap) else 0.0


def _summed_up(images: np.ndarray) -> np.ndarray:
    down, across = (np.linspace(0, n, SIDE + 1).round().astype(int) for n in images.shape[1:3])
    sizes = (np.diff(down)[:, np.newaxis] * np.diff(across))[:, :, np.newaxis]

    def mean_of(pixels: np.ndarray) -> np.ndarray:
        sums = np.add.reduceat(pixels, down[:-1], axis=1)
        return np.asarray(np.add.reduceat(sums, across[:-1], axis=2) / sizes)

    pixels = images.astype("float64")
    means = mean_of(pixels)
    spreads = np.sqrt(np.maximum(mean_of(pixels**2) - means**2, 0))
    both = np.stack([means, spreads], axis=1)
    return both.round().astype("uint8").reshape(len(images), -1)
