"""How a training went, epoch by epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from kerazoo.errors import InvalidInput, unknown_name
from kerazoo.plots.style import DARK, GRAY, LIGHT, Figure, in_style, in_words, new_figure, with_unit

_HIGHER_IS_BETTER = (
    "accuracy",
    "auc",
    "precision",
    "recall",
    "f1",
    "r2",
    "iou",
    "similarity",
    "return",
)
_OPPONENTS = ("generator", "discriminator")  # the better for one, the worse for the other
_NOT_DRAWN = ("learning_rate", "steps")
_IN_THE_TARGETS_UNIT = ("mean_absolute_error", "root_mean_squared_error")
_LOG_FROM = 20.0  # a curve that falls this many times over says nothing on a linear axis
_PANELS_IN_A_ROW = 3
_LETTERS_IN_A_TITLE = 36  # more would run into the next panel


@in_style
def plot_history(
    history: Any,
    metrics: Sequence[str] | None = None,
    unit: str = "",
    *,
    kept: int | None = None,
    loss: str = "",
) -> Figure:
    """Draw loss and metrics over the epochs, and mark the best epoch and the one that is kept.

    The losses of a generator and a discriminator have no best epoch.

    Args:
        history: values per epoch by name, such as `run.history`, or what `fit_model` returns.
        metrics: which to draw, without the prefix `val_`; all but the learning rate
            and the steps of an agent by default.
        unit: unit of the target, for errors that have it.
        kept: the epoch whose weights the network has, if that is known.
        loss: what the loss is, in words.

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
        >>> figure = plot_history({"loss": [1.0, 0.6], "val_loss": [0.8, 0.9]}, kept=2)
        >>> figure.axes[0].get_title()
        'loss: 0.9 kept, lowest 0.8 in epoch 1'
    """
    curves = _curves(history)
    names = _choose(curves, metrics)
    columns = min(len(names), _PANELS_IN_A_ROW)
    rows = -(-len(names) // columns)
    figure = new_figure(1.2 + 3.8 * columns, 0.4 + 3.0 * rows)
    for number, name in enumerate(names, start=1):
        axes = figure.add_subplot(rows, columns, number)
        _draw_metric(axes, name, curves.get(name), curves.get(f"val_{name}"), kept)
        in_unit = unit if name in _IN_THE_TARGETS_UNIT else ""
        scale = ", log scale" if axes.get_yscale() == "log" else ""
        words = f"loss: {in_words(loss)}" if name == "loss" and loss else in_words(name)
        axes.set_ylabel(with_unit(words, in_unit) + scale)
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
        return [name for name in known if name not in _NOT_DRAWN] or known
    if not metrics:
        raise InvalidInput("metrics is empty; name at least one, or leave it out for all.")
    for name in metrics:
        if name not in known:
            raise unknown_name("metric", name, known)
    return list(metrics)


def _draw_metric(
    axes: Axes,
    name: str,
    train: np.ndarray | None,
    validation: np.ndarray | None,
    kept: int | None,
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
    curve = train if validation is None else validation
    if curve is not None and len(curve) > 1:
        axes.set_xlim(1, 1 + 1.03 * (len(curve) - 1))  # there is no epoch 0
    text = _mark_kept(axes, curve, kept)
    _mark_best(axes, name, curve, text)


def _mark_kept(axes: Axes, curve: np.ndarray | None, kept: int | None) -> str:
    """Mark the epoch whose weights the network has, and return the value in words."""
    if kept is None or curve is None or not 0 < kept <= len(curve):
        return ""
    value = curve[kept - 1]
    axes.plot([kept], [value], "o", color="black", markersize=6, label="kept", zorder=4)
    return f"{value:.4g} kept, "


def _mark_best(axes: Axes, name: str, curve: np.ndarray | None, kept: str) -> None:
    axes.set_title(f"{in_words(name)}: {kept}".rstrip(", :"))
    if curve is None or not np.isfinite(curve).any() or any(part in name for part in _OPPONENTS):
        return
    higher = any(part in name.lower() for part in _HIGHER_IS_BETTER)
    finite = np.where(np.isfinite(curve), curve, -np.inf if higher else np.inf)
    best = int(finite.argmax() if higher else finite.argmin())
    axes.axvline(best + 1, color=GRAY, linestyle=":", linewidth=1)
    axes.plot(
        [best + 1],
        [curve[best]],
        "o",
        markersize=5,
        markerfacecolor="white",
        markeredgecolor="black",
        label="best epoch",
    )
    best_value = f"{kept}{'highest' if higher else 'lowest'} {curve[best]:.4g} in epoch {best + 1}"
    space = "\n" if len(name) + len(best_value) > _LETTERS_IN_A_TITLE else " "
    axes.set_title(f"{in_words(name)}:{space}{best_value}")
