"""Hyperparameters: numbers that a graph reads from an argument, so that it serves all their values.

A rate of learning is a variable already. Weight decay, the numbers of a schedule, the rates of
dropout and the spread of noise are Python numbers in Keras: traced as they are, they become
constants of the graph, and every trial of a search would be compiled anew.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

from kerazoo.engine.keras_internals import layers_of, learning_rate_of

_schedules = keras.optimizers.schedules

_WEIGHT_DECAY = ("weight_decay",)

NUMBERS: dict[type, tuple[str, ...]] = {
    keras.optimizers.SGD: _WEIGHT_DECAY,
    keras.optimizers.Adam: _WEIGHT_DECAY,
    keras.optimizers.AdamW: _WEIGHT_DECAY,
    keras.optimizers.RMSprop: _WEIGHT_DECAY,
    keras.optimizers.Nadam: _WEIGHT_DECAY,
    keras.layers.Dropout: ("rate",),
    keras.layers.GaussianNoise: ("stddev",),
    _schedules.CosineDecay: ("initial_learning_rate", "decay_steps"),
    _schedules.ExponentialDecay: ("initial_learning_rate", "decay_steps", "decay_rate"),
    _schedules.InverseTimeDecay: ("initial_learning_rate", "decay_steps", "decay_rate"),
    _schedules.PolynomialDecay: ("initial_learning_rate", "decay_steps", "end_learning_rate"),
}
"""Attributes that may be tensors while a graph is traced, by the class that has them.

Only those that Keras turns into a float32 tensor before it computes with them: others are computed
with in float64 first, and would be rounded otherwise.
"""


_RANDOM_LAYERS = (keras.layers.Dropout, keras.layers.GaussianNoise)


def find_hyperparameters(model: keras.Model) -> list[tuple[Any, str]]:
    """Return owner and attribute of each hyperparameter, in an order that the structure decides.

    Args:
        model: a compiled model.
    """
    owners: list[Any] = layers_of(model)
    if isinstance(model.optimizer, keras.optimizers.Optimizer):
        owners += [model.optimizer, learning_rate_of(model.optimizer)]
    return [
        (owner, name)
        for owner in owners
        for name in NUMBERS.get(type(owner), ())
        if is_hyperparameter(owner, name)
    ]


def is_hyperparameter(owner: Any, name: str) -> bool:
    """Tell whether a tensor can stand for the value of an attribute.

    Keras asks some of them whether they are zero: that is a choice, and stays in the graph.
    """
    value = getattr(owner, name)
    if isinstance(value, bool) or not isinstance(value, int | float) or value == 0:
        return False
    if keras.config.floatx() != "float32":
        return False
    if isinstance(owner, _RANDOM_LAYERS) and owner.compute_dtype != "float32":
        return False
    if isinstance(owner, keras.layers.Dropout):
        return owner.rate < 1
    # 2^24: the largest whole number that float32 counts to.
    return abs(value) <= 2**24


def values_of(hyperparameters: list[tuple[Any, str]]) -> np.ndarray:
    """Return the values as they are now, two numbers for each: `(n, 2)`.

    The second number belongs to a rate of dropout: what the kept values are multiplied by. It is
    computed in float64, as Keras does.
    """
    values = [getattr(owner, name) for owner, name in hyperparameters]
    return np.array(
        [
            (value, 1 / (1 - value) if isinstance(owner, keras.layers.Dropout) else 0)
            for (owner, _), value in zip(hyperparameters, values, strict=True)
        ],
        "float32",
    ).reshape(-1, 2)


@contextlib.contextmanager
def reading_from(values: Any, hyperparameters: list[tuple[Any, str]]) -> Iterator[None]:
    """While a graph is traced, let the attributes be the rows of a tensor `(n, 2)`."""
    in_python = [getattr(owner, name) for owner, name in hyperparameters]
    try:
        for index, (owner, name) in enumerate(hyperparameters):
            # Keras' own `call` asks whether the rate is above 0, which a tensor cannot answer.
            if isinstance(owner, keras.layers.Dropout):
                owner.__dict__["call"] = _make_dropout(owner, values[index, 0], values[index, 1])
            elif isinstance(owner, keras.layers.GaussianNoise):
                owner.__dict__["call"] = _make_noise(owner, values[index, 0])
            else:
                setattr(owner, name, values[index, 0])
        yield
    finally:
        for (owner, name), value in zip(hyperparameters, in_python, strict=True):
            if isinstance(owner, _RANDOM_LAYERS):
                owner.__dict__.pop("call", None)  # it hid the method of the class
            else:
                setattr(owner, name, value)


def _make_dropout(layer: keras.layers.Dropout, rate: Any, scale: Any) -> Any:
    def call(inputs: Any, training: bool = False) -> Any:
        if not training:
            return inputs
        shape = keras.ops.shape(inputs)
        if layer.noise_shape is not None:
            shape = [size or given for size, given in zip(layer.noise_shape, shape, strict=True)]
        keep = keras.random.uniform(shape, dtype=inputs.dtype, seed=layer.seed_generator) >= rate
        return keras.ops.where(keep, inputs * scale, keras.ops.zeros_like(inputs))

    return call


def _make_noise(layer: keras.layers.GaussianNoise, stddev: Any) -> Any:
    def call(inputs: Any, training: bool = False) -> Any:
        if not training:
            return inputs
        noise = keras.random.normal(
            keras.ops.shape(inputs), 0.0, stddev, inputs.dtype, layer.seed_generator
        )
        return inputs + noise

    return call
