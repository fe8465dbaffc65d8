"""The network of the playground, as Keras has it."""

from __future__ import annotations

from typing import Any

import keras

from kerazoo.playground.arithmetic import Layer
from kerazoo.playground.data import PlayData
from kerazoo.playground.settings import Settings

MOMENTUM = 0.9
LOSSES = {
    "binary": "binary_crossentropy",
    "classes": "sparse_categorical_crossentropy",
    "number": "mean_squared_error",
}
ENDS = {"binary": "sigmoid", "classes": "softmax", "number": "linear"}


def build_network(settings: Settings, data: PlayData) -> keras.Model:
    """Return the network, compiled, with the initial weights that the seed decides.

    Args:
        settings: what was chosen.
        data: what it learns from.
    """
    keras.utils.set_random_seed(settings.seed)
    layers: list[Any] = [keras.layers.Input((len(data.inputs),))]
    penalty: Any = None
    if settings.l1 or settings.l2:
        penalty = keras.regularizers.L1L2(settings.l1, settings.l2)
    for units in settings.layers:
        layers.append(
            keras.layers.Dense(units, activation=settings.activation, kernel_regularizer=penalty)
        )
        if settings.dropout:
            layers.append(keras.layers.Dropout(settings.dropout))
    layers.append(
        keras.layers.Dense(data.outputs, activation=ENDS[data.kind], kernel_regularizer=penalty)
    )
    model = keras.Sequential(layers)
    model.compile(make_optimizer(settings), loss=LOSSES[data.kind])
    return model


def make_optimizer(settings: Settings) -> keras.optimizers.Optimizer:
    """Return the optimizer that was chosen."""
    optimizers = keras.optimizers
    if settings.optimizer == "momentum":
        return optimizers.SGD(settings.rate, momentum=MOMENTUM)
    kinds = {"sgd": optimizers.SGD, "rmsprop": optimizers.RMSprop, "adam": optimizers.Adam}
    return kinds[settings.optimizer](settings.rate)


def layers_of(model: keras.Model) -> list[Layer]:
    """Return the weights as they are now."""
    weights = model.get_weights()
    # Of a layer of dropout there is the state of its random numbers.
    dense = [one for one in weights if one.dtype.kind == "f"]
    return [Layer(*pair) for pair in zip(dense[::2], dense[1::2], strict=True)]
