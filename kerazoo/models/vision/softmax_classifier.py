"""softmax_classifier: one layer gives each class a score that is linear in the pixels."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from kerazoo.recipe import Config, Recipe, Reference, cosine_decay

if TYPE_CHECKING:
    import keras


def build_softmax_classifier(
    input_shape: tuple[int, int, int] = (28, 28, 1),
    classes: int = 10,
    input_dropout: float = 0.0,
) -> keras.Model:
    """Build 784 - 10 softmax: 7,850 parameters by default.

    Each class has a weight for every pixel: its column of the kernel, in the shape of an image, is
    what the class looks for.

    Args:
        input_shape: height, width and channels.
        classes: number of classes, at least 2.
        input_dropout: share of the pixels that are dropped in training, 0 <= input_dropout < 1.

    Input shape:
        `(rows, *input_shape)`: pixels from 0 to 255; they are scaled inside.

    Output shape:
        `(rows, classes)`: probabilities.

    Example:
        >>> build_softmax_classifier().count_params()
        7850

    Reference:
        Bridle, "Probabilistic interpretation of feedforward classification network outputs, with
        relationships to statistical pattern recognition", 1990.
    """
    import keras

    inputs = keras.Input(input_shape, dtype="uint8", name="image")
    x = keras.layers.Rescaling(1 / 255, name="rescale")(inputs)
    x = keras.layers.Flatten(name="flatten")(x)
    if input_dropout > 0:
        x = keras.layers.Dropout(input_dropout, name="input_dropout")(x)
    outputs = keras.layers.Dense(classes, "softmax", name="class")(x)
    return keras.Model(inputs, outputs, name="softmax_classifier")


_LAB = "James et al., An introduction to statistical learning with applications in Python, 2023"

DOCUMENTED = Recipe(
    dataset="mnist",
    task="images",
    dataset_arguments={"validation_fraction": 0.2},
    optimizer={"class_name": "RMSprop", "config": {"learning_rate": 0.001}},
    loss="sparse_categorical_crossentropy",
    metrics=("accuracy",),
    epochs=30,
    batch_size=256,
    primary_metric="accuracy",
    primary_mode="max",
    parameters=7850,
    restore_best_weights=False,
    source="course document A, lines 212-222, and D, lines 197-220: network; optimizer, batch "
    "size, epochs and share held out: James et al., An introduction to statistical learning, 2023, "
    "section 10.9.2",
    documented=Reference(0.9165, "accuracy", f"{_LAB}, section 10.9.2", "MNIST"),
    baselines=("majority_class", "one_against_all"),
    experiment="MNIST",
    experiments={
        "CIFAR-10": {
            "dataset": "cifar10",
            "builder_arguments": {"input_shape": [32, 32, 3]},
            "baselines": ("majority_class",),
            "recorded_seeds": 3,
            "parameters": 30730,
        }
    },
)


def _tuned_optimizer(rows: int) -> Config:
    rate = cosine_decay(0.003, rows=rows, batch_size=256, epochs=40)
    return {"class_name": "AdamW", "config": {"learning_rate": rate, "weight_decay": 0.1}}


TUNED = dataclasses.replace(
    DOCUMENTED,
    dataset_arguments={"validation_fraction": 0.05},
    optimizer=_tuned_optimizer(rows=57000),
    epochs=40,
    source="own choice, selected on validation",
    experiments={
        "CIFAR-10": {
            "dataset": "cifar10",
            "builder_arguments": {"input_shape": [32, 32, 3]},
            "optimizer": _tuned_optimizer(rows=47500),
            "baselines": ("majority_class",),
            "parameters": 30730,
            "recorded_seeds": 3,
        }
    },
)
