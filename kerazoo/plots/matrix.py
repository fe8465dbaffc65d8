"""A table of numbers as shades, such as how often each word is in each text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kerazoo.errors import InvalidInput
from kerazoo.plots.style import Figure, in_style, new_figure

_MOST_WRITTEN = 400  # cells; of more, the numbers would not be readable
_CELL, _LINE = 0.52, 0.34  # inches
_DARK_FROM = 0.55  # share of the largest number from which the writing is white


@in_style
def plot_matrix(
    values: np.ndarray | Sequence[Sequence[float]],
    rows: Sequence[str],
    columns: Sequence[str],
    title: str = "",
    decimals: int = 0,
) -> Figure:
    """Draw a table of numbers from 0 on, the larger the darker, with the numbers in it.

    Args:
        values: `(rows, columns)`; NaN is left empty.
        rows: a name per row.
        columns: a name per column.
        title: what the numbers are.
        decimals: digits after the point; what is 0 then is not written.

    Raises:
        InvalidInput: if there are more or fewer names than rows or columns.

    Example:
        >>> figure = plot_matrix([[1, 0, 2], [0, 1, 1]], ["A", "B"], ["good", "bad", "film"])
        >>> [text.get_text() for text in figure.axes[0].texts]
        ['1', '2', '1', '1']
    """
    table = np.asarray(values, "float64")
    if table.shape != (len(rows), len(columns)):
        raise InvalidInput(
            f"values have shape {table.shape}; expected {(len(rows), len(columns))}, as there are "
            "names of rows and columns."
        )
    longest = max(map(len, rows), default=0)
    figure = new_figure(1.2 + 0.08 * longest + _CELL * len(columns), 1.2 + _LINE * len(rows))
    axes = figure.add_subplot()
    axes.grid(visible=False)
    shown = np.where(table > 0, table, np.nan)
    largest = np.nanmax(shown) if np.isfinite(shown).any() else 1.0
    axes.imshow(shown, cmap="Blues", vmin=0, vmax=largest, aspect="auto")
    axes.set_xticks(range(len(columns)), columns, rotation=45, ha="left")
    axes.xaxis.tick_top()
    axes.set_yticks(range(len(rows)), rows)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    if title:
        axes.set_title(title)
    if table.size <= _MOST_WRITTEN:
        for row, column in zip(*np.nonzero(np.nan_to_num(shown) > 0), strict=True):
            value = table[row, column]
            text = f"{value:.{decimals}f}"
            if float(text) == 0:
                continue
            text = text.removeprefix("0") if value < 1 else text
            ink = "white" if value > _DARK_FROM * largest else "black"
            axes.text(column, row, text, ha="center", va="center", fontsize=8, color=ink)
    return figure
