"""resnet: shortcuts past every two convolutions let a network of many layers learn."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kerazoo.errors import InvalidInput
from kerazoo.models._convolutions import convolve
from kerazoo.models.vision._augmentation import augment
from kerazoo.models.vision._blocks import check_image_size
from kerazoo.recipe import Recipe, Reference, cosine_decay

if TYPE_CHECKING:
    import keras

_STAGES = 3
_SMALLEST = 2 ** (_STAGES - 1)  # the second and the third stage halve height and width


def build_resnet(
    input_shape: tuple[int, int, int] = (32, 32, 3),
    classes: int = 10,
    depth: int = 20,
    width: int = 16,
    shortcuts: bool = True,
    augmentation: Sequence[str] = (),
) -> keras.Model:
    """Build a residual network of 20 layers for images of 32 by 32 pixels: 269,722 parameters.

    Three stages of blocks of two 3x3 convolutions; the second and the third stage halve height and
    width and have twice the filters. What goes into a block is added to what comes out of it, so
    that a block learns what has to change. Where a stage begins, the shortcut skips every second
    pixel and has zeros for the new channels. So shortcuts have no weights, and the plain twin has
    the same number of parameters.

    Args:
        input_shape: height, width and channels; height and width at least 4.
        classes: number of classes, at least 2.
        depth: layers with weights: 6n + 2, such as 20, 32, 44 or 56.
        width: filters in the first stage.
        shortcuts: whether there are any; without them it is the plain twin.
        augmentation: what is done to images at random in training, and in training only:
            `"mirror"` (left and right), `"shift"` (by up to four pixels of 32), `"crop"` (by whole
            ones), `"zoom"` and `"rotate"` (by up to 10 %, and 18 degrees), `"erase"` (half of the
            images lose a rectangle of 2 to 20 %).

    Input shape:
        `(rows, *input_shape)`: pixels from 0 to 255; they are scaled inside.

    Output shape:
        `(rows, classes)`: probabilities.

    Raises:
        InvalidInput: if images are too small, or the depth is not 6n + 2.
        UnknownName: if there is no such augmentation.

    Example:
        >>> plain = build_resnet(shortcuts=False)
        >>> plain.count_params() == build_resnet().count_params()
        True

    Reference:
        He, Zhang, Ren and Sun, "Deep residual learning for image recognition", 2015, section 4.2.
    """
    import keras

    check_image_size("resnet", input_shape, _SMALLEST, "three stages")
    blocks, rest = divmod(depth - 2, 2 * _STAGES)
    if blocks < 1 or rest:
        raise InvalidInput(
            f"depth is {depth}; three stages of n blocks of two convolutions, a first convolution "
            "and a dense layer are 6n + 2 layers. Pass one such as 20 or 44."
        )
    inputs = keras.Input(input_shape, dtype="uint8", name="image")
    x = keras.layers.Rescaling(1 / 127.5, offset=-1.0, name="rescale")(inputs)
    x = augment(x, augmentation, background=-1, shift=4 / 32)
    x = convolve(x, width, name="conv1")
    for stage in range(1, _STAGES + 1):
        for number in range(1, blocks + 1):
            begins = stage > 1 and number == 1
            name = f"stage{stage}_block{number}"
            x = _add_block(x, width * 2 ** (stage - 1), name, begins, shortcuts)
    x = keras.layers.GlobalAveragePooling2D(name="features")(x)  # (rows, 64)
    outputs = keras.layers.Dense(classes, "softmax", name="class")(x)
    return keras.Model(inputs, outputs, name="resnet")


def _add_block(
    x: keras.KerasTensor, filters: int, block: str, begins: bool, shortcuts: bool
) -> keras.KerasTensor:
    """Add two convolutions and a shortcut past them; the relu comes after the sum."""
    import keras

    y = convolve(x, filters, name=f"{block}_conv1", strides=2 if begins else 1)
    y = convolve(y, filters, name=f"{block}_conv2", activate=False)
    if shortcuts:
        if begins:
            # Every second pixel, and as many channels of zeros as there were channels.
            x = keras.layers.MaxPooling2D(1, 2, padding="same", name=f"{block}_every_second")(x)
            zeros = keras.layers.Rescaling(0.0, name=f"{block}_zeros")(x)
            x = keras.layers.Concatenate(name=f"{block}_shortcut")([x, zeros])
        y = keras.layers.Add(name=f"{block}_add")([x, y])
    return keras.layers.ReLU(name=f"{block}_relu")(y)


DOCUMENTED = Recipe(
    dataset="cifar10",
    task="images",
    dataset_arguments={"validation_fraction": 0.1},
    optimizer={
        "class_name": "SGD",
        "config": {
            "learning_rate": cosine_decay(0.1, rows=45000, batch_size=128, epochs=4),
            "momentum": 0.9,
        },
    },
    penalty={"l2": 0.00005},
    loss="sparse_categorical_crossentropy",
    metrics=("accuracy",),
    epochs=4,
    batch_size=128,
    primary_metric="accuracy",
    primary_mode="max",
    parameters=269722,
    monitor="val_accuracy",
    monitor_mode="max",
    restore_best_weights=False,
    precision="auto",
    source="He et al., 2015, section 4.2: network, batch size, momentum, weight decay, first "
    "learning rate, 5,000 images held out; epochs (182 there), the decay of the rate, no "
    "augmentation: own choice; course documents B, lines 1670-1676, and E, lines 1154-1162, "
    "describe it",
    documented=Reference(
        0.9125,
        "accuracy",
        "He et al., 2015, table 6",
        "after 182 epochs, with shifted and mirrored images",
    ),
    baselines=("nearest_neighbor",),
    recorded_seeds=1,
    experiment="50,000 / 10,000",
)

TUNED = dataclasses.replace(
    DOCUMENTED,
    dataset_arguments={"validation_fraction": 0.05},
    builder_arguments={"augmentation": ["mirror", "crop"]},
    optimizer={
        "class_name": "SGD",
        "config": {
            "learning_rate": cosine_decay(0.2, rows=47500, batch_size=128, epochs=25, warmup=0.1),
            "momentum": 0.9,
            "nesterov": True,
        },
    },
    penalty={"l2": 0.00025},
    epochs=25,
    source="own choice: usual settings of such networks, compared with no others, and as many "
    "epochs as two processors train in an hour or less",
)
