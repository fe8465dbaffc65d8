"""What a network is made of: its inputs, its outputs, and a hash of its layers."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from kerazoo._protocols import HasServedParts
from kerazoo.saved.card import Tensor

if TYPE_CHECKING:
    import keras

# How weights started and what they are called changes nothing about a trained network; a user's
# own layers are numbered anew in every process.
_WITHOUT_EFFECT = ("name", "_initializer", "_regularizer", "_constraint", "trainable", "seed")


def architecture_hash(model: keras.Model) -> str:
    """Return the SHA-256 of a network's layers and their configuration.

    Weights load without complaint into a network of the same shapes with other activations; its
    hash is another one.

    Example:
        >>> import kerazoo
        >>> relu = kerazoo.build_boston()
        >>> architecture_hash(relu) == architecture_hash(kerazoo.build_boston())
        True
        >>> architecture_hash(relu) == architecture_hash(kerazoo.build_boston((52, 39)))
        False
    """
    layers = [[type(layer).__name__, _configuration(layer)] for layer in _leaves(model)]
    shapes = [[list(weight.shape), weight.dtype] for weight in model.weights]
    text = json.dumps([layers, shapes], sort_keys=True, default=lambda odd: type(odd).__name__)
    return hashlib.sha256(text.encode()).hexdigest()


def count_parameters(model: keras.Model) -> int:
    """Return how many numbers the weights hold, trainable or not."""
    return sum(int(np.prod(weight.shape)) for weight in model.weights)


def describe_inputs(model: keras.Model) -> tuple[Tensor, ...]:
    """Return what a network takes."""
    return _describe(model.inputs)


def describe_outputs(model: keras.Model) -> tuple[Tensor, ...]:
    """Return what a network gives, under the names of its last layers if it is functional."""
    names = getattr(model, "output_names", ["output"])
    return tuple(
        Tensor(name, tensor.shape, tensor.dtype)
        for name, tensor in zip(names, _describe(model.outputs), strict=True)
    )


def served_parts(model: keras.Model) -> dict[str, keras.Model]:
    """Return the models inside a network that answer on their own, such as a decoder, by name.

    Example:
        >>> import kerazoo
        >>> sorted(served_parts(kerazoo.build_autoencoder()))
        ['decoder', 'encoder']
    """
    # The models of models/generative/ declare the protocol.
    return model.served_parts() if isinstance(model, HasServedParts) else {}


def _describe(tensors: Any) -> tuple[Tensor, ...]:
    return tuple(
        Tensor(tensor.name, tuple(tensor.shape[1:]), str(tensor.dtype)) for tensor in tensors
    )


def _leaves(model: Any) -> list[Any]:
    found = []
    for layer in model.layers:
        found += _leaves(layer) if hasattr(layer, "layers") else [layer]
    return found


def _configuration(layer: Any) -> dict[str, Any]:
    config = layer.get_config()
    return {key: config[key] for key in config if not key.endswith(_WITHOUT_EFFECT)}
