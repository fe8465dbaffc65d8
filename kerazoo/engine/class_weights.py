"""Weights of classes, as a user gives them and as weights of the rows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np

from kerazoo.datasets.reading.mapped import pieces
from kerazoo.engine.data import Arrays
from kerazoo.errors import KerazooError


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


def weigh_classes(arrays: Arrays, class_weight: Mapping[int, float], outputs: int) -> Arrays:
    """Return rows with the weight of their class as sample weights.

    Args:
        arrays: `(x, y)`.
        class_weight: weight per class index; 1 for classes that it does not name.
        outputs: how many classes there are, though some may have no rows.

    Raises:
        KerazooError: if there is no one array of targets, or a class that is none.
    """
    if len(arrays.parts) == 3:
        raise KerazooError("pass sample weights or class_weight, not both.")
    if len(arrays.parts) == 1 or not isinstance(arrays.parts[1], np.ndarray):
        raise KerazooError(
            "class_weight needs exactly one array of targets; pass sample weights instead."
        )
    y = arrays.parts[1]
    one_hot = y.ndim > 1 and y.shape[-1] > 1
    known = set(range(y.shape[-1] if one_hot else outputs))
    weights = []
    for _, piece in pieces(y):
        classes, indices = np.unique(_classes_of(piece, one_hot), return_inverse=True)
        known |= set(map(int, classes))
        of_classes = [class_weight.get(int(label), 1.0) for label in classes]
        weights.append(np.asarray(of_classes, keras.config.floatx())[indices])
    for label in class_weight:
        if label not in known:
            raise KerazooError(
                f"class_weight has a weight for {label}, which is no class of the training rows; "
                f"pass keys from {', '.join(map(str, sorted(known)[:10]))}."
            )
    return Arrays((*arrays.parts, np.concatenate(weights)), arrays.rows)


def _classes_of(y: np.ndarray, one_hot: bool) -> np.ndarray:
    if y.ndim > 1:  # a column of class indices, or one column per class
        y = y.argmax(-1) if one_hot else y[..., 0]
    if y.dtype.kind == "f" and not np.array_equal(y, np.round(y)):
        broken = y[y != np.round(y)].flat[0]
        raise KerazooError(
            f"class_weight is for targets that are classes; {broken:g} is none. Pass sample "
            "weights instead."
        )
    return np.round(y).astype("int64")


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
