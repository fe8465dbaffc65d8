"""inception: filters of several sizes look at the same place side by side."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kerazoo.errors import InvalidInput
from kerazoo.models._convolutions import convolve
from kerazoo.models.vision._augmentation import augment
from kerazoo.models.vision._blocks import check_image_size
from kerazoo.recipe import Recipe, cosine_decay

if TYPE_CHECKING:
    import keras

_PARTS = 16  # the least share of a module's feature maps is a sixteenth


def build_inception(
    input_shape: tuple[int, int, int] = (32, 32, 3),
    classes: int = 10,
    filters: Sequence[Sequence[int]] = ((128, 128), (192, 192)),
    dropout: float = 0.3,
    augmentation: Sequence[str] = (),
) -> keras.Model:
    """Build four inception modules for images of 32 by 32 pixels: 293,658 parameters.

    Two 3x3 convolutions, the first of which skips every second pixel, then blocks of modules, with
    a pooling between blocks. A module has four
    branches: a 1x1 convolution; a 1x1 and a 3x3; a 1x1 and a 5x5; a pooling and a 1x1. Where a 1x1
    comes first there are fewer channels for the larger filters to see. The branches have a quarter,
    a half, an eighth and an eighth of the module's feature maps, as in the first module of
    GoogLeNet. Here every convolution is normalized, as in its successor, and there are no further
    outputs in the middle.

    Args:
        input_shape: height, width and channels; height and width at least `2 ** len(filters)`.
        classes: number of classes, at least 2.
        filters: feature maps of each module in each block, multiples of 16.
        dropout: share of the pooled features that are dropped in training, 0 <= dropout < 1.
        augmentation: what is done to images at random in training, and in training only:
            `"mirror"` (left and right), `"shift"` (by up to four pixels of 32), `"crop"` (by whole
            ones), `"zoom"` and `"rotate"` (by up to 10 %, and 18 degrees), `"erase"` (half of the
            images lose a rectangle of 2 to 20 %).

    Input shape:
        `(rows, *input_shape)`: pixels from 0 to 255; they are scaled inside.

    Output shape:
        `(rows, classes)`: probabilities.

    Raises:
        InvalidInput: if images are too small, or a module cannot be divided into its branches.
        UnknownName: if there is no such augmentation.

    Example:
        >>> build_inception().get_layer("block1_module1").output.shape  # 32 + 64 + 16 + 16
        (None, 16, 16, 128)

    Reference:
        Szegedy et al., "Going deeper with convolutions", CVPR 2015; Ioffe and Szegedy, "Batch
        normalization: accelerating deep network training by reducing internal covariate shift",
        2015.
    """
    import keras

    check_image_size("inception", input_shape, 2 ** len(filters), f"{len(filters)} halvings")
    for width in (width for block in filters for width in block):
        if width < _PARTS or width % _PARTS:
            raise InvalidInput(
                f"filters has a module of {width} feature maps; its branches take sixteenths of "
                "them. Pass multiples of 16, such as 128."
            )
    inputs = keras.Input(input_shape, dtype="uint8", name="image")
    x = keras.layers.Rescaling(1 / 127.5, offset=-1.0, name="rescale")(inputs)
    x = augment(x, augmentation, background=-1, shift=4 / 32)
    x = convolve(x, 32, strides=2, name="conv1")
    x = convolve(x, 64, name="conv2")
    for block, widths in enumerate(filters, start=1):
        if block > 1:
            x = keras.layers.MaxPooling2D(3, 2, padding="same", name=f"block{block}_pool")(x)
        for number, width in enumerate(widths, start=1):
            x = _add_module(x, width, f"block{block}_module{number}")
    x = keras.layers.GlobalAveragePooling2D(name="features")(x)
    x = keras.layers.Dropout(dropout, name="dropout")(x)
    outputs = keras.layers.Dense(classes, "softmax", name="class")(x)
    return keras.Model(inputs, outputs, name="inception")


def _add_module(x: keras.KerasTensor, width: int, module: str) -> keras.KerasTensor:
    """Add four branches side by side, and put what they found together."""
    import keras

    part = width // _PARTS
    one = convolve(x, 4 * part, 1, name=f"{module}_1x1")
    three = convolve(x, 6 * part, 1, name=f"{module}_3x3_before")
    three = convolve(three, 8 * part, 3, name=f"{module}_3x3")
    five = convolve(x, part, 1, name=f"{module}_5x5_before")
    five = convolve(five, 2 * part, 5, name=f"{module}_5x5")
    pooled = keras.layers.MaxPooling2D(3, 1, padding="same", name=f"{module}_pool")(x)
    pooled = convolve(pooled, 2 * part, 1, name=f"{module}_pool_after")
    return keras.layers.Concatenate(name=module)([one, three, five, pooled])


DOCUMENTED = Recipe(
    dataset="cifar10",
    task="images",
    dataset_arguments={"validation_fraction": 0.1},
    optimizer={"class_name": "Adam", "config": {"learning_rate": 0.001}},
    loss="sparse_categorical_crossentropy",
    metrics=("accuracy",),
    epochs=2,
    batch_size=128,
    primary_metric="accuracy",
    primary_mode="max",
    parameters=293658,
    monitor="val_accuracy",
    monitor_mode="max",
    restore_best_weights=False,
    precision="auto",
    source="own choice, after the modules of Szegedy et al., 2015, which course documents B, lines "
    "1662-1666, and E, lines 1138-1152, describe",
    baselines=("nearest_neighbor",),
    experiment="50,000 / 10,000",
    recorded_seeds=1,
)

TUNED = dataclasses.replace(
    DOCUMENTED,
    dataset_arguments={"validation_fraction": 0.05},
    builder_arguments={"augmentation": ["mirror", "crop"]},
    optimizer={
        "class_name": "AdamW",
        "config": {
            "learning_rate": cosine_decay(0.003, rows=47500, batch_size=128, epochs=8, warmup=0.1),
            "weight_decay": 0.05,
        },
    },
    epochs=8,
    source="own choice: usual settings of such networks, compared with no others, and as many "
    "epochs as two processors train in an hour or less",
)
