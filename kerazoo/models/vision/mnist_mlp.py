"""mnist_mlp: two hidden layers with dropout read handwritten digits."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kerazoo.errors import InvalidInput
from kerazoo.models._activations import check_activation
from kerazoo.models.vision._augmentation import augment
from kerazoo.recipe import Recipe, Reference, cosine_decay

if TYPE_CHECKING:
    import keras


def build_mnist_mlp(
    input_shape: tuple[int, int, int] = (28, 28, 1),
    classes: int = 10,
    hidden_units: Sequence[int] = (256, 128),
    dropout: Sequence[float] = (0.4, 0.3),
    augmentation: Sequence[str] = (),
    activation: str = "relu",
) -> keras.Model:
    """Build 784 - 256 relu - 128 relu - 10 softmax: 235,146 parameters by default.

    Args:
        input_shape: height, width and channels.
        classes: number of classes, at least 2.
        hidden_units: units of each hidden layer.
        dropout: share of each hidden layer's units that are dropped in training, as many numbers
            as layers, 0 <= dropout < 1.
        augmentation: what is done to images at random in training, and in training only:
            `"shift"` (by up to two pixels of 28), `"crop"` (by whole ones), `"zoom"` and
            `"rotate"` (by up to 10 %, and 18 degrees), `"erase"` (half of the images lose a
            rectangle of 2 to 20 %), `"mirror"` (left and right: not for digits).
        activation: of hidden layers: `"relu"`, `"sigmoid"`, `"tanh"`, `"leaky_relu"` or `"elu"`.

    Input shape:
        `(rows, *input_shape)`: pixels from 0 to 255; they are scaled inside.

    Output shape:
        `(rows, classes)`: probabilities.

    Raises:
        InvalidInput: if there are not as many numbers in `dropout` as in `hidden_units`.
        UnknownName: if there is no such augmentation or activation.

    Example:
        >>> build_mnist_mlp().count_params()  # (784 + 1) 256 + (256 + 1) 128 + (128 + 1) 10
        235146

    Reference:
        James, Witten, Hastie, Tibshirani and Taylor, "An introduction to statistical learning with
        applications in Python", 2023, section 10.9 (network); Srivastava et al., "Dropout: a simple
        way to prevent neural networks from overfitting", 2014.
    """
    import keras

    _check(hidden_units, dropout)
    check_activation(activation)
    inputs = keras.Input(input_shape, dtype="uint8", name="image")
    x = keras.layers.Rescaling(1 / 255, name="rescale")(inputs)
    x = augment(x, augmentation, shift=2 / 28)
    x = keras.layers.Flatten(name="flatten")(x)
    for number, (units, share) in enumerate(zip(hidden_units, dropout, strict=True), start=1):
        x = keras.layers.Dense(units, activation, name=f"hidden{number}")(x)
        if share > 0:
            x = keras.layers.Dropout(share, name=f"dropout{number}")(x)
    outputs = keras.layers.Dense(classes, "softmax", name="class")(x)
    return keras.Model(inputs, outputs, name="mnist_mlp")


def _check(hidden_units: Sequence[int], dropout: Sequence[float]) -> None:
    if len(hidden_units) != len(dropout):
        raise InvalidInput(
            f"dropout is {tuple(dropout)} for hidden_units {tuple(hidden_units)}; expected one "
            "share for each hidden layer, such as (0.4, 0.3) for (256, 128)."
        )


DOCUMENTED = Recipe(
    dataset="mnist",
    task="images",
    dataset_arguments={"validation_fraction": 0.2},
    # What PyTorch's RMSprop is without arguments; Keras calls its alpha rho.
    optimizer={
        "class_name": "RMSprop",
        "config": {"learning_rate": 0.01, "rho": 0.99, "epsilon": 1e-8},
    },
    loss="sparse_categorical_crossentropy",
    metrics=("accuracy",),
    epochs=30,
    batch_size=256,
    primary_metric="accuracy",
    primary_mode="max",
    parameters=235146,
    restore_best_weights=False,
    source="course document A, lines 187-211: network; optimizer, batch size, epochs and share "
    "held out: James et al., An Introduction to Statistical Learning with Applications in Python, "
    "2023, laboratory of chapter 10; which fifth is held out, and initial weights: own choice",
    documented=Reference(
        0.982,
        "accuracy",
        "James et al., An Introduction to Statistical Learning, table 10.1",
        "one training; the book's laboratory says 97 % of the same network; the course gives no "
        "figure",
    ),
    baseline=Reference(
        0.928,
        "accuracy",
        "James et al., An Introduction to Statistical Learning, table 10.1",
        "multinomial logistic regression, which the course puts beside it",
    ),
    baselines=("nearest_neighbor",),
    experiment="60,000 / 10,000",
)

TUNED = dataclasses.replace(
    DOCUMENTED,
    dataset_arguments={"validation_fraction": 0.05},
    # Images that are never twice the same leave nothing for dropout to do.
    builder_arguments={"dropout": [0.0, 0.0], "augmentation": ["shift", "rotate"]},
    optimizer={
        "class_name": "AdamW",
        "config": {
            "learning_rate": cosine_decay(0.003, rows=57000, batch_size=256, epochs=50),
            "weight_decay": 0.05,
        },
    },
    epochs=50,
    source="own choice, selected on validation",
    experiments={
        "dropout in place of augmentation": {"builder_arguments": {}, "recorded_seeds": 3}
    },
)
