"""nyse_rnn: a simple recurrent network forecasts the next day's trading volume from five days."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kerazoo.recipe import Recipe, Reference, cosine_decay

if TYPE_CHECKING:
    import keras


def build_nyse_rnn(
    input_shape: Sequence[int] = (5, 3), units: int = 12, dropout: float = 0.1
) -> keras.Model:
    """Build SimpleRNN 12 - dropout - 1: 205 parameters by default.

    The first layer standardizes the raw series and the last one turns the network's output back
    into the units of the target; `fit_model` adapts both on the training part.

    Args:
        input_shape: rows in a window and columns of a row.
        units: units of the recurrent layer.
        dropout: share of them left out in a training step, 0 <= dropout < 1.

    Input shape:
        `(rows, lag, features)`: windows of the raw series.

    Output shape:
        `(rows, 1)`: the target in the row after the window.

    Example:
        >>> build_nyse_rnn().output_shape
        (None, 1)

    Reference:
        Elman, "Finding structure in time", 1990; James et al., "An Introduction to Statistical
        Learning", 2nd ed., 2021, section 10.9.6 (this network).
    """
    import keras

    inputs = keras.Input(tuple(input_shape), name="window")
    x = keras.layers.Normalization(name="standardize")(inputs)
    x = keras.layers.SimpleRNN(units, name="recurrent")(x)
    x = keras.layers.Dropout(dropout, name="dropout")(x)
    x = keras.layers.Dense(1, name="standardized_forecast")(x)
    outputs = keras.layers.Normalization(invert=True, name="forecast")(x)
    return keras.Model(inputs, outputs, name="nyse_rnn")


DOCUMENTED = Recipe(
    dataset="nyse",
    task="series",
    dataset_arguments={"lag": 5},
    optimizer={"class_name": "RMSprop", "config": {"learning_rate": 0.001}},
    loss="mean_squared_error",
    metrics=("mean_absolute_error", "r2_score"),
    epochs=200,
    batch_size=64,
    primary_metric="r2_score",
    primary_mode="max",
    parameters=205,
    restore_best_weights=False,
    source="course document A, lines 428-441 and 498-504: window and network; optimizer, batch "
    "size, epochs and years: James et al., An Introduction to Statistical Learning with "
    "Applications in Python, 2023, laboratory of chapter 10",
    documented=Reference(
        0.42,
        "r2_score",
        "course document A",
        "one training, on all years before 1980; the book that the course follows prints 0.413 to "
        "0.415",
    ),
    baselines=("last_value", "autoregression"),
    experiment="three series",
    recorded_seeds=10,
)

# Chosen on three tenths of the rows before 1980 by networks trained on the six tenths before them.
TUNED = dataclasses.replace(
    DOCUMENTED,
    optimizer={
        "class_name": "AdamW",
        "config": {
            "learning_rate": cosine_decay(0.006, rows=3847, batch_size=32, epochs=60),
            "weight_decay": 0.1,
        },
    },
    epochs=60,
    batch_size=32,
    source="own choice, selected on validation",
)
