"""Which array is given to which input of a model, as Keras' functional models decide it."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from kerazoo.engine.data import Arrays
from kerazoo.errors import InvalidInput

_trained_columns: weakref.WeakKeyDictionary[keras.Model, list[str]] = weakref.WeakKeyDictionary()


def pair_inputs(model: keras.Model, x: Any) -> list[tuple[Any, np.ndarray]]:
    """Return each input of a model, a symbolic tensor, with the array that it is given.

    Args:
        model: any model.
        x: an array, or a tuple or dict of them.

    Returns:
        No pairs for a subclassed model, and where nothing tells what belongs together: Keras checks
        those. An optional input that is left out has no pair.
    """
    tensors = getattr(model, "inputs", None) or []
    names = _names_of_inputs(model)
    if isinstance(x, Mapping) and names:
        pairs = [(tensor, x.get(name)) for name, tensor in names.items()]
    else:
        arrays = keras.tree.flatten(x)
        pairs = list(zip(tensors, arrays, strict=True)) if len(tensors) == len(arrays) else []
    return [(tensor, array) for tensor, array in pairs if isinstance(array, np.ndarray)]


def without_extras(model: keras.Model, arrays: Arrays) -> Arrays:
    """Leave out what a functional model has no input for, such as further columns of a table.

    Keras pairs the inputs of a dict in alphabetical order: with a key too many, it either fails or
    feeds the wrong arrays.
    """
    x = arrays.parts[0]
    names = _names_of_inputs(model)
    if type(model).train_step is not keras.Model.train_step or not isinstance(x, Mapping):
        return arrays
    if not names or not set(names) < set(x):
        return arrays
    return Arrays(({name: x[name] for name in names}, *arrays.parts[1:]), arrays.rows)


def _names_of_inputs(model: keras.Model) -> dict[str, Any]:
    """Return the inputs of a functional model by the key that a dict has for them."""
    tensors = getattr(model, "inputs", None)
    if not tensors:
        return {}
    # A sequential model has one input, and need not have been called: then `input` is an error.
    structure = tensors if isinstance(model, keras.Sequential) else model.input
    if isinstance(structure, Mapping):
        flat = {key: value for key, value in structure.items() if hasattr(value, "shape")}
        return flat if len(flat) == len(tensors) else {}
    return {tensor.name: tensor for tensor in tensors}


def check_columns(
    model: keras.Model, frames: Mapping[str, Any], *, is_training: bool = False
) -> None:
    """Refuse a DataFrame whose columns are not those that a model was trained on, in their order.

    A network takes columns by their place: in another order each would count as another one.

    Args:
        model: any model.
        frames: inputs by what to call them; all but DataFrames with named columns are passed over.
        is_training: whether the first of them is trained on, and sets the order.

    Raises:
        InvalidInput: naming the first column that differs.
    """
    for number, (what, frame) in enumerate(frames.items()):
        names = _names_of_columns(frame)
        if is_training and number == 0:
            _trained_columns[model] = names
        known = _trained_columns.get(model, [])
        if not names or not known or names == known:
            continue
        if sorted(names) != sorted(known):
            odd = sorted({*names} ^ {*known})[:3]
            raise InvalidInput(
                f"the columns of the {what} are not those of the training data: "
                f"{', '.join(map(repr, odd))} is in one of them only. Pass the same ones."
            )
        place = next(i for i, pair in enumerate(zip(names, known, strict=True)) if len({*pair}) > 1)
        raise InvalidInput(
            f"the columns of the {what} are in another order than those of the training data: "
            f"number {place + 1} is {names[place]!r}, and was {known[place]!r}. Pass "
            "frame[list(training.columns)]."
        )


def _names_of_columns(frame: Any) -> list[str]:
    """Return the names of the columns of a DataFrame, none if they are only numbered."""
    columns = list(frame.columns) if type(frame).__name__ == "DataFrame" else []
    return columns if all(isinstance(name, str) for name in columns) else []


def check_index(parts: Any, what: str) -> None:
    """Refuse x and y of pandas whose rows have the same labels in another order.

    They are paired by their place: each row would be given the target of another one.

    Args:
        parts: `(x, y)` as passed.
        what: what to call them.

    Raises:
        InvalidInput: if so.
    """
    indices: list[Any] = [getattr(part, "index", None) for part in list(parts)[:2]]
    if len(indices) < 2 or not all(hasattr(index, "equals") for index in indices):
        return
    of_x, of_y = indices
    if len(of_x) != len(of_y) or of_x.equals(of_y):
        return
    if of_x.isin(of_y).all() and of_y.isin(of_x).all():
        raise InvalidInput(
            f"x and y of the {what} have the same index in another order; rows are paired by their "
            "place. Pass y.loc[x.index]."
        )
