"""A layer that moves each image by whole pixels, as random crops of padded images do."""

from __future__ import annotations

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="kerazoo")
class RandomCropOfPadded(keras.layers.Layer):
    """In training, move each image of a batch by its own whole number of pixels.

    It is what "pad by four pixels and crop at random" does. `keras.layers.RandomCrop` crops all
    images of a batch at one place, and `keras.layers.RandomTranslation` moves by parts of pixels,
    which blurs small images and takes longer than the convolutions beside it.

    Args:
        padding: the most pixels that an image is moved, each way and each direction.
        background: the value that comes in from outside.
        seed: of the random numbers.
        **of_layer: what each layer of Keras takes: its name and type.

    Input shape:
        `(rows, height, width, channels)`, floats.

    Output shape:
        The same.

    Example:
        >>> import numpy as np
        >>> layer = RandomCropOfPadded(1, seed=0)
        >>> image = np.arange(9.0).reshape(1, 3, 3, 1)
        >>> bool((layer(image) == image).numpy().all())  # not in training
        True

    Reference:
        He et al., "Deep residual learning for image recognition", 2016, section 4.2.
    """

    def __init__(
        self,
        padding: int,
        background: float = 0.0,
        seed: int | None = None,
        **of_layer: Any,
    ) -> None:
        super().__init__(**of_layer)
        self.padding = padding
        self.background = background
        self.seed = seed
        self.generator = keras.random.SeedGenerator(seed)

    def call(self, x: Any, training: bool = False) -> Any:
        """Return the images, moved if it is training."""
        if not training or not self.padding:
            return x
        ops = keras.ops
        rows, height, width = ops.shape(x)[0], x.shape[1], x.shape[2]
        places = 2 * self.padding + 1
        moved = keras.random.uniform((rows, 2), 0, places, "float32", self.generator)
        moved = ops.minimum(ops.floor(moved), places - 1) - self.padding
        # A matrix of zeros and ones picks the pixels. A row without a one is outside of the image.
        y = ops.one_hot(_from(moved[:, 0], height), height, dtype=x.dtype)  # (rows, height, height)
        z = ops.one_hot(_from(moved[:, 1], width), width, dtype=x.dtype)
        above = x - self.background if self.background else x
        above = ops.einsum("nij,njwc->niwc", y, above)
        above = ops.einsum("nij,nhjc->nhic", z, above)
        return above + self.background if self.background else above

    def get_config(self) -> dict[str, Any]:
        """Return what the layer is made of."""
        own = {"padding": self.padding, "background": self.background, "seed": self.seed}
        return {**super().get_config(), **own}


def _from(moved: Any, size: int) -> Any:
    """Return from which row each row of each image comes: `(rows, size)`."""
    places = keras.ops.arange(size, dtype="float32")[None, :] + moved[:, None]
    return keras.ops.cast(places, "int32")
