"""What answers lose when a patch of the image is covered, drawn over the images."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize

from kerazoo._wording import counted
from kerazoo.errors import InvalidInput
from kerazoo.plots.images import above_and_below, draw_image, to_images
from kerazoo.plots.style import DARK, LIGHT, Figure, hide_axes, in_style, percent
from kerazoo.predict.occlusion import PatchesCovered


@in_style
def plot_covered_patches(covered: PatchesCovered, images: Any) -> Figure:
    """Draw images, and below each what its answer loses where a patch is covered.

    Args:
        covered: from `Predictor.explain`.
        images: what was explained.

    Raises:
        InvalidInput: if there are not as many images.

    Example:
        >>> found = PatchesCovered(("cat",), np.eye(4)[np.newaxis], np.array([[0.9]]))
        >>> len(plot_covered_patches(found, np.zeros((1, 28, 28, 1), "uint8")).axes)
        3
    """
    shown = to_images(images)
    if len(shown) != len(covered):
        raise InvalidInput(
            f"got {counted(len(shown), 'image')} and explanations of {len(covered)}; pass those "
            "that were explained."
        )
    figure, pairs = above_and_below(shown)
    largest = max(float(np.abs(covered.values).max()), 1e-12)
    colors = LinearSegmentedColormap.from_list("lost", [DARK, "#f2f2f2", LIGHT])
    scale = Normalize(-largest, largest)
    for number, ((above, below), image) in enumerate(zip(pairs, shown, strict=True)):
        draw_image(above, image)
        best = int(covered.answers[number].argmax())
        share = percent(covered.answers[number, best])
        above.set_title(f"{covered.outputs[best]}, {share}", fontsize=9)
        draw_image(below, image)
        below.imshow(
            covered.values[number],
            cmap=colors,
            norm=scale,
            alpha=0.7,
            extent=(-0.5, image.shape[1] - 0.5, image.shape[0] - 0.5, -0.5),
            interpolation="nearest",
        )
        hide_axes(below)
    bar = figure.colorbar(ScalarMappable(scale, colors), ax=figure.axes, fraction=0.05, aspect=30)
    bar.set_label("probability lost when covered")
    bar.outline.set_visible(False)
    figure.suptitle("What speaks for the answer")
    return figure
