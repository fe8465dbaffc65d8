"""Checks before training: what Keras would find late, or never."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from kerazoo.engine.arrays import Arrays, Data, flatten
from kerazoo.engine.callbacks import check_monitor
from kerazoo.errors import InvalidInput


def check_data(model: keras.Model, data: Data) -> None:
    """Refuse rows that the network cannot take, or that would spoil its weights.

    Raises:
        InvalidInput: if shapes do not fit, a value is NaN or infinite, or a label is no class.
    """
    _check_arrays(model, data.train, "training data")
    if data.validation is not None:
        _check_arrays(model, data.validation, "validation data")


def check_monitors(
    callbacks: Sequence[keras.callbacks.Callback], model: keras.Model, validated: bool
) -> None:
    """Refuse, before training, a callback that watches a value that nobody reports.

    Keras only warns after each epoch, and never stops early or saves.

    Args:
        callbacks: what will run between the epochs.
        model: a compiled model whose metrics exist.
        validated: whether there is validation data.

    Raises:
        UnknownName: naming the nearest value that is reported.
    """
    origins = {type(callback).__module__.split(".")[0] for callback in callbacks}
    if origins - {"keras", "kerazoo"} or "train_step" in vars(type(model)):
        return  # a user's own callback or training step may report values of its own
    names = [*model.get_metrics_result(), "learning_rate"]
    reported = [*names, *(f"val_{name}" for name in names if validated)]
    for callback in callbacks:
        monitor = getattr(callback, "monitor", None)
        if isinstance(monitor, str):
            check_monitor(monitor, reported)


def _check_arrays(model: keras.Model, arrays: Arrays, what: str) -> None:
    inputs, *rest = arrays.parts
    _check_shapes(model, flatten(inputs), what)
    _check_pixels(model, flatten(inputs), what)
    for array in flatten(arrays.parts):
        _check_finite(array, what)
    if rest and isinstance(rest[0], np.ndarray) and _takes_class_indices(model.loss):
        _check_labels(rest[0], model.output_shape[-1], what)


def _check_shapes(model: keras.Model, inputs: list[np.ndarray], what: str) -> None:
    expected = getattr(model, "inputs", None)
    if not expected or len(expected) != len(inputs):
        return  # a subclassed model, or one that picks its inputs by name: Keras checks those
    for tensor, array in zip(expected, inputs, strict=True):
        wanted = tuple(tensor.shape[1:])
        fits = len(wanted) == array.ndim - 1 and all(
            length in (None, found) for length, found in zip(wanted, array.shape[1:], strict=True)
        )
        # Keras adds or drops a last axis of length 1 by itself.
        if not fits and np.prod(array.shape[1:]) != np.prod([n or 1 for n in wanted]):
            raise InvalidInput(
                f"{what} has shape {array.shape}; {model.name!r} takes (rows, "
                f"{', '.join(str(length or 'any') for length in wanted)})."
            )


def _check_pixels(model: keras.Model, inputs: list[np.ndarray], what: str) -> None:
    """Refuse values that a conversion to the network's 8-bit input would change without a word."""
    for tensor, array in zip(getattr(model, "inputs", None) or (), inputs, strict=False):
        if tensor.dtype != "uint8" or array.dtype in (np.uint8, np.bool_):
            continue
        low, high = array.min(), array.max()
        if array.dtype.kind == "f" and low >= 0 and high <= 1:
            raise InvalidInput(
                f"{what} has pixels from {low:g} to {high:g}; {model.name!r} takes 0 to 255 and "
                "scales them itself. Pass the raw image, or multiply by 255 and round."
            )
        if not (low >= 0 and high <= 255 and np.array_equal(array, np.trunc(array))):
            raise InvalidInput(
                f"{what} has pixels from {low:g} to {high:g}; {model.name!r} takes whole numbers "
                "from 0 to 255 and scales them itself. Pass the raw image."
            )


def _check_finite(array: np.ndarray, what: str) -> None:
    if array.dtype.kind != "f":
        return
    # The sum is finite unless a value is not, or it overflows: cheaper than a mask of every value.
    if not np.isfinite(array.sum(dtype="float64")) and not np.isfinite(array).all():
        row = int(np.argwhere(~np.isfinite(array))[0][0])
        raise InvalidInput(
            f"{what} holds NaN or infinity, first in row {row}; drop such rows or fill them in."
        )


def _takes_class_indices(loss: Any) -> bool:
    name = loss if isinstance(loss, str) else getattr(loss, "name", getattr(loss, "__name__", ""))
    return name == "sparse_categorical_crossentropy"


def _check_labels(labels: np.ndarray, classes: int, what: str) -> None:
    low, high = labels.min(), labels.max()
    if low < 0 or high >= classes:
        raise InvalidInput(
            f"{what} has labels from {low} to {high}; the network has {classes} classes, so that "
            f"labels must go from 0 to {classes - 1}."
        )
