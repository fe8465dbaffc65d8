"""How much worse a network gets when a column is shuffled."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from kerazoo._wording import counted
from kerazoo.errors import InvalidInput
from kerazoo.plots.style import DARK, GRAY, LIGHT, Figure, in_style, new_figure

_MOST = 20  # columns; those that count least are left out
_ROW = 0.28  # inches


@in_style
def plot_importance(
    columns: Sequence[str], worse: ArrayLike, spread: ArrayLike, metric: str = "score"
) -> Figure:
    """Draw how much worse a score gets without each column, with the spread of the shuffles.

    Args:
        columns: a name for each.
        worse: `(columns,)`: the mean loss of the score when the column is shuffled.
        spread: `(columns,)`: its standard deviation over the shuffles.
        metric: what was scored.

    Raises:
        InvalidInput: if there are not as many numbers as names.

    Example:
        >>> figure = plot_importance(["age", "income"], [0.1, 0.3], [0.01, 0.02], "accuracy")
        >>> [label.get_text() for label in figure.axes[0].get_yticklabels()]
        ['income', 'age']

    Reference:
        Breiman, "Random forests", 2001.
    """
    heights, errors = np.asarray(worse, "float64"), np.asarray(spread, "float64")
    if not len(columns) or not heights.shape == errors.shape == (len(columns),):
        raise InvalidInput(
            f"there are {counted(len(columns), 'column')}, and numbers of shapes {heights.shape} "
            f"and {errors.shape}; pass a loss and a spread for each column."
        )
    order = np.argsort(-heights, kind="stable")[:_MOST]
    figure = new_figure(6.0, 1.2 + _ROW * len(order))
    axes = figure.subplots()
    places = np.arange(len(order))
    axes.barh(places, heights[order], xerr=errors[order], color=LIGHT, ecolor=DARK, height=0.7)
    axes.axvline(0, color=GRAY, linewidth=1)
    axes.set_yticks(places, [columns[index] for index in order])
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    axes.set_xlabel(f"how much worse {metric} gets when the column is shuffled")
    some = (
        f": {len(order)} of {counted(len(columns), 'column')}" if len(order) < len(columns) else ""
    )
    axes.set_title(f"What the network relies on{some}")
    return figure
