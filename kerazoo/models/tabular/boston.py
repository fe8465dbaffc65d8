"""boston: a small regression network that prices homes in $1000s."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kerazoo.models._activations import check_activation
from kerazoo.recipe import Recipe, Reference, cosine_decay

if TYPE_CHECKING:
    import keras


def build_boston(
    hidden_units: Sequence[int] = (52, 39, 26),
    features: int = 13,
    input_noise: float = 0.0,
    columns: Sequence[int] = (),
    activation: str = "relu",
) -> keras.Model:
    """Build 13 - 52 - 39 - 26 - 1 with relu: 3,862 parameters by default.

    The first layer standardizes the raw measurements and the last one turns the network's output
    back into $1000s; `fit_model` adapts both on the training part.

    Args:
        hidden_units: units of each hidden layer.
        features: number of input columns.
        input_noise: standard deviation of the noise that is added to the standardized inputs in
            training, >= 0; 0 leaves the layer out.
        columns: what each column is, instead of `features`: 0 a number, -1 a date, n > 0 one of n
            words; cells may then be empty. See `build_tabm`.
        activation: of hidden layers: `"relu"`, `"sigmoid"`, `"tanh"`, `"leaky_relu"` or `"elu"`.

    Input shape:
        `(rows, features)`: the raw measurements.

    Output shape:
        `(rows, 1)`: median price of a home, $1000s.

    Raises:
        UnknownName: if there is no such activation.

    Example:
        >>> build_boston().output_shape
        (None, 1)

    Reference:
        Harrison and Rubinfeld, "Hedonic housing prices and the demand for clean air", 1978 (data).
    """
    import keras

    from kerazoo.models.tabular._columns import standardize

    check_activation(activation)
    inputs = keras.Input((len(columns) or features,), name="measurements")
    x = standardize(inputs, columns)
    if input_noise > 0:
        x = keras.layers.GaussianNoise(input_noise, name="noise")(x)
    for number, units in enumerate(hidden_units, start=1):
        x = keras.layers.Dense(units, activation, name=f"hidden_{number}")(x)
    x = keras.layers.Dense(1, name="standardized_price")(x)
    outputs = keras.layers.Normalization(invert=True, name="price")(x)
    return keras.Model(inputs, outputs, name="boston")


DOCUMENTED = Recipe(
    dataset="boston",
    task="rows",
    optimizer={"class_name": "Adam", "config": {"learning_rate": 0.07}},
    loss="mean_squared_error",
    metrics=("mean_absolute_error", "root_mean_squared_error"),
    epochs=25,
    batch_size=32,
    primary_metric="mean_absolute_error",
    primary_mode="min",
    parameters=3862,
    patience=3,
    restore_best_weights=False,
    source="course document A, lines 615-639; standardized inputs and target: own choice",
    documented=Reference(
        2.553,
        "mean_absolute_error",
        "Chollet, Deep Learning with Python, 1st ed., 2017, chapter 3.6",
        "another network on the same split; the course gives no figure",
    ),
    baselines=("least_squares", "kernel_ridge"),
    cross_validation_folds=10,
)

TUNED = dataclasses.replace(
    DOCUMENTED,
    dataset_arguments={"validation_fraction": 0.1},
    builder_arguments={"input_noise": 0.15},
    optimizer={
        "class_name": "AdamW",
        "config": {
            "learning_rate": cosine_decay(0.005, rows=363, batch_size=16, epochs=200),
            "weight_decay": 0.15,
        },
    },
    loss="log_cosh",
    epochs=200,
    batch_size=16,
    patience=None,
    source="own choice, selected on validation",
)
