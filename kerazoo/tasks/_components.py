"""Objects in scenes without learning: what differs from the background, and hangs together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Rectangle = tuple[int, int, int, int]
"""Top, left, bottom and right of an object, in pixels."""

_THRESHOLDS = (14, 20, 30, 45, 60)  # gray levels away from the background
_SMALLEST = 0.003  # share of the image that an object covers at least
_SIDE = 16  # of the thumbnails that neighbors are compared by
_NEIGHBORS = 5


def away_from_background(image: np.ndarray) -> np.ndarray:
    """Return how far each pixel is from the median of those at the edges, `(height, width)`.

    Example:
        >>> image = np.full((4, 4, 1), 10, "uint8")
        >>> image[1, 1] = 200
        >>> away_from_background(image)[1].tolist()
        [0.0, 190.0, 0.0, 0.0]
    """
    gray = image.astype("float32").mean(axis=-1)
    edges = np.concatenate([gray[0], gray[-1], gray[:, 0], gray[:, -1]])
    return np.abs(gray - np.median(edges))


def find_components(there: np.ndarray) -> tuple[list[Rectangle], list[np.ndarray]]:
    """Return the rectangle and the pixels of each object: pixels that touch, also at a corner.

    Args:
        there: `(height, width)`, where something is.

    Example:
        >>> there = np.zeros((20, 20), bool)
        >>> there[2:5, 3:9] = True
        >>> find_components(there)[0]
        [(2, 3, 5, 9)]
    """
    from scipy import ndimage

    numbers, _ = ndimage.label(there, np.ones((3, 3)))
    rectangles, pixels = [], []
    for number, (rows, columns) in enumerate(ndimage.find_objects(numbers), start=1):
        own = numbers == number
        if own.sum() >= _SMALLEST * there.size:
            rectangles.append((rows.start, columns.start, rows.stop, columns.stop))
            pixels.append(own)
    return rectangles, pixels


def thumbnail(image: np.ndarray, rectangle: Rectangle) -> np.ndarray:
    """Return an object in 16 x 16 numbers, whatever its size: away from the background."""
    top, left, bottom, right = rectangle
    cut = away_from_background(image)[top:bottom, left:right]
    rows, columns = (
        ((np.arange(_SIDE) + 0.5) * length / _SIDE).astype(int) for length in cut.shape
    )
    return cut[rows][:, columns].ravel()


def choose_threshold(images: np.ndarray, score: Callable[[float], float]) -> float:
    """Return the threshold with the highest score on some training images."""
    return max(_THRESHOLDS, key=score)


def fit_neighbors(thumbnails: Sequence[np.ndarray], classes: Sequence[int]) -> Any:
    """Return a classifier by the five nearest of some objects."""
    from sklearn.neighbors import KNeighborsClassifier

    count = min(_NEIGHBORS, len(thumbnails))
    return KNeighborsClassifier(count, weights="distance").fit(np.stack(thumbnails), classes)
