"""mnist_cnn: two convolutions and one dense layer read handwritten digits."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kerazoo.models.vision._augmentation import augment
from kerazoo.models.vision._blocks import check_image_size
from kerazoo.recipe import Recipe, Reference, cosine_decay

if TYPE_CHECKING:
    import keras


def build_mnist_cnn(
    input_shape: tuple[int, int, int] = (28, 28, 1),
    classes: int = 10,
    filters: Sequence[int] = (32, 64),
    dropout: float = 0.0,
    augmentation: Sequence[str] = (),
) -> keras.Model:
    """Build two blocks of a 3x3 convolution, a relu and pooling, and a softmax: 50,186 parameters.

    Convolutions begin as they do in PyTorch; the last layer's weights begin as Xavier has them.

    Args:
        input_shape: height, width and channels; height and width at least `2 ** len(filters)`.
        classes: number of classes, at least 2.
        filters: filters of the convolution in each block.
        dropout: share of the flattened features that are dropped in training, 0 <= dropout < 1.
        augmentation: what is done to images at random in training, and in training only:
            `"shift"` (by up to two pixels of 28), `"crop"` (by whole ones), `"zoom"` and
            `"rotate"` (by up to 10 %, and 18 degrees), `"erase"` (half of the images lose a
            rectangle of 2 to 20 %), `"mirror"` (left and right: not for digits).

    Input shape:
        `(rows, *input_shape)`: pixels from 0 to 255; they are scaled inside.

    Output shape:
        `(rows, classes)`: probabilities.

    Raises:
        InvalidInput: if images are too small for the poolings.
        UnknownName: if there is no such augmentation.

    Example:
        >>> build_mnist_cnn().count_params()  # 320 + 18,496 + 31,370
        50186

    Reference:
        LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document
        recognition", 1998 (convolutions and pooling for digits); Glorot and Bengio, "Understanding
        the difficulty of training deep feedforward neural networks", 2010 (Xavier).
    """
    import keras

    check_image_size("mnist_cnn", input_shape, 2 ** len(filters), f"{len(filters)} poolings")
    inputs = keras.Input(input_shape, dtype="uint8", name="image")
    x = keras.layers.Rescaling(1 / 255, name="rescale")(inputs)
    x = augment(x, augmentation, shift=2 / 28)
    for number, width in enumerate(filters, start=1):
        x = keras.layers.Conv2D(
            width,
            3,
            padding="same",
            activation="relu",
            kernel_initializer=_as_in_pytorch(9 * x.shape[-1]),
            bias_initializer=_as_in_pytorch(9 * x.shape[-1]),
            name=f"conv{number}",
        )(x)
        x = keras.layers.MaxPooling2D(name=f"pool{number}")(x)  # halves height and width
    x = keras.layers.Flatten(name="flatten")(x)  # (rows, 7 * 7 * 64)
    if dropout > 0:
        x = keras.layers.Dropout(dropout, name="dropout")(x)
    outputs = keras.layers.Dense(
        classes,
        "softmax",
        kernel_initializer="glorot_uniform",  # Xavier, by its author's other name
        bias_initializer=_as_in_pytorch(x.shape[-1]),
        name="class",
    )(x)
    return keras.Model(inputs, outputs, name="mnist_cnn")


def _as_in_pytorch(inputs: int) -> keras.initializers.Initializer:
    """PyTorch draws weights and biases alike: uniformly, within 1 / sqrt(inputs of a unit)."""
    import keras

    limit = 1 / math.sqrt(inputs)
    return keras.initializers.RandomUniform(-limit, limit)


DOCUMENTED = Recipe(
    dataset="mnist",
    task="images",
    # What `drop_last` leaves out of an epoch, 60,000 - 468 * 128 = 96 images, is validated on.
    dataset_arguments={"validation_fraction": 96 / 60_000},
    optimizer={"class_name": "Adam", "config": {"learning_rate": 0.001, "epsilon": 1e-8}},
    loss="sparse_categorical_crossentropy",
    metrics=("accuracy",),
    epochs=15,
    batch_size=128,
    primary_metric="accuracy",
    primary_mode="max",
    parameters=50186,
    monitor="val_accuracy",
    monitor_mode="max",
    restore_best_weights=False,
    source="course document E, lines 541-845, in 468 steps an epoch; there the 96 images that are "
    "left out differ from epoch to epoch, here they are the last ones",
    documented=Reference(
        0.9836,
        "accuracy",
        "course document E, line 838",
        "on test pixels that were not scaled, and after more epochs than are shown",
    ),
    baselines=("nearest_neighbor",),
    experiment="60,000 / 10,000",
    recorded_seeds=1,
)

TUNED = dataclasses.replace(
    DOCUMENTED,
    dataset_arguments={"validation_fraction": 0.05},
    builder_arguments={"augmentation": ["crop", "rotate"]},
    optimizer={
        "class_name": "AdamW",
        "config": {
            "learning_rate": cosine_decay(
                0.004, rows=57000, batch_size=128, epochs=30, warmup=0.05
            ),
            "weight_decay": 0.01,
        },
    },
    epochs=30,
    precision="auto",
    source="own choice, selected on validation",
    recorded_seeds=3,
)
