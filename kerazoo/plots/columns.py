"""The columns of a table."""

from __future__ import annotations

import numpy as np

from kerazoo._wording import counted
from kerazoo.datasets.about import Table
from kerazoo.datasets.splits import Splits
from kerazoo.errors import InvalidInput
from kerazoo.plots.style import DARK, LIGHT, Figure, in_style, new_figure

_COLUMNS = 5
_BINS = 30


@in_style
def plot_columns(splits: Splits) -> Figure:
    """Draw how the values of each input column are spread over the training rows.

    Args:
        splits: a table of numbers, or windows of a series, of which the last rows are drawn.

    Raises:
        InvalidInput: if the data has no named columns.

    Example:
        >>> import kerazoo
        >>> figure = plot_columns(kerazoo.load_dataset("boston"))
        >>> [axes.get_title() for axes in figure.axes][:3]
        ['CRIM', 'ZN', 'INDUS']
    """
    x = splits.train.x
    rows = x.reshape(len(x), -1, x.shape[-1])[:, -1]
    if len(splits.feature_names) != rows.shape[1]:
        raise InvalidInput(
            f"the data has shape {x.shape} and "
            f"{counted(len(splits.feature_names), 'column name')}; pass a table, or "
            "plot_images(splits.train.x) for images."
        )
    categories = splits.about.categories if isinstance(splits.about, Table) else {}
    lines = -(-len(splits.feature_names) // _COLUMNS)
    figure = new_figure(2.1 * _COLUMNS, 0.4 + 1.7 * lines)
    figure.suptitle(f"{counted(len(rows), 'training row')}")
    for number, name in enumerate(splits.feature_names):
        axes = figure.add_subplot(lines, _COLUMNS, number + 1)
        values = rows[:, number]
        words = categories.get(name)
        if words is not None:
            counts = np.bincount(values.astype(int), minlength=len(words))
            axes.bar(words, counts, color=LIGHT)
        else:
            axes.hist(values, bins=_BINS, color=DARK)
        axes.set_title(name)
        if number % _COLUMNS == 0:
            axes.set_ylabel("rows")
    return figure
