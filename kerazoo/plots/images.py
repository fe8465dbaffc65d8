"""Grids of images."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from kerazoo._wording import counted
from kerazoo.errors import InvalidInput
from kerazoo.plots.style import Figure, hide_axes, in_style, new_figure

_MOST_COLUMNS = 10
_MOST_IN_ROW = 8  # with another image below each
_LETTER = 0.08  # inches, about, of a caption
_ROUNDING = 1e-3
_TITLE = 3.6  # inches of the title of reconstructions


@in_style
def plot_images(
    x: Any,
    captions: Sequence[str] | None = None,
    columns: int | None = None,
    title: str = "",
) -> Figure:
    """Draw images in a grid.

    Args:
        x: `(rows, height, width)` or `(rows, height, width, channels)` with 1 or 3 channels, or one
            image `(height, width, channels)`: `uint8`, or floats from 0 to 1, -1 to 1, or 0 to
            255, whichever all of them lie in.
        captions: a text above each.
        columns: how many stand side by side; at most ten by default.
        title: above all of them.

    Raises:
        InvalidInput: if `x` holds no images, or not as many as there are captions.

    Example:
        >>> import kerazoo
        >>> clothes = kerazoo.load_dataset("fashion_mnist_mini").test
        >>> len(plot_images(clothes.x[:12], columns=4).axes)
        12
    """
    images = to_images(x)
    if captions is not None and len(captions) != len(images):
        raise InvalidInput(
            f"got {counted(len(images), 'image')} and {counted(len(captions), 'caption')}; pass "
            "one for each."
        )
    if columns is not None and columns < 1:
        raise InvalidInput(f"columns is {columns}; expected at least 1.")
    columns = min(columns or _columns_for(len(images)), len(images))
    rows = math.ceil(len(images) / columns)
    lines = 0 if captions is None else max(caption.count("\n") + 1 for caption in captions)
    # Captions need room of their own; without them an image may be smaller.
    side = max(1.5, _LETTER * _longest_line(captions)) if captions is not None else 1.0
    height = side * images.shape[1] / images.shape[2] + 0.17 * lines
    figure = new_figure(0.2 + side * columns, 0.2 + height * rows + (0.4 if title else 0))
    for number, image in enumerate(images):
        axes = figure.add_subplot(rows, columns, number + 1)
        draw_image(axes, image)
        if captions is not None:
            axes.set_title(captions[number], fontsize=9)
    if title:
        figure.suptitle(title)
    return figure


@in_style
def plot_reconstructions(x: Any, reconstructed: Any) -> Figure:
    """Draw images above what a network has made of them.

    Args:
        x: the originals, as for `plot_images`.
        reconstructed: as many images, of the same size.

    Raises:
        InvalidInput: if the two do not go together.

    Example:
        >>> import kerazoo
        >>> x = kerazoo.load_dataset("fashion_mnist_mini").test.x[:6]
        >>> [axes.get_ylabel() for axes in plot_reconstructions(x, x / 255).axes[::6]]
        ['original', 'reconstructed']
    """
    originals, copies = to_images(x), to_images(reconstructed)
    if originals.shape != copies.shape:
        raise InvalidInput(
            f"the originals have shape {np.shape(x)}, the reconstructions "
            f"{np.shape(reconstructed)}; pass as many of the same size."
        )
    columns = min(len(originals), _MOST_COLUMNS)
    bands = math.ceil(len(originals) / columns)
    height = originals.shape[1] / originals.shape[2]
    figure = new_figure(max(0.5 + 1.0 * columns, _TITLE), 0.5 + 2 * 1.0 * height * bands)
    figure.suptitle("Originals above, reconstructions below")
    for band in range(bands):
        chosen = slice(band * columns, (band + 1) * columns)
        for below, images, label in ((0, originals, "original"), (1, copies, "reconstructed")):
            for column, image in enumerate(images[chosen]):
                index = (2 * band + below) * columns + column + 1
                axes = figure.add_subplot(2 * bands, columns, index)
                draw_image(axes, image)
                if column == 0:
                    axes.set_ylabel(label, fontsize=9)
    return figure


def above_and_below(shown: np.ndarray) -> tuple[Figure, list[tuple[Axes, Axes]]]:
    """Return a figure with two axes for each image: one for the image, and one below it.

    Args:
        shown: `(images, height, width, ...)`.
    """
    columns = min(len(shown), _MOST_IN_ROW)
    bands = -(-len(shown) // columns)
    side = 1.5 if columns > 2 else 2.8
    height = side * shown.shape[1] / shown.shape[2]
    figure = new_figure(0.9 + side * columns, 0.5 + (2 * height + 0.1) * bands)
    pairs = []
    for number in range(len(shown)):
        band, column = divmod(number, columns)
        index = 2 * band * columns + column + 1
        above = figure.add_subplot(2 * bands, columns, index)
        pairs.append((above, figure.add_subplot(2 * bands, columns, index + columns)))
    return figure, pairs


def to_images(x: Any) -> np.ndarray:
    """Return images as floats from 0 to 1.

    Args:
        x: as for `plot_images`.

    Returns:
        `(rows, height, width)` or `(rows, height, width, 3)`.

    Raises:
        InvalidInput: if these are no images.

    Example:
        >>> to_images(np.array([[[[0], [255]]]], "uint8")).tolist()
        [[[0.0, 1.0]]]
    """
    x = np.asarray(x)
    one = x.ndim == 3 and x.shape[-1] in (1, 3)
    images = x[None] if one else x
    if images.ndim == 4 and images.shape[-1] == 1:
        images = images[..., 0]
    if images.ndim not in (3, 4) or (images.ndim == 4 and images.shape[-1] != 3):
        raise InvalidInput(
            f"x has shape {x.shape}; expected images: (rows, height, width), or with a fourth "
            "axis of 1 or 3 channels."
        )
    if images.size == 0:
        raise InvalidInput(f"x has shape {x.shape}: there is no image. Pass at least one.")
    return _to_unit_range(images)


def draw_image(axes: Axes, image: np.ndarray) -> None:
    """Draw one of `to_images`, without ticks."""
    axes.imshow(image, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    hide_axes(axes)


def _to_unit_range(images: np.ndarray) -> np.ndarray:
    if images.dtype == np.bool_:
        return images.astype("float32")
    low, high = float(images.min()), float(images.max())
    if not (math.isfinite(low) and math.isfinite(high)):
        raise InvalidInput(
            "the images hold NaN or infinity; expected numbers from 0 to 255, 0 to 1, or -1 to 1."
        )
    # A computed 1.0000001 is a 1, and no pixel of 255 that is nearly black.
    if images.dtype == np.uint8 or (low >= -_ROUNDING and high > 1 + _ROUNDING):
        start, length = 0.0, 255.0
    else:
        start, length = (0.0, 1.0) if low >= -_ROUNDING else (-1.0, 2.0)
    if not start - _ROUNDING <= low <= high <= start + length + _ROUNDING:
        raise InvalidInput(
            f"the images have values from {low:g} to {high:g}; expected 0 to 255, 0 to 1, or -1 "
            "to 1."
        )
    return ((images.astype("float32") - start) / length).clip(0, 1)


def _longest_line(captions: Sequence[str]) -> int:
    return max((len(line) for caption in captions for line in caption.splitlines()), default=0)


def _columns_for(count: int) -> int:
    """Choose a grid that is wider than high, whose last row is full if that is possible."""
    if count <= 5:
        return count
    wide = [columns for columns in range(_MOST_COLUMNS, 3, -1) if columns * columns >= count]
    return next((columns for columns in wide if count % columns == 0), _MOST_COLUMNS)
