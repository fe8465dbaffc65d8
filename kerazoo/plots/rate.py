"""The loss of a network while its learning rate rises."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from kerazoo.errors import InvalidInput
from kerazoo.plots.style import DARK, GRAY, LIGHT, Figure, in_style, new_figure


@in_style
def plot_rate(
    rates: ArrayLike,
    losses: ArrayLike,
    *,
    smooth: ArrayLike,
    suggestion: float,
    recipe_rate: float | None = None,
) -> Figure:
    """Draw the loss of each step over its learning rate, and the rate that is suggested.

    Args:
        rates: `(steps,)`, above 0.
        losses: `(steps,)`.
        smooth: `(steps,)`: the losses without the noise of single batches.
        suggestion: the rate that is suggested.
        recipe_rate: the rate of the recipe, if it has one.

    Raises:
        InvalidInput: if there are not as many losses as rates.

    Example:
        >>> figure = plot_rate([0.01, 0.1, 1.0], [3, 1, 2], smooth=[3, 1, 2], suggestion=0.05)
        >>> figure.axes[0].get_xscale()
        'log'
    """
    x, y, even = (np.asarray(one, "float64") for one in (rates, losses, smooth))
    if x.ndim != 1 or not x.shape == y.shape == even.shape or not len(x):
        raise InvalidInput(
            f"there are rates of shape {x.shape}, losses of {y.shape} and smooth ones of "
            f"{even.shape}; pass one of each for each step."
        )
    figure = new_figure(6.0, 3.6)
    axes = figure.subplots()
    axes.plot(x, y, color=LIGHT, linewidth=1, alpha=0.6, label="loss of a batch")
    axes.plot(x, even, color=DARK, label="smoothed")
    axes.axvline(
        suggestion, color=DARK, linewidth=1, linestyle="--", label=f"suggested: {suggestion:g}"
    )
    if recipe_rate is not None:
        label = f"recipe: {recipe_rate:g}"
        axes.axvline(recipe_rate, color=GRAY, linewidth=1, linestyle=":", label=label)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(lambda value, position: f"{value:g}")
    # Where it runs away, the loss leaves no room for the part that matters.
    room = max(even[: max(1, len(even) // 2)].max() - even.min(), 1e-12)
    axes.set_ylim(even.min() - 0.1 * room, even.min() + 1.5 * room)
    axes.set_xlabel("learning rate")
    axes.set_ylabel("training loss")
    axes.set_title("The loss while the rate rises")
    axes.legend()
    return figure
