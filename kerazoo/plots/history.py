"""How a training went, epoch by epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from kerazoo.errors import InvalidInput, unknown_name
from kerazoo.plots.style import DARK, GRAY, LIGHT, Figure, in_style, in_words, new_figure, with_unit

_HIGHER_IS_BETTER = ("accuracy", "auc", "precision", "recall", "f1", "r2", "iou", "similarity")
_OPPONENTS = ("generator", "discriminator")  # the better for one, the worse for the other
_IN_THE_TARGETS_UNIT = ("mean_absolute_error", "root_mean_squared_error")
_LOG_FROM = 20.0  # a curve that falls this many times over says nothing on a linear axis
_PANELS_IN_A_ROW = 3
_LETTERS_IN_A_TITLE = 36  # more would run into the next panel


@in_style
def plot_history(history: Any, metrics: Sequence[str] | None = None, unit: str = "") -> Figure:
    """Draw loss and metrics over the epochs, and mark the best epoch of each.

    The losses of a generator and a discriminator have no best epoch.

    Args:
        history: values per epoch by name, such as `run.history`, or what `fit_model` returns.
        metrics: which to draw, without the prefix `val_`; all but the learning rate by default.
        unit: unit of the target, for errors that have it.

    Returns:
        A figure with a panel per metric. The best epoch is judged by the validation part where
        there is one.

    Raises:
        InvalidInput: if there is no epoch.
        UnknownName: if a metric is not in the history.

    Example:
        >>> figure = plot_history({"loss": [1.0, 0.6, 0.4], "val_loss": [1.1, 0.8, 0.9]})
        >>> figure.axes[0].get_title()
        'loss: lowest 0.8 in epoch 2'
    """
    curves = _curves(history)
    names = _choose(curves, metrics)
    columns = min(len(names), _PANELS_IN_A_ROW)
    rows = -(-len(names) // columns)
    figure = new_figure(1.2 + 3.8 * columns, 0.4 + 3.0 * rows)
    for number, name in enumerate(names, start=1):
        axes = figure.add_subplot(rows, columns, number)
        _draw_metric(axes, name, curves.get(name), curves.get(f"val_{name}"))
        in_unit = unit if name in _IN_THE_TARGETS_UNIT else ""
        scale = ", log scale" if axes.get_yscale() == "log" else ""
        axes.set_ylabel(with_unit(in_words(name), in_unit) + scale)
    figure.axes[0].legend(loc="best")
    return figure


def _curves(history: Any) -> dict[str, np.ndarray]:
    values = getattr(history, "history", history)
    if not isinstance(values, Mapping):
        raise InvalidInput(
            f"history is a {type(history).__name__}; expected values per epoch by name, such as "
            "run.history, or what fit_model returns."
        )
    curves = {name: np.asarray(curve, "float64") for name, curve in values.items()}
    if not any(curve.size for curve in curves.values()):
        raise InvalidInput("the history holds no epoch; train for at least one.")
    return curves


def _choose(curves: Mapping[str, np.ndarray], metrics: Sequence[str] | None) -> list[str]:
    known = list(dict.fromkeys(name.removeprefix("val_") for name in curves))
    if metrics is None:
        return [name for name in known if name != "learning_rate"] or known
    if not metrics:
        raise InvalidInput("metrics is empty; name at least one, or leave it out for all.")
    for name in metrics:
        if name not in known:
            raise unknown_name("metric", name, known)
    return list(metrics)


def _draw_metric(
    axes: Axes, name: str, train: np.ndarray | None, validation: np.ndarray | None
) -> None:
    for curve, label, color, line in (
        (train, "train", LIGHT, "--"),
        (validation, "validation", DARK, "-"),
    ):
        if curve is not None and curve.size:
            epochs = np.arange(1, len(curve) + 1)
            marker = "o" if len(curve) == 1 else ""
            axes.plot(epochs, curve, line, marker=marker, color=color, label=label)
    drawn = np.concatenate([curve for curve in (train, validation) if curve is not None])
    finite = drawn[np.isfinite(drawn)]
    if finite.size and finite.min() > 0 and finite.max() > _LOG_FROM * finite.min():
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_minor_formatter("")
    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    _mark_best(axes, name, train if validation is None else validation)


def _mark_best(axes: Axes, name: str, curve: np.ndarray | None) -> None:
    axes.set_title(in_words(name))
    if curve is None or not np.isfinite(curve).any() or any(part in name for part in _OPPONENTS):
        return
    higher = any(part in name.lower() for part in _HIGHER_IS_BETTER)
    finite = np.where(np.isfinite(curve), curve, -np.inf if higher else np.inf)
    best = int(finite.argmax() if higher else finite.argmin())
    axes.axvline(best + 1, color=GRAY, linestyle=":", linewidth=1)
    axes.plot([best + 1], [curve[best]], "o", color="black", markersize=5, label="best epoch")
    best_value = f"{'highest' if higher else 'lowest'} {curve[best]:.4g} in epoch {best + 1}"
    space = "\n" if len(name) + len(best_value) > _LETTERS_IN_A_TITLE else " "
    axes.set_title(f"{in_words(name)}:{space}{best_value}")
