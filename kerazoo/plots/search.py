"""The trials of a search in their order, and which settings mattered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from kerazoo._wording import counted
from kerazoo.errors import InvalidInput
from kerazoo.plots.style import DARK, GRAY, LIGHT, Figure, in_style, in_words, new_figure, with_unit

_MOST = 12  # settings


@in_style
def plot_search(
    values: ArrayLike,
    *,
    states: Sequence[str],
    importance: Mapping[str, float],
    metric: str = "value",
    mode: str = "min",
    unit: str = "",
) -> Figure:
    """Draw what each trial reached and the best so far; beside it, what explains the differences.

    Args:
        values: `(trials,)`, in their order; NaN for a failed one.
        states: of each, `"recipe"`, `"complete"`, `"pruned"` or `"fail"`.
        importance: share of the differences that each setting explains; empty if not known.
        metric: what was reached.
        mode: whether less (`"min"`) or more (`"max"`) is better.
        unit: the unit of the metric.

    Raises:
        InvalidInput: if there are not as many states as values.

    Example:
        >>> states = ["recipe", "complete", "pruned"]
        >>> figure = plot_search([2.0, 1.5, 3.0], states=states, importance={"rate": 1.0})
        >>> len(figure.axes)
        2
    """
    reached = np.asarray(values, "float64")
    if reached.ndim != 1 or len(reached) != len(states) or not len(reached):
        raise InvalidInput(
            f"there are values of shape {reached.shape} and {counted(len(states), 'state')}; pass "
            "one state for each value."
        )
    figure = new_figure(9.0 if importance else 6.0, 3.6)
    ratios = [3, 2] if importance else [1]
    axes = figure.subplots(1, len(ratios), width_ratios=ratios, squeeze=False)[0]
    _draw_trials(axes[0], reached, np.asarray(states), mode)
    axes[0].set_ylabel(with_unit(in_words(metric), unit))
    if importance:
        names = sorted(importance, key=lambda name: -importance[name])[:_MOST]
        places = np.arange(len(names))
        axes[1].barh(places, [importance[name] for name in names], color=DARK, height=0.7)
        axes[1].set_yticks(places, names)
        axes[1].invert_yaxis()
        axes[1].grid(axis="y", visible=False)
        axes[1].set_xlim(left=0)
        axes[1].set_xlabel("share of the differences explained")
        axes[1].set_title("What mattered")
    return figure


def _draw_trials(axes, values: np.ndarray, states: np.ndarray, mode: str) -> None:  # type: ignore[no-untyped-def]
    numbers = np.arange(len(values))
    ended = np.isin(states, ("recipe", "complete")) & np.isfinite(values)
    given_up = (states == "pruned") & np.isfinite(values)
    axes.plot(numbers[given_up], values[given_up], "x", color=GRAY, markersize=4, label="given up")
    axes.plot(numbers[ended], values[ended], "o", color=LIGHT, markersize=4, label="trial")
    if ended.any():
        best = np.where(ended, values, np.inf if mode == "min" else -np.inf)
        best = (np.minimum if mode == "min" else np.maximum).accumulate(best)
        known = np.isfinite(best)
        axes.step(numbers[known], best[known], where="post", color=DARK, label="best so far")
        # A trial that went astray would leave no room for the others.
        end = np.quantile(values[ended], 0.9 if mode == "min" else 0.1)
        middle, top = np.median(values[ended]), best[known][-1]
        room = 1.2 * max(abs(end - top), abs(middle - top), 1e-12)
        limits = (top - 0.1 * room, top + room) if mode == "min" else (top - room, top + 0.1 * room)
        axes.set_ylim(*limits)
    recipe = (states == "recipe") & np.isfinite(values)
    if recipe.any():
        value = values[recipe][0]
        axes.axhline(value, color=GRAY, linewidth=1, linestyle="--", label="recipe")
    axes.set_xlabel("trial")
    axes.set_title(counted(len(values), "trial"))
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), ncol=4)
