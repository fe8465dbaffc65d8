"""cifar_cnn: four convolutions and two dense layers classify color images of 32 by 32 pixels."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kerazoo.models.vision._augmentation import augment
from kerazoo.models.vision._blocks import check_image_size
from kerazoo.recipe import Recipe, cosine_decay

if TYPE_CHECKING:
    import keras


def build_cifar_cnn(
    input_shape: tuple[int, int, int] = (32, 32, 3),
    classes: int = 10,
    filters: Sequence[int] = (32, 64, 128, 256),
    hidden_units: int = 512,
    dropout: float = 0.5,
    augmentation: Sequence[str] = (),
    normalize: bool = False,
) -> keras.Model:
    """Build four blocks of convolution, relu and pooling, and two dense layers: 918,346 parameters.

    For the 100 classes of CIFAR-100, as in the source, there are 964,516.

    Args:
        input_shape: height, width and channels; height and width at least `2 ** len(filters)`.
        classes: number of classes, at least 2.
        filters: filters of the 3x3 convolution in each block.
        hidden_units: units of the dense layer before the last.
        dropout: share of the flattened features, before that layer, that are dropped in training,
            0 <= dropout < 1.
        augmentation: what is done to images at random in training, and in training only:
            `"mirror"` (left and right), `"shift"` (by up to four pixels of 32), `"crop"`
            (the same, by whole pixels), `"zoom"` and `"rotate"` (by up to 10 %, and 18 degrees),
            `"erase"` (half of the images lose a rectangle of 2 to 20 %).
        normalize: whether each block ends with batch normalization, without scale and offset, so
            that there is nothing more to train.

    Input shape:
        `(rows, *input_shape)`: pixels from 0 to 255; they are scaled inside.

    Output shape:
        `(rows, classes)`: probabilities.

    Raises:
        InvalidInput: if images are too small for the poolings.
        UnknownName: if there is no such augmentation.

    Example:
        >>> build_cifar_cnn(classes=100).count_params()
        964516

    Reference:
        James, Witten, Hastie, Tibshirani and Taylor, "An introduction to statistical learning with
        applications in Python", 2023, section 10.9 (network); Ioffe and Szegedy, "Batch
        normalization", 2015.
    """
    import keras

    check_image_size("cifar_cnn", input_shape, 2 ** len(filters), f"{len(filters)} poolings")
    inputs = keras.Input(input_shape, dtype="uint8", name="image")
    x = keras.layers.Rescaling(1 / 255, name="rescale")(inputs)
    x = augment(x, augmentation, shift=4 / 32)
    for number, width in enumerate(filters, start=1):
        x = keras.layers.Conv2D(
            width,
            3,
            padding="same",
            activation="relu",
            kernel_initializer="he_normal",
            name=f"conv{number}",
        )(x)
        x = keras.layers.MaxPooling2D(name=f"pool{number}")(x)  # halves height and width
        if normalize:
            x = keras.layers.BatchNormalization(
                momentum=0.9, center=False, scale=False, name=f"norm{number}"
            )(x)
    x = keras.layers.Flatten(name="flatten")(x)  # (rows, 2 * 2 * 256)
    if dropout > 0:
        x = keras.layers.Dropout(dropout, name="dropout")(x)
    x = keras.layers.Dense(hidden_units, "relu", kernel_initializer="he_normal", name="hidden")(x)
    outputs = keras.layers.Dense(classes, "softmax", name="class")(x)
    return keras.Model(inputs, outputs, name="cifar_cnn")


DOCUMENTED = Recipe(
    dataset="cifar10",
    task="images",
    dataset_arguments={"validation_fraction": 0.2},
    # PyTorch's RMSprop; Keras calls its alpha rho.
    optimizer={
        "class_name": "RMSprop",
        "config": {"learning_rate": 0.001, "rho": 0.99, "epsilon": 1e-8},
    },
    loss="sparse_categorical_crossentropy",
    metrics=("accuracy",),
    epochs=30,
    batch_size=128,
    primary_metric="accuracy",
    primary_mode="max",
    parameters=918346,
    monitor="val_accuracy",
    monitor_mode="max",
    restore_best_weights=False,
    precision="auto",
    source="course document A, lines 288-335: network and epochs; optimizer, batch size and share "
    "held out: James et al., An Introduction to Statistical Learning with Applications in Python, "
    "2023, laboratory of chapter 10; CIFAR-10 in place of CIFAR-100, initial weights and "
    "precision: own choice",
    baselines=("nearest_neighbor",),
    experiment="50,000 / 10,000",
    recorded_seeds=1,
)

TUNED = dataclasses.replace(
    DOCUMENTED,
    dataset_arguments={"validation_fraction": 0.05},
    builder_arguments={"augmentation": ["mirror", "crop"], "dropout": 0.4, "normalize": True},
    optimizer={
        "class_name": "AdamW",
        "config": {
            "learning_rate": cosine_decay(
                0.003, rows=47500, batch_size=128, epochs=60, warmup=0.05
            ),
            "weight_decay": 0.05,
        },
    },
    epochs=60,
    source="own choice, whether to normalize and the optimizer selected on validation",
)
