"""deepar: an LSTM forecasts how probable each next value is, of one series or of many at once."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kerazoo.errors import KerazooError
from kerazoo.recipe import Recipe, cosine_decay

if TYPE_CHECKING:
    import keras


def build_deepar(
    input_shape: Sequence[int] = (5, 8),
    units: Sequence[int] = (40, 40),
    dropout: float = 0.1,
    differences: Sequence[int] = (),
) -> keras.Model:
    """Build LSTM layers that end in the mean and the standard deviation of the next value.

    The first layer standardizes the raw series, and the last one turns mean and deviation into the
    units of the target; `fit_model` adapts both on the training part. Its loss, `"gaussian_nll"`,
    is low where what came was thought probable. A forecast of several rows draws a value, feeds it
    back and goes on, on many paths: `kerazoo.forecast`.

    The network of the paper goes through whole series and learns from every row on the way; here
    each row is learned with the window before it. Of many series one network learns all, each
    scaled by its own mean and standard deviation. It is not told which of them a window is of, so
    that it also forecasts one that it was not trained on.

    Args:
        input_shape: rows in a window and columns of a row.
        units: units of each LSTM layer.
        dropout: share of each layer's outputs left out in a training step, 0 <= dropout < 1.
        differences: indices of the columns that are seen as differences from the last row of the
            window, the target first, as of `build_lstm`; none by default.

    Input shape:
        `(rows, lag, features)`: windows of the raw series.

    Output shape:
        `(rows, 1, 2)`: mean and standard deviation of the target in the row after the window.

    Raises:
        KerazooError: if there is no layer, or no such column.

    Example:
        >>> build_deepar((28, 1), units=(32,)).output_shape
        (None, 1, 2)

    Reference:
        Salinas, Flunkert, Gasthaus and Januschowski, "DeepAR: probabilistic forecasting with
        autoregressive recurrent networks", 2020; Alexandrov et al., "GluonTS: probabilistic and
        neural time series modeling in Python", 2020 (layers and training).
    """
    import keras

    from kerazoo.models.sequence._differences import SinceLastRow, check_differences
    from kerazoo.models.sequence._distribution import CertainValue, GaussianForecast

    if not units:
        raise KerazooError("units=() leaves nothing to build; pass a layer, such as units=(40,).")
    check_differences(differences, input_shape[-1])
    inputs = x = keras.Input(tuple(input_shape), name="window")
    if differences:
        x = SinceLastRow(differences, name="since_last_row")(x)
    x = keras.layers.Normalization(name="standardize")(x)
    for number, size in enumerate(units, start=1):
        layer = keras.layers.LSTM(size, return_sequences=number < len(units), name=f"lstm_{number}")
        x = layer(x)
        if dropout > 0:
            x = keras.layers.Dropout(dropout, name=f"dropout_{number}")(x)
    x = keras.layers.Dense(2, name="mean_and_spread")(x)
    if not differences:
        return keras.Model(inputs, GaussianForecast(name="forecast")(x), name="deepar")
    change = GaussianForecast(name="change")(x)
    last = CertainValue(differences[0], name="last_value")(inputs)
    return keras.Model(inputs, keras.layers.Add(name="forecast")([last, change]), name="deepar")


DOCUMENTED = Recipe(
    dataset="nyse",
    task="series",
    dataset_arguments={"lag": 5, "weekday": True},
    optimizer={"class_name": "Adam", "config": {"learning_rate": 0.001}},
    loss="gaussian_nll",
    metrics=(),
    epochs=41,
    batch_size=32,
    primary_metric="crps",
    primary_mode="min",
    parameters=20882,
    restore_best_weights=False,
    source="own choice: course document C, line 109, has the name alone. Gaussian likelihood and "
    "LSTM: Salinas et al., DeepAR, 2020; layers, dropout, optimizer, batch size, and about 5,000 "
    "steps: defaults of the DeepAR of GluonTS; data and windows: own choice",
    baselines=("last_value", "autoregression", "least_squares"),
    experiment="with the day of the week",
    measures=("crps",),
)

# Chosen as for lstm: on three tenths of the rows before 1980, by networks trained on the six tenths
# before them.
TUNED = dataclasses.replace(
    DOCUMENTED,
    builder_arguments={"dropout": 0.3},
    optimizer={
        "class_name": "AdamW",
        "config": {
            "learning_rate": cosine_decay(0.01, rows=3847, batch_size=128, epochs=20),
            "weight_decay": 0.1,
        },
    },
    epochs=20,
    batch_size=128,
    source="own choice, selected on validation",
)
