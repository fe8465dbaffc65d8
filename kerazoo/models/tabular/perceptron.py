"""perceptron: one sigmoid unit learns AND, OR and NAND, and cannot learn exclusive or."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from kerazoo.recipe import Config, Recipe

if TYPE_CHECKING:
    import keras


def build_perceptron(
    activation: str = "sigmoid", initializer: str | Config = "glorot_uniform"
) -> keras.Model:
    """Build one unit of two inputs, `f(x1 w1 + x2 w2 + b)`: 3 parameters.

    Args:
        activation: Keras activation `f`, by name.
        initializer: Keras initializer of the two weights, by name or as plain data.

    Input shape:
        `(rows, 2)`, 0 or 1 each.

    Output shape:
        `(rows, 1)`: probability that the gate gives 1. Above one half the answer is 1.

    Example:
        >>> build_perceptron().count_params()
        3

    Reference:
        Rosenblatt, "The perceptron: a probabilistic model for information storage and organization
        in the brain", 1958.
    """
    import keras

    inputs = keras.Input((2,), name="inputs")
    unit = keras.layers.Dense(1, activation, kernel_initializer=initializer, name="probability")
    return keras.Model(inputs, unit(inputs), name="perceptron")


DOCUMENTED = Recipe(
    dataset="gates",
    task="rows",
    dataset_arguments={"gate": "and"},
    optimizer={"class_name": "SGD", "config": {"learning_rate": 0.1}},
    loss="mean_squared_error",
    metrics=("accuracy",),
    epochs=2000,
    batch_size=1,
    primary_metric="solved",
    primary_mode="max",
    parameters=3,
    monitor="loss",
    restore_best_weights=False,
    source="course document A, lines 549-569, and B, lines 106-143: unit and gates; training, "
    "which they do not give: as for xor in document A, lines 571-585",
    baselines=("majority_class", "logistic_regression"),
    experiment="AND",
    experiments={
        "OR": {"dataset_arguments": {"gate": "or"}},
        "NAND": {"dataset_arguments": {"gate": "nand"}},
        "XOR": {"dataset_arguments": {"gate": "xor"}},
    },
    measures=("solved",),
    recorded_seeds=100,
)

TUNED = dataclasses.replace(
    DOCUMENTED,
    optimizer={"class_name": "Adam", "config": {"learning_rate": 0.1}},
    loss="binary_crossentropy",
    epochs=300,
    batch_size=4,
    source="own choice, selected by the share of seeds that solve AND",
)
