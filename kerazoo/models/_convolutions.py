"""A convolution as networks of several families have it: normalized, with a relu."""

from __future__ import annotations

from typing import Any


def convolve(x: Any, filters: int, name: str, pool: str = "") -> Any:
    """Add a 3x3 convolution, batch normalization and a relu.

    Args:
        x: `(rows, height, width, channels)`.
        filters: channels of the result, `(rows, height, width, filters)`.
        name: of the convolution; the other layers have it with an ending.
        pool: the name of a pooling that halves height and width; none by default.
    """
    import keras

    x = keras.layers.Conv2D(
        filters,
        3,
        padding="same",
        use_bias=False,  # batch normalization has one
        kernel_initializer="he_normal",
        name=name,
    )(x)
    if pool:  # before the activation it takes the same maximum of a quarter of the numbers
        x = keras.layers.MaxPooling2D(name=pool)(x)
    x = keras.layers.BatchNormalization(momentum=0.9, name=f"{name}_norm")(x)
    return keras.layers.ReLU(name=f"{name}_relu")(x)
