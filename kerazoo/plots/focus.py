"""Where a convolutional network looks, drawn over the pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize

from kerazoo.errors import InvalidInput
from kerazoo.plots.heatmap import grad_cam
from kerazoo.plots.images import draw_picture, to_pictures
from kerazoo.plots.layers import check_images
from kerazoo.plots.style import Figure, hide_axes, in_style, new_figure, percent

if TYPE_CHECKING:
    import keras

_MOST_COLUMNS = 8
_GRAY_OF_COLORS = (0.299, 0.587, 0.114)  # ITU-R BT.601


@in_style
def plot_grad_cam(
    model: keras.Model,
    images: Any,
    class_names: Sequence[str] | None = None,
    layer: str | None = None,
    target: int | Sequence[int] | None = None,
) -> Figure:
    """Draw pictures, and below each where the network looks to tell its class.

    Places that count for nothing are dark; a line surrounds those that count at least half as much
    as the most important one.

    Args:
        model: as for `grad_cam`.
        images: pictures as the network takes them, or a single one.
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
    captions = _captions(model, images, class_names, target)
    pictures = to_pictures(images)
    columns = min(len(pictures), _MOST_COLUMNS)
    bands = -(-len(pictures) // columns)
    side = 1.5 if columns > 2 else 2.8
    height = side * pictures.shape[1] / pictures.shape[2]
    figure = new_figure(0.9 + side * columns, 0.5 + (2 * height + 0.1) * bands)
    for number, picture in enumerate(pictures):
        band, column = divmod(number, columns)
        place = 2 * band * columns + column + 1
        above = figure.add_subplot(2 * bands, columns, place)
        draw_picture(above, picture)
        above.set_title(captions[number], fontsize=9)
        below = figure.add_subplot(2 * bands, columns, place + columns)
        _draw_heat(below, picture, heat[number])
    scale = ScalarMappable(Normalize(0, 1), "inferno")
    bar = figure.colorbar(scale, ax=figure.axes, fraction=0.05, aspect=30)
    bar.set_label("importance of the place (line: 0.5)")
    bar.outline.set_visible(False)
    figure.suptitle("Where the network looks (Grad-CAM)")
    return figure


def _draw_heat(axes: Axes, picture: np.ndarray, heat: np.ndarray) -> None:
    gray = picture @ np.array(_GRAY_OF_COLORS) if picture.ndim == 3 else picture
    axes.imshow(gray, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    # The more a place counts, the more it is coloured, so that the picture stays to be seen.
    axes.imshow(heat, cmap="inferno", vmin=0, vmax=1, alpha=0.25 + 0.5 * heat)
    if heat.max() > heat.min():
        axes.contour(heat, levels=[0.5], colors="white", linewidths=1.2)
    if heat.max() == 0:
        axes.set_xlabel("nothing speaks for it", fontsize=9)
    hide_axes(axes)


def _captions(
    model: keras.Model,
    images: np.ndarray,
    class_names: Sequence[str] | None,
    target: int | Sequence[int] | None,
) -> list[str]:
    said = np.asarray(model.predict(images, verbose=0), "float64")
    if said.shape[1] == 1:
        said = np.concatenate([1 - said, said], axis=1)
    names = class_names or [f"class {number}" for number in range(said.shape[1])]
    if len(names) != said.shape[1]:
        raise InvalidInput(
            f"class_names has {len(names)} names; {model.name!r} has {said.shape[1]} classes. "
            "Pass a name per class."
        )
    chosen = said.argmax(axis=1) if target is None else np.broadcast_to(target, len(said))
    # Without a softmax these are no probabilities, and a percentage would be a lie.
    probable = said.min() >= 0 and np.allclose(said.sum(axis=1), 1, atol=1e-2)
    return [
        f"{names[best]}, {percent(row[best])}" if probable else str(names[best])
        for row, best in zip(said, chosen, strict=True)
    ]
