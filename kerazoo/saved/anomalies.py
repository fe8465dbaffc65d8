"""How far images and rows are from their reconstructions, and from where on that is odd."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kerazoo._protocols import GivesErrors
from kerazoo.datasets.about import Images
from kerazoo.datasets.splits import Splits

if TYPE_CHECKING:
    import keras

PERCENTILE = 99
"""Share of validation rows, in percent, whose error is not above the threshold."""
_BATCH = 256


def reconstruction_errors(images: Any, reconstructions: Any) -> np.ndarray:
    """Return the mean squared difference of each image and its reconstruction.

    Args:
        images: `(rows, height, width, channels)` of pixels from 0 to 255.
        reconstructions: of the same shape, from 0 to 1.

    Example:
        >>> black, white = np.zeros((1, 2, 2, 1), "uint8"), np.ones((1, 2, 2, 1))
        >>> reconstruction_errors(black, white).tolist()
        [1.0]
    """
    difference = np.asarray(images) / np.float32(255) - np.asarray(reconstructions, "float32")
    return np.square(difference, dtype="float64").mean(axis=(1, 2, 3))


def anomaly_threshold(model: keras.Model, splits: Splits | None) -> float | None:
    """Return the 99th percentile of the errors of validation images or rows.

    Returns:
        `None` if the network reconstructs nothing, or its data is unknown.
    """
    # Protocol GivesErrors: a network of tables of models/generative/ declares it.
    answers_errors = isinstance(model, GivesErrors)
    if splits is not None and answers_errors:
        errors_of_rows = model.predict(splits.validation.x, batch_size=_BATCH, verbose=0)
        return float(np.percentile(errors_of_rows, PERCENTILE))
    if splits is None or not isinstance(splits.about, Images) or not _draws_again(model):
        return None
    images = np.asarray(splits.validation.x)
    # By parts: the reconstructions of a large part would be four times as large as the images.
    errors = [
        reconstruction_errors(rows, model.predict(rows, batch_size=_BATCH, verbose=0))
        for rows in np.array_split(images, -(-len(images) // _BATCH))
    ]
    return float(np.percentile(np.concatenate(errors), PERCENTILE))


def _draws_again(model: keras.Model) -> bool:
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        return False
    taken, given = tuple(model.inputs[0].shape), tuple(model.outputs[0].shape)
    return len(taken) == 4 and taken == given and model.inputs[0].dtype == "uint8"
