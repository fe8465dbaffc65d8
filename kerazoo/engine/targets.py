"""Targets and weights: what a loss would take silently for something else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from kerazoo._notes import warn_user
from kerazoo._wording import counted
from kerazoo.datasets.reading.mapped import pieces
from kerazoo.errors import InvalidInput

_NEARLY_ONE = 1e-2


def outputs_of_last(model: keras.Model) -> int:
    """Return the length of the last axis of a model's one output; 0 if there is none."""
    shape = getattr(model, "output_shape", None)
    last = shape[-1] if isinstance(shape, tuple) and shape else None
    return last if isinstance(last, int) else 0


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

# Losses that compare each target with the output at its place.
_ELEMENTWISE_LOSSES = (
    *_BINARY_LOSSES,
    "MeanSquaredError",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredLogarithmicError",
    "Huber",
    "LogCosh",
    "Poisson",
    "KLDivergence",
    "CosineSimilarity",
)


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
    known = {name.lower(): name for name in (*_ELEMENTWISE_LOSSES, "SparseCategoricalCrossentropy")}
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


def check_weights(model: keras.Model, weights: np.ndarray, what: str) -> None:
    """Refuse sample weights that are no numbers, or leave nothing to learn from.

    Args:
        model: a compiled model.
        weights: of one output.
        what: what to call the rows.

    Raises:
        InvalidInput: if they are text, all 0, or of a shape that no row has.
    """
    if weights.dtype == object:
        raise InvalidInput(f"{what} has sample weights that are text; pass numbers.")
    shape = getattr(model, "output_shape", None)
    per_row = isinstance(shape, tuple) and len(shape) == 2
    if per_row and np.prod(weights.shape[1:]) != 1:
        raise InvalidInput(
            f"{what} has sample weights of shape {weights.shape}; pass one for each row."
        )
    if not any(piece.any() for _, piece in pieces(weights)):
        raise InvalidInput(
            f"{what} has sample weights that are all 0: nothing would count. Pass weights above 0."
        )


def describe_odd_targets(model: keras.Model, targets: np.ndarray) -> None:
    """Warn about targets that can be trained on, and hardly are what was meant.

    Args:
        model: a compiled model.
        targets: of the training rows.
    """
    if targets.dtype == object:
        return
    first = targets.flat[0]
    one_number = len(targets) > 1 and targets.size == len(targets)
    if one_number and all(np.all(piece == first) for _, piece in pieces(targets)):
        warn_user(
            f"all targets are {first:g}: there is nothing to tell apart, and the network "
            "will give that number whatever it is asked."
        )
    if _class_of(model.loss).startswith("Categorical") and targets.ndim > 1:
        sums = np.concatenate([p.sum(axis=-1, dtype="float64") for _, p in pieces(targets)])
        odd = np.abs(sums - 1) > _NEARLY_ONE
        if odd.any():
            rows = f"{int(odd.sum())} of {counted(odd.size, 'row')}"
            warn_user(
                f"the targets of {rows} do not add up to 1, but to {sums[odd].flat[0]:g}; the loss "
                "takes a share for each class. For several labels a row, end in sigmoid and use "
                "'binary_crossentropy'."
            )


def check_targets(model: keras.Model, targets: np.ndarray, what: str) -> None:
    """Refuse targets that a loss would read otherwise than they are meant.

    Args:
        model: a compiled model.
        targets: one array.
        what: what to call the rows.

    Raises:
        InvalidInput: if they are of another kind, shape or range than the loss takes.
    """
    loss, outputs = _class_of(model.loss), outputs_of_last(model)
    if targets.dtype == object:
        if has_keras_losses(model):
            raise InvalidInput(
                f"{what} has targets that are text, such as {targets.flat[0]!r}; pass numbers, "
                "for example the index of each class."
            )
        return
    _check_kind_of_targets(targets, loss, model, what)
    if loss in _ELEMENTWISE_LOSSES and has_keras_losses(model):
        _check_width_of_targets(targets, model, what)
    if loss == "SparseCategoricalCrossentropy" and outputs:
        (loss_object,) = keras.tree.flatten(model.loss)
        ignored = getattr(loss_object, "ignore_class", None)
        for _, piece in pieces(targets):
            _check_labels(piece[piece != ignored], outputs, what)
    elif loss in _BINARY_LOSSES:
        for _, piece in pieces(targets):
            _check_binary(piece, what, _BINARY_LOSSES[loss], outputs == 1)


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


def _check_width_of_targets(targets: np.ndarray, model: keras.Model, what: str) -> None:
    """Refuse targets of another shape than the outputs: NumPy's rules would repeat one of them."""
    shape = getattr(model, "output_shape", None)
    if not isinstance(shape, tuple) or any(not isinstance(n, int | None) for n in shape):
        return
    wanted, found = shape[1:], targets.shape[1:]
    # Of shapes that differ by one axis, Keras drops a last one of length 1.
    if len(wanted) == len(found) + 1 and wanted[-1] == 1:
        wanted = wanted[:-1]
    elif len(found) == len(wanted) + 1 and found[-1] == 1:
        found = found[:-1]
    fits = len(wanted) == len(found) and all(
        want in (None, length) for want, length in zip(wanted, found, strict=True)
    )
    if not fits:
        lengths = ", ".join(str(n or "any") for n in shape[1:])
        raise InvalidInput(
            f"{what} has targets of shape {targets.shape}; {model.name!r} gives (rows, {lengths}). "
            "Pass a target for each output."
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
    if labels.dtype.kind == "f" and not np.array_equal(labels, np.trunc(labels)):
        broken = labels[labels != np.trunc(labels)].flat[0]
        raise InvalidInput(
            f"{what} has the label {broken:g}; a label is the number of a class, from 0 to "
            f"{classes - 1}. Round it, or use a loss for numbers, such as 'mse'."
        )
