"""What columns added to answers: one answer as a waterfall, several as points by column."""

from __future__ import annotations

import numpy as np

from kerazoo._wording import counted
from kerazoo.errors import KerazooError, unknown_name
from kerazoo.plots.style import DARK, GRAY, LIGHT, Figure, in_style, new_figure
from kerazoo.predict.explanation import Explanation

_MOST = 12  # columns that are drawn on their own
_ROW = 0.32  # inches
_SPREAD = 0.34  # how far points of a column may be from its line
_BINS = 40


@in_style
def plot_waterfall(explanation: Explanation, row: int = 0) -> Figure:
    """Draw how an answer comes about: from the mean answer, a step for each column.

    Args:
        explanation: from `Predictor.explain`.
        row: which answer, from 0.

    Raises:
        KerazooError: if there is no such row.

    Example:
        >>> from kerazoo.predict.explanation import Explanation
        >>> values = np.array([[[0.25], [-0.5]]])
        >>> why = Explanation(
        ...     ("a", "b"), ("y",), np.ones((1, 2)), values, np.array([1.0]), np.array([[0.75]])
        ... )
        >>> plot_waterfall(why).axes[0].get_title()
        'Why y is 0.75'
    """
    if not 0 <= row < len(explanation):
        raise KerazooError(f"row is {row}; expected one of 0 to {len(explanation) - 1}.")
    index = int(explanation.answered[row])
    values = explanation.values[row, :, index]
    names, steps = _largest(explanation, row, values)
    ends = explanation.baseline[index] + np.cumsum(steps)
    starts = ends - steps
    figure = new_figure(7.0, 1.3 + _ROW * len(steps))
    axes = figure.subplots()
    heights = np.arange(len(steps))
    colors = [LIGHT if step >= 0 else DARK for step in steps]
    axes.barh(heights, steps, left=starts, color=colors, height=0.7)
    axes.vlines(ends[:-1], heights[:-1] - 0.35, heights[:-1] + 1.35, color=GRAY, linewidth=0.8)
    span = max(np.ptp(np.append(ends, starts)), 1e-12)
    for height, start, end, step in zip(heights, starts, ends, steps, strict=True):
        axes.text(
            max(start, end) + 0.01 * span, float(height), f"{step:+.3g}", va="center", fontsize=8
        )
    baseline, answer = explanation.baseline[index], explanation.answers[row, index]
    label = f"answer (dashed: {baseline:.3g}, the mean of stored training rows)"
    if explanation.standard_error is not None:
        error = explanation.standard_error[row, :, index].max()
        label += f"; standard error up to {error:.2g}"
    axes.set_xlabel(label)
    axes.axvline(baseline, color=GRAY, linewidth=1, linestyle="dashed")
    axes.set_yticks(heights, names)
    axes.use_sticky_edges = False  # the first bar begins at the baseline
    axes.margins(x=0.12)
    axes.grid(axis="y", visible=False)
    axes.set_title(f"Why {explanation.outputs[index]} is {answer:.3g}")
    return figure


@in_style
def plot_explanations(explanation: Explanation, output: str | None = None) -> Figure:
    """Draw what each column added to each of several answers, a point each.

    The brightest points are those with the largest values of the column.

    Args:
        explanation: from `Predictor.explain`, of two rows or more.
        output: the class whose probability is explained; by default the one answered most often.

    Raises:
        UnknownName: if there is no such class.

    Example:
        >>> from kerazoo.predict.explanation import Explanation
        >>> values = np.array([[[0.25], [-0.5]], [[0.1], [0.2]]])
        >>> why = Explanation(
        ...     ("a", "b"), ("y",), np.eye(2), values, np.array([1.0]), np.array([[0.7], [1.3]])
        ... )
        >>> [label.get_text() for label in plot_explanations(why).axes[0].get_yticklabels()]
        ['b', 'a']
    """
    names = explanation.outputs
    if output is not None and output not in names:
        raise unknown_name("output", output, names)
    index = int(np.bincount(explanation.answered).argmax())
    index = index if output is None else names.index(output)
    values = explanation.values[:, :, index]  # (rows, columns)
    first = np.argsort(-np.abs(values).mean(axis=0), kind="stable")[:_MOST]
    figure = new_figure(7.0, 1.4 + _ROW * len(first))
    axes = figure.subplots()
    for height, column in enumerate(first):
        cells = np.nan_to_num(explanation.rows[:, column].astype("float64"))
        ranks = cells.argsort().argsort() / max(1, len(cells) - 1)
        axes.scatter(
            values[:, column],
            height + _offsets(values[:, column]),
            c=ranks,
            cmap="cividis",
            s=14,
            linewidths=0,
        )
    axes.axvline(0, color=GRAY, linewidth=1)
    axes.set_yticks(np.arange(len(first)), [explanation.columns[index] for index in first])
    axes.set_ylim(len(first) - 0.5, -0.5)
    axes.set_xlabel("added to the answer (bright: large values of the column)")
    axes.set_title(f"What counts for {names[index]} in {counted(len(values), 'row')}")
    return figure


def _largest(
    explanation: Explanation, row: int, values: np.ndarray
) -> tuple[list[str], np.ndarray]:
    """Return the steps that count most, the least first, and all others as one."""
    order = np.argsort(np.abs(values), kind="stable")
    names = [f"{explanation.columns[index]} = {explanation.cell(row, index)}" for index in order]
    steps = values[order]
    more = len(steps) - _MOST
    if more > 0:
        names = [f"{more + 1} others", *names[more + 1 :]]
        steps = np.concatenate([[steps[: more + 1].sum()], steps[more + 1 :]])
    return names, steps


def _offsets(values: np.ndarray) -> np.ndarray:
    """Return how far each point lies above or below its line, so that equal ones are seen."""
    span = np.ptp(values)
    bins = np.zeros(len(values), int) if span == 0 else ((values - values.min()) / span * _BINS)
    offsets = np.zeros(len(values))
    for one in np.unique(np.asarray(bins, int)):
        inside = np.flatnonzero(np.asarray(bins, int) == one)
        offsets[inside] = (np.arange(len(inside)) - (len(inside) - 1) / 2) / len(values)
    largest = np.abs(offsets).max()
    return offsets if largest == 0 else offsets * min(_SPREAD / largest, 4.0)
