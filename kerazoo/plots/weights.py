"""Weights as images: what a filter, or a unit that sees every pixel, looks for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kerazoo._wording import counted
from kerazoo.errors import InvalidInput, unknown_name
from kerazoo.plots.images import plot_images
from kerazoo.plots.style import Figure

if TYPE_CHECKING:
    import keras

_MOST = 60  # images in a figure
_COLUMNS = 12
_COLORS = (1, 3)


def plot_weights(
    model: keras.Model,
    layer: str | None = None,
    captions: Sequence[str] | None = None,
) -> Figure:
    """Draw the weights of a layer as images: gray is 0, white speaks for it, black against.

    A filter of a convolution is as large as what it sees of an image; a unit of a dense layer has a
    weight for every pixel. All of them share one scale. The weights of a filter that sees more than
    three channels are drawn channel by channel, a filter in a row.

    Args:
        model: a network that begins with images.
        layer: a convolution, or a dense layer on pixels; the first such layer by default.
        captions: a text above each, such as the class of each unit.

    Raises:
        InvalidInput: if the network has no such layer, or the captions do not fit.
        UnknownName: if there is no such layer of this name.

    Example:
        >>> import kerazoo
        >>> figure = plot_weights(kerazoo.build_cnn(filters=((8,), (16,))))
        >>> len(figure.axes), figure.get_suptitle()
        (8, '8 filters of block1_conv1, 3 × 3')

    Reference:
        Zeiler and Fergus, "Visualizing and understanding convolutional networks", 2014.
    """
    found = _weights_on_images(model)
    if not found:
        raise InvalidInput(
            f"{getattr(model, 'name', model)!r} has no layer whose weights are images: neither a "
            "convolution nor a dense layer on pixels. Pass a network such as "
            "kerazoo.load_model('cnn')."
        )
    if layer is None:
        layer = next(iter(found))
    if layer not in found:
        raise unknown_name("layer of weights on images", layer, found)
    weights, kind = found[layer]  # (images, height, width, channels)
    count, height, width, channels = weights.shape
    title = f"{counted(count, kind)} of {layer}, {height} × {width}"
    columns = None
    if channels not in _COLORS:
        columns = min(channels, _COLUMNS)
        weights = weights[: math.ceil(_MOST / columns), ..., :columns]
        title += f": of {len(weights)}, {columns} of {counted(channels, 'channel')}"
        weights = np.moveaxis(weights, -1, 1).reshape(-1, height, width, 1)
    elif count > _MOST:
        weights, title = weights[:_MOST], f"{title}: the first {_MOST}"
    largest = float(np.abs(weights).max()) or 1.0
    return plot_images((weights / largest + 1) / 2, captions, columns, title)


def has_weights_on_images(model: Any) -> bool:
    """Return whether `plot_weights` can draw something of a network."""
    return bool(_weights_on_images(model))


def _weights_on_images(model: Any) -> dict[str, tuple[np.ndarray, str]]:
    """Return the weights of each layer that can be drawn, as images, and what each image is."""
    found: dict[str, tuple[np.ndarray, str]] = {}
    shape = _image_shape(model)
    for layer in getattr(model, "layers", []):
        kind, kernel = type(layer).__name__, getattr(layer, "kernel", None)
        if kernel is None:
            continue
        # A 1 × 1 filter is a single pixel: nothing to see.
        if kind == "Conv2D" and max(kernel.shape[:2]) > 1:
            array = np.asarray(kernel, "float32")  # (height, width, channels, filters)
            found[layer.name] = np.moveaxis(array, -1, 0), "filter"
        elif kind == "Dense" and shape and not found and kernel.shape[0] == math.prod(shape):
            array = np.asarray(kernel, "float32")  # (pixels, units)
            found[layer.name] = array.T.reshape(-1, *shape), "unit"
    return found


def _image_shape(model: Any) -> tuple[int, ...]:
    """Return height, width and channels of what a network takes; nothing if it takes no image."""
    inputs = getattr(model, "inputs", None) or []
    shape = tuple(inputs[0].shape[1:]) if len(inputs) == 1 else ()
    if len(shape) == 2:
        shape = (*shape, 1)
    known = len(shape) == 3 and all(isinstance(length, int) for length in shape)
    return shape if known else ()
