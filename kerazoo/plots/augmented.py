"""What augmentation does to images in training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kerazoo.errors import InvalidInput
from kerazoo.plots.images import plot_images
from kerazoo.plots.layers import check_images
from kerazoo.plots.style import Figure

if TYPE_CHECKING:
    import keras


def plot_augmented(model: keras.Model, images: Any, times: int = 7, *, seed: int = 0) -> Figure:
    """Draw images, and beside each what the network's random layers make of it in training.

    The layers that are drawn from are copies with seeds of their own: a training that follows is
    not changed.

    Args:
        model: a network that begins with random layers, such as `cnn`.
        images: one image or several, as the network takes them: a row each.
        times: how often each is changed.
        seed: decides how.

    Raises:
        InvalidInput: if the network changes no image at random, or does not take these.

    Example:
        >>> import kerazoo
        >>> clothes = kerazoo.load_dataset("fashion_mnist_mini").train
        >>> figure = plot_augmented(kerazoo.build_cnn(), clothes.x[:2], times=4)
        >>> [axes.get_title() for axes in figure.axes[:2]]
        ['original', '']
    """
    batch = check_images(model, images)
    if times < 1:
        raise InvalidInput(f"times is {times}; expected at least 1.")
    if not changes_images(model):
        raise InvalidInput(
            f"{model.name!r} changes no image at random in training. Build it with an "
            "augmentation, such as kerazoo.build_cnn(augmentation=('mirror', 'shift'))."
        )
    changed = _change(model, np.repeat(batch, times, axis=0), seed)
    originals = batch.astype("float32")[:, np.newaxis] / 255
    rows = np.concatenate([originals, changed.reshape(len(batch), times, *batch.shape[1:])], axis=1)
    rows = rows.reshape(-1, *batch.shape[1:])
    return plot_images(rows, ["original", *[""] * (len(rows) - 1)], times + 1)


def changes_images(model: Any) -> bool:
    """Return whether a network changes images at random in training."""
    return any(map(_is_random, getattr(model, "layers", [])))


def _is_random(layer: Any) -> bool:
    return type(layer).__name__.startswith("Random")


def _change(model: keras.Model, batch: np.ndarray, seed: int) -> np.ndarray:
    """Run the layers up to the last random one as in training, and return images from 0 to 1."""
    import keras

    layers = model.layers[1:]  # the first one is the input
    last = max(number for number, layer in enumerate(layers) if _is_random(layer))

    def run(x: Any, *, change: bool) -> np.ndarray:
        for number, layer in enumerate(layers[: last + 1]):
            if not _is_random(layer):
                x = layer(x)
            elif change:
                settings = {**layer.get_config(), "seed": seed + number}
                x = type(layer).from_config(settings)(x, training=True)
        return keras.ops.convert_to_numpy(keras.ops.cast(x, "float32"))

    # What the layers in between, such as a rescaling, make of a black and of a white image.
    black, white = run(np.stack([0 * batch[0], 0 * batch[0] + 255]), change=False)
    return ((run(batch, change=True) - black) / (white - black)).clip(0, 1)
