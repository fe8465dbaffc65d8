"""What a network gives between the points that it was trained on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kerazoo.datasets import Splits
from kerazoo.errors import InvalidInput
from kerazoo.plots.style import Figure, in_style, new_figure

if TYPE_CHECKING:
    import keras

_STEPS = 101
_MARGIN = 0.25


@in_style
def plot_decision_surface(model: keras.Model, splits: Splits) -> Figure:
    """Draw the output of a network with two inputs and one output over the plane of its inputs.

    Lines join points of equal output; the thick one, at one half, parts the classes.

    Args:
        model: the network.
        splits: its data: the training points are drawn, each with its target.

    Raises:
        InvalidInput: if the network has another number of inputs or outputs.

    Example:
        >>> import kerazoo
        >>> figure = plot_decision_surface(kerazoo.build_xor(), kerazoo.load_dataset("xor"))
        >>> figure.axes[0].get_xlabel(), figure.axes[0].get_ylabel()
        ('a', 'b')
    """
    if model.input_shape[1:] != (2,) or model.output_shape[1:] != (1,):
        raise InvalidInput(
            f"{model.name!r} takes {model.input_shape[1:]} and gives {model.output_shape[1:]}; "
            "expected two inputs and one output, such as build_xor()."
        )
    x, y = splits.train.x, splits.train.y
    low, high = x.min() - _MARGIN, x.max() + _MARGIN
    line = np.linspace(low, high, _STEPS, dtype="float32")
    plane = np.stack(np.meshgrid(line, line), axis=-1)
    output = model.predict(plane.reshape(-1, 2), batch_size=_STEPS**2, verbose=0)
    output = output.reshape(_STEPS, _STEPS)
    figure = new_figure(5.4, 4.4)
    axes = figure.add_subplot()
    axes.grid(False)
    image = axes.imshow(
        output, cmap="Greys", vmin=0, vmax=1, origin="lower", extent=(low, high, low, high)
    )
    lines = axes.contour(line, line, output, levels=[0.1, 0.5, 0.9], colors="tab:blue")
    lines.set_linewidth([1, 3, 1])
    axes.clabel(lines, fontsize=8)
    for (left, up), target in zip(x, np.ravel(np.asarray(y)), strict=True):
        axes.plot(left, up, "o", markersize=16, color="white", markeredgecolor="black", mew=2)
        axes.text(left, up, f"{target:g}", ha="center", va="center_baseline")
    axes.set_xlabel(splits.feature_names[0])
    axes.set_ylabel(splits.feature_names[1])
    axes.set_title(
        f"Output over the plane of {splits.feature_names[0]} and {splits.feature_names[1]}"
    )
    bar = figure.colorbar(image, ax=axes, label=f"{splits.target_name}: output")
    bar.outline.set_visible(False)
    return figure
