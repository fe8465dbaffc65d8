"""wine_binary: red wine or white, from eleven measurements and the quality score."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kerazoo.models._activations import check_activation
from kerazoo.recipe import Config, Recipe, cosine_decay

if TYPE_CHECKING:
    import keras


def build_wine_binary(
    hidden_units: Sequence[int] = (48, 24, 12),
    features: int = 12,
    input_noise: float = 0.0,
    columns: Sequence[int] = (),
    activation: str = "relu",
) -> keras.Model:
    """Build 12 - 48 - 24 - 12 with relu - 2 softmax: 2,126 parameters by default.

    Args:
        hidden_units: units of each hidden layer.
        features: number of input columns.
        input_noise: standard deviation of the noise that is added to the standardized inputs in
            training, >= 0; 0 leaves the layer out.
        columns: what each column is, instead of `features`: 0 a number, -1 a date, n > 0 one of n
            words; cells may then be empty. See `build_tabm`.
        activation: of hidden layers: `"relu"`, `"sigmoid"`, `"tanh"`, `"leaky_relu"` or `"elu"`.

    Input shape:
        `(rows, features)`: the raw measurements and the quality score, 0 to 10.

    Output shape:
        `(rows, 2)`: probabilities of red and white.

    Raises:
        UnknownName: if there is no such activation.

    Example:
        >>> build_wine_binary().output_shape
        (None, 2)

    Reference:
        Cortez et al., "Modeling wine preferences by data mining from physicochemical properties",
        2009 (data).
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
    outputs = keras.layers.Dense(2, "softmax", name="color")(x)
    return keras.Model(inputs, outputs, name="wine_binary")


DOCUMENTED = Recipe(
    dataset="wine",
    task="rows",
    dataset_arguments={"task": "binary", "deduplicate": False, "one_hot": True},
    optimizer={"class_name": "Adam", "config": {"learning_rate": 0.07}},
    loss="categorical_crossentropy",
    metrics=("accuracy",),
    epochs=25,
    batch_size=32,
    primary_metric="accuracy",
    primary_mode="max",
    parameters=2126,
    restore_best_weights=False,
    source="course document A, lines 646-678: network, optimizer and loss; epochs, batch size and "
    "share held out, which it does not give: as in its line 694; standardized inputs: own choice",
    baselines=("majority_class", "logistic_regression", "nearest_neighbor"),
    experiment="duplicates left in",
    experiments={
        "duplicates removed": {
            "dataset_arguments": {"task": "binary", "deduplicate": True, "one_hot": True}
        }
    },
)


def _tuned_optimizer(rows: int) -> Config:
    rate = cosine_decay(0.003, rows=rows, batch_size=64, epochs=40)
    return {"class_name": "AdamW", "config": {"learning_rate": rate, "weight_decay": 0.1}}


def _tuned_data(*, deduplicate: bool) -> Config:
    data = {"task": "binary", "deduplicate": deduplicate, "one_hot": True}
    return {**data, "validation_fraction": 0.05}


TUNED = dataclasses.replace(
    DOCUMENTED,
    dataset_arguments=_tuned_data(deduplicate=False),
    builder_arguments={"input_noise": 0.1},
    optimizer=_tuned_optimizer(rows=4937),
    epochs=40,
    batch_size=64,
    patience=None,
    restore_best_weights=False,
    source="own choice, selected on validation",
    experiments={
        "duplicates removed": {
            "dataset_arguments": _tuned_data(deduplicate=True),
            "optimizer": _tuned_optimizer(rows=4043),
        }
    },
)
