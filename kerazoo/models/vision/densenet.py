"""densenet: every layer of a block sees what all layers before it found."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kerazoo.errors import InvalidInput
from kerazoo.models._convolutions import MOMENTUM, convolution
from kerazoo.models.vision._augmentation import augment
from kerazoo.models.vision._blocks import check_image_size
from kerazoo.recipe import Recipe, cosine_decay

if TYPE_CHECKING:
    import keras

_BLOCKS = 3
_SMALLEST = 2 ** (_BLOCKS - 1)  # between blocks, height and width are halved
_BOTTLENECK = 4  # what a layer sees is first put into so many times `growth` feature maps


def build_densenet(
    input_shape: tuple[int, int, int] = (32, 32, 3),
    classes: int = 10,
    depth: int = 40,
    growth: int = 12,
    strides: int = 2,
    augmentation: Sequence[str] = (),
) -> keras.Model:
    """Build a densely connected network of 40 layers for 32 by 32 pixels: 176,122 parameters.

    Three blocks. Each layer of a block adds `growth` feature maps to all those before it, which it
    sees through a 1x1 convolution; between blocks a 1x1 convolution keeps half of them, and height
    and width are halved. Normalization and relu come before a convolution. The first convolution
    skips every second pixel, so that two processors have a fourth of the work.

    Args:
        input_shape: height, width and channels; height and width at least four times `strides`.
        classes: number of classes, at least 2.
        depth: layers with weights: 6n + 4, such as 22, 40 or 100.
        growth: feature maps that each layer adds.
        strides: by how much the first convolution divides height and width; 1 in the paper, for
            images of this size.
        augmentation: what is done to images at random in training, and in training only:
            `"mirror"` (left and right), `"shift"` (by up to four pixels of 32), `"crop"` (by whole
            ones), `"zoom"` and `"rotate"` (by up to 10 %, and 18 degrees), `"erase"` (half of the
            images lose a rectangle of 2 to 20 %).

    Input shape:
        `(rows, *input_shape)`: pixels from 0 to 255; they are scaled inside.

    Output shape:
        `(rows, classes)`: probabilities.

    Raises:
        InvalidInput: if images are too small, or the depth is not 6n + 4.
        UnknownName: if there is no such augmentation.

    Example:
        >>> build_densenet(depth=22).get_layer("block1_layer3").output.shape  # 24 + 3 * 12
        (None, 16, 16, 60)

    Reference:
        Huang, Liu, van der Maaten and Weinberger, "Densely connected convolutional networks",
        CVPR 2017 (DenseNet-BC).
    """
    import keras

    smallest = _SMALLEST * strides
    check_image_size("densenet", input_shape, smallest, f"strides of {strides} and two poolings")
    layers, rest = divmod(depth - _BLOCKS - 1, 2 * _BLOCKS)
    if layers < 1 or rest:
        raise InvalidInput(
            f"depth is {depth}; three blocks of n layers of two convolutions, a first convolution, "
            "two between blocks and a dense layer are 6n + 4. Pass one such as 22 or 40."
        )
    inputs = keras.Input(input_shape, dtype="uint8", name="image")
    x = keras.layers.Rescaling(1 / 127.5, offset=-1.0, name="rescale")(inputs)
    x = augment(x, augmentation, background=-1, shift=4 / 32)
    x = convolution(2 * growth, 3, strides=strides, name="conv1")(x)
    for block in range(1, _BLOCKS + 1):
        for number in range(1, layers + 1):
            name = f"block{block}_layer{number}"
            new = _activate_and_convolve(x, _BOTTLENECK * growth, 1, f"{name}_conv1")
            new = _activate_and_convolve(new, growth, 3, f"{name}_conv2")
            x = keras.layers.Concatenate(name=name)([x, new])
        if block < _BLOCKS:
            half = x.shape[-1] // 2
            x = _activate_and_convolve(x, half, 1, f"between{block}_conv")
            x = keras.layers.AveragePooling2D(2, name=f"between{block}_pool")(x)
    x = keras.layers.BatchNormalization(momentum=MOMENTUM, name="norm")(x)
    x = keras.layers.ReLU(name="relu")(x)
    x = keras.layers.GlobalAveragePooling2D(name="features")(x)
    outputs = keras.layers.Dense(classes, "softmax", name="class")(x)
    return keras.Model(inputs, outputs, name="densenet")


def _activate_and_convolve(
    x: keras.KerasTensor, filters: int, size: int, name: str
) -> keras.KerasTensor:
    """Add batch normalization, a relu and a convolution, in this order."""
    import keras

    x = keras.layers.BatchNormalization(momentum=MOMENTUM, name=f"{name}_norm")(x)
    x = keras.layers.ReLU(name=f"{name}_relu")(x)
    return convolution(filters, size, name=name)(x)


DOCUMENTED = Recipe(
    dataset="cifar10",
    task="images",
    dataset_arguments={"validation_fraction": 0.1},
    optimizer={
        "class_name": "SGD",
        "config": {
            "learning_rate": cosine_decay(0.1, rows=45000, batch_size=64, epochs=2),
            "momentum": 0.9,
            "nesterov": True,
        },
    },
    penalty={"l2": 0.00005},
    loss="sparse_categorical_crossentropy",
    metrics=("accuracy",),
    epochs=2,
    batch_size=64,
    primary_metric="accuracy",
    primary_mode="max",
    parameters=176122,
    monitor="val_accuracy",
    monitor_mode="max",
    restore_best_weights=False,
    precision="auto",
    source="Huang et al., 2017, sections 3 and 4: blocks, batch size, momentum, weight decay, "
    "first learning rate, 5,000 images held out; epochs (300 there), the decay of the rate, depth, "
    "growth, strides of the first convolution: own choice; course document E, lines "
    "1165-1174, names it",
    baselines=("nearest_neighbor",),
    experiment="50,000 / 10,000",
    recorded_seeds=1,
)

TUNED = dataclasses.replace(
    DOCUMENTED,
    dataset_arguments={"validation_fraction": 0.05},
    builder_arguments={"augmentation": ["mirror", "crop"]},
    optimizer={
        "class_name": "SGD",
        "config": {
            "learning_rate": cosine_decay(0.2, rows=47500, batch_size=128, epochs=10, warmup=0.1),
            "momentum": 0.9,
            "nesterov": True,
        },
    },
    penalty={"l2": 0.00025},
    epochs=10,
    batch_size=128,
    source="own choice: usual settings of such networks, compared with no others, and as many "
    "epochs as two processors train in an hour or less",
)
