"""A convolution as networks of several families have it: normalized, with a relu."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

MOMENTUM = 0.9
"""Of batch normalization: its averages follow some tens of steps, as trainings here are short."""


def convolve(
    x: keras.KerasTensor,
    filters: int,
    size: int = 3,
    *,
    name: str,
    strides: int = 1,
    pool: str = "",
    activate: bool = True,
) -> keras.KerasTensor:
    """Add a convolution that keeps height and width, batch normalization and a relu.

    Args:
        x: images or feature maps, `(rows, height, width, channels)`.
        filters: channels of the result, `(rows, height, width, filters)`.
        size: height and width of the filters.
        name: of the convolution; the layers after it are `<name>_norm` and `<name>_relu`.
        strides: by how much height and width are divided.
        pool: the name of a pooling that halves height and width; none by default.
        activate: whether there is a relu.
    """
    import keras

    x = convolution(filters, size, name=name, strides=strides)(x)
    if pool:  # before the activation it takes the same maximum of a quarter of the numbers
        x = keras.layers.MaxPooling2D(name=pool)(x)
    x = keras.layers.BatchNormalization(momentum=MOMENTUM, name=f"{name}_norm")(x)
    return keras.layers.ReLU(name=f"{name}_relu")(x) if activate else x


def convolution(filters: int, size: int, *, name: str, strides: int = 1) -> keras.layers.Layer:
    """Return a convolution for which batch normalization comes before or after."""
    import keras

    return keras.layers.Conv2D(
        filters,
        size,
        strides,
        padding="same",
        use_bias=False,  # batch normalization has one
        kernel_initializer="he_normal",
        name=name,
    )
