"""What the words of a text count in a linear layer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kerazoo._wording import counted
from kerazoo.errors import InvalidInput
from kerazoo.plots.style import DARK, LIGHT, Figure, in_style, new_figure


@in_style
def plot_word_weights(
    words: Sequence[str],
    weights: np.ndarray,
    class_names: Sequence[str] = ("negative", "positive"),
    top: int = 20,
) -> Figure:
    """Draw the words whose weights are the largest, for one class and for the other.

    Args:
        words: a word, or a few in a row, for each weight.
        weights: of a linear layer; positive ones speak for the second class.
        class_names: the two classes.
        top: words for each class.

    Raises:
        InvalidInput: if there are more or fewer words than weights.

    Example:
        >>> figure = plot_word_weights(["good", "bad", "film"], np.array([2, -3, 0.1]), top=1)
        >>> [label.get_text() for axes in figure.axes for label in axes.get_yticklabels()]
        ['bad', 'good']
    """
    values = np.ravel(np.asarray(weights, "float64"))
    if len(words) != len(values) or not len(values):
        raise InvalidInput(
            f"there are {counted(len(words), 'word')} and {counted(len(values), 'weight')}; pass a "
            "weight for each word."
        )
    order = np.argsort(values, kind="stable")
    top = min(top, len(values))
    figure = new_figure(7.2, 0.9 + 0.2 * top)
    panels = ((order[:top], LIGHT), (order[::-1][:top], DARK))
    for number, (chosen, color) in enumerate(panels):
        axes = figure.add_subplot(1, 2, number + 1)
        axes.barh(range(top), np.abs(values[chosen]), color=color)
        axes.set_yticks(range(top), [words[index] for index in chosen])
        axes.invert_yaxis()
        axes.grid(visible=False, axis="y")
        axes.set_title(f"for {class_names[number]}")
        axes.set_xlabel("size of the weight")
    return figure
