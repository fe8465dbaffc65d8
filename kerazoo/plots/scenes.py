"""Images with what was found in them: a color on each pixel, or a box around each object."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle

from kerazoo.datasets.reading.scenes import NOTHING
from kerazoo.errors import InvalidInput
from kerazoo.plots.images import draw_image, to_images
from kerazoo.plots.style import Figure, in_style, new_figure

COLORS = (
    (31, 119, 180),
    (255, 127, 14),
    (44, 160, 44),
    (214, 39, 40),
    (148, 103, 189),
    (140, 86, 75),
    (227, 119, 194),
    (188, 189, 34),
    (23, 190, 207),
    (255, 187, 120),
    (152, 223, 138),
    (197, 176, 213),
)
"""Colors of classes, repeated where there are more: red, green and blue from 0 to 255."""

_SIDE, _COLUMNS = 1.6, 6  # inches of an image, and images in a row
_NAME = 1.5  # inches of a class in the legend
_SHARE = 0.6  # of the color in what is drawn over a pixel


@in_style
def plot_masks(
    x: Any, masks: np.ndarray, class_names: Sequence[str], truth: np.ndarray | None = None
) -> Figure:
    """Draw images with the class of each pixel as a color; the background stays as it is.

    Args:
        x: images, as for `plot_images`.
        masks: `(rows, height, width)`: numbers of classes, 0 for the background.
        class_names: a name per class; those that occur stand below.
        truth: masks that are right, drawn above the others.

    Raises:
        InvalidInput: if there are not as many masks as images, of the same size.

    Example:
        >>> from kerazoo.datasets import load_dataset_module
        >>> scenes = load_dataset_module("composed_scenes").tiny()
        >>> len(plot_masks(scenes.test.x[:4], scenes.test.y[:4], scenes.class_names).axes)
        4
    """
    images = to_images(x)
    given = [masks] if truth is None else [truth, masks]
    for some in given:
        if np.shape(some) != images.shape[:3]:
            raise InvalidInput(
                f"the images have shape {np.shape(x)} and the masks {np.shape(some)}; pass a mask "
                "of its size for each image."
            )
    titles = [""] if truth is None else ["truth", "found"]
    figure, rows = _grid(images, titles)
    for axes, row, which in rows:
        draw_image(axes, _overlaid(images[row], np.asarray(given[which])[row]))
    seen = [number for number in np.unique(np.stack(given)) if 0 < number < len(class_names)]
    _add_legend(figure, [(class_names[number], _color(number - 1)) for number in seen])
    return figure


@in_style
def plot_boxes(
    x: Any,
    boxes: Sequence[np.ndarray],
    class_names: Sequence[str],
    truth: np.ndarray | None = None,
) -> Figure:
    """Draw images with a box around each object, in the color of its class.

    Args:
        x: images, as for `plot_images`.
        boxes: for each image rows of class, confidence, center and size, in shares of the image, as
            `kerazoo.tasks.detection.find_boxes` gives them.
        class_names: a name per class; those that occur stand below.
        truth: `(rows, objects, 5)`, boxes that are right: class, center and size. They are drawn in
            images above the others.

    Raises:
        InvalidInput: if there are not as many rows of boxes as images.

    Example:
        >>> from kerazoo.datasets import load_dataset_module
        >>> scenes = load_dataset_module("composed_scenes").tiny(target="boxes")
        >>> found = [np.insert(one, 1, 1.0, axis=1) for one in scenes.test.y[:4]]
        >>> len(plot_boxes(scenes.test.x[:4], found, scenes.class_names).axes)
        4
    """
    images = to_images(x)
    given: list[Sequence[np.ndarray]] = [boxes]
    if truth is not None:
        given.insert(0, [np.insert(np.asarray(one), 1, np.nan, axis=1) for one in truth])
    if any(len(some) != len(images) for some in given):
        raise InvalidInput(
            f"got {len(images)} images, and boxes of {len(boxes)}; pass an array of boxes for each."
        )
    titles = [""] if truth is None else ["truth", "found"]
    figure, rows = _grid(images, titles)
    seen = set()
    for axes, row, which in rows:
        draw_image(axes, images[row])
        for box in np.asarray(given[which][row]):
            if box[0] != NOTHING:
                seen.add(int(box[0]))
                _draw_box(axes, box, images.shape[1:3])
    _add_legend(figure, [(class_names[number], _color(number)) for number in sorted(seen)])
    return figure


def _grid(images: np.ndarray, titles: Sequence[str]) -> tuple[Figure, list[tuple[Axes, int, int]]]:
    """Return a figure, and its axes with the number of the image and that of the title."""
    columns = min(len(images), _COLUMNS)
    bands = math.ceil(len(images) / columns)
    height = _SIDE * images.shape[1] / images.shape[2]
    figure = new_figure(_SIDE * columns + 0.4, height * bands * len(titles) + 0.7)
    made = []
    for row in range(len(images)):
        band, column = divmod(row, columns)
        for which, title in enumerate(titles):
            index = (band * len(titles) + which) * columns + column + 1
            axes = figure.add_subplot(bands * len(titles), columns, index)
            if column == 0 and title:
                axes.set_ylabel(title, fontsize=9)
            made.append((axes, row, which))
    return figure, made


def _overlaid(image: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return an image in color, `(height, width, 3)`, under the colors of its classes."""
    colored = np.repeat(image[..., None], 3, axis=-1) if image.ndim == 2 else image.copy()
    for number in np.unique(mask):
        if number > 0:
            there = mask == number
            colored[there] = (1 - _SHARE) * colored[there] + _SHARE * _color(number - 1)
    return colored


def _draw_box(axes: Axes, box: np.ndarray, size: tuple[int, ...]) -> None:
    number, confidence, x, y, width, height = (float(value) for value in box)
    left, top = (x - width / 2) * size[1] - 0.5, (y - height / 2) * size[0] - 0.5
    color = tuple(_color(int(number)))
    axes.add_patch(
        Rectangle((left, top), width * size[1], height * size[0], fill=False, edgecolor=color)
    )
    if math.isfinite(confidence):
        # Inside of the box, and of the image.
        corner = max(left, 0) + 1, max(top, 0) + 1
        axes.text(*corner, f"{confidence:.2f}", color=color, fontsize=7, va="top", clip_on=True)


def _color(number: int) -> np.ndarray:
    return np.array(COLORS[int(number) % len(COLORS)]) / 255


def _add_legend(figure: Figure, named: Sequence[tuple[str, np.ndarray]]) -> None:
    if named:
        patches = [Patch(color=tuple(color), label=name) for name, color in named]
        columns = max(1, min(len(patches), int(figure.get_figwidth() / _NAME)))
        figure.legend(handles=patches, loc="outside lower center", ncols=columns)
