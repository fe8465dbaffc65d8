"""Where a convolutional network looks, drawn over the images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize

from kerazoo._wording import counted
from kerazoo.errors import InvalidInput
from kerazoo.plots.heatmap import grad_cam
from kerazoo.plots.images import above_and_below, draw_image, to_images
from kerazoo.plots.layers import check_images, check_layer
from kerazoo.plots.style import Figure, hide_axes, in_style, percent

if TYPE_CHECKING:
    import keras

_GRAY_OF_COLORS = (0.299, 0.587, 0.114)  # ITU-R BT.601


@in_style
def plot_grad_cam(
    model: keras.Model,
    images: Any,
    class_names: Sequence[str] | None = None,
    layer: str | None = None,
    *,
    target: int | Sequence[int] | None = None,
) -> Figure:
    """Draw images, and below each where the network looks to classify it.

    Regions that count for nothing are dark; a line surrounds those that count at least half as
    much as the most important one.

    Args:
        model: as for `grad_cam`.
        images: as the network takes them, or a single one.
        class_names: a name per class, for the captions; numbers by default.
        layer: as for `grad_cam`.
        target: as for `grad_cam`.

    Raises:
        InvalidInput: as for `grad_cam`, or if there is not a name per class.

    Example:
        >>> import kerazoo
        >>> clothes = kerazoo.load_dataset("fashion_mnist_mini").test
        >>> len(plot_grad_cam(kerazoo.build_cnn(), clothes.x[:3]).axes)
        7

    Reference:
        As for `grad_cam`.
    """
    heat = grad_cam(model, images, layer, target)
    images = check_images(model, images)
    # Few regions give broad bars, which say little about where in the image.
    rows, regions = model.get_layer(check_layer(model, layer)).output.shape[1:3]
    fineness = f", {rows} × {regions} regions" if rows and regions else ""
    return draw_heat_over(
        images,
        heat,
        captions_of(model, images, class_names, target),
        title=f"Where the network looks (Grad-CAM{fineness})",
        label="importance of the region (line: 0.5)",
    )


def draw_heat_over(
    images: np.ndarray, heat: np.ndarray, captions: Sequence[str], *, title: str, label: str
) -> Figure:
    """Draw images in rows of eight, and below each a map of where something is in it.

    Args:
        images: `(rows, height, width, channels)`.
        heat: `(rows, height, width)` from 0 to 1.
        captions: a text above each image.
        title: above all.
        label: what the colors of the map are.
    """
    shown = to_images(images)
    figure, pairs = above_and_below(shown)
    for (above, below), image, caption, one in zip(pairs, shown, captions, heat, strict=True):
        draw_image(above, image)
        above.set_title(caption, fontsize=9)
        _draw_heat(below, image, one)
    scale = ScalarMappable(Normalize(0, 1), "inferno")
    bar = figure.colorbar(scale, ax=figure.axes, fraction=0.05, aspect=30)
    bar.set_label(label)
    bar.outline.set_visible(False)
    figure.suptitle(title)
    return figure


def _draw_heat(axes: Axes, image: np.ndarray, heat: np.ndarray) -> None:
    gray = image @ np.array(_GRAY_OF_COLORS) if image.ndim == 3 else image
    axes.imshow(gray, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    # The more a region counts, the more it is colored, so that the image stays to be seen.
    axes.imshow(heat, cmap="inferno", vmin=0, vmax=1, alpha=0.25 + 0.5 * heat)
    if heat.max() > heat.min():
        axes.contour(heat, levels=[0.5], colors="white", linewidths=1.2)
    if heat.max() == 0:
        axes.set_xlabel("nothing speaks for it", fontsize=9)
    hide_axes(axes)


def captions_of(
    model: keras.Model,
    images: np.ndarray,
    class_names: Sequence[str] | None,
    target: int | Sequence[int] | None = None,
) -> list[str]:
    """Return the class and its probability for each image; the predicted one by default.

    Raises:
        InvalidInput: if there is not a name per class.
    """
    outputs = np.asarray(model.predict(images, verbose=0), "float64")
    if outputs.shape[1] == 1:
        outputs = np.concatenate([1 - outputs, outputs], axis=1)
    names = class_names or [f"class {number}" for number in range(outputs.shape[1])]
    if len(names) != outputs.shape[1]:
        raise InvalidInput(
            f"class_names has {counted(len(names), 'name')}; {model.name!r} has {outputs.shape[1]} "
            "classes. Pass a name per class."
        )
    chosen = outputs.argmax(axis=1) if target is None else np.broadcast_to(target, len(outputs))
    # Without a softmax these are no probabilities, and a percentage would be a lie.
    probable = outputs.min() >= 0 and np.allclose(outputs.sum(axis=1), 1, atol=1e-2)
    return [
        f"{names[best]}, {percent(row[best])}" if probable else str(names[best])
        for row, best in zip(outputs, chosen, strict=True)
    ]
