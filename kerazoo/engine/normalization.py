"""Normalization layers: adapted on the training part, once.

It happens before a step is traced: mean and variance are constants of the graph.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np


def adapt_normalization(model: keras.Model, x: Any, y: Any = None) -> list[str]:
    """Adapt every `Normalization` layer that is not adapted yet.

    A layer with `invert=True` undoes the standardisation of a target: it is adapted on `y`. Other
    layers are adapted on their own inputs when the model is given `x`.

    Args:
        model: a functional model; other models are left as they are.
        x: training inputs.
        y: training targets; needed only for layers with `invert=True`.

    Returns:
        The names of the layers that were adapted.

    Example:
        >>> import kerazoo
        >>> splits = kerazoo.load_dataset("boston")
        >>> model = kerazoo.build_boston()
        >>> adapt_normalization(model, *splits.train)
        ['standardize', 'price']
        >>> adapt_normalization(model, *splits.train)
        []
    """
    adapted = []
    for layer in getattr(model, "layers", ()):
        if not isinstance(layer, keras.layers.Normalization) or not _is_fresh(layer):
            continue
        if layer.invert:
            if y is None:
                continue
            layer.adapt(np.asarray(y, dtype="float32").reshape(len(y), -1))
        else:
            layer.adapt(_inputs_of(model, layer, x))
        adapted.append(layer.name)
    return adapted


def _is_fresh(layer: keras.layers.Normalization) -> bool:
    """Tell whether mean and variance are still the initial 0 and 1."""
    if layer.input_mean is not None or not layer.built:
        return False
    mean, variance = (keras.ops.convert_to_numpy(v) for v in layer.weights[:2])
    return bool(np.all(mean == 0) and np.all(variance == 1))


def _inputs_of(model: keras.Model, layer: keras.layers.Normalization, x: Any) -> np.ndarray:
    """Return what a layer is given when the model is given `x`."""
    if any(layer.input is tensor for tensor in model.inputs) and len(model.inputs) == 1:
        return np.asarray(x, dtype="float32")
    before = keras.Model(model.inputs, layer.input)
    return np.asarray(before.predict(x, verbose=0), dtype="float32")
