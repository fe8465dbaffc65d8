"""fashion_mnist: one hidden layer classifies images of ten kinds of clothes."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from kerazoo.models._activations import check_activation
from kerazoo.recipe import Recipe, Reference, cosine_decay

if TYPE_CHECKING:
    import keras


def build_fashion_mnist(
    input_shape: tuple[int, int, int] = (28, 28, 1),
    classes: int = 10,
    hidden_units: int = 128,
    dropout: float = 0.0,
    input_dropout: float = 0.0,
    activation: str = "relu",
) -> keras.Model:
    """Build 784 - 128 relu - 10 softmax: 101,770 parameters by default.

    Args:
        input_shape: height, width and channels.
        classes: number of classes, at least 2.
        hidden_units: units of the hidden layer, at least 1.
        dropout: share of the hidden units that are dropped in training, 0 <= dropout < 1.
        input_dropout: the same of the pixels.
        activation: of hidden layers: `"relu"`, `"sigmoid"`, `"tanh"`, `"leaky_relu"` or `"elu"`.

    Input shape:
        `(rows, *input_shape)`: pixels from 0 to 255; they are scaled inside.

    Output shape:
        `(rows, classes)`: probabilities.

    Raises:
        UnknownName: if there is no such activation.

    Example:
        >>> build_fashion_mnist().count_params()
        101770

    Reference:
        Xiao, Rasul and Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking machine
        learning algorithms", 2017 (data).
    """
    import keras

    check_activation(activation)
    inputs = keras.Input(input_shape, dtype="uint8", name="image")
    x = keras.layers.Rescaling(1 / 255, name="rescale")(inputs)
    x = keras.layers.Flatten(name="flatten")(x)
    if input_dropout > 0:
        x = keras.layers.Dropout(input_dropout, name="input_dropout")(x)
    x = keras.layers.Dense(hidden_units, activation, name="hidden")(x)
    if dropout > 0:
        x = keras.layers.Dropout(dropout, name="dropout")(x)
    outputs = keras.layers.Dense(classes, "softmax", name="class")(x)
    return keras.Model(inputs, outputs, name="fashion_mnist")


DOCUMENTED = Recipe(
    dataset="fashion_mnist",
    task="images",
    dataset_arguments={"validation_fraction": 0.25},
    optimizer={"class_name": "Adam", "config": {"learning_rate": 0.001}},
    loss="sparse_categorical_crossentropy",
    metrics=("accuracy",),
    epochs=25,
    batch_size=32,
    primary_metric="accuracy",
    primary_mode="max",
    parameters=101770,
    restore_best_weights=False,
    source="course document A, lines 699-714; batch size: own choice",
    documented=Reference(
        0.8833,
        "accuracy",
        "Fashion-MNIST repository, table of submitted results",
        "a larger network of three hidden layers, 256-128-100; the course gives no figure",
    ),
    baselines=("nearest_neighbor",),
    experiment="60,000 / 10,000",
)

TUNED = dataclasses.replace(
    DOCUMENTED,
    dataset_arguments={"validation_fraction": 0.05},
    builder_arguments={"dropout": 0.1, "input_dropout": 0.2},
    optimizer={
        "class_name": "AdamW",
        "config": {
            "learning_rate": cosine_decay(0.003, rows=57000, batch_size=256, epochs=160),
            "weight_decay": 0.02,
        },
    },
    epochs=160,
    batch_size=256,
    source="own choice, selected on validation",
)
