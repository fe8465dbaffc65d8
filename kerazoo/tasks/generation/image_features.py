"""A network whose only weights to train are the pixels of an image: its features are compared."""

from __future__ import annotations

from typing import Any

import keras

from kerazoo.models.pretrained import set_trunk_weights, subtract_mean

CONTENT = "block4_conv2"
STYLES = tuple(f"block{number}_conv1" for number in range(1, 6))
ROUGHNESS = "roughness"


@keras.saving.register_keras_serializable(package="kerazoo")
class Pixels(keras.layers.Layer):
    """One image, whatever the input is: its pixels are the layer's weights.

    Args:
        height: of the image.
        width: of the image.
        name: of the layer.

    Input shape:
        `(1, n)`: only that there is a row counts.

    Output shape:
        `(1, height, width, 3)`.
    """

    def __init__(self, height: int, width: int, name: str | None = None) -> None:
        super().__init__(name=name)
        self.size = (height, width)

    def build(self, input_shape: Any) -> None:
        """Make the pixels."""
        self.pixels = self.add_weight(shape=(1, *self.size, 3), initializer="zeros", name="pixels")

    def call(self, inputs: Any) -> Any:
        """Return the image."""
        return keras.ops.convert_to_tensor(self.pixels)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the image."""
        return (1, *self.size, 3)

    def get_config(self) -> dict[str, Any]:
        """Return what builds an equal layer."""
        height, width = self.size
        return {"height": height, "width": width, "name": self.name}


@keras.saving.register_keras_serializable(package="kerazoo")
class GramMatrix(keras.layers.Layer):
    """Which features occur together, wherever in the image: the products of all pairs, averaged.

    Input shape:
        `(rows, height, width, features)`.

    Output shape:
        `(rows, features, features)`.

    Example:
        >>> maps = keras.ops.ones((1, 4, 6, 3))
        >>> tuple(GramMatrix()(maps).shape)
        (1, 3, 3)
    """

    def call(self, inputs: Any) -> Any:
        """Return the means of products."""
        rows, height, width, features = inputs.shape
        x = keras.ops.reshape(inputs, (rows, height * width, features))
        return keras.ops.matmul(keras.ops.transpose(x, (0, 2, 1)), x) / (height * width)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the matrices."""
        return (input_shape[0], input_shape[-1], input_shape[-1])


@keras.saving.register_keras_serializable(package="kerazoo")
class TotalVariation(keras.layers.Layer):
    """How much neighboring pixels differ: the root of their mean squared difference, of 255.

    Input shape:
        `(rows, height, width, channels)`: from 0 to 255.

    Output shape:
        `(rows, 1)`.
    """

    def call(self, inputs: Any) -> Any:
        """Return a number per image."""
        down = inputs[:, 1:, :, :] - inputs[:, :-1, :, :]
        right = inputs[:, :, 1:, :] - inputs[:, :, :-1, :]
        squares = [keras.ops.mean((x / 255) ** 2, axis=(1, 2, 3)) for x in (down, right)]
        return keras.ops.sqrt(squares[0] + squares[1])[:, None]

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return a number per image."""
        return (input_shape[0], 1)


def build_image_features(trunk: keras.Model, height: int, width: int) -> keras.Model:
    """Build a network from pixels, which are its own weights, to what its trunk sees in them.

    Args:
        trunk: of `vgg16` or `vgg19`; it stays as it is.
        height: of the image.
        width: of the image.

    Input shape:
        `(1, 1)`: anything.

    Output shape:
        By their names: the content's features, the Gram matrix of each style layer, and the
        image's total variation.

    Reference:
        Gatys, Ecker and Bethge, "Image style transfer using convolutional neural networks", 2016;
        averages in place of maxima are theirs. Mahendran and Vedaldi, "Understanding deep image
        representations by inverting them", 2015 (total variation).
    """
    inputs = keras.Input((1,), batch_size=1, name="row")
    image = Pixels(height, width, name="image")(inputs)
    x = subtract_mean(image)
    outputs = {ROUGHNESS: TotalVariation(name=ROUGHNESS)(image)}
    for layer in trunk.layers:
        if isinstance(layer, keras.layers.MaxPooling2D):
            x = keras.layers.AveragePooling2D(2, name=layer.name)(x)
        elif isinstance(layer, keras.layers.Conv2D):
            copy = type(layer).from_config({**layer.get_config(), "trainable": False})
            x = copy(x)
        if layer.name == CONTENT:
            outputs["content"] = keras.layers.Identity(name="content")(x)
        if layer.name in STYLES:
            outputs[layer.name] = GramMatrix(name=f"{layer.name}_gram")(x)
        if layer.name == STYLES[-1]:
            break
    model = keras.Model(inputs, outputs, name="style_transfer")
    set_trunk_weights(model, trunk)
    return model
