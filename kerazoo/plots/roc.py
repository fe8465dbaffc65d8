"""How well probabilities tell classes apart, whatever threshold is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn import metrics

from kerazoo._wording import counted
from kerazoo.errors import InvalidInput
from kerazoo.plots.classification import true_and_probabilities
from kerazoo.plots.style import DARK, GRAY, Figure, in_style, new_figure

_MOST_CURVES = 10
_LINES = ("solid", "dashed", "dotted", "dashdot")


@in_style
def plot_roc(
    y: Any, probabilities: Any, class_names: Sequence[str], *, weight: Any = None
) -> Figure:
    """Draw the share of each class that is found over the share of the others that is taken for it.

    Of two classes one curve tells all. Of more, each stands against the others; of more than ten,
    the ten of the smallest areas are drawn.

    Args:
        y: true classes: indices or one-hot rows.
        probabilities: the network's outputs: `(rows, classes)`, or of the second class alone.
        class_names: a name per class.
        weight: how much each row counts; the same by default.

    Raises:
        InvalidInput: if the three do not go together, or all rows are of one class.

    Example:
        >>> figure = plot_roc([0, 0, 1, 1], [0.1, 0.6, 0.4, 0.9], ["cat", "dog"])
        >>> figure.axes[0].get_title()
        'ROC curve of dog: area 0.750'

    Reference:
        Fawcett, "An introduction to ROC analysis", 2006.
    """
    true, p = true_and_probabilities(y, probabilities, class_names)
    there = np.unique(true)
    if len(there) < 2:
        raise InvalidInput(
            f"all {counted(len(true), 'row')} are of {class_names[there[0]]!r}; a ROC curve needs "
            "rows of at least two classes."
        )
    drawn = [1] if len(class_names) == 2 else [int(index) for index in there]
    areas = {i: metrics.roc_auc_score(true == i, p[:, i], sample_weight=weight) for i in drawn}
    shown = sorted(drawn, key=lambda index: areas[index])[:_MOST_CURVES]
    figure = new_figure(5.6, 5.2)
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1], color=GRAY, linewidth=1, linestyle="dotted", label="chance")
    for number, index in enumerate(sorted(shown)):
        others, found, _ = metrics.roc_curve(true == index, p[:, index], sample_weight=weight)
        # Shades and dashes: curves differ on a gray printer, too.
        color = DARK if len(shown) == 1 else _shade(number / max(1, len(shown) - 1))
        axes.plot(
            others,
            found,
            color=color,
            linestyle=_LINES[number % len(_LINES)],
            label=f"{class_names[index]}: {areas[index]:.3f}",
        )
    axes.set_aspect("equal")
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-0.02, 1.02)
    axes.set_xlabel("share of the other rows taken for the class")
    axes.set_ylabel("share of the class that is found")
    if len(class_names) == 2:
        axes.set_title(f"ROC curve of {class_names[1]}: area {areas[1]:.3f}")
    else:
        mean = float(np.mean([*areas.values()]))
        which = f", lowest {len(shown)} of {len(areas)}" if len(shown) < len(areas) else ""
        axes.set_title(f"ROC curves, each class against the others{which}: mean area {mean:.3f}")
    axes.legend(loc="lower right")
    return figure


def _shade(share: float) -> tuple[float, float, float, float]:
    from matplotlib import colormaps

    red, green, blue, opacity = colormaps["cividis"](0.9 * share)
    return red, green, blue, opacity
