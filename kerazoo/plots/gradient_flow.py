"""How large the gradient still is in each layer on its way back from the loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.ticker import MaxNLocator

from kerazoo.errors import InvalidInput
from kerazoo.plots.curves import draw_curves, make_logarithmic
from kerazoo.plots.style import Figure, in_style, new_figure

_SMALLEST = 1e-30  # what is drawn for a gradient of 0


@in_style
def plot_gradient_flow(
    sizes: Mapping[str, Sequence[float]], title: str = "Size of the gradient in each layer"
) -> Figure:
    """Draw the size of the gradient per layer on a logarithmic axis.

    A level line means that all layers learn alike; one that falls to the left means that the first
    layers hardly learn.

    Args:
        sizes: a number per layer, from the first to the last, by the name of a network.
        title: above the panel.

    Raises:
        InvalidInput: if there is no network, or a size is negative or not finite.

    Example:
        >>> figure = plot_gradient_flow({"sigmoid": [0.001, 0.01, 0.1], "relu": [0.1, 0.1, 0.1]})
        >>> figure.axes[0].get_yscale()
        'log'
    """
    if not sizes:
        raise InvalidInput("sizes is empty; pass those of at least one network, by its name.")
    curves = {name: np.asarray(values, "float64") for name, values in sizes.items()}
    for name, values in curves.items():
        if not (np.isfinite(values) & (values >= 0)).all():
            raise InvalidInput(f"the sizes of {name!r} are {values}; expected numbers from 0 on.")
    figure = new_figure(7.8, 3.4)
    axes = figure.add_subplot()
    drawn = {name: np.maximum(values, _SMALLEST) for name, values in curves.items()}
    draw_curves(axes, drawn, marks=True)
    make_logarithmic(axes, "y")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlim(left=0.5)
    axes.set_xlabel("layer, from the input to the output")
    axes.set_ylabel("size of the gradient, log scale")
    axes.set_title(title)
    axes.legend(loc="center left", bbox_to_anchor=(1.02, 0.5))
    return figure
