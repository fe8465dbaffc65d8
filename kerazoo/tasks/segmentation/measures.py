"""How good masks are: intersection over union of each class, and pixels that are right."""

from __future__ import annotations

import numpy as np

from kerazoo.datasets.mask_folder import VOID


def find_masks(probabilities: np.ndarray) -> np.ndarray:
    """Return the most probable class of each pixel, uint8, of `(..., classes)`."""
    return probabilities.argmax(axis=-1).astype("uint8")


def count_pixels(truth: np.ndarray, found: np.ndarray, classes: int) -> np.ndarray:
    """Return how many pixels of each class were taken for each, `(true, found)`.

    Args:
        truth: masks; pixels of the value 255 count for nothing.
        found: masks of the same shape.
        classes: how many there are.

    Example:
        >>> count_pixels(np.array([0, 0, 1, 255]), np.array([0, 1, 1, 1]), 2).tolist()
        [[1, 1], [0, 1]]
    """
    counts = truth != VOID
    pairs = truth[counts].astype("int64") * classes + found[counts]
    return np.bincount(pairs, minlength=classes**2).reshape(classes, classes)


def iou_of_classes(counts: np.ndarray) -> np.ndarray:
    """Return the intersection over union of each class; NaN of one that is in neither.

    It is the pixels that are of a class and were taken for it, over those that are or were.

    Args:
        counts: as `count_pixels` gives them.

    Example:
        >>> iou_of_classes(np.array([[2, 1, 0], [1, 4, 0], [0, 0, 0]])).round(2).tolist()
        [0.5, 0.67, nan]
    """
    right = np.diag(counts).astype("float64")
    either = counts.sum(axis=0) + counts.sum(axis=1) - right
    return np.divide(right, either, out=np.full(len(right), np.nan), where=either > 0)


def score_masks(truth: np.ndarray, found: np.ndarray, classes: int) -> dict[str, float]:
    """Return `mean_iou` and `pixel_accuracy`, over all pixels of all images at once.

    The mean is that over the classes that occur, the background among them.

    Args:
        truth: masks, `(rows, height, width)`.
        found: masks of the same shape.
        classes: how many there are.

    Example:
        >>> score_masks(np.array([[[0, 0], [1, 1]]]), np.array([[[0, 0], [0, 1]]]), 2)
        {'mean_iou': 0.5833..., 'pixel_accuracy': 0.75}

    Reference:
        Long, Shelhamer and Darrell, "Fully convolutional networks for semantic segmentation", 2015,
        section 5: mean IU and pixel accuracy.
    """
    counts = count_pixels(truth, found, classes)
    return {
        "mean_iou": float(np.nanmean(iou_of_classes(counts))),
        "pixel_accuracy": float(np.trace(counts) / max(counts.sum(), 1)),
    }
