"""Curves over time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from kerazoo._wording import counted
from kerazoo.errors import InvalidInput
from kerazoo.plots.style import DARK, GRAY, LIGHT, Figure, in_style, new_figure

_LINES: tuple[tuple[str, Any, float], ...] = (
    (GRAY, "-", 2.4),
    (DARK, "-", 1.2),
    (LIGHT, "--", 1.2),
    ("black", ":", 1.2),
)
_ALONE = 0.9
_ENDS = ("lower", "upper")


@in_style
def plot_series(
    series: Mapping[str, Any],
    target: str = "",
    rows: int | None = None,
    *,
    interval: tuple[Any, Any] | None = None,
) -> Figure:
    """Draw what happened, and what one or more methods forecast, over the same rows.

    Args:
        series: values by name, at most four; the first one is drawn as what happened.
        target: what the values are.
        rows: how many rows are drawn, the last ones; by default all.
        interval: lower and upper ends of what the last one thought likely, drawn as a band.

    Raises:
        InvalidInput: if there are none or too many, or they differ in length.

    Example:
        >>> figure = plot_series({"happened": [1, 2, 3], "predicted": [1, 1, 3]}, "volume")
        >>> [line.get_label() for line in figure.axes[0].lines]
        ['happened', 'predicted']
    """
    curves = {name: np.ravel(np.asarray(values, "float64")) for name, values in series.items()}
    if not 1 <= len(curves) <= len(_LINES):
        raise InvalidInput(f"there are {len(curves)} series; pass 1 to {len(_LINES)} by name.")
    band = [] if interval is None else [np.ravel(np.asarray(end, "float64")) for end in interval]
    lengths = {name: len(values) for name, values in curves.items()}
    lengths |= {f"interval, {end}": len(one) for end, one in zip(_ENDS, band, strict=False)}
    if len(set(lengths.values())) > 1 or 0 in lengths.values():
        raise InvalidInput(
            "the series have "
            + ", ".join(f"{counted(length, 'row')} ({name!r})" for name, length in lengths.items())
            + "; pass as many of each, at least one."
        )
    total = next(iter(lengths.values()))
    if rows is not None and rows < 1:
        raise InvalidInput(f"rows is {rows}; pass how many to draw, at least 1.")
    shown = min(rows or total, total)
    figure = new_figure(9.6, 3.6)
    axes = figure.add_subplot()
    if band:
        low, high = (one[-shown:] for one in band)
        over = range(total - shown + 1, total + 1)
        axes.fill_between(over, low, high, color=LIGHT, alpha=0.3, linewidth=0, label="interval")
    for (name, values), (color, line, width) in zip(curves.items(), _LINES, strict=False):
        over = range(total - shown + 1, total + 1)
        axes.plot(
            over,
            values[-shown:],
            line,
            color=color,
            linewidth=width if len(curves) > 1 else _ALONE,
            label=name,
        )
    axes.set_xlabel("row")
    axes.set_ylabel(target)
    axes.set_title(
        f"the last {shown:,} of {total:,} rows" if shown < total else counted(total, "row")
    )
    if len(curves) > 1:
        axes.legend(loc="best")
    return figure
