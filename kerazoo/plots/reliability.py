"""Whether what a network calls 80 % probable is right in 80 of 100 cases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from kerazoo.plots.classification import true_and_probabilities
from kerazoo.plots.style import DARK, GRAY, LIGHT, Figure, in_style, new_figure

_BINS = 15


@in_style
def plot_reliability(
    y: Any, probabilities: Any, class_names: Sequence[str], *, weight: Any = None
) -> Figure:
    """Draw how often answers were right over how probable the network called them.

    Below the diagonal a network is too sure of itself. The figure of the title is the mean distance
    from it, the expected calibration error, over 15 bins of equal width.

    Args:
        y: true classes: indices or one-hot rows.
        probabilities: the network's outputs: `(rows, classes)`, or of the second class alone.
        class_names: a name per class.
        weight: how much each row counts; the same by default.

    Raises:
        InvalidInput: if the three do not go together.

    Example:
        >>> figure = plot_reliability([0, 1, 1, 1], [0.1, 0.9, 0.9, 0.1], ["cat", "dog"])
        >>> figure.axes[0].get_title()
        'Reliability: calibration error 0.150'

    Reference:
        Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural networks", 2017.
    """
    true, p = true_and_probabilities(y, probabilities, class_names)
    weights = np.ones(len(true)) if weight is None else np.asarray(weight, "float64")
    sure, right = p.max(axis=1), p.argmax(axis=1) == true
    bins = np.minimum((sure * _BINS).astype(int), _BINS - 1)
    used = np.unique(bins)
    rows = np.array([weights[bins == index].sum() for index in used])
    means, shares = (
        np.array([np.average(v[bins == i], weights=weights[bins == i]) for i in used])
        for v in (sure, right)
    )
    error = float((rows * np.abs(means - shares)).sum() / rows.sum())
    figure = new_figure(5.6, 6.0)
    upper, lower = figure.subplots(2, 1, height_ratios=(3, 1), sharex=True)
    upper.plot([0, 1], [0, 1], color="black", linewidth=1, label="as often as said")
    upper.vlines(means, means, shares, color=LIGHT, linewidth=2, label="gap")
    upper.plot(means, shares, "o", color=DARK, markersize=6, label="answers of a bin")
    upper.set_ylim(-0.02, 1.05)
    upper.set_ylabel("share of answers that are right")
    upper.set_title(f"Reliability: calibration error {error:.3f}")
    upper.legend(loc="upper left")
    width = 1 / _BINS
    lower.bar((used + 0.5) * width, rows, width * 0.9, color=LIGHT)
    lower.axvline(np.average(sure, weights=weights), color=GRAY, linewidth=1, linestyle="dashed")
    lower.set_ylabel("rows")
    lower.set_xlabel("probability of the answer (dashed: mean)")
    lower.set_xlim(1 / len(class_names) - 0.03, 1.02)
    return figure
