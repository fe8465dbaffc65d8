"""What is checked before anything is trained: Keras finds most of these mistakes late, or never.

`check_data` compares the rows with the model, `check_monitors` the callbacks with what will be
reported, `check_digits` the numbers with what float32 can hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np

from kerazoo._protocols import AdaptsToInputs
from kerazoo.datasets.reading.digits import say_lost_digits
from kerazoo.engine.callbacks import check_monitor
from kerazoo.engine.data import Arrays, Data, flatten, raw_arrays
from kerazoo.engine.inputs import pair_inputs
from kerazoo.errors import InvalidInput


def check_data(model: keras.Model, data: Data) -> None:
    """Refuse rows of a wrong shape, and rows that would spoil the weights.

    Raises:
        InvalidInput: if shapes do not fit, a value is NaN or infinite, or a label is no class.
    """
    _check_arrays(model, data.train, "training data")
    if data.validation is not None:
        _check_arrays(model, data.validation, "validation data")


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


def outputs_of_last(model: keras.Model) -> int:
    """Return the length of the last axis of a model's one output; 0 if there is none."""
    shape = getattr(model, "output_shape", None)
    last = shape[-1] if isinstance(shape, tuple) and shape else None
    return last if isinstance(last, int) else 0


def _check_arrays(model: keras.Model, arrays: Arrays, what: str) -> None:
    inputs, *rest = arrays.parts
    for tensor, array in pair_inputs(model, inputs):
        _check_shape(model, tensor, array, what)
        if tensor.dtype == "uint8":
            _check_pixels(model, array, what)
    # A loss of one's own may leave out targets that are NaN.
    own_loss = not has_keras_losses(model)
    # Protocol AdaptsToInputs: the layers of models/tabular/_columns.py declare it.
    if any(isinstance(layer, AdaptsToInputs) for layer in getattr(model, "layers", ())):
        _check_not_infinite(inputs, what)
        inputs = None
    for array in flatten([inputs, *([] if own_loss else rest[:1]), *rest[1:]]):
        _check_finite(array, what)
    if rest and isinstance(rest[0], np.ndarray):
        _check_targets(model, rest[0], what)


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
    low, high = float(array.min()), float(array.max())
    # Zeros and ones, too: a black image is one, images of nothing above 1 are scaled already.
    if low >= 0 and (0 < high <= 1 or (high <= 1 and array.dtype.kind in "fb")):
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
    # If the sum is finite, so is every value. It takes less time than a mask of all values, which
    # decides only where the sum is not finite: it may have overflowed.
    if not np.isfinite(array.sum(dtype="float64")) and not np.isfinite(array).all():
        row = int(np.argwhere(~np.isfinite(array))[0][0])
        raise InvalidInput(
            f"{what} holds NaN or infinity, first in row {row}; drop such rows or fill them in. "
            "For a network that knows what to do with them, pass engine='keras'."
        )


def _check_not_infinite(inputs: Any, what: str) -> None:
    """Refuse infinity where NaN is an empty cell."""
    for array in flatten(inputs):
        if array.dtype.kind == "f" and np.isinf(array).any():
            row = int(np.argwhere(np.isinf(array))[0][0])
            raise InvalidInput(
                f"{what} holds infinity, first in row {row}; pass a number, or NaN for an empty "
                "cell."
            )


# Smallest target of each loss that knows two classes; the largest is 1. The hinges take 0 and 1,
# too, and make -1 and 1 of them.
_BINARY_LOSSES = {
    "BinaryCrossentropy": 0,
    "BinaryFocalCrossentropy": 0,
    "CategoricalCrossentropy": 0,
    "CategoricalFocalCrossentropy": 0,
    "Hinge": -1,
    "SquaredHinge": -1,
}


def _class_of(loss: Any) -> str:
    """Return the name of the class of a loss that was given as a name, a function or an object."""
    if isinstance(loss, list | tuple) and len(loss) == 1:
        loss = loss[0]
    if loss is None or isinstance(loss, list | tuple | Mapping):
        return ""
    if isinstance(loss, str):
        try:
            loss = keras.losses.get(loss)
        except ValueError:
            return ""
    if isinstance(loss, keras.losses.Loss):
        names = [kind.__name__ for kind in type(loss).__mro__]
    else:
        names = [getattr(loss, "__name__", "").replace("_", "")]
    known = {name.lower(): name for name in (*_BINARY_LOSSES, "SparseCategoricalCrossentropy")}
    return next((known[name.lower()] for name in names if name.lower() in known), "")


def has_keras_losses(model: keras.Model) -> bool:
    """Tell whether a model computes its loss as Keras does, by losses that Keras has."""
    kind = type(model)
    if kind.train_step is not keras.Model.train_step:
        return False
    if kind.compute_loss is not keras.Model.compute_loss:
        return False
    losses = keras.tree.flatten(model.loss)
    modules = [getattr(loss, "__module__", "keras") for loss in losses]
    return all((module or "").split(".")[0] == "keras" for module in modules)


def _check_targets(model: keras.Model, targets: np.ndarray, what: str) -> None:
    loss, outputs = _class_of(model.loss), outputs_of_last(model)
    if targets.dtype == object:
        if has_keras_losses(model):
            raise InvalidInput(
                f"{what} has targets that are text, such as {targets.flat[0]!r}; pass numbers, "
                "for example the index of each class."
            )
        return
    _check_kind_of_targets(targets, loss, model, what)
    if loss == "SparseCategoricalCrossentropy" and outputs:
        (loss_object,) = keras.tree.flatten(model.loss)
        ignored = getattr(loss_object, "ignore_class", None)
        _check_labels(targets[targets != ignored], outputs, what)
    elif loss in _BINARY_LOSSES:
        _check_binary(targets, what, _BINARY_LOSSES[loss], outputs == 1)


def _check_kind_of_targets(labels: np.ndarray, loss: str, model: keras.Model, what: str) -> None:
    """Refuse class indices where the loss takes a column per class, and the other way round."""
    shape = getattr(model, "output_shape", None)
    if not isinstance(shape, tuple) or len(shape) != 2 or not isinstance(shape[1], int):
        return
    classes, columns = shape[1], int(np.prod(labels.shape[1:]))
    if loss.startswith("Categorical") and columns == 1 < classes:
        raise InvalidInput(
            f"{what} has one label a row; the loss takes a column of 0 and 1 for each of "
            f"{classes} classes. Pass keras.utils.to_categorical(y, {classes})."
        )
    if loss.startswith("Sparse") and columns == classes > 1:
        raise InvalidInput(
            f"{what} has {columns} targets a row; the loss takes the number of its class. Pass "
            "y.argmax(axis=1)."
        )


def _check_binary(labels: np.ndarray, what: str, smallest: int, one_output: bool) -> None:
    low, high = labels.min(), labels.max()
    if smallest <= low and high <= 1:
        return
    fix = "one column of 0 and 1 per class" if not one_output else "0 and 1"
    values = np.unique(labels)
    if len(values) == 2 and one_output:
        fix += f", such as (y == {values[1]:g}).astype('float32')"
    found = " and ".join(f"{value:g}" for value in values) if len(values) == 2 else ""
    raise InvalidInput(
        f"{what} has targets {found or f'from {low:g} to {high:g}'}; the loss takes numbers from "
        f"{smallest} to 1. Pass {fix}."
    )


def _check_labels(labels: np.ndarray, classes: int, what: str) -> None:
    low, high = labels.min(initial=0), labels.max(initial=0)
    if low < 0 or high >= classes:
        raise InvalidInput(
            f"{what} has labels from {low} to {high}; the network has {classes} classes, so "
            f"labels must go from 0 to {classes - 1}."
        )
