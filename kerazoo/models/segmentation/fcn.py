"""fcn: convolutions all the way tell the class of each pixel, also in images of your own."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kerazoo.errors import InvalidInput
from kerazoo.models._convolutions import convolve
from kerazoo.recipe import Recipe, cosine_decay

if TYPE_CHECKING:
    import keras


def build_fcn(
    input_shape: tuple[int, int, int] = (56, 56, 1),
    classes: int = 11,
    filters: Sequence[int] = (16, 32, 64),
    convolutions: int = 2,
    head: int = 96,
    skips: int = 3,
) -> keras.Model:
    """Build a fully convolutional network: 216,477 parameters.

    Each block is a convolution and a pooling. What would be dense layers in a classifier are
    convolutions at every place of the last feature map: a score for each class there. Transposed
    convolutions enlarge these scores by two, as often as there are poolings; each time the scores
    of a block's own features, which know better where an edge is, are added.

    Args:
        input_shape: height, width and channels; height and width multiples of `2 ** len(filters)`.
        classes: number of classes of a pixel, the background among them, at least 2.
        filters: filters of the convolutions in each block.
        convolutions: how many in each block but the first, whose feature map is the largest and
            whose convolutions cost most.
        head: filters of the two convolutions in place of dense layers.
        skips: how many blocks, from the last one on, add the scores of their features: 0 to
            `len(filters)`.

    Input shape:
        `(rows, *input_shape)`: pixels from 0 to 255; they are scaled inside.

    Output shape:
        `(rows, height, width, classes)`: probabilities of each pixel.

    Raises:
        InvalidInput: if height or width is no such multiple, or there are not so many blocks.

    Example:
        >>> build_fcn((64, 48, 3), classes=2).output_shape
        (None, 64, 48, 2)

    Reference:
        Long, Shelhamer and Darrell, "Fully convolutional networks for semantic segmentation", 2015.
    """
    import keras

    _check_sizes(input_shape, filters, skips)
    inputs = keras.Input(input_shape, dtype="uint8", name="image")
    x = keras.layers.Rescaling(1 / 127.5, offset=-1.0, name="rescale")(inputs)
    features = []
    for block, width in enumerate(filters, start=1):
        for number in range(1, convolutions if block > 1 else 1):
            x = convolve(x, width, name=f"block{block}_conv{number}")
        x = convolve(x, width, name=f"block{block}_conv")
        features.append(x)
        x = keras.layers.MaxPooling2D(name=f"block{block}_pool")(x)
    for number in (1, 2):
        x = convolve(x, head, name=f"head{number}")  # (rows, height / 8, width / 8, head)
    scores = keras.layers.Conv2D(classes, 1, name="head_score")(x)
    for block in range(len(filters), 0, -1):
        scores = keras.layers.Conv2DTranspose(
            classes, 4, strides=2, padding="same", name=f"block{block}_enlarge"
        )(scores)
        if block > len(filters) - skips:
            own = keras.layers.Conv2D(classes, 1, name=f"block{block}_score")(features[block - 1])
            scores = keras.layers.Add(name=f"block{block}_add")([scores, own])
    outputs = keras.layers.Softmax(name="class")(scores)
    return keras.Model(inputs, outputs, name="fcn")


def _check_sizes(input_shape: Sequence[int], filters: Sequence[int], skips: int) -> None:
    shape, step = tuple(input_shape), 2 ** len(filters)
    if len(shape) != 3 or any(side % step or side < step for side in shape[:2]):
        raise InvalidInput(
            f"input_shape is {shape}; fcn takes height, width and channels, and halves height and "
            f"width {len(filters)} times. Pass multiples of {step}, such as {(7 * step, 7 * step)}."
        )
    if not 0 <= skips <= len(filters):
        raise InvalidInput(f"skips is {skips}; expected 0 to {len(filters)}, the blocks.")


DOCUMENTED = Recipe(
    dataset="composed_scenes",
    task="segmentation",
    dataset_arguments={"target": "masks"},
    optimizer={"class_name": "Adam", "config": {"learning_rate": 0.001}},
    # 255 marks pixels that count for nothing, in masks of one's own.
    loss={
        "class_name": "SparseCategoricalCrossentropy",
        "config": {"ignore_class": 255},
    },
    metrics=(),
    epochs=2,
    batch_size=16,
    primary_metric="mean_iou",
    primary_mode="max",
    parameters=216477,
    restore_best_weights=False,
    source="own choice: layers, data and training; course document E, lines 1176-1203, and B, "
    "lines 1798-1804, describe the idea",
    baselines=("most_frequent_class", "logistic_regression_of_patches", "components_and_neighbors"),
    experiment="scenes of clothes",
    recorded_seeds=1,
)

TUNED = dataclasses.replace(
    DOCUMENTED,
    optimizer={
        "class_name": "AdamW",
        "config": {
            "learning_rate": cosine_decay(0.008, rows=6000, batch_size=16, epochs=5, warmup=0.05),
            "weight_decay": 0.01,
        },
    },
    epochs=5,
    source="own choice",
    recorded_seeds=2,
    experiments={
        # Where the ground has one gray level, objects are found without a network, too.
        "plain ground": {
            "dataset_arguments": {"target": "masks", "ground": "plain"},
            "recorded_seeds": 1,
        },
    },
)
