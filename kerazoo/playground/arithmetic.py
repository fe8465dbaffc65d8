"""A dense network in NumPy: what it answers, how wrong that is, and the gradients of that.

Keras computes the same; asking it twenty times a second for a few hundred rows takes longer than
training does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from kerazoo.playground.data import Kind

_SMALLEST = 1e-7  # a probability, as Keras' losses have it


class Layer(NamedTuple):
    """The weights of a layer: `(inputs, units)` and `(units,)`."""

    kernel: np.ndarray
    bias: np.ndarray


Layers = Sequence[Layer]


def _sigmoid(z: np.ndarray) -> np.ndarray:
    # In two halves, since the exponential of a large number overflows.
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + small), small / (1 + small)).astype(z.dtype)


def _softmax(z: np.ndarray) -> np.ndarray:
    shifted = np.exp(z - z.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))


# Each activation, and its derivative as a function of its own value.
_ACTIVATIONS: dict[str, tuple[Callable[..., np.ndarray], Callable[..., np.ndarray]]] = {
    "relu": (lambda z: np.maximum(z, 0), lambda a: np.asarray(a > 0, a.dtype)),
    "tanh": (np.tanh, lambda a: 1 - a * a),
    "sigmoid": (_sigmoid, lambda a: a * (1 - a)),
    "linear": (lambda z: z, np.ones_like),
}


def answers(layers: Layers, x: np.ndarray, activation: str, kind: Kind) -> np.ndarray:
    """Return what the network answers: `(rows, outputs)`, probabilities for classes.

    Args:
        layers: its weights.
        x: `(rows, inputs)`.
        activation: of the hidden layers.
        kind: what is predicted.
    """
    return _forward(layers, x, activation, kind)[-1]


def loss_of(answered: np.ndarray, y: np.ndarray, kind: Kind) -> float:
    """Return the mean loss without penalties: cross-entropy, or the mean squared error."""
    if kind == "number":
        return float(np.mean(np.square(answered - y), dtype="float64"))
    # NaN stays NaN in a clip.
    p = np.clip(answered.astype("float64"), _SMALLEST, 1 - _SMALLEST)
    if kind == "classes":
        return float(np.mean(-np.log(p[np.arange(len(y)), y])))
    return float(np.mean(-np.log(np.where(y > 0.5, p, 1 - p))))


def score_of(answered: np.ndarray, y: np.ndarray, kind: Kind) -> float:
    """Return the share of right answers; for a number, the root of the mean squared error."""
    if kind == "number":
        return float(np.sqrt(loss_of(answered, y, kind)))
    if kind == "classes":
        return float(np.mean(answered.argmax(axis=1) == y))
    return float(np.mean((answered > 0.5) == (y > 0.5)))


def gradients(
    layers: Layers, x: np.ndarray, y: np.ndarray, activation: str, kind: Kind
) -> list[Layer]:
    """Return the gradients of the mean loss with respect to all weights, from the last layer back.

    At the output, sigmoid with cross-entropy, softmax with cross-entropy and no activation with
    half the squared error all have the same derivative: answer less target.
    """
    values = _forward(layers, x, activation, kind)
    target = np.eye(len(layers[-1].bias))[y] if kind == "classes" else y
    delta = (values[-1] - target) * (2 if kind == "number" else 1) / len(x)
    _, slope = _ACTIVATIONS[activation]
    found: list[Layer] = []
    for at in reversed(range(len(layers))):
        found.append(Layer(values[at].T @ delta, delta.sum(axis=0)))
        if at:
            delta = (delta @ layers[at].kernel.T) * slope(values[at])
    return found[::-1]


def _forward(layers: Layers, x: np.ndarray, activation: str, kind: Kind) -> list[np.ndarray]:
    """Return the values of all layers, the inputs first."""
    function, _ = _ACTIVATIONS[activation]
    values = [x]
    for layer in layers[:-1]:
        values.append(function(values[-1] @ layer.kernel + layer.bias))
    last = values[-1] @ layers[-1].kernel + layers[-1].bias
    ends = {"number": lambda z: z, "binary": _sigmoid, "classes": _softmax}
    return [*values, ends[kind](last)]
