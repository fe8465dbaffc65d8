"""Masks without convolutions that learn: to be beaten by a network."""

from __future__ import annotations

import warnings

import numpy as np

from kerazoo.datasets.about import Masks
from kerazoo.datasets.mask_folder import VOID
from kerazoo.datasets.splits import Splits
from kerazoo.errors import InvalidInput
from kerazoo.tasks._components import (
    away_from_background,
    choose_threshold,
    find_components,
    fit_neighbors,
    thumbnail,
)
from kerazoo.tasks.segmentation.measures import score_masks

BASELINES = ("most_frequent_class", "logistic_regression_of_patches", "components_and_neighbors")
_AROUND = 4  # pixels on each side: a patch of 9 x 9
_PIXELS = 10_000  # that the regression is fitted to
_CHOSEN_ON = 200  # images that the threshold is chosen on


def score_mask_baseline(name: str, splits: Splits) -> dict[str, float]:
    """Fit one of the `BASELINES` to the training part, and score it on the test part.

    - `most_frequent_class`: the same class for each pixel.
    - `logistic_regression_of_patches`: each pixel by the 9 x 9 pixels around it.
    - `components_and_neighbors`: what differs from the background and hangs together is an object,
      whose class is that of the nearest objects of the training.

    Raises:
        InvalidInput: if the data is no masks.
    """
    if not isinstance(splits.about, Masks):
        raise InvalidInput(f"{name} needs images with masks, such as composed_scenes.")
    find = {
        "most_frequent_class": _most_frequent,
        "logistic_regression_of_patches": _by_patches,
        "components_and_neighbors": _by_components,
    }[name]
    return score_masks(np.asarray(splits.test.y), find(splits), len(splits.class_names))


def _most_frequent(splits: Splits) -> np.ndarray:
    y = np.asarray(splits.train.y)
    most = np.bincount(y[y != VOID]).argmax()
    return np.full(splits.test.x.shape[:3], most, "uint8")


def _patches(image: np.ndarray) -> np.ndarray:
    """Return what is around each pixel, `(height * width, numbers)`."""
    side = (_AROUND, _AROUND)
    padded = np.pad(image, (side, side, (0, 0)), mode="edge")
    window = (2 * _AROUND + 1, 2 * _AROUND + 1)
    found = np.lib.stride_tricks.sliding_window_view(padded, window, axis=(0, 1))
    return found.reshape(image.shape[0] * image.shape[1], -1).astype("float32") / 255


def _by_patches(splits: Splits) -> np.ndarray:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    x, y = splits.train.x, np.asarray(splits.train.y).reshape(len(splits.train.x), -1)
    random = np.random.RandomState(0)
    each = max(1, _PIXELS // len(x))
    rows, classes = [], []
    for image, truth in zip(x, y, strict=True):
        known = np.flatnonzero(truth != VOID)
        chosen = random.choice(known, min(each, len(known)), replace=False)
        rows.append(_patches(image)[chosen])
        classes.append(truth[chosen])
    regression = LogisticRegression(max_iter=100)
    with warnings.catch_warnings():
        # It is stopped after some steps on purpose: more of them take minutes.
        warnings.simplefilter("ignore", ConvergenceWarning)
        regression.fit(np.concatenate(rows), np.concatenate(classes))
    found = [regression.predict(_patches(image)) for image in splits.test.x]
    return np.stack(found).reshape(splits.test.x.shape[:3])


def _by_components(splits: Splits) -> np.ndarray:
    x, y = splits.train.x, np.asarray(splits.train.y)

    def score(threshold: float) -> float:
        there = np.stack([away_from_background(one) > threshold for one in x[:_CHOSEN_ON]])
        objects = (y[:_CHOSEN_ON] > 0) & (y[:_CHOSEN_ON] != VOID)
        return float((there & objects).sum() / max((there | objects).sum(), 1))

    threshold = choose_threshold(x, score)
    thumbnails, classes = [], []
    for image, truth in zip(x, y, strict=True):
        for kind in np.unique(truth[(truth > 0) & (truth != VOID)]):
            for rectangle in find_components(truth == kind)[0]:
                thumbnails.append(thumbnail(image, rectangle))
                classes.append(int(kind))
    found = np.zeros(splits.test.x.shape[:3], "uint8")
    if not thumbnails:
        return found
    neighbors = fit_neighbors(thumbnails, classes)
    for image, mask in zip(splits.test.x, found, strict=True):
        rectangles, pixels = find_components(away_from_background(image) > threshold)
        if rectangles:
            kinds = neighbors.predict(np.stack([thumbnail(image, one) for one in rectangles]))
            for own, kind in zip(pixels, kinds, strict=True):
                mask[own] = kind
    return found
