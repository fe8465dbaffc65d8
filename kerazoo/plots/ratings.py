"""Ratings as a table, and users and items in the plane."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kerazoo.errors import InvalidInput
from kerazoo.plots.style import DARK, LIGHT, Figure, in_style, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_CELLS = 400  # beyond, numbers cannot be read


@in_style
def plot_ratings(
    ratings: Any,
    users: Sequence[str],
    items: Sequence[str],
    known: Any = None,
    title: str = "",
) -> Figure:
    """Draw a small table of ratings, users by items, with a number in each cell.

    Args:
        ratings: `(users, items)`; NaN where there is none.
        users: a name per row.
        items: a name per column.
        known: which ratings were given, `(users, items)`: they get a frame.
        title: what the table shows.

    Raises:
        InvalidInput: if names and ratings do not go together, or there are more than 400.

    Example:
        >>> figure = plot_ratings([[5, np.nan], [3, 4]], ["Ann", "Bob"], ["tea", "rice"])
        >>> [text.get_text() for text in figure.axes[0].texts]
        ['5', '3', '4']
    """
    table = np.asarray(ratings, "float64")
    if table.shape != (len(users), len(items)) or not 0 < table.size <= _MOST_CELLS:
        raise InvalidInput(
            f"ratings have shape {table.shape}; expected a row for each of the users "
            f"({len(users)}), a column for each of the items ({len(items)}), and up to "
            f"{_MOST_CELLS} in all."
        )
    figure = new_figure(1.6 + 0.8 * len(items), 1.2 + 0.6 * len(users))
    axes = figure.add_subplot()
    image = axes.imshow(table, cmap="Blues", aspect="auto")
    axes.set_xticks(range(len(items)), list(items))
    axes.set_yticks(range(len(users)), list(users))
    axes.grid(False)
    axes.set_title(title)
    middle = (np.nanmin(table) + np.nanmax(table)) / 2
    for row, column in np.argwhere(np.isfinite(table)).tolist():
        value = table[row, column]
        text = f"{value:g}" if value == round(value) else f"{value:.2f}"
        color = "white" if value > middle else "black"
        axes.text(column, row, text, ha="center", va="center", color=color)
    if known is not None:
        _frame(axes, np.asarray(known, bool))
    figure.colorbar(image, ax=axes, label="rating")
    return figure


def _frame(axes: Axes, known: np.ndarray) -> None:
    from matplotlib.patches import Rectangle

    for row, column in np.argwhere(known).tolist():
        corner = (column - 0.44, row - 0.44)
        axes.add_patch(Rectangle(corner, 0.88, 0.88, fill=False, edgecolor=LIGHT, linewidth=2))


@in_style
def plot_factors(
    user_factors: Any, item_factors: Any, users: Sequence[str], items: Sequence[str]
) -> Figure:
    """Draw users and items in the plane: who lies in the direction of an item likes it.

    Args:
        user_factors: `(users, 2)`.
        item_factors: `(items, 2)`.
        users: a name per user.
        items: a name per item.

    Raises:
        InvalidInput: if there are not two numbers for each.

    Example:
        >>> plot_factors([[1, 0]], [[0, 1]], ["Ann"], ["tea"]).axes[0].get_xlabel()
        'first factor'
    """
    figure = new_figure(5.6, 5.2)
    axes = figure.add_subplot()
    for what, factors, names, color in (
        ("users", user_factors, users, DARK),
        ("items", item_factors, items, LIGHT),
    ):
        points = np.asarray(factors, "float64")
        if points.shape != (len(names), 2):
            raise InvalidInput(
                f"{what} have factors of shape {points.shape}; expected ({len(names)}, 2): build "
                "the network with dimension=2."
            )
        zeros = np.zeros(len(points))
        axes.quiver(
            zeros,
            zeros,
            *points.T,
            angles="xy",
            scale_units="xy",
            scale=1,
            color=color,
            width=0.006,
            label=what,
        )
        axes.plot(*points.T, "o", color=color, markersize=3)
        for name, point in zip(names, points, strict=True):
            axes.annotate(name, point, (4, 4), textcoords="offset points", fontsize=9)
    axes.axhline(0, color="0.7", linewidth=1)
    axes.axvline(0, color="0.7", linewidth=1)
    axes.set_aspect("equal", adjustable="datalim")
    axes.margins(0.15)
    axes.set_xlabel("first factor")
    axes.set_ylabel("second factor")
    axes.set_title("Rating = product of a user's and an item's vector")
    axes.legend(loc="best")
    return figure
