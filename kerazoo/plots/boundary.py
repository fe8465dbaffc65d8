"""Where networks of two inputs part two classes: a line for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np

from kerazoo.datasets import Splits
from kerazoo.errors import InvalidInput
from kerazoo.plots.style import DARK, LIGHT, Figure, in_style, new_figure

if TYPE_CHECKING:
    import keras

_STEPS = 201
_MARGIN = 0.5
_PALEST = 0.3  # of the first line; white would be 0


@in_style
def plot_decision_lines(models: Mapping[str, keras.Model], splits: Splits) -> Figure:
    """Draw where the output of each network is one half, over the training points.

    Of one network after more and more epochs that is a line that moves: the later, the darker.

    Args:
        models: networks of two inputs and one output, by what the legend says of them, in order.
        splits: the data whose training points are drawn.

    Raises:
        InvalidInput: if there is no network, or one has another number of inputs or outputs.

    Example:
        >>> import kerazoo
        >>> models = {"start": kerazoo.build_perceptron(), "another": kerazoo.build_perceptron()}
        >>> figure = plot_decision_lines(models, kerazoo.load_dataset("gates"))
        >>> [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
        ['start', 'another', '0', '1']
    """
    if not models:
        raise InvalidInput("models is empty; pass at least one network, by a name.")
    for model in models.values():
        if model.input_shape[1:] != (2,) or model.output_shape[1:] != (1,):
            raise InvalidInput(
                f"{model.name!r} takes {model.input_shape[1:]} and gives {model.output_shape[1:]}; "
                "expected two inputs and one output, such as build_perceptron()."
            )
    x, y = splits.train
    low, high = x.min(axis=0) - _MARGIN, x.max(axis=0) + _MARGIN
    across, up = (
        np.linspace(a, b, _STEPS, dtype="float32") for a, b in zip(low, high, strict=True)
    )
    plane = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    figure = new_figure(6.4, 4.4)
    axes = figure.add_subplot()
    shades = mpl.colormaps["Blues"](np.linspace(_PALEST, 1.0, len(models)))
    for (label, model), shade in zip(models.items(), shades, strict=True):
        output = model.predict(plane, batch_size=len(plane), verbose=0).reshape(_STEPS, _STEPS)
        if output.min() < 0.5 < output.max():  # otherwise the line is somewhere else
            axes.contour(across, up, output, levels=[0.5], colors=[shade], linewidths=2)
        axes.plot([], [], color=shade, linewidth=2, label=label)
    names = splits.class_names or ("0", "1")
    for index, (marker, color) in enumerate((("o", "white"), ("s", LIGHT))):
        of_class = x[np.ravel(np.asarray(y)) == index]
        axes.plot(
            *of_class.T,
            marker,
            color=color,
            markeredgecolor=DARK,
            markersize=11,
            label=names[index],
            zorder=4,
        )
    axes.set_xlim(low[0], high[0])
    axes.set_ylim(low[1], high[1])
    axes.set_aspect("equal")
    axes.set_xlabel(splits.feature_names[0])
    axes.set_ylabel(splits.feature_names[1])
    axes.set_title(f"Where the output is one half: {splits.target_name}")
    axes.legend(loc="center left", bbox_to_anchor=(1.02, 0.5))
    return figure
