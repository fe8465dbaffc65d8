"""Figures of masks and boxes."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.patches import Rectangle

from kerazoo import plots
from kerazoo.errors import InvalidInput
from kerazoo.plots.scenes import COLORS

NAMES = ("background", "shirt", "shoe")


def legend_of(figure: plots.style.Figure) -> list[str]:
    return [text.get_text() for legend in figure.legends for text in legend.get_texts()]


def test_a_mask_colors_its_pixels_and_leaves_the_background() -> None:
    x = np.full((2, 8, 8, 1), 100, "uint8")
    masks = np.zeros((2, 8, 8), "uint8")
    masks[1, 2, 3] = 2
    figure = plots.plot_masks(x, masks, NAMES, np.zeros_like(masks))
    assert len(figure.axes) == 4
    assert [axes.get_ylabel() for axes in figure.axes[:2]] == ["truth", "found"]
    assert legend_of(figure) == ["shoe"]
    colored = np.asarray(figure.axes[3].images[0].get_array())
    np.testing.assert_allclose(colored[0, 0], 100 / 255, atol=1e-3)
    expected = 0.4 * 100 / 255 + 0.6 * np.array(COLORS[1]) / 255
    np.testing.assert_allclose(colored[2, 3], expected, atol=1e-3)
    with pytest.raises(InvalidInput, match="pass a mask of its size for each image"):
        plots.plot_masks(x, masks[:1], NAMES)


def test_a_box_stands_where_its_shares_say() -> None:
    x = np.zeros((1, 20, 40, 3), "uint8")
    found = [np.array([[1, 0.75, 0.5, 0.5, 0.25, 0.5]])]
    truth = np.array([[[0, 0.5, 0.5, 0.5, 0.5], [-1, 0, 0, 0, 0]]])
    figure = plots.plot_boxes(x, found, NAMES[1:], truth)
    above, below = figure.axes
    (right,) = [patch for patch in above.patches if isinstance(patch, Rectangle)]
    assert right.get_bbox().bounds == (9.5, 4.5, 20, 10)
    (box,) = [patch for patch in below.patches if isinstance(patch, Rectangle)]
    assert box.get_bbox().bounds == (14.5, 4.5, 10, 10)
    assert [text.get_text() for text in below.texts] == ["0.75"]
    assert not above.texts  # the truth is sure
    assert legend_of(figure) == ["shirt", "shoe"]
    with pytest.raises(InvalidInput, match="pass an array of boxes for each"):
        plots.plot_boxes(x, [], NAMES)
