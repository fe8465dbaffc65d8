"""xor: two sigmoid units and one more learn what a single one cannot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kerazoo.recipe import Recipe, Reference

if TYPE_CHECKING:
    import keras

    from kerazoo.datasets import Splits


def build_xor(
    hidden_units: int = 2, kernel_initializer: str | Mapping[str, Any] = "glorot_uniform"
) -> keras.Model:
    """Build 2 - hidden sigmoid units - 1 sigmoid unit: 9 parameters by default.

    Args:
        hidden_units: units of the hidden layer, at least 1.
        kernel_initializer: a Keras initializer, by name or as plain data.

    Input shape:
        `(rows, 2)`, 0 or 1 each.

    Output shape:
        `(rows, 1)`: probability that exactly one input is 1.

    Example:
        >>> build_xor().output_shape
        (None, 1)

    Reference:
        Rumelhart, Hinton and Williams, "Learning internal representations by error propagation",
        1986.
    """
    import keras

    inputs = keras.Input((2,), name="inputs")
    x = keras.layers.Dense(
        hidden_units, "sigmoid", kernel_initializer=kernel_initializer, name="hidden"
    )(inputs)
    outputs = keras.layers.Dense(
        1, "sigmoid", kernel_initializer=kernel_initializer, name="probability"
    )(x)
    return keras.Model(inputs, outputs, name="xor")


def evaluate(model: keras.Model, splits: Splits) -> dict[str, float]:
    """Return whether all four rows are on the right side of one half: 1.0 or 0.0."""
    outputs = model.predict_on_batch(splits.test.x)
    return {"solved": float(((outputs > 0.5) == splits.test.y).all())}


DOCUMENTED = Recipe(
    dataset="xor",
    optimizer={"class_name": "SGD", "config": {"learning_rate": 0.1}},
    loss="mean_squared_error",
    metrics=("accuracy",),
    epochs=2000,
    batch_size=1,
    primary_metric="solved",
    primary_mode="max",
    parameters=9,
    monitor="loss",
    restore_best_weights=False,
    baseline=Reference(0.0, "solved", "any single linear unit"),
    baselines=("logistic_regression",),
    recorded_seeds=100,
)

TUNED = DOCUMENTED
