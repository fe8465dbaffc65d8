"""How answers depend on one column: a line for each training row, and their mean."""

from __future__ import annotations

import numpy as np

from kerazoo.errors import unknown_name
from kerazoo.plots.style import DARK, LIGHT, Figure, in_style, new_figure
from kerazoo.predict.dependence import Dependence


@in_style
def plot_dependence(dependence: Dependence, output: str | None = None) -> Figure:
    """Draw how the answer to each stored training row changes with one column, and the mean.

    Where the thin lines run alike, the mean says all; where they cross, the effect of the column
    depends on others.

    Args:
        dependence: from `Predictor.partial_dependence`.
        output: the class whose probability is drawn; the last one by default.

    Raises:
        UnknownName: if there is no such class.

    Example:
        >>> rows = np.array([[[0.0], [1.0]], [[1.0], [2.0]]])  # (values, rows, outputs)
        >>> drawn = Dependence("age", np.array([20.0, 60.0]), (), ("risk",), rows)
        >>> plot_dependence(drawn).axes[0].get_xlabel()
        'age'

    Reference:
        Friedman, "Greedy function approximation: a gradient boosting machine", 2001; Goldstein et
        al., "Peeking inside the black box", 2015 (a line for each row).
    """
    names = dependence.outputs
    if output is not None and output not in names:
        raise unknown_name("output", output, names)
    index = len(names) - 1 if output is None else names.index(output)
    rows, mean = dependence.rows[:, :, index], dependence.mean[:, index]
    figure = new_figure(6.0, 3.8)
    axes = figure.subplots()
    if dependence.words:
        places = np.arange(len(dependence.words))
        axes.bar(places, mean, color=LIGHT, width=0.6)
        axes.vlines(places, *np.quantile(rows, (0.1, 0.9), axis=1), color=DARK, linewidth=1.5)
        axes.set_xticks(places, dependence.words)
        for label in axes.get_xticklabels():
            label.set_rotation(0 if len(dependence.words) < 8 else 90)
        seen = "bars: the mean; lines: 80 % of the rows"
    else:
        axes.plot(dependence.values, rows, color=LIGHT, linewidth=0.6, alpha=0.5)
        axes.plot(dependence.values, mean, color=DARK, linewidth=2.5)
        axes.plot(dependence.values, mean, ".", color=DARK)
        seen = f"thin: {rows.shape[1]} training rows; bold: their mean"
    axes.set_xlabel(dependence.column)
    is_class = len(names) > 1
    axes.set_ylabel(f"probability of {names[index]}" if is_class else names[index])
    axes.set_title(f"{names[index]} by {dependence.column} ({seen})", fontsize=9)
    return figure
