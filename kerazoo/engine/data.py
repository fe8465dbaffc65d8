"""The data of a training: arrays as Keras would feed them, checked before anything is trained.

`to_data` converts what a user passes, `check_data` compares it with the model, `check_monitors`
compares callbacks with what will be reported. Keras finds most of these mistakes late, or never.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from kerazoo.datasets.reading.digits import say_lost_digits
from kerazoo.engine.callbacks import check_monitor
from kerazoo.errors import InvalidInput, KerazooError


@dataclass(frozen=True)
class Arrays:
    """Rows of data: NumPy arrays in the structure that `train_step` unpacks.

    Args:
        parts: `(x,)`, `(x, y)` or `(x, y, sample_weight)`; each an array, or a tuple or
            dict of them.
        rows: how many rows every array has.
    """

    parts: tuple[Any, ...]
    rows: int

    @property
    def nbytes(self) -> int:
        """Size of all arrays together."""
        return sum(array.nbytes for array in flatten(self.parts))

    def __getitem__(self, rows: slice) -> Arrays:
        parts = map_arrays(lambda array: array[rows], self.parts)
        return Arrays(parts, len(range(*rows.indices(self.rows))))


@dataclass(frozen=True)
class Data:
    """Rows to train on, and rows to validate on after each epoch, if there are any."""

    train: Arrays
    validation: Arrays | None

    @property
    def nbytes(self) -> int:
        """Size of both parts."""
        return self.train.nbytes + (self.validation.nbytes if self.validation else 0)


class NotArrays(Exception):
    """The data is something that only Keras' `fit` can feed; the message says what."""


def to_data(
    train: Any,
    validation: Any = None,
    *,
    validation_split: float = 0.0,
    class_weight: Mapping[int, float] | None = None,
    outputs: int = 2,
) -> Data:
    """Convert what a user passes, as `keras.Model.fit` would.

    Floats become `keras.config.floatx()`, integers and booleans keep their type, a pandas `Series`
    becomes a column.

    Args:
        train: `(x,)`, `(x, y)` or `(x, y, sample_weight)` of arrays, or tuples or dicts of arrays.
        validation: the same.
        validation_split: share of the last training rows that is split off if there is no
            `validation`.
        class_weight: weight per class index in training, turned into sample weights.
        outputs: how many classes there are, though some may have no rows.

    Raises:
        NotArrays: if the data is a generator, a `tf.data.Dataset`, sparse, ragged or text.
        KerazooError: if the arrays do not go together.
    """
    data = Data(_to_arrays(train), None if validation is None else _to_arrays(validation))
    if validation_split and data.validation is None:
        data = _split_off_last(data.train, validation_split)
    if class_weight is not None:
        data = Data(_weigh_classes(data.train, class_weight, outputs), data.validation)
    return data


def hash_data(data: Data) -> str:
    """Return the SHA-256 of all values, shapes and types."""
    digest = hashlib.sha256()
    for part in (data.train, data.validation):
        for array in flatten(part.parts) if part else ():
            digest.update(f"{array.shape} {array.dtype}".encode())
            digest.update(np.ascontiguousarray(array).data)
        digest.update(b"|")
    return digest.hexdigest()


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
        if isinstance(monitor, str):
            check_monitor(monitor, reported)


def check_digits(data: Any) -> None:
    """Warn if float32, which networks compute in, cannot tell the training rows apart.

    Args:
        data: what is trained on, as passed: `(x,)`, `(x, y)` or `(x, y, sample_weight)`.
    """
    for part, what in zip(data, ("column", "target"), strict=False):
        for values in keras.tree.flatten(part):
            if type(values).__module__.split(".")[0] in ("numpy", "pandas"):
                say_lost_digits(np.asarray(values), f"{what} {{}}".format)


def flatten(structure: Any) -> list[np.ndarray]:
    """Return the arrays of a structure, in order."""
    return [array for array in keras.tree.flatten(structure) if array is not None]


def map_arrays(function: Callable[[Any], Any], structure: Any) -> Any:
    """Apply a function to every array of a structure."""
    return keras.tree.map_structure(function, structure)


def _to_arrays(data: Any) -> Arrays:
    if not isinstance(data, tuple):
        raise NotArrays(f"the data is a {type(data).__name__}, not a tuple of arrays")
    if not 1 <= len(data) <= 3:
        raise KerazooError(
            f"data has {len(data)} parts; pass (x,), (x, y) or (x, y, sample_weight)."
        )
    x, y, weight = (*map(_convert_part, data), None, None)[:3]  # fill up with None
    if weight is not None and y is None:
        raise KerazooError("sample weights need targets; pass (x, y, sample_weight).")
    if isinstance(weight, np.ndarray) and not isinstance(y, np.ndarray):
        # Several targets share one weight per row.
        weight = keras.tree.map_structure(lambda _: weight, y)
    parts = tuple(part for part in (x, y, weight) if part is not None)
    rows = {len(array) for array in flatten(parts)}
    if len(rows) != 1 or 0 in rows:
        raise KerazooError(
            f"arrays have {sorted(rows)} rows; all must have the same number, at least one."
        )
    return Arrays(parts, rows.pop())


def _split_off_last(arrays: Arrays, fraction: float) -> Data:
    kept = math.floor(arrays.rows * (1.0 - fraction))
    if not 0 < kept < arrays.rows:
        raise KerazooError(
            f"validation_split={fraction} leaves nothing on one side of {arrays.rows} rows; "
            "pass a fraction between 0 and 1, usually 0.1 to 0.3."
        )
    return Data(arrays[:kept], arrays[kept:])


def _convert_part(part: Any) -> Any:
    if part is None:
        return None
    if isinstance(part, Mapping):
        return {key: _convert_part(value) for key, value in part.items()}
    if isinstance(part, (list, tuple)) and not all(np.isscalar(value) for value in part):
        return tuple(_convert_part(value) for value in part)
    return _convert_array(part)


def _convert_array(value: Any) -> np.ndarray:
    kind = type(value).__name__
    if kind in ("SparseTensor", "RaggedTensor", "BCOO") or hasattr(value, "tocoo"):
        raise NotArrays(f"the data holds a {kind}, which is not a dense array")
    if not isinstance(value, (list, tuple)) and not hasattr(value, "__array__"):
        raise NotArrays(f"the data holds a {kind}, which is not an array")
    column = kind == "Series"
    array = np.asarray(value.detach().cpu() if hasattr(value, "detach") else value)
    if (
        array.dtype.kind not in "fiub"
        and keras.backend.standardize_dtype(array.dtype) != "bfloat16"
    ):
        raise NotArrays(f"the data holds values of type {array.dtype}")
    if array.ndim == 0:
        raise KerazooError(
            f"got the single value {value!r}; pass an array with one row per example."
        )
    if keras.backend.is_float_dtype(str(array.dtype)):
        array = array.astype(keras.config.floatx(), copy=False)
    return array[:, None] if column else array


def _weigh_classes(arrays: Arrays, class_weight: Mapping[int, float], outputs: int) -> Arrays:
    if len(arrays.parts) == 3:
        raise KerazooError("pass sample weights or class_weight, not both.")
    if len(arrays.parts) == 1 or not isinstance(arrays.parts[1], np.ndarray):
        raise KerazooError(
            "class_weight needs exactly one array of targets; pass sample weights instead."
        )
    y = arrays.parts[1]
    one_hot = y.ndim > 1 and y.shape[-1] > 1
    if y.ndim > 1:  # a column of class indices, or one column per class
        y = y.argmax(-1) if one_hot else y[..., 0]
    classes, indices = np.unique(np.round(y).astype("int64"), return_inverse=True)
    known = {*range(arrays.parts[1].shape[-1] if one_hot else outputs), *map(int, classes)}
    for label in class_weight:
        if label not in known:
            raise KerazooError(
                f"class_weight has a weight for {label}, which is no class of the training rows; "
                f"pass keys from {', '.join(map(str, sorted(known)[:10]))}."
            )
    weights = [class_weight.get(int(label), 1.0) for label in classes]
    return Arrays((*arrays.parts, np.asarray(weights, keras.config.floatx())[indices]), arrays.rows)


def weights_by_index(class_weight: Any, class_names: Sequence[str] = ()) -> dict[int, float]:
    """Return the weight of each class by its index.

    Args:
        class_weight: weights by index, as a number or a text such as `"0"`, or by name.
        class_names: a name per class, if they have names.

    Raises:
        KerazooError: if it is no mapping, a weight is no number >= 0, or a key is no class.

    Example:
        >>> weights_by_index({"red": 2.0, 1: 0.5}, ["red", "white"])
        {0: 2.0, 1: 0.5}
    """
    if not isinstance(class_weight, Mapping):
        raise KerazooError(
            f"class_weight is a {type(class_weight).__name__}; pass a dictionary of a weight per "
            "class, such as {0: 1.0, 1: 5.0}."
        )
    found: dict[int, float] = {}
    for key, weight in class_weight.items():
        index = _class_index(key, list(class_names))
        number = isinstance(weight, int | float | np.number) and not isinstance(weight, bool)
        if not number or not 0 <= float(weight) < math.inf:
            raise KerazooError(
                f"class_weight gives {key!r} the weight {weight!r}; pass a number of at least 0."
            )
        if index in found:
            raise KerazooError(
                f"class_weight names the class {key!r} twice; pass one weight for each class."
            )
        found[index] = float(weight)
    return found


def _class_index(key: Any, class_names: list[str]) -> int:
    if isinstance(key, str) and key in class_names:
        return class_names.index(key)
    if isinstance(key, str) and key.isdecimal() and not class_names:
        return int(key)
    if isinstance(key, int | np.integer) and not isinstance(key, bool):
        return int(key)
    if isinstance(key, float | np.floating) and float(key).is_integer():
        return int(key)
    known = (
        f"the names {', '.join(class_names[:10])}" if class_names else "class_names=, or indices"
    )
    raise KerazooError(f"class_weight has a weight for {key!r}, which is no class; pass {known}.")


def _check_arrays(model: keras.Model, arrays: Arrays, what: str) -> None:
    inputs, *rest = arrays.parts
    _check_shapes(model, flatten(inputs), what)
    _check_pixels(model, flatten(inputs), what)
    for array in flatten(arrays.parts):
        _check_finite(array, what)
    if rest and isinstance(rest[0], np.ndarray):
        loss = _class_of(model.loss)
        outputs = outputs_of_last(model)
        _check_kind_of_labels(rest[0], loss, model, what)
        if loss == "SparseCategoricalCrossentropy" and outputs:
            _check_labels(rest[0], outputs, what)
        elif loss in _BINARY_LOSSES:
            _check_binary(rest[0], what, _BINARY_LOSSES[loss], outputs == 1)


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
    """Refuse values that would change, without a warning, in the network's 8-bit input."""
    for tensor, array in zip(getattr(model, "inputs", None) or (), inputs, strict=False):
        if tensor.dtype != "uint8":
            continue
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
            f"{what} holds NaN or infinity, first in row {row}; drop such rows or fill them in."
        )


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


def _check_kind_of_labels(labels: np.ndarray, loss: str, model: keras.Model, what: str) -> None:
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
    low, high = labels.min(), labels.max()
    if low < 0 or high >= classes:
        raise InvalidInput(
            f"{what} has labels from {low} to {high}; the network has {classes} classes, so "
            f"labels must go from 0 to {classes - 1}."
        )
