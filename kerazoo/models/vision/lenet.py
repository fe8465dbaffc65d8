"""lenet: the convolutional network of 1998 reads handwritten digits."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from kerazoo.errors import unknown_name
from kerazoo.models._activations import check_activation
from kerazoo.models.vision._augmentation import augment
from kerazoo.models.vision._blocks import check_image_size
from kerazoo.recipe import Recipe, Reference, cosine_decay

if TYPE_CHECKING:
    import keras

_SMALLEST = 12  # 12, pooled 6, convolved 2, pooled 1


def build_lenet(
    input_shape: tuple[int, int, int] = (28, 28, 1),
    classes: int = 10,
    activation: str = "tanh",
    pooling: Literal["average", "max"] = "average",
    augmentation: Sequence[str] = (),
) -> keras.Model:
    """Build LeNet-5: two 5x5 convolutions with pooling, and three dense layers: 61,706 parameters.

    The network of 1998 reads images of 32 by 32 pixels, which are digits of 28 by 28 with a margin;
    here the first convolution adds that margin. Its second convolution saw a chosen few of the six
    feature maps before it, and its last layer measured distances; here all are seen, as in most
    networks that are called LeNet since, and the last layer is a softmax.

    Args:
        input_shape: height, width and channels; height and width at least 12.
        classes: number of classes, at least 2.
        activation: of convolutions and hidden layers: `"tanh"` as in 1998, `"relu"`, `"sigmoid"`,
            `"leaky_relu"` or `"elu"`.
        pooling: `"average"` as in 1998, or `"max"`.
        augmentation: what is done to images at random in training, and in training only:
            `"shift"` (by up to two pixels of 28), `"crop"` (by whole ones), `"zoom"` and
            `"rotate"` (by up to 10 %, and 18 degrees), `"erase"` (half of the images lose a
            rectangle of 2 to 20 %), `"mirror"` (left and right: not for digits).

    Input shape:
        `(rows, *input_shape)`: pixels from 0 to 255; they are scaled inside.

    Output shape:
        `(rows, classes)`: probabilities.

    Raises:
        InvalidInput: if images are too small for two convolutions and poolings.
        UnknownName: if there is no such activation, pooling or augmentation.

    Example:
        >>> build_lenet().count_params()  # 156 + 2,416 + 48,120 + 10,164 + 850
        61706

    Reference:
        LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document
        recognition", 1998, section II.B.
    """
    import keras

    check_image_size("lenet", input_shape, _SMALLEST, "two convolutions and poolings")
    check_activation(activation)
    pools = {"average": keras.layers.AveragePooling2D, "max": keras.layers.MaxPooling2D}
    if pooling not in pools:
        raise unknown_name("pooling", pooling, pools)
    inputs = keras.Input(input_shape, dtype="uint8", name="image")
    x = keras.layers.Rescaling(1 / 255, name="rescale")(inputs)
    x = augment(x, augmentation, shift=2 / 28)
    x = keras.layers.Conv2D(6, 5, padding="same", activation=activation, name="conv1")(x)
    x = pools[pooling](2, name="pool1")(x)  # (rows, 14, 14, 6)
    x = keras.layers.Conv2D(16, 5, activation=activation, name="conv2")(x)
    x = pools[pooling](2, name="pool2")(x)  # (rows, 5, 5, 16)
    x = keras.layers.Flatten(name="flatten")(x)
    x = keras.layers.Dense(120, activation, name="hidden1")(x)
    x = keras.layers.Dense(84, activation, name="hidden2")(x)
    outputs = keras.layers.Dense(classes, "softmax", name="class")(x)
    return keras.Model(inputs, outputs, name="lenet")


DOCUMENTED = Recipe(
    dataset="mnist",
    task="images",
    dataset_arguments={"validation_fraction": 0.05},
    optimizer={"class_name": "SGD", "config": {"learning_rate": 0.02, "momentum": 0.9}},
    loss="sparse_categorical_crossentropy",
    metrics=("accuracy",),
    epochs=20,
    batch_size=64,
    primary_metric="accuracy",
    primary_mode="max",
    parameters=61706,
    monitor="val_accuracy",
    monitor_mode="max",
    restore_best_weights=False,
    precision="auto",
    source="LeCun et al., 1998, sections II.B and III: layers, and 20 passes over the digits; "
    "softmax, optimizer, batch size and share held out: own choice; course document B, lines "
    "1648-1652, names the network",
    documented=Reference(
        0.9905,
        "accuracy",
        "LeCun et al., 1998, section III.B",
        "an error of 0.95 % after 20 passes over the 60,000 images, which were not distorted",
    ),
    best=Reference(
        0.992, "accuracy", "LeCun et al., 1998, section III.B", "0.8 % with distorted images, too"
    ),
    baselines=("nearest_neighbor",),
    experiment="60,000 / 10,000",
    recorded_seeds=3,
)

TUNED = dataclasses.replace(
    DOCUMENTED,
    builder_arguments={
        "activation": "relu",
        "pooling": "max",
        "augmentation": ["crop"],
    },
    optimizer={
        "class_name": "AdamW",
        "config": {
            "learning_rate": cosine_decay(
                0.003, rows=57000, batch_size=128, epochs=20, warmup=0.05
            ),
            "weight_decay": 0.01,
        },
    },
    epochs=20,
    batch_size=128,
    source="own choice, selected on validation",
)
