"""A convolution as networks of several families have it: normalized, with a relu."""

from __future__ import annotations

from typing import Any


def convolve(x: Any, filters: int, name: str) -> Any:
    """Add a 3x3 convolution, batch normalization and a relu.

    Args:
        x: `(rows, height, width, channels)`.
        filters: channels of the result, `(rows, height, width, filters)`.
        name: of the convolution; the other layers have it with an ending.
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
    x = keras.layers.BatchNormalization(momentum=0.9, name=f"{name}_norm")(x)
    return keras.layers.ReLU(name=f"{name}_relu")(x)
