"""vgg_small: a small VGG-style network classifies images of 32 by 32 pixels in eight classes.

The eight CIFAR-10 classes other than cat and dog, so that `vgg_transfer` can carry what it has
learnt over to two classes that it has never seen.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kerazoo.models._convolutions import convolve
from kerazoo.models.vision._blocks import check_image_size
from kerazoo.recipe import Recipe, Reference, cosine_decay

if TYPE_CHECKING:
    import keras

WIDTHS = ((32,), (64, 64), (128, 128), (192, 192))
"""Filters of the convolutions in each block."""


def build_vgg_small(
    input_shape: tuple[int, int, int] = (32, 32, 3),
    classes: int = 8,
    widths: Sequence[Sequence[int]] = WIDTHS,
    dropout: float = 0.3,
    augment: bool = False,
) -> keras.Model:
    """Build four blocks of 3x3 convolutions and pooling, and one dense layer: 833,448 parameters.

    Args:
        input_shape: height, width and channels; height and width at least `2 ** len(widths)`.
        classes: number of classes, at least 2.
        widths: filters of the convolutions in each block.
        dropout: share of the pooled features that are dropped in training, 0 <= dropout < 1.
        augment: whether images are mirrored and shifted at random in training.

    Input shape:
        `(rows, *input_shape)`: pixels from 0 to 255.

    Output shape:
        `(rows, classes)`: probabilities.

    Raises:
        InvalidInput: if images are too small for the poolings.

    Example:
        >>> build_vgg_small().output_shape
        (None, 8)

    Reference:
        Simonyan and Zisserman, "Very deep convolutional networks for large-scale image
        recognition", 2015; with batch normalization (Ioffe and Szegedy, 2015).
    """
    import keras

    check_image_size("vgg_small", input_shape, 2 ** len(widths), f"{len(widths)} poolings")
    inputs = keras.Input(input_shape, dtype="uint8", name="image")
    x = keras.layers.Rescaling(1 / 127.5, offset=-1.0, name="rescale")(inputs)
    if augment:
        x = keras.layers.RandomFlip("horizontal", name="mirror")(x)
        x = keras.layers.RandomTranslation(0.1, 0.1, name="shift")(x)
    x = add_trunk(x, widths)
    x = keras.layers.GlobalAveragePooling2D(name="features")(x)
    x = keras.layers.Dropout(dropout, name="dropout")(x)
    outputs = keras.layers.Dense(classes, "softmax", name="class")(x)
    return keras.Model(inputs, outputs, name="vgg_small")


def add_trunk(x: keras.KerasTensor, widths: Sequence[Sequence[int]] = WIDTHS) -> keras.KerasTensor:
    """Add the blocks of convolutions, each halved in height and width by its pooling.

    Args:
        x: pixels from -1 to 1.
        widths: filters of the convolutions in each block.
    """
    import keras

    for block, filters in enumerate(widths, start=1):
        for number, width in enumerate(filters, start=1):
            x = convolve(x, width, name=f"block{block}_conv{number}")
        x = keras.layers.MaxPooling2D(name=f"block{block}_pool")(x)
    return x


SOURCE_CLASSES = ("airplane", "automobile", "bird", "deer", "frog", "horse", "ship", "truck")

DOCUMENTED = Recipe(
    dataset="cifar10",
    task="images",
    dataset_arguments={"classes": list(SOURCE_CLASSES), "validation_fraction": 0.1},
    optimizer={"class_name": "Adam", "config": {"learning_rate": 0.001}},
    loss="sparse_categorical_crossentropy",
    metrics=("accuracy",),
    epochs=3,
    batch_size=128,
    primary_metric="accuracy",
    primary_mode="max",
    parameters=833448,
    monitor="val_accuracy",
    monitor_mode="max",
    precision="auto",
    source="own choice, after the VGG that course document B, lines 1680-1683, names",
    baseline=Reference(0.125, "accuracy", "guessing"),
    experiment="eight CIFAR-10 classes",
    recorded_seeds=1,
)

TUNED = dataclasses.replace(
    DOCUMENTED,
    builder_arguments={"augment": True},
    optimizer={
        "class_name": "AdamW",
        "config": {
            "learning_rate": cosine_decay(0.003, rows=36000, batch_size=128, epochs=15),
            "weight_decay": 0.05,
        },
    },
    epochs=15,
    restore_best_weights=False,
    source="own choice, selected on validation",
)
