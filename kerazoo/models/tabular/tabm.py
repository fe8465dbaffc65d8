"""tabm: many networks that share weights learn any table, words and empty cells included."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kerazoo.recipe import Config, Recipe, cosine_decay

if TYPE_CHECKING:
    import keras

_UNITS_OF_NUMBER = 8
_FORGET = 0.01
_MANY_ROWS = 3000  # to train on: an epoch then takes longer than it has to
_MEMBERS_FOR_MANY, _EPOCHS_FOR_MANY, _RATE_FOR_MANY = 4, 80, 0.01


def build_tabm(
    columns: Sequence[int] = (0,) * 12,
    classes: int = 3,
    members: int = 16,
    hidden_units: Sequence[int] = (96, 96),
    dropout: float = 0.1,
    bins: int = 0,
) -> keras.Model:
    """Build perceptrons that share most of their weights, and answer together.

    Args:
        columns: what each column is: 0 a number, -1 a date in days since 1970-01-01, n > 0 one of
            n words by its code.
        classes: how many classes there are; 1 if a number is predicted.
        members: how many perceptrons there are.
        hidden_units: units of each hidden layer.
        dropout: share of the hidden units left out in a training step, 0 <= dropout < 1.
        bins: bins of the piecewise-linear code that each number becomes, beside the standardized
            number itself; 0 for none.

    Input shape:
        `(rows, columns)`: raw values; NaN where a cell is empty, and n for a word that is none of
        the n.

    Output shape:
        `(rows, classes)`: probabilities; or `(rows, 1)`, a number in its own unit.

    Example:
        >>> build_tabm(columns=(0, 0, 5, -1), classes=1).output_shape
        (None, 1)

    Reference:
        Gorishniy, Kotelnikov and Babenko, "TabM: advancing tabular deep learning with
        parameter-efficient ensembling", 2025.
    """
    import keras

    from kerazoo.models.tabular._columns import EncodeColumns
    from kerazoo.models.tabular._members import MeanOfMembers, MemberDense, MemberOutputs

    inputs = keras.Input((len(columns),), name="columns")
    x = EncodeColumns(columns, bins, _UNITS_OF_NUMBER, _FORGET, name="encode")(inputs)
    for number, units in enumerate(hidden_units, start=1):
        x = MemberDense(units, members, spreads=number == 1, name=f"hidden_{number}")(x)
        x = keras.layers.ReLU(name=f"relu_{number}")(x)
        if dropout > 0:
            x = keras.layers.Dropout(dropout, name=f"dropout_{number}")(x)
    x = MemberOutputs(classes, name="members")(x)
    if classes == 1:
        x = keras.layers.Normalization(invert=True, name="number")(x)
    answer = MeanOfMembers("number" if classes == 1 else "classes", name="answer")(x)
    return keras.Model(inputs, answer, name="tabm")


_OF_A_NUMBER: Config = {
    "dataset": "boston",
    "dataset_arguments": {"validation_fraction": 0.15},
    "builder_arguments": {"columns": [0] * 13, "classes": 1},
    "loss": "mean_squared_error",
    "metrics": ("mean_absolute_error", "root_mean_squared_error"),
    "primary_metric": "mean_absolute_error",
    "primary_mode": "min",
    "baselines": ("least_squares", "kernel_ridge", "gradient_boosting"),
}

DOCUMENTED = Recipe(
    dataset="wine",
    task="rows",
    dataset_arguments={"task": "multiclass", "deduplicate": True, "validation_fraction": 0.15},
    optimizer={
        "class_name": "AdamW",
        "config": {"learning_rate": 0.002, "weight_decay": 0.0003},
    },
    loss="sparse_categorical_crossentropy",
    metrics=("accuracy",),
    epochs=100,
    batch_size=256,
    primary_metric="accuracy",
    primary_mode="max",
    parameters=24240,
    patience=16,
    source="the authors' package tabm 0.0.3: optimizer, dropout, patience; members, units (32 and "
    "3 times 512 there), forgotten cells, data and batch size: own choice",
    baselines=("majority_class", "logistic_regression", "random_forest", "gradient_boosting"),
    experiment="quality of wines",
    experiments={"prices of homes": _OF_A_NUMBER},
)

TUNED = dataclasses.replace(
    DOCUMENTED,
    optimizer={
        "class_name": "AdamW",
        "config": {"learning_rate": 0.005, "weight_decay": 0.0003},
    },
    batch_size=128,
    source="own choice, selected on the validation parts of twelve public tables",
)


def adapt_to_rows(recipe: Recipe, rows: int) -> Recipe:
    """Return a recipe for a table of this many training rows: fewer members where there are many.

    Many rows tell a network enough; what sixteen members add is small then, and four of them with
    a learning rate that falls to zero reach as much in a fifth of the time. What the user has
    changed stays. `tasks/rows.py` calls it.
    """
    arguments = recipe.builder_arguments
    if rows < _MANY_ROWS or "members" in arguments or recipe.optimizer != TUNED.optimizer:
        return recipe
    epochs = _EPOCHS_FOR_MANY if recipe.epochs == TUNED.epochs else recipe.epochs
    rate = cosine_decay(_RATE_FOR_MANY, rows=rows, batch_size=recipe.batch_size, epochs=epochs)
    return dataclasses.replace(
        recipe,
        builder_arguments={**arguments, "members": _MEMBERS_FOR_MANY},
        optimizer={
            **recipe.optimizer,
            "config": {**recipe.optimizer["config"], "learning_rate": rate},
        },
        epochs=epochs,
    )
