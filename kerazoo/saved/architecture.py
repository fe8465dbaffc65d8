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

# Of a model inside a layer: by the names of its own layers it says where data goes in and out.
_NAMES_OF_LAYERS = ("input_layers", "output_layers")


def architecture_hash(model: keras.Model, *, nested_names: bool = False) -> str:
    """Return the SHA-256 of a network's layers and their configuration.

    Weights load without complaint into a network of the same shapes with other activations; its
    hash is another one.

    Args:
        model: a built network.
        nested_names: whether names of layers inside of layers count, as in cards of old.

    Example:
        >>> import kerazoo
        >>> relu = kerazoo.build_boston()
        >>> architecture_hash(relu) == architecture_hash(kerazoo.build_boston())
        True
        >>> architecture_hash(relu) == architecture_hash(kerazoo.build_boston((52, 39)))
        False
    """
    layers = [
        [type(layer).__name__, _configuration(layer, nested_names)] for layer in _leaves(model)
    ]
    shapes = [[list(weight.shape), _dtype(weight)] for weight in model.weights]
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


def _dtype(weight: Any) -> str:
    """Return the type of a weight: a count, as of rows, is int64 or int32 by Keras' backend."""
    is_count = not weight.shape and weight.dtype in ("int32", "int64")
    return "int64" if is_count else str(weight.dtype)


def _leaves(model: Any) -> list[Any]:
    found = []
    for layer in model.layers:
        found += _leaves(layer) if hasattr(layer, "layers") else [layer]
    return found


def _configuration(layer: Any, nested_names: bool) -> dict[str, Any]:
    config = layer.get_config()
    kept = {key: config[key] for key in config if not key.endswith(_WITHOUT_EFFECT)}
    return kept if nested_names else {key: _without_names(kept[key]) for key in kept}


def _without_names(value: Any) -> Any:
    """Leave out what has no effect in the configuration of layers inside a layer.

    Only there: cards of old hold hashes of everything else, and the name of a type is no name.
    """
    if isinstance(value, list | tuple):
        return [_without_names(item) for item in value]
    if not isinstance(value, dict):
        return value
    config = value.get("config")
    if not isinstance(config, dict):
        return value
    if "trainable" not in config and value.get("class_name") != "InputLayer":
        return value
    left_out = (*_WITHOUT_EFFECT, *_NAMES_OF_LAYERS)
    inner = {key: _without_names(config[key]) for key in config if not key.endswith(left_out)}
    return {"class_name": value.get("class_name"), "config": inner}
