"""What convolutional layers make of an image."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes

from kerazoo.errors import InvalidInput
from kerazoo.plots.images import draw_image, to_images
from kerazoo.plots.layers import check_images, check_layer, feature_layers
from kerazoo.plots.style import Figure, hide_axes, in_style, new_figure

if TYPE_CHECKING:
    import keras

_MAPS_IN_A_ROW = 12
_MOST_LAYERS = 8


@in_style
def plot_activations(model: keras.Model, image: Any, layer: str | None = None) -> Figure:
    """Draw the feature maps that convolutional layers give for one image.

    Each map is drawn from its lowest value (black) to its highest (white). Early layers show edges
    and textures; later ones are coarser and answer to parts of things.

    Args:
        model: a flat functional model with convolutions.
        image: one image as the network takes it.
        layer: whose feature maps are drawn, all of them. By default the most active ones of every
            convolution, after its activation; of eight of them, evenly spread, if there are more.

    Raises:
        InvalidInput: if the network has no convolution, or does not take the image.
        UnknownName: if there is no such layer of feature maps.

    Example:
        >>> import kerazoo
        >>> clothes = kerazoo.load_dataset("fashion_mnist_mini").test
        >>> figure = plot_activations(kerazoo.build_cnn(filters=((32,),)), clothes.x[0])
        >>> figure.axes[1].get_title(loc="left")
        'block1_conv1_relu, 14 × 14: the 12 most active of 32'

    Reference:
        Chollet, Deep Learning with Python, 2nd ed., 2021, chapter 9.4.1.
    """
    layers = _spread(feature_layers(model)) if layer is None else [check_layer(model, layer)]
    images = check_images(model, image)
    if len(images) != 1:
        raise InvalidInput(f"there are {len(images)} images; pass one, such as x[0].")
    maps = _feature_maps(model, images, layers)
    most = _MAPS_IN_A_ROW if layer is None else max(one.shape[-1] for one in maps)
    rows = [math.ceil(min(one.shape[-1], most) / _MAPS_IN_A_ROW) for one in maps]
    heights = [1.3, *(0.35 + 0.75 * count for count in rows)]
    figure = new_figure(0.2 + 0.75 * _MAPS_IN_A_ROW, 0.3 + sum(heights))
    grid = figure.add_gridspec(len(heights), 1, height_ratios=heights)
    original = figure.add_subplot(grid[0])
    draw_image(original, to_images(images)[0])
    original.set_title("the image")
    for number, (name, found) in enumerate(zip(layers, maps, strict=True), start=1):
        _draw_maps(figure.add_subplot(grid[number]), name, found, most)
    return figure


def _spread(layers: Mapping[str, str]) -> list[str]:
    """Return the layers to draw: the first, the last, and some in between."""
    names = list(layers.values())
    chosen = np.linspace(0, len(names) - 1, min(len(names), _MOST_LAYERS)).round().astype(int)
    return [names[number] for number in chosen]


def _feature_maps(model: keras.Model, images: np.ndarray, layers: list[str]) -> list[np.ndarray]:
    import keras

    outputs = [model.get_layer(name).output for name in layers]
    found = keras.Model(model.inputs[0], outputs)(images, training=False)
    tensors = found if isinstance(found, list) else [found]
    return [keras.ops.convert_to_numpy(keras.ops.cast(one, "float32"))[0] for one in tensors]


def _draw_maps(axes: Axes, name: str, maps: np.ndarray, most: int) -> None:
    height, width, count = maps.shape
    shown = min(count, most)
    order = np.argsort(-np.abs(maps).mean(axis=(0, 1)), kind="stable")
    chosen = np.arange(count) if shown == count else order[:shown]
    axes.imshow(_mosaic(maps[..., chosen]), cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    hide_axes(axes)
    which = f"all {count}" if shown == count else f"the {shown} most active of {count}"
    axes.set_title(f"{name}, {height} × {width}: {which}", fontsize=9, loc="left")


def _mosaic(maps: np.ndarray) -> np.ndarray:
    """Lay maps out in rows, each in its own range, with gaps that stay white."""
    height, width, count = maps.shape
    gap = max(1, round(width / 14))
    columns = _MAPS_IN_A_ROW
    rows = math.ceil(count / columns)
    mosaic = np.full(((height + gap) * rows - gap, (width + gap) * columns - gap), np.nan)
    for number in range(count):
        one = maps[..., number]
        length = one.max() - one.min()
        scaled = (one - one.min()) / length if length > 0 else np.zeros_like(one)
        top, left = (number // columns) * (height + gap), (number % columns) * (width + gap)
        mosaic[top : top + height, left : left + width] = scaled
    return mosaic
