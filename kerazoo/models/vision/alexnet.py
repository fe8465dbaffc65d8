"""alexnet: five convolutions with relus, and two dense layers with dropout, as in 2012."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kerazoo.models.vision._augmentation import augment
from kerazoo.models.vision._blocks import check_image_size
from kerazoo.recipe import Recipe, cosine_decay

if TYPE_CHECKING:
    import keras

_SMALLEST = 15  # three poolings of 3 by 3 pixels: 15, 7, 3, 1
_POOLED = (1, 2, 5)  # after these convolutions


def build_alexnet(
    input_shape: tuple[int, int, int] = (32, 32, 3),
    classes: int = 10,
    filters: Sequence[int] = (32, 64, 96, 96, 64),
    hidden_units: int = 256,
    dropout: float = 0.5,
    augmentation: Sequence[str] = (),
) -> keras.Model:
    """Build AlexNet for images of 32 by 32 pixels: 463,562 parameters in place of 60 millions.

    Five convolutions with relus. Pooling after the first, the second and the last takes the
    largest of 3x3 pixels in strides of 2, so that neighbors overlap. Two dense layers with dropout
    before each, and a softmax. The first filters are 5x5 and move pixel by pixel, as images are a
    seventh as high and wide as those of 2012; responses are not normalized, and there is one branch
    in place of the two that were computed by two GPUs.

    Args:
        input_shape: height, width and channels; height and width at least 15.
        classes: number of classes, at least 2.
        filters: of each of the five convolutions.
        hidden_units: of both dense layers.
        dropout: share of what these are given that is dropped in training, 0 <= dropout < 1.
        augmentation: what is done to images at random in training, and in training only:
            `"mirror"` (left and right), `"shift"` (by up to four pixels of 32), `"crop"` (by whole
            ones), `"zoom"` and `"rotate"` (by up to 10 %, and 18 degrees), `"erase"` (half of the
            images lose a rectangle of 2 to 20 %).

    Input shape:
        `(rows, *input_shape)`: pixels from 0 to 255; they are scaled inside.

    Output shape:
        `(rows, classes)`: probabilities.

    Raises:
        InvalidInput: if images are too small for three poolings.
        UnknownName: if there is no such augmentation.

    Example:
        >>> build_alexnet().get_layer("flatten").output.shape  # 3 * 3 * 64
        (None, 576)

    Reference:
        Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep convolutional neural
        networks", 2012.
    """
    import keras

    check_image_size("alexnet", input_shape, _SMALLEST, "three overlapping poolings")
    inputs = keras.Input(input_shape, dtype="uint8", name="image")
    x = keras.layers.Rescaling(1 / 127.5, offset=-1.0, name="rescale")(inputs)
    x = augment(x, augmentation, background=-1, shift=4 / 32)
    for number, width in enumerate(filters, start=1):
        x = keras.layers.Conv2D(
            width,
            5 if number <= 2 else 3,
            padding="same",
            activation="relu",
            kernel_initializer="he_normal",
            name=f"conv{number}",
        )(x)
        if number in _POOLED:
            x = keras.layers.MaxPooling2D(3, 2, name=f"pool{number}")(x)  # 32, 15, 7, 3
    x = keras.layers.Flatten(name="flatten")(x)
    for number in (1, 2):
        x = keras.layers.Dropout(dropout, name=f"dropout{number}")(x)
        x = keras.layers.Dense(
            hidden_units, "relu", kernel_initializer="he_normal", name=f"hidden{number}"
        )(x)
    outputs = keras.layers.Dense(classes, "softmax", name="class")(x)
    return keras.Model(inputs, outputs, name="alexnet")


DOCUMENTED = Recipe(
    dataset="cifar10",
    task="images",
    dataset_arguments={"validation_fraction": 0.1},
    optimizer={"class_name": "SGD", "config": {"learning_rate": 0.01, "momentum": 0.9}},
    penalty={"l2": 0.00025},
    loss="sparse_categorical_crossentropy",
    metrics=("accuracy",),
    epochs=2,
    batch_size=128,
    primary_metric="accuracy",
    primary_mode="max",
    parameters=463562,
    monitor="val_accuracy",
    monitor_mode="max",
    restore_best_weights=False,
    precision="auto",
    source="Krizhevsky et al., 2012, sections 3 to 5: order of the layers, dropout, optimizer, "
    "batch size, weight decay, first learning rate; sizes, initial weights, epochs (90 there), no "
    "augmentation: own choice; course documents B, lines 1655-1658, and E, lines 1105-1120, "
    "describe it",
    baselines=("nearest_neighbor",),
    experiment="50,000 / 10,000",
    recorded_seeds=1,
)

TUNED = dataclasses.replace(
    DOCUMENTED,
    dataset_arguments={"validation_fraction": 0.05},
    builder_arguments={"augmentation": ["mirror", "crop"], "dropout": 0.2},
    optimizer={
        "class_name": "AdamW",
        "config": {
            "learning_rate": cosine_decay(0.001, rows=47500, batch_size=128, epochs=8, warmup=0.05),
            "weight_decay": 0.05,
        },
    },
    penalty={},
    epochs=8,
    source="own choice: usual settings of such networks, compared with no others, and as many "
    "epochs as two processors train in an hour or less",
)
