"""wine_multiclass: the quality of a wine in three classes, from its measurements and color."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kerazoo.models._activations import check_activation
from kerazoo.recipe import Config, Recipe, cosine_decay

if TYPE_CHECKING:
    import keras


def build_wine_multiclass(
    hidden_units: Sequence[int] = (48, 24, 12),
    features: int = 12,
    dropout: float = 0.0,
    columns: Sequence[int] = (),
    classes: int = 3,
    activation: str = "relu",
) -> keras.Model:
    """Build 12 - 48 - 24 - 12 with relu - 3 softmax: 2,139 parameters by default.

    Args:
        hidden_units: units of each hidden layer.
        features: number of input columns.
        dropout: share of each hidden layer's units left out in a training step, 0 <= dropout < 1; 0
            leaves the layers out.
        columns: what each column is, instead of `features`: 0 a number, -1 a date, n > 0 one of n
            words; cells may then be empty. See `build_tabm`.
        classes: number of classes, at least 2.
        activation: of hidden layers: `"relu"`, `"sigmoid"`, `"tanh"`, `"leaky_relu"` or `"elu"`.

    Input shape:
        `(rows, features)`: the raw measurements and the color, 0 for red and 1 for white.

    Output shape:
        `(rows, classes)`: probabilities of bad (<= 5), medium (6) and good (>= 7).

    Raises:
        UnknownName: if there is no such activation.

    Example:
        >>> build_wine_multiclass().output_shape
        (None, 3)

    Reference:
        Cortez et al., "Modeling wine preferences by data mining from physicochemical properties",
        2009 (data).
    """
    import keras

    from kerazoo.models.tabular._columns import standardize

    check_activation(activation)
    inputs = keras.Input((len(columns) or features,), name="measurements")
    x = standardize(inputs, columns)
    for number, units in enumerate(hidden_units, start=1):
        x = keras.layers.Dense(units, activation, name=f"hidden_{number}")(x)
        if dropout > 0:
            x = keras.layers.Dropout(dropout, name=f"dropout_{number}")(x)
    outputs = keras.layers.Dense(classes, "softmax", name="quality")(x)
    return keras.Model(inputs, outputs, name="wine_multiclass")


DOCUMENTED = Recipe(
    dataset="wine",
    task="rows",
    dataset_arguments={"task": "multiclass", "deduplicate": True, "one_hot": True},
    optimizer={"class_name": "Adam", "config": {"learning_rate": 0.07}},
    loss="categorical_crossentropy",
    metrics=("accuracy",),
    epochs=25,
    batch_size=32,
    primary_metric="accuracy",
    primary_mode="max",
    parameters=2139,
    restore_best_weights=False,
    source="course document A, lines 683-694; limits of the three classes, removal of duplicates, "
    "standardized inputs: own choice",
    baselines=("majority_class", "logistic_regression", "random_forest", "weighted_neighbors"),
    experiment="duplicates removed",
    experiments={
        "duplicates left in": {
            "dataset_arguments": {"task": "multiclass", "deduplicate": False, "one_hot": True}
        }
    },
)


def _tuned_optimizer(rows: int) -> Config:
    rate = cosine_decay(0.003, rows=rows, batch_size=64, epochs=60)
    return {"class_name": "AdamW", "config": {"learning_rate": rate, "weight_decay": 0.2}}


def _tuned_data(*, deduplicate: bool) -> Config:
    data = {"task": "multiclass", "deduplicate": deduplicate, "one_hot": True}
    return {**data, "validation_fraction": 0.05}


TUNED = dataclasses.replace(
    DOCUMENTED,
    dataset_arguments=_tuned_data(deduplicate=True),
    builder_arguments={"dropout": 0.1},
    optimizer=_tuned_optimizer(rows=4043),
    epochs=60,
    batch_size=64,
    patience=None,
    restore_best_weights=False,
    source="own choice, selected on validation",
    experiments={
        "duplicates left in": {
            "dataset_arguments": _tuned_data(deduplicate=False),
            "optimizer": _tuned_optimizer(rows=4937),
        }
    },
)
