"""What is checked before anything is trained: Keras finds most of these mistakes late, or never.

`check_data` compares the rows with the model, and by `targets.py` with its loss; `check_monitors`
the callbacks with what will be reported; `check_digits` the numbers with what float32 can hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from kerazoo._protocols import AdaptsToInputs
from kerazoo.datasets.reading.digits import say_lost_digits
from kerazoo.datasets.reading.mapped import pieces
from kerazoo.engine.callbacks import check_monitor
from kerazoo.engine.data import Arrays, Data, as_in_memory, flatten, raw_arrays
from kerazoo.engine.inputs import pair_inputs
from kerazoo.engine.targets import (
    check_targets,
    check_weights,
    describe_odd_targets,
    has_keras_losses,
)
from kerazoo.errors import InvalidInput


def check_data(model: keras.Model, data: Data) -> None:
    """Refuse rows of a wrong shape, and rows that would spoil the weights.

    Raises:
        InvalidInput: if shapes do not fit, a value is NaN or infinite, or a label is no class.
    """
    _check_arrays(model, data.train, "training data")
    targets = data.train.parts[1] if len(data.train.parts) > 1 else None
    if isinstance(targets, np.ndarray):
        describe_odd_targets(model, targets)
    if data.validation is not None:
        _check_arrays(model, data.validation, "validation data")


def check_rows(model: keras.Model, arrays: Arrays, what: str) -> None:
    """Refuse the same in rows that are only judged.

    Args:
        model: a compiled model.
        arrays: the rows.
        what: what to call them.

    Raises:
        InvalidInput: as for `check_data`.
    """
    _check_arrays(model, arrays, what, "use its own evaluate")


def check_monitors(
    callbacks: Sequence[keras.callbacks.Callback], model: keras.Model, validated: bool
) -> None:
    """Refuse, before training, a callback whose monitor is not reported.

    Keras only warns after each epoch, and never stops early or saves.

    Args:
        callbacks: Keras callbacks.
        model: a compiled model whose metrics exist.
        validated: whether there is validation data.

    Raises:
        UnknownName: naming the nearest value that is reported.
    """
    origins = {type(callback).__module__.split(".")[0] for callback in callbacks}
    if origins - {"keras", "kerazoo"} or "train_step" in vars(type(model)):
        return  # a callback or training step of the user's own may report further values
    names = [*model.get_metrics_result(), "learning_rate"]
    reported = [*names, *(f"val_{name}" for name in names if validated)]
    for callback in callbacks:
        monitor = getattr(callback, "monitor", None)
        # Keras' checkpoints have a monitor even if they save after every epoch, whatever it is.
        if isinstance(monitor, str) and getattr(callback, "save_best_only", True):
            check_monitor(monitor, reported)


def check_digits(data: Any) -> None:
    """Warn if float32, which networks compute in, cannot tell the training rows apart.

    Args:
        data: what is trained on, as passed: `(x,)`, `(x, y)` or `(x, y, sample_weight)`.
    """
    for part, what in zip(data, ("column", "target"), strict=False):
        for values in raw_arrays(part):
            say_lost_digits(values, f"{what} {{}}".format)


def _check_arrays(
    model: keras.Model, arrays: Arrays, what: str, instead: str = "pass engine='keras'"
) -> None:
    inputs, *rest = arrays.parts
    for tensor, array in pair_inputs(model, inputs):
        _check_shape(model, tensor, array, what)
        if array.dtype == object and tensor.dtype != "string":
            raise InvalidInput(
                f"{what} holds text, such as {array.flat[0]!r}; {model.name!r} takes numbers. "
                "Convert it first, for example with x.astype('float32')."
            )
        if tensor.dtype == "uint8":
            _check_pixels(model, array, what)
    # A loss of one's own may leave out targets that are NaN.
    own_loss = not has_keras_losses(model)
    # Protocol AdaptsToInputs: the layers of models/tabular/_columns.py declare it.
    if any(isinstance(layer, AdaptsToInputs) for layer in getattr(model, "layers", ())):
        _check_not_infinite(inputs, what)
        inputs = None
    for array in flatten([inputs, *([] if own_loss else rest[:1]), *rest[1:]]):
        _check_finite(array, what, instead)
    if rest and isinstance(rest[0], np.ndarray):
        check_targets(model, rest[0], what)
    for weights in flatten(rest[1:]):
        check_weights(model, weights, what)


def _check_shape(model: keras.Model, tensor: Any, array: np.ndarray, what: str) -> None:
    wanted = tuple(tensor.shape[1:])
    fits = len(wanted) == array.ndim - 1 and all(
        length in (None, found) for length, found in zip(wanted, array.shape[1:], strict=True)
    )
    # Keras adds or drops a last axis of length 1 by itself.
    if not fits and np.prod(array.shape[1:]) != np.prod([n or 1 for n in wanted]):
        name = f" for {tensor.name!r}" if len(model.inputs) > 1 else ""
        raise InvalidInput(
            f"{what} has shape {array.shape}{name}; {model.name!r} takes (rows, "
            f"{', '.join(str(length or 'any') for length in wanted)})."
        )


def _check_pixels(model: keras.Model, array: np.ndarray, what: str) -> None:
    """Refuse values that would change, without a warning, in the network's 8-bit input."""
    ranges = [(float(piece.min()), float(piece.max())) for _, piece in pieces(array)]
    low, high = min(low for low, _ in ranges), max(high for _, high in ranges)
    # Zeros and ones, too: a black image is one, images of nothing above 1 are scaled already.
    if low >= 0 and (0 < high <= 1 or (high <= 1 and array.dtype.kind in "fb")):
        raise InvalidInput(
            f"{what} has pixels from {low:g} to {high:g}; {model.name!r} takes 0 to 255 and "
            "scales them itself. Pass the raw image, or multiply by 255 and round."
        )
    whole = all(np.array_equal(piece, np.trunc(piece)) for _, piece in pieces(array))
    if not (low >= 0 and high <= 255 and whole):
        raise InvalidInput(
            f"{what} has pixels from {low:g} to {high:g}; {model.name!r} takes whole numbers "
            "from 0 to 255 and scales them itself. Pass the raw image."
        )


def _check_finite(array: np.ndarray, what: str, instead: str) -> None:
    if array.dtype.kind != "f":
        return
    # If the sum is finite, so is every value. It takes less time than a mask of all values, which
    # decides only where the sum is not finite: it may have overflowed.
    for first, raw in pieces(array):
        piece = as_in_memory(raw)
        if not np.isfinite(piece.sum(dtype="float64")) and not np.isfinite(piece).all():
            row = first + int(np.argwhere(~np.isfinite(piece))[0][0])
            raise InvalidInput(
                f"{what} holds NaN or infinity, first in row {row}; drop such rows or fill them "
                f"in. For a network that knows what to do with them, {instead}."
            )


def _check_not_infinite(inputs: Any, what: str) -> None:
    """Refuse infinity where NaN is an empty cell."""
    for array in flatten(inputs):
        for first, raw in pieces(array) if array.dtype.kind == "f" else ():
            piece = as_in_memory(raw)
            if np.isinf(piece).any():
                row = first + int(np.argwhere(np.isinf(piece))[0][0])
                raise InvalidInput(
                    f"{what} holds infinity, first in row {row}; pass a number, or NaN for an "
                    "empty cell."
                )
