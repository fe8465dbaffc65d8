"""Which array is given to which input of a model, as Keras' functional models decide it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from kerazoo.engine.data import Arrays


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
