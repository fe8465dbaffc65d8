"""integrated_gradients: what each pixel of an image adds to the score of a class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize
from numpy.typing import NDArray

from kerazoo.errors import InvalidInput
from kerazoo.plots.focus import captions_of
from kerazoo.plots.heatmap import check_targets
from kerazoo.plots.images import above_and_below, draw_image, to_images
from kerazoo.plots.layers import check_images
from kerazoo.plots.style import DARK, LIGHT, Figure, hide_axes, in_style

if TYPE_CHECKING:
    import keras

_BATCH = 32  # images on the way that are differentiated at once
_BRIGHTEST = 99.5  # percentile of the pixels that is drawn in full color


@dataclass(frozen=True)
class PixelScores:
    """What each pixel adds to the score of a class.

    Args:
        values: in the shape of the images; they add up to `difference`, but for `gap`.
        difference: `(rows,)`: the score of each image minus that of the baseline.
        targets: `(rows,)`: the class whose score it is.
    """

    values: NDArray[np.floating]
    difference: NDArray[np.floating]
    targets: NDArray[np.integer]

    def __len__(self) -> int:
        return len(self.values)

    @property
    def gap(self) -> NDArray[np.floating]:
        """`(rows,)`: how far the sum is from the difference: more steps bring it nearer to 0."""
        return self.values.reshape(len(self), -1).sum(axis=1) - self.difference


def integrated_gradients(
    model: keras.Model,
    images: Any,
    target: int | Sequence[int] | None = None,
    *,
    baseline: Any = 0,
    steps: int = 64,
) -> PixelScores:
    """Share the score of a class out to the pixels of an image.

    On the straight way from the baseline to the image, the score rises by its gradient times the
    step; each pixel gets what its own part of the steps brings:
    `(x - b) * mean of d score / d x at b + t (x - b)`, over t from 0 to 1. If the last layer is a
    softmax or a sigmoid, the score is the logit of the class. A pixel that equals the baseline gets
    0, whatever it says: on black, nothing that is black counts.

    Args:
        model: a functional classifier; nothing is trained.
        images: as the network takes them, or a single one.
        target: the class whose score is shared out, or one per image; the predicted one by default.
        baseline: the image that says nothing: a number for all pixels, or an image.
        steps: points on the way, in the middle of steps of one length.

    Returns:
        `.values` in the shape of the images, which add up to `.difference`, but for `.gap`.

    Raises:
        InvalidInput: if the network is no classifier of images, the images or the baseline do not
            fit it, or it has no gradient.

    Example:
        >>> import kerazoo
        >>> clothes = kerazoo.load_dataset("fashion_mnist_mini").test
        >>> found = integrated_gradients(kerazoo.build_fashion_mnist(), clothes.x[:2])
        >>> found.values.shape, bool((abs(found.gap) < 0.1).all())
        ((2, 28, 28, 1), True)

    Reference:
        Sundararajan, Taly and Yan, "Axiomatic attribution for deep networks", ICML 2017.
    """
    images = check_images(model, images)
    asked = check_targets(model, target, len(images))
    if images.ndim != 4:
        raise InvalidInput(
            f"{model.name!r} takes inputs of shape {images.shape[1:]}; expected images of a "
            "height, a width and channels."
        )
    if not isinstance(steps, int | np.integer) or steps < 1:
        raise InvalidInput(f"steps is {steps!r}; expected a whole number, at least 1.")
    ends = images.astype("float32")
    start = _check_baseline(baseline, ends.shape[1:])
    from kerazoo.engine.gradients import input_gradients

    differentiate = input_gradients(model)
    at_end = [
        differentiate(ends[rows], None if asked is None else asked[rows])
        for rows in _batches(len(ends))
    ]
    targets = np.concatenate([one.targets for one in at_end])
    scores = np.concatenate([one.scores for one in at_end])
    classes, which = np.unique(targets, return_inverse=True)
    at_start = differentiate(np.stack([start] * len(classes)), classes).scores
    shares = (np.arange(steps, dtype="float32") + 0.5) / steps
    values = np.empty(ends.shape, "float64")
    for index, (image, one) in enumerate(zip(ends, targets, strict=True)):
        total = np.zeros(image.shape, "float64")
        for rows in _batches(steps):
            way = start + shares[rows, np.newaxis, np.newaxis, np.newaxis] * (image - start)
            total += differentiate(way, np.full(len(way), one)).gradients.sum(axis=0)
        values[index] = (image - start) * total / steps
    return PixelScores(values, scores - at_start[which], targets)


@in_style
def plot_integrated_gradients(
    model: keras.Model,
    images: Any,
    class_names: Sequence[str] | None = None,
    *,
    target: int | Sequence[int] | None = None,
    baseline: Any = 0,
    steps: int = 64,
) -> Figure:
    """Draw images, and below each which of its pixels speak for and against its class.

    Args:
        model: as for `integrated_gradients`.
        images: as for `integrated_gradients`.
        class_names: a name per class, for the captions; numbers by default.
        target: as for `integrated_gradients`.
        baseline: as for `integrated_gradients`.
        steps: as for `integrated_gradients`.

    Raises:
        InvalidInput: as for `integrated_gradients`, or if there is not a name per class.

    Example:
        >>> import kerazoo
        >>> clothes = kerazoo.load_dataset("fashion_mnist_mini").test
        >>> drawn = plot_integrated_gradients(kerazoo.build_fashion_mnist(), clothes.x[:2], steps=8)
        >>> len(drawn.axes)
        5

    Reference:
        As for `integrated_gradients`.
    """
    found = integrated_gradients(model, images, target, baseline=baseline, steps=steps)
    images = check_images(model, images)
    captions = captions_of(model, images, class_names, target)
    maps = found.values.sum(axis=-1)  # (rows, height, width)
    # Each image has its own scale: a few pixels of one would leave the others pale.
    largest = np.percentile(np.abs(maps), _BRIGHTEST, axis=(1, 2)).clip(min=1e-12)
    colors = LinearSegmentedColormap.from_list("signed", [DARK, "#f2f2f2", LIGHT])
    figure, pairs = above_and_below(to_images(images))
    drawn = zip(pairs, to_images(images), captions, maps, largest, strict=True)
    for (above, below), image, caption, one, limit in drawn:
        draw_image(above, image)
        above.set_title(caption, fontsize=9)
        below.imshow(one / limit, cmap=colors, vmin=-1, vmax=1, interpolation="nearest")
        hide_axes(below)
    scale = ScalarMappable(Normalize(-1, 1), colors)
    bar = figure.colorbar(scale, ax=figure.axes, fraction=0.05, aspect=30)
    bar.set_label("against it, for it")
    bar.outline.set_visible(False)
    figure.suptitle("What each pixel adds (integrated gradients)")
    return figure


def _check_baseline(baseline: Any, shape: tuple[int, ...]) -> np.ndarray:
    try:
        return np.broadcast_to(np.asarray(baseline, "float32"), shape)
    except (TypeError, ValueError) as error:
        raise InvalidInput(
            f"baseline is no number and no image of shape {shape}; pass one of these."
        ) from error


def _batches(count: int) -> list[slice]:
    return [slice(start, start + _BATCH) for start in range(0, count, _BATCH)]
