"""Activation functions, and how steep they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from kerazoo.errors import InvalidInput
from kerazoo.plots.curves import draw_curves
from kerazoo.plots.style import Figure, in_style, new_figure

_STEPS = 801
_MOST_NAMED = 2  # functions in a title
_STEP = 1e-4  # of the central difference


@in_style
def plot_activation_functions(
    functions: Mapping[str, Callable[[np.ndarray], Any]], reach: float = 6.0
) -> Figure:
    """Draw functions of one number on the left, and their derivatives on the right.

    Args:
        functions: each takes an array and gives one of the same shape, as those of
            `keras.activations` do; by name.
        reach: they are drawn from `-reach` to `reach`.

    Raises:
        InvalidInput: if there is no function, or one gives another shape.

    Example:
        >>> figure = plot_activation_functions({"tanh": np.tanh})
        >>> figure.axes[1].get_title()
        'derivative: largest 1 (tanh)'
    """
    if not functions:
        raise InvalidInput("functions is empty; pass at least one, by a name.")
    z = np.linspace(-reach, reach, _STEPS)
    values = {name: _call(name, function, z) for name, function in functions.items()}
    slopes = {
        name: (_call(name, function, z + _STEP) - _call(name, function, z - _STEP)) / (2 * _STEP)
        for name, function in functions.items()
    }
    figure = new_figure(9.2, 3.2)
    left, right = figure.subplots(1, 2)
    draw_curves(left, values, z, marks=False)
    draw_curves(right, slopes, z, marks=False)
    left.set_title("function")
    right.set_title(f"derivative: largest {_largest(slopes)}")
    left.set_xlabel("sum of the weighted inputs")
    right.set_xlabel("sum of the weighted inputs")
    right.legend(loc="center left", bbox_to_anchor=(1.02, 0.5))
    return figure


def _call(name: str, function: Callable[[np.ndarray], Any], z: np.ndarray) -> np.ndarray:
    values = np.asarray(function(z), "float64")
    if values.shape != z.shape:
        raise InvalidInput(
            f"{name!r} gives shape {values.shape} for shape {z.shape}; expected the same."
        )
    return values


def _largest(slopes: Mapping[str, np.ndarray]) -> str:
    """Return the largest derivative of each function: several of the same size in one."""
    names: dict[str, list[str]] = {}
    for name, slope in slopes.items():
        names.setdefault(f"{slope.max():.3g}", []).append(name)
    if len(names) > 2:
        return f"{min(names, key=float)} to {max(names, key=float)}"
    return ", ".join(
        f"{value} ({', '.join(owners) if len(owners) <= _MOST_NAMED else 'the others'})"
        for value, owners in names.items()
    )
