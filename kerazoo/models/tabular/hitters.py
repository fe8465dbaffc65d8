"""hitters: one hidden layer prices baseball players in $1000s from what they did."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kerazoo.models._activations import check_activation
from kerazoo.recipe import Config, Recipe, Reference, cosine_decay

if TYPE_CHECKING:
    import keras


def build_hitters(
    hidden_units: Sequence[int] = (50,),
    features: int = 19,
    dropout: float = 0.4,
    standardize: bool = False,
    columns: Sequence[int] = (),
    activation: str = "relu",
) -> keras.Model:
    """Build 19 - 50 relu, dropout, - 1: 1,051 parameters by default.

    Args:
        hidden_units: units of each hidden layer.
        features: number of input columns.
        dropout: share of the hidden units that are dropped in training, 0 <= dropout < 1.
        standardize: whether a first layer standardizes the inputs, and a last one turns the output
            back into $1000s; `fit_model` adapts both on the training part.
        columns: what each column is, instead of `features`: 0 a number, -1 a date, n > 0 one of n
            words; cells may then be empty, and all is standardized. See `build_tabm`.
        activation: of hidden layers: `"relu"`, `"sigmoid"`, `"tanh"`, `"leaky_relu"` or `"elu"`.

    Input shape:
        `(rows, features)`: counts of a season and of a career, and 0 or 1 for words.

    Output shape:
        `(rows, 1)`: salary, $1000s.

    Raises:
        UnknownName: if there is no such activation.

    Example:
        >>> build_hitters().count_params()
        1051

    Reference:
        James, Witten, Hastie, Tibshirani and Taylor, "An introduction to statistical learning with
        applications in Python", 2023, section 10.9.1.
    """
    import keras

    from kerazoo.models.tabular._columns import standardize as standardized

    check_activation(activation)
    x = inputs = keras.Input((len(columns) or features,), name="measurements")
    if standardize or columns:
        x = standardized(inputs, columns)
    for number, units in enumerate(hidden_units, start=1):
        x = keras.layers.Dense(units, activation, name=f"hidden_{number}")(x)
        if dropout > 0:
            x = keras.layers.Dropout(dropout, name=f"dropout_{number}")(x)
    outputs = keras.layers.Dense(1, name="salary")(x)
    if standardize or columns:
        outputs = keras.layers.Normalization(invert=True, name="price")(outputs)
    return keras.Model(inputs, outputs, name="hitters")


_LAB = "James et al., An introduction to statistical learning with applications in Python, 2023"

DOCUMENTED = Recipe(
    dataset="hitters",
    task="rows",
    optimizer={"class_name": "RMSprop", "config": {"learning_rate": 0.001}},
    loss="mean_squared_error",
    metrics=("mean_absolute_error", "root_mean_squared_error"),
    epochs=50,
    batch_size=32,
    primary_metric="mean_absolute_error",
    primary_mode="min",
    parameters=1051,
    monitor="loss",
    restore_best_weights=False,
    source="course document A, lines 128-185: network, split and batch size; optimizer and epochs: "
    "James et al., An introduction to statistical learning, 2023, section 10.9.1",
    documented=Reference(
        221.8, "mean_absolute_error", f"{_LAB}, section 10.9.1", "the course gives no figure"
    ),
    baseline=Reference(235.7, "mean_absolute_error", f"{_LAB}, section 10.9.1", "lasso"),
    baselines=("mean_of_training", "least_squares", "lasso"),
    recorded_seeds=10,
)


def _falling_rate(highest: float) -> Config:
    return cosine_decay(highest, rows=175, batch_size=32, epochs=400)


# What the recipe was before it was searched for, and the same with a penalty, or nothing, in place
# of weight decay. These penalties were selected by cross-validation, too.
_BEFORE: Config = {
    "builder_arguments": {"standardize": True},
    "optimizer": {
        "class_name": "AdamW",
        "config": {"learning_rate": _falling_rate(0.003), "weight_decay": 1.0},
    },
}
_WITHOUT_DECAY: Config = {
    **_BEFORE,
    "optimizer": {"class_name": "Adam", "config": {"learning_rate": _falling_rate(0.003)}},
}

TUNED = dataclasses.replace(
    DOCUMENTED,
    builder_arguments={"standardize": True, "dropout": 0.136},
    optimizer={
        "class_name": "AdamW",
        "config": {"learning_rate": _falling_rate(0.0192), "weight_decay": 2.45},
    },
    loss="mean_absolute_error",
    epochs=400,
    source="own choice, selected by cross-validation within the training rows; rate, weight decay, "
    "batch size and dropout by kerazoo search: docs/search.md",
    experiments={
        "before the search": _BEFORE,
        "before the search, absolute weights in place of weight decay": {
            **_WITHOUT_DECAY,
            "penalty": {"l1": 3.0},
        },
        "before the search, squares of weights in place of weight decay": {
            **_WITHOUT_DECAY,
            "penalty": {"l2": 20.0},
        },
        "before the search, no weight decay": _WITHOUT_DECAY,
    },
)
