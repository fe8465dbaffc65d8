"""yolo: one pass finds all objects in an image, by a grid of cells; also in your own images."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kerazoo.errors import InvalidInput
from kerazoo.models._convolutions import convolve
from kerazoo.recipe import Recipe, cosine_decay

if TYPE_CHECKING:
    import keras


def build_yolo(
    input_shape: tuple[int, int, int] = (56, 56, 1),
    classes: int = 10,
    grid: int = 7,
    filters: Sequence[int] = (16, 32, 64),
    convolutions: int = 2,
    head: int = 128,
    boxes: int = 2,
) -> keras.Model:
    """Build convolutions and poolings down to a grid of cells: 293,956 parameters.

    Each cell of the grid answers for objects whose center is in it: with a confidence and a box, or
    several, and a class.

    Args:
        input_shape: height, width and channels; height and width are `grid * 2 ** len(filters)`.
        classes: number of classes of objects.
        grid: cells in a row and in a column.
        filters: filters of the convolutions in each block.
        convolutions: how many in each block but the first, whose feature map is the largest and
            whose convolutions cost most.
        head: filters of the two convolutions on the grid.
        boxes: boxes in a cell.

    Input shape:
        `(rows, *input_shape)`: pixels from 0 to 255; they are scaled inside.

    Output shape:
        `(rows, grid, grid, 5 * boxes + classes)`: of each cell the confidences of its boxes; center
        within the cell, width and height as shares of the image, for each of them; probabilities of
        the classes. `kerazoo.tasks.detection.find_boxes` reads
        it.

    Raises:
        InvalidInput: if images are too small or too large for the grid.

    Example:
        >>> build_yolo((112, 112, 3), classes=2, filters=(16, 32, 64, 64)).output_shape
        (None, 7, 7, 12)

    Reference:
        Redmon, Divvala, Girshick and Farhadi, "You only look once: unified, real-time object
        detection", 2016.
    """
    import keras

    import kerazoo.models.detection._loss  # noqa: F401  (Keras finds the loss by its name)

    _check_sizes(input_shape, grid, filters)
    inputs = keras.Input(input_shape, dtype="uint8", name="image")
    x = keras.layers.Rescaling(1 / 127.5, offset=-1.0, name="rescale")(inputs)
    for block, width in enumerate(filters, start=1):
        for number in range(1, convolutions if block > 1 else 1):
            x = convolve(x, width, name=f"block{block}_conv{number}")
        x = convolve(x, width, name=f"block{block}_conv", pool=f"block{block}_pool")
    for number in (1, 2):
        x = convolve(x, head, name=f"head{number}")  # (rows, grid, grid, head)

    def answer(channels: int, activation: str, name: str) -> Any:
        return keras.layers.Conv2D(channels, 1, activation=activation, name=name)(x)

    outputs = keras.layers.Concatenate(name="cells")(
        [
            answer(boxes, "sigmoid", "confidence"),
            answer(4 * boxes, "sigmoid", "box"),
            answer(classes, "softmax", "class"),
        ]
    )
    return keras.Model(inputs, outputs, name="yolo")


def _check_sizes(input_shape: Sequence[int], grid: int, filters: Sequence[int]) -> None:
    shape, side = tuple(input_shape), grid * 2 ** len(filters)
    if len(shape) != 3 or shape[:2] != (side, side):
        small = len(shape) == 3 and min(shape[:2]) < side
        raise InvalidInput(
            f"input_shape is {shape}; yolo with a {grid} x {grid} grid and "
            f"{len(filters)} poolings takes images of {side} x {side} pixels"
            f"{', and these are too small' if small else ''}. Pass ({side}, {side}, channels), or "
            "other filters or another grid."
        )


DOCUMENTED = Recipe(
    dataset="composed_scenes",
    task="detection",
    dataset_arguments={"target": "boxes"},
    optimizer={"class_name": "Adam", "config": {"learning_rate": 0.001}},
    loss={
        "module": "kerazoo.models.detection._loss",
        "class_name": "YoloLoss",
        "registered_name": "kerazoo>YoloLoss",
        "config": {"boxes": 2, "coordinates": 5.0, "no_object": 0.5},
    },
    metrics=(),
    epochs=2,
    batch_size=16,
    primary_metric="mean_average_precision",
    primary_mode="max",
    parameters=293956,
    restore_best_weights=False,
    source="own choice: layers, data and training; loss: Redmon et al., 2016; course document E, "
    "lines 1244-1253, and B, lines 1774-1794, describe the idea",
    baselines=("components_and_neighbors",),
    experiment="scenes of clothes",
    recorded_seeds=1,
)

TUNED = dataclasses.replace(
    DOCUMENTED,
    optimizer={
        "class_name": "AdamW",
        "config": {
            "learning_rate": cosine_decay(0.003, rows=6000, batch_size=16, epochs=4, warmup=0.05),
            "weight_decay": 0.05,
        },
    },
    epochs=4,
    source="own choice",
    recorded_seeds=2,
    experiments={
        # Where the ground has one gray level, objects are found without a network, too.
        "plain ground": {
            "dataset_arguments": {"target": "boxes", "ground": "plain"},
            "recorded_seeds": 1,
        },
    },
)
