"""logistic_regression: one sigmoid unit, trained by a loop that is written out step by step."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kerazoo.recipe import Config, Recipe, Reference

if TYPE_CHECKING:
    import keras

_NORMAL = {"class_name": "RandomNormal", "config": {"mean": 0.0, "stddev": 1.0}}


def build_logistic_regression(
    features: int = 2,
    standardize: bool = False,
    columns: Sequence[int] = (),
    kernel_initializer: str | Config | None = None,
    bias_initializer: str | Config | None = None,
    by_hand: bool = False,
) -> keras.Model:
    """Build one sigmoid unit, `1 / (1 + exp(-(x1 w1 + ... + xn wn + b)))`: 3 parameters by default.

    Args:
        features: number of input columns.
        standardize: whether a first layer standardizes the inputs; `fit_model` adapts it on the
            training part.
        columns: what each column is, instead of `features`: 0 a number, -1 a date, n > 0 one of n
            words; cells may then be empty, and all is standardized. See `build_tabm`.
        kernel_initializer: Keras initializer of the weights, by name or as plain data; normal by
            default, with a standard deviation of 1.
        bias_initializer: the same of the bias.
        by_hand: whether a training step is the one that is written out in `_by_hand.py`, with
            gradients from a tape, instead of Keras' own. Both give the same numbers.

    Input shape:
        `(rows, features)`.

    Output shape:
        `(rows, 1)`: probability of the second class.

    Example:
        >>> build_logistic_regression().count_params()
        3

    Reference:
        Cox, "The regression analysis of binary sequences", 1958.
    """
    import keras

    from kerazoo.models.tabular._by_hand import DescendsByHand
    from kerazoo.models.tabular._columns import standardize as standardized

    x = inputs = keras.Input((len(columns) or features,), name="inputs")
    if standardize or columns:
        x = standardized(inputs, columns)
    outputs = keras.layers.Dense(
        1,
        "sigmoid",
        kernel_initializer=_NORMAL if kernel_initializer is None else kernel_initializer,
        bias_initializer=_NORMAL if bias_initializer is None else bias_initializer,
        name="probability",
    )(x)
    kind = DescendsByHand if by_hand else keras.Model
    return kind(inputs, outputs, name="logistic_regression")


def _start(weights: Sequence[float], bias: float) -> dict[str, Any]:
    """Return where a training starts, whatever its seed is."""
    found = {"kernel_initializer": [[one] for one in weights], "bias_initializer": [bias]}
    return {
        name: {"class_name": "Constant", "config": {"value": value}}
        for name, value in found.items()
    }


# What TensorFlow's generator gives after `tf.random.set_seed(2020)`, as the document has it. All
# costs, weights and biases follow that it prints.
START = _start((-0.10099822, 0.6847899), 0.38414612)

DOCUMENTED = Recipe(
    dataset="six_points",
    task="rows",
    optimizer={"class_name": "SGD", "config": {"learning_rate": 0.01}},
    loss="binary_crossentropy",
    metrics=("accuracy",),
    epochs=5001,
    batch_size=6,
    primary_metric="accuracy",
    primary_mode="max",
    parameters=3,
    monitor="loss",
    restore_best_weights=False,
    source="course document D, lines 34-84",
    documented=Reference(
        0.5,
        "accuracy",
        "course document D, line 136",
        "its confusion matrix [[2, 2], [1, 1]]: three of six test points are labeled otherwise "
        "than the training points at the same place",
    ),
    baselines=("majority_class", "logistic_regression"),
    experiment="any start",
    experiments={
        "start of the log": {"builder_arguments": START, "recorded_seeds": 1},
        "start of the log, by hand": {
            "builder_arguments": {**START, "by_hand": True},
            "recorded_seeds": 1,
        },
    },
    recorded_seeds=10,
)

TUNED = dataclasses.replace(
    DOCUMENTED,
    builder_arguments={"standardize": True},
    optimizer={"class_name": "SGD", "config": {"learning_rate": 0.5}},
    epochs=1000,
    source="own choice, selected by the cost after training; whatever classifies the training "
    "points rightly gets half of the test points",
    experiments={},
)
