"""What a network answers to validation rows, and what its card keeps of that."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kerazoo._protocols import GivesErrors
from kerazoo.datasets import Part
from kerazoo.datasets.about import About, Ratings, Series, Table
from kerazoo.datasets.splits import Splits, is_trained_on
from kerazoo.saved.array import Array
from kerazoo.saved.calibration import Calibration, calibrate_classes, calibrate_numbers
from kerazoo.saved.gaussian import means_of

if TYPE_CHECKING:
    import keras

MOST_ROWS = 5000
"""Validation rows that are looked at: a coverage of 90 % is met to half a point by these."""

_RESIDUALS = 1000
_BATCH_BYTES = 2**25
_LARGEST_BATCH = 4096
_ROUNDING = 1e-2  # of probabilities in half precision

Answer = Callable[[np.ndarray], np.ndarray]
"""What a network gives for a batch of rows."""


def residuals_of(model: keras.Model, splits: Splits | None) -> Array | None:
    """Return how far a forecaster was off in the validation rows; `None` for all others."""
    if splits is None or not isinstance(splits.about, Series):
        return None
    predicted = model.predict(np.asarray(splits.validation.x), batch_size=1024, verbose=0)
    residuals = (np.asarray(splits.validation.y) - means_of(predicted)).astype("float32")
    # Evenly in time: no year counts more than another.
    chosen = np.unique(np.linspace(0, len(residuals) - 1, _RESIDUALS).astype(int))
    return Array.of(residuals[chosen])


def calibration_of_model(
    model: keras.Model, splits: Splits | None, litert: Path
) -> Calibration | None:
    """Return what validation rows say of how sure a network's answers are.

    Args:
        model: the network.
        splits: what it was trained on.
        litert: its LiteRT file, if it has one: what is served is what is judged.

    Returns:
        `None` if its answers are no classes and no numbers, or the data is not known.
    """
    # Protocol GivesErrors: a network of tables of models/generative/ declares it.
    if splits is None or len(model.inputs) != 1 or len(model.outputs) != 1:
        return None
    if isinstance(model, GivesErrors):
        return None
    shape = tuple(model.outputs[0].shape)[1:]
    if not answers_like(splits.about, shape, splits.validation):
        return None
    if tuple(np.shape(splits.validation.x))[1:] != tuple(model.inputs[0].shape)[1:]:
        return None
    if is_trained_on(splits.validation, splits):
        return None
    return calibrate(
        _answer_by(model, litert),
        splits.about,
        splits.validation,
        data=splits.hash(),
        dtype=model.inputs[0].dtype,
    )


def answers_like(about: About | None, shape: tuple[Any, ...], part: Part) -> bool:
    """Tell whether answers of a shape are classes or numbers, whose truth a part holds.

    Args:
        about: what the data is.
        shape: of an answer, without the axis of the rows.
        part: the rows.
    """
    if about is None or part.y is None or not len(part.x):
        return False
    if about.class_names:
        classes = 2 if shape == (1,) else shape[-1] if len(shape) == 1 else 0
        return classes == len(about.class_names)
    return isinstance(about, Table | Ratings) and shape == (1,) and part.y.size == len(part.x)


def calibrate(
    answer: Answer, about: About, part: Part, *, data: str | None, dtype: str
) -> Calibration | None:
    """Return what some rows say of how sure a network's answers are.

    That is nothing, `None`, if it gives logits or infinities in place of probabilities and numbers.

    Args:
        answer: the network.
        about: what the data is.
        part: the rows, for which `answers_like` is true.
        data: hash of the data that they are the validation part of, if they are.
        dtype: what the network takes.
    """
    # Evenly: a part may be sorted.
    count = len(part.x)
    chosen = np.unique(np.linspace(0, count - 1, min(count, MOST_ROWS)).astype(int))
    y = np.asarray(part.y)[chosen]
    weight = None if part.weight is None else np.asarray(part.weight, "float64")[chosen]
    pieces = [
        answer(np.ascontiguousarray(np.asarray(part.x[rows]).astype(dtype)))
        for rows in np.array_split(chosen, -(-len(chosen) // _LARGEST_BATCH))
    ]
    values = np.concatenate(pieces)
    if not np.isfinite(values).all():
        return None
    if not about.class_names:
        return calibrate_numbers(values.ravel(), y.ravel(), weights=weight, data=data)
    if values.shape[1] == 1:
        values = np.concatenate([1 - values, values], axis=1)
    if values.min() < 0 or np.abs(values.sum(axis=1) - 1).max() > _ROUNDING:
        return None
    truth = y.argmax(axis=1) if y.ndim == 2 and y.shape[1] > 1 else y.ravel().astype(int)
    return calibrate_classes(values, truth, weights=weight, data=data)


def _answer_by(model: keras.Model, litert: Path) -> Answer:
    if not litert.exists():
        return lambda rows: model.predict(rows, batch_size=256, verbose=0)
    from kerazoo.runtimes.litert import LitertNetwork

    network = LitertNetwork(litert.read_bytes(), litert.name, os.cpu_count() or 1)
    size = int(np.clip(_BATCH_BYTES // max(network.bytes_per_row, 1), 1, _LARGEST_BATCH))

    def answer(rows: np.ndarray) -> np.ndarray:
        return np.concatenate([network(rows[at : at + size]) for at in range(0, len(rows), size)])

    return answer
