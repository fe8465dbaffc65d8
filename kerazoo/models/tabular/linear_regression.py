"""linear_regression: one linear unit finds a straight line, or a plane, by gradient descent."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kerazoo.recipe import Config, Recipe, Reference

if TYPE_CHECKING:
    import keras


def build_linear_regression(
    features: int = 1,
    standardize: bool = False,
    columns: Sequence[int] = (),
    kernel_initializer: str | Config | None = None,
    bias_initializer: str | Config | None = None,
) -> keras.Model:
    """Build one linear unit, `x1 w1 + ... + xn wn + b`: 2 parameters by default.

    Args:
        features: number of input columns.
        standardize: whether a first layer standardizes the inputs, and a last one turns the output
            back into the target's unit; `fit_model` adapts both on the training part.
        columns: what each column is, instead of `features`: 0 a number, -1 a date, n > 0 one of n
            words; cells may then be empty, and all is standardized. See `build_tabm`.
        kernel_initializer: Keras initializer of the weights, by name or as plain data; uniform
            within 1 / sqrt(number of inputs) by default, as in PyTorch.
        bias_initializer: the same of the bias.

    Input shape:
        `(rows, features)`.

    Output shape:
        `(rows, 1)`: the number that is predicted.

    Example:
        >>> build_linear_regression().count_params()
        2

    Reference:
        Legendre, "Nouvelles méthodes pour la détermination des orbites des comètes", 1805.
    """
    import keras

    from kerazoo.models.tabular._columns import standardize as standardized

    x = inputs = keras.Input((len(columns) or features,), name="inputs")
    if standardize or columns:
        x = standardized(inputs, columns)
    usual = _uniform(x.shape[1])
    unit = keras.layers.Dense(
        1,
        kernel_initializer=usual if kernel_initializer is None else kernel_initializer,
        bias_initializer=usual if bias_initializer is None else bias_initializer,
        name="unit",
    )
    outputs = unit(x)
    if standardize or columns:
        outputs = keras.layers.Normalization(invert=True, name="target")(outputs)
    return keras.Model(inputs, outputs, name="linear_regression")


def _uniform(inputs: int) -> dict[str, Any]:
    limit = inputs**-0.5
    return {"class_name": "RandomUniform", "config": {"minval": -limit, "maxval": limit}}


def _start(weight: float, bias: float) -> Config:
    """Return where a training of two parameters starts, whatever its seed is."""
    found = {"kernel_initializer": weight, "bias_initializer": bias}
    return {
        name: {"class_name": "Constant", "config": {"value": value}}
        for name, value in found.items()
    }


# The document prints the costs of two trainings, and of the first one the start to four digits.
# These are its random generator's numbers; from them follows each digit that is printed.
FIRST_LOG = _start(-0.77667141, 0.63168621)
SECOND_LOG = _start(-0.47487605, -0.03224480)

DOCUMENTED = Recipe(
    dataset="straight_lines",
    task="rows",
    optimizer={"class_name": "SGD", "config": {"learning_rate": 0.01}},
    loss="mean_squared_error",
    metrics=("root_mean_squared_error", "mean_absolute_error"),
    epochs=2001,
    batch_size=3,
    primary_metric="root_mean_squared_error",
    primary_mode="min",
    parameters=2,
    monitor="loss",
    restore_best_weights=False,
    source="course document E, lines 30-91 and 180-222",
    documented=Reference(
        0.000007**0.5,
        "root_mean_squared_error",
        "course document E, line 246",
        "the root of the printed cost, 0.000007",
        experiment="start of the second log",
    ),
    baselines=("least_squares",),
    experiment="y = 2 x",
    experiments={
        "start of the first log": {"builder_arguments": FIRST_LOG, "recorded_seeds": 1},
        "start of the second log": {"builder_arguments": SECOND_LOG, "recorded_seeds": 1},
        "three features": {
            "dataset_arguments": {"table": "scores"},
            "builder_arguments": {"features": 3},
            "optimizer": {"class_name": "SGD", "config": {"learning_rate": 1e-5}},
            "epochs": 21,
            "batch_size": 2,
            "parameters": 4,
        },
    },
    recorded_seeds=10,
)

TUNED = dataclasses.replace(
    DOCUMENTED,
    builder_arguments={"standardize": True},
    optimizer={"class_name": "SGD", "config": {"learning_rate": 0.1, "momentum": 0.5}},
    epochs=200,
    source="own choice: standardized columns have no long valley, in which descent is slow",
    experiments={
        "three features": {
            "dataset_arguments": {"table": "scores"},
            "builder_arguments": {"features": 3, "standardize": True},
            # A cost in squares of the target's unit has slopes of this size: its variance is 421.
            "optimizer": {"class_name": "SGD", "config": {"learning_rate": 5e-4, "momentum": 0.9}},
            "epochs": 5000,
            "batch_size": 5,
            "parameters": 4,
        },
    },
)
